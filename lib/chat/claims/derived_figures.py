"""Whether simple arithmetic of figures that were given explains a figure: nobody has to look those up.

A sum, a difference, a share or a product explains a figure only if its parts stand together, such as "60 of 100", or in
the sentences just before it. Of all the figures of a customer some pair makes nearly every number.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import combinations, pairwise, permutations

from lib.chat.claims.days import DayReading
from lib.chat.claims.figure_match import DAYS_PER_UNIT
from lib.chat.claims.figures import Figure, FigureKind
from lib.chat.claims.known_facts import KnownFacts

MAX_OPERANDS = 10
"""Figures said before a claim that may be its parts."""
ROUGH = 0.005
"""How far a result may be from a figure behind a word such as "about", as a share of it."""
MAX_YEARS = 5

_RELATIVE_BEFORE = re.compile(
    r"\b(?:in|past|last|next|within|over|for|since|coming|previous|another|only|has|have|leaves?|left|by)\s+"
    r"(?:(?:about|around|roughly|nearly|almost|only|the|just|some|another|next|last|past)\s+){0,3}$",
    re.IGNORECASE,
)
_RELATIVE_AFTER = re.compile(
    r"\s*(?:\([^)]{0,20}\)\s*)?(?:ago|left|from (?:now|today)|until|till|before|after|away|remain|remaining|later|"
    r"earlier|old|overdue|to go|out|to act|to decide|ahead|since)\b",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"(?:about|around|roughly|nearly|almost|approximately|approx\.|over|under|~|≈|(?:more|less) than|at least)\s*$",
    re.IGNORECASE,
)


class Arithmetic:
    """Explains figures of one answer, read from its beginning to its end."""

    def __init__(self, facts: KnownFacts) -> None:
        self._facts = facts
        self._said: deque[Figure] = deque(maxlen=MAX_OPERANDS)
        self._money = sorted({float(figure.value) for figure in self._list_given(FigureKind.MONEY)})
        self._percents = sorted({float(figure.value) for figure in self._list_given(FigureKind.PERCENT)})
        self._pairs = [pair for pair in self._list_pairs_of_facts() if pair[1]]

    def remember(self, figure: Figure) -> None:
        """A figure that is known: what follows may rest on it."""
        self._said.append(figure)

    def explains_figure(self, figure: Figure, before: str, after: str) -> bool:
        """True if the figure is a result of what was given. `before` and `after` are the words around it."""
        share = ROUGH if _ROUGHLY.search(before) else 0
        slack = float(figure.step) / 2
        if figure.kind is FigureKind.DURATION and self._is_time_to_known_day(figure, before, after):
            return True
        results = self._list_results(figure)
        return any(
            abs(result - float(reading)) <= max(share * abs(float(reading)), slack)
            for result in results
            for reading in figure.readings
        )

    def explains_day(self, reading: DayReading) -> bool:
        """True if the day lies as far from a known day as was said just before, such as 60 days before the renewal."""
        day = reading.to_date()
        if day is None:
            return False
        spans = {
            round(float(figure.value * DAYS_PER_UNIT[figure.unit])): 0 if figure.unit in ("day", "week") else 2
            for figure in self._said
            if figure.kind is FigureKind.DURATION and figure.value < 10_000
        }
        return any(
            abs(abs((day - known) / timedelta(days=1)) - span) <= slack
            for known in (*self._facts.dates, self._facts.today)
            for span, slack in spans.items()
        )

    def _is_time_to_known_day(self, figure: Figure, before: str, after: str) -> bool:
        """True for "in 50 days" and "12 days ago" if that day stands in what was given."""
        if not (_RELATIVE_BEFORE.search(before) or _RELATIVE_AFTER.match(after)):
            return False
        unit = float(DAYS_PER_UNIT[figure.unit])
        claimed = float(figure.value) * unit
        slack = 0 if figure.unit == "day" else unit / 2
        return any(abs(abs((day - self._facts.today).days) - claimed) <= slack for day in self._facts.dates)

    def _list_results(self, figure: Figure) -> Iterator[float]:
        said = [known for known in self._said if known.kind is not FigureKind.DURATION or known.unit == figure.unit]
        match figure.kind:
            case FigureKind.MONEY:
                yield from self._list_amounts(said)
            case FigureKind.PERCENT:
                yield from _list_shares(self._pairs)
                yield from _list_shares([(float(a.value), float(b.value)) for a, b in permutations(said, 2)])
                yield from _list_sums(float(known.value) for known in said if known.kind is FigureKind.PERCENT)
            case FigureKind.DURATION:
                yield from _list_sums(float(known.value) for known in said if known.kind is FigureKind.DURATION)
            case FigureKind.COUNT:
                yield from (abs(one - other) for one, other in self._pairs)
                yield from _list_sums(float(known.value) for known in said if known.kind is not FigureKind.PERCENT)
                yield from _list_products(said)

    def _list_amounts(self, said: list[Figure]) -> Iterator[float]:
        """Sums, differences, shares and years of the amounts that were given."""
        amounts = [*self._money, *(float(known.value) for known in said if known.kind is FigureKind.MONEY)]
        percents = [*self._percents, *(float(known.value) for known in said if known.kind is FigureKind.PERCENT)]
        for amount in amounts:
            for percent in percents:
                yield from (amount * percent / 100, amount * (1 + percent / 100), amount * (1 - percent / 100))
            yield from (amount / 12, amount / 4, *(amount * years for years in range(2, MAX_YEARS + 1)))
        yield from _list_sums(amounts)
        yield from _list_products(said)
        counts = [float(known.value) for known in said if known.kind is FigureKind.COUNT and known.value]
        yield from (amount * count for amount in amounts for count in counts)
        yield from (amount / count for amount in amounts for count in counts)

    def _list_given(self, kind: FigureKind) -> Iterable[Figure]:
        return (figure for claims in self._facts.claims for figure in claims.figures if figure.kind is kind)

    def _list_pairs_of_facts(self) -> Iterator[tuple[float, float]]:
        """Figures that belong together, such as "60 of 100"."""
        for fact, claims in zip(self._facts.facts, self._facts.claims, strict=True):
            for one, other in pairwise(claims.figures):
                if fact.line[one.end : other.start] == " of ":
                    yield float(one.value), float(other.value)


def _list_shares(pairs: Iterable[tuple[float, float]]) -> Iterator[float]:
    for one, other in pairs:
        if other:
            yield from (100 * one / other, 100 * abs(one - other) / other)


def _list_sums(numbers: Iterable[float]) -> Iterator[float]:
    known = list(numbers)
    for one, other in combinations(known, 2):
        yield from (one + other, abs(one - other))
    if len(known) > 2:
        yield sum(known[-3:])


def _list_products(said: list[Figure]) -> Iterator[float]:
    for one, other in combinations(said, 2):
        yield float(one.value * other.value)
