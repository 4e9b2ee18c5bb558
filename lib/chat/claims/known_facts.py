"""What a model was given, fact by fact, and whether a claim stands in it."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz import fuzz

from lib.chat.claims.claim_parser import Claims, find_claims
from lib.chat.claims.days import DayReading
from lib.chat.claims.figures import FigureKind
from lib.chat.claims.known_figures import KnownFigures
from lib.chat.claims.names import NameClaim, is_common_word, list_capitalised_phrases
from lib.content.model import MAX_LINE_LENGTH, ClaimKind
from lib.text.month_names import index_month_names
from lib.text.search_terms import extract_search_terms, split_folded_words
from lib.text.truncate import single_line

MAX_FACT_LENGTH = 200
MIN_NAME_SIMILARITY = 92
MIN_NEAREST_NAME = 70
"""How alike a known name must be to be offered beside an unknown one, 0-100."""
MAX_FACTS = 4000
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "herr", "frau"})
_PLAIN_LETTERS = str.maketrans("łøıđ", "loid")


@dataclass(frozen=True, kw_only=True)
class GivenFact:
    """A line of what a model was given. `is_record` is false for what people wrote in the chat."""

    label: str = ""
    text: str
    is_record: bool = True

    @property
    def line(self) -> str:
        return f"{self.label}: {self.text}" if self.label else self.text


class KnownFacts:
    """An index of what a model was given: figures, days and words."""

    def __init__(self, facts: Iterable[GivenFact], today: date) -> None:
        self.facts = tuple(facts)[:MAX_FACTS]
        self.today = today
        self.claims: tuple[Claims, ...] = tuple(find_claims(fact.line) for fact in self.facts)
        self.figures = KnownFigures()
        self.days: set[DayReading] = set()
        self.words: set[str] = set()
        for fact, claims in zip(self.facts, self.claims, strict=True):
            is_whole = len(claims.figures) == 1 and claims.figures[0].text == fact.text.strip()
            for figure in claims.figures:
                self.figures.add_figure(figure, is_whole_fact=is_whole)
            self.days |= {part for day in claims.days for reading in day.readings for part in _list_day_parts(reading)}
            self.words.update(split_folded_words(fact.line))
        self.days |= set(_list_day_parts(DayReading(today.year, today.month, today.day)))

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """The whole days that were given."""
        found = (reading.to_date() for reading in self.days)
        return tuple(sorted({day for day in found if day is not None}))

    def has_day(self, reading: DayReading) -> bool:
        """True if this day, or this month, quarter or year, stands in what was given."""
        return reading in self.days or (
            # "30 November" was given, "30 November 2026" is said.
            reading.year is not None
            and (reading.month is not None and reading.day is not None)
            and DayReading(None, reading.month, reading.day) in self._days_without_year
        )

    @cached_property
    def _days_without_year(self) -> set[DayReading]:
        """Days that were given without their year alone."""
        dated = {DayReading(None, day.month, day.day) for day in self.days if day.year and day.month and day.day}
        return self.days - dated

    def list_unknown_words(self, name: NameClaim) -> list[str]:
        """The words of a name that stand nowhere, not in another form either; of codes those of a series known here."""
        if name.is_code:
            is_known = name.text in self._codes or name.text.split("-")[0] not in self._code_series
            return [] if is_known else [name.text]
        return [word for word in name.words if not all(map(self._has_word, split_folded_words(word)))]

    def find_nearest_fact(self, kind: ClaimKind, said: str, sentence: str) -> str | None:
        """The fact that is closest to a claim and holds one of its kind, as a line; None if no fact is about it."""
        words = frozenset(extract_search_terms(sentence)) - frozenset(extract_search_terms(said))
        # The month of another day makes no fact closer.
        asked = frozenset(word for word in words if not word.isdigit() and word not in index_month_names())
        best, best_score = None, 0.0
        for place, fact in enumerate(self.facts):
            if fact.is_record:
                score = self._score_fact(place, kind, said, asked)
                if score > best_score:
                    best, best_score = fact, score
        return (
            single_line(_cut_to_clause(best, asked), max_length=min(MAX_FACT_LENGTH, MAX_LINE_LENGTH)) if best else None
        )

    def _score_fact(self, place: int, kind: ClaimKind, said: str, asked: frozenset[str]) -> float:
        terms = self._terms[place]
        score = sum(math.log(1 + len(self.facts) / self._holders[term]) for term in asked & terms)
        claims = self.claims[place]
        if kind is ClaimKind.NAME:
            return self._score_name(place, said, score)
        wanted = find_claims(said)
        if kind is ClaimKind.DAY:
            return score * (1 if claims.days else 0.3)
        kinds = {figure.kind for figure in claims.figures}
        mine = wanted.figures[0].kind if wanted.figures else FigureKind.COUNT
        return score * (1 if mine in kinds else 0.3)

    def _score_name(self, place: int, said: str, score: float) -> float:
        """A name that is alike outweighs all else; of facts that have it, the one that is about it is closest."""
        fact, phrases = self.facts[place], self._phrases[place]
        best = max(phrases, key=lambda phrase: _compare_names(said, phrase), default="")
        alike = _compare_names(said, best)
        if alike < MIN_NEAREST_NAME:
            return score * (1 if phrases else 0.3)
        about = 800 if fact.label.endswith(best) else 500 if fact.text.startswith(best) else 0
        return 1000 + 10 * alike + about + min(score, 9) - len(fact.line) / 100

    def has_similar_name(self, word: str) -> bool:
        """True if `word` is a name that was given, with a letter or two changed."""
        return any(word != known and _compare_names(word, known) >= MIN_NEAREST_NAME for known in self._name_words)

    def has_name_together(self, name: NameClaim) -> bool:
        """False for a given name and a family name that were given, but of two people."""
        if len(name.words) != 2 or name.is_code:
            return True
        first, last = (frozenset(split_folded_words(word)) for word in name.words)
        is_of_people = any(first <= one for one, _ in self._full_names) and any(
            last <= other for _, other in self._full_names
        )
        return not is_of_people or any(first | last <= words for words in self._fact_words)

    @cached_property
    def _full_names(self) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        """Names of two words that were given, word by word."""
        names = {name.words for claims in self.claims for name in claims.names if len(name.words) == 2}
        return tuple(
            (frozenset(split_folded_words(first)), frozenset(split_folded_words(last))) for first, last in names
        )

    @cached_property
    def _phrases(self) -> tuple[list[str], ...]:
        return tuple(list_capitalised_phrases(fact.line) for fact in self.facts)

    @cached_property
    def _name_words(self) -> frozenset[str]:
        words = (word for phrases in self._phrases for phrase in phrases for word in phrase.split())
        return frozenset(word for word in words if not is_common_word(word))

    @cached_property
    def _fact_words(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(split_folded_words(fact.line)) for fact in self.facts)

    @cached_property
    def _codes(self) -> set[str]:
        return {name.text for claims in self.claims for name in claims.names if name.is_code}

    @cached_property
    def _code_series(self) -> set[str]:
        """What codes begin with here, such as the "T" of T-204."""
        return {code.split("-")[0] for code in self._codes}

    @cached_property
    def _terms(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(extract_search_terms(fact.line)) for fact in self.facts)

    @cached_property
    def _holders(self) -> Counter[str]:
        return Counter(term for terms in self._terms for term in terms)

    @cached_property
    def _words_by_beginning(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self.words:
            found.setdefault(word[:3], []).append(word)
        return found

    def _has_word(self, word: str) -> bool:
        if word in self.words:
            return True
        if len(word) < 5:
            return False
        return any(
            fuzz.ratio(word, other, score_cutoff=MIN_NAME_SIMILARITY)
            for other in self._words_by_beginning.get(word[:3], ())
        )


def _compare_names(one: str, other: str) -> float:
    """How alike two names are, 0-100, accents and titles aside; one word of several counts a little less."""
    mine, theirs = (
        [word for word in split_folded_words(name.casefold().translate(_PLAIN_LETTERS)) if word not in _TITLES]
        for name in (one, other)
    )
    words = max((fuzz.ratio(word, known) for word in mine for known in theirs if len(word) > 2), default=0)
    return max(fuzz.ratio(" ".join(mine), " ".join(theirs)), words * (0.96 if len(mine) == 1 else 0.9))


def _list_day_parts(reading: DayReading) -> Iterable[DayReading]:
    """A day, and what may be said of it: its month, its quarter, its year."""
    year, month = reading.year, reading.month
    quarter = reading.quarter or ((month + 2) // 3 if month else None)
    yield reading
    if month:
        yield DayReading(None, month, reading.day)
        yield from (DayReading(year, month), DayReading(None, month))
    if quarter:
        yield from (DayReading(year, quarter=quarter), DayReading(quarter=quarter))
    if year:
        yield DayReading(year)


def _cut_to_clause(fact: GivenFact, asked: frozenset[str]) -> str:
    """A fact without what is not asked about: "term: notice 60 days" of "term: 12 months, notice 60 days"."""
    clauses = [clause for clause in fact.text.split(", ") if clause.strip()]
    if len(fact.text) <= 60 and len(clauses) < 3:
        fitting = [clause for clause in clauses if asked & frozenset(extract_search_terms(clause))]
        if len(fitting) == 1 and find_claims(fitting[0]).has_any:
            return f"{fact.label}: {fitting[0]}" if fact.label else fitting[0]
    return fact.line
