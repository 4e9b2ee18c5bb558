"""What a header means: field -> headers, of every kind and of one kind.

A field of one kind only is written with it, such as "tickets.number". Headers are compared without case and signs.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from rapidfuzz import fuzz, process

from lib.imports.account_headers import ACCOUNT_HEADERS
from lib.imports.activity_headers import ACTIVITY_HEADERS
from lib.imports.column_mapping import normalize_header
from lib.imports.contract_headers import CONTRACT_HEADERS
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind

HEADER_NAMES: Mapping[str, tuple[str, ...]] = {**ACCOUNT_HEADERS, **CONTRACT_HEADERS, **ACTIVITY_HEADERS}
# A typing mistake in a header of ten letters; below it "start" would be "state".
LEAST_LIKENESS = 88
LEAST_FUZZY_LENGTH = 6
LEAST_WORD_LENGTH = 3
# How sure a header is that has every word of a known one, and others beside.
WORDS_SCORE = 0.8
MAX_OWN_HEADERS = 1000
"""Headers that fields of several kinds share stand after all of a field's own, however many it has."""

# Words that add nothing, and words that make another thing of the one beside them: an account's type is no account.
NEUTRAL_WORDS = frozenset(
    {"of", "the", "in", "per", "a", "utc", "gmt", "current", "total", "number", "count", "no", "nr", "anzahl", "je"}
    | {"de", "du", "des", "la", "le", "del", "der", "die", "das", "di", "our", "is", "percent", "usd", "eur", "field"}
)
OTHER_THINGS = frozenset(
    {"id", "type", "owner", "phone", "address", "street", "city", "zip", "postal", "url", "link", "revenue", "employee"}
    | {"updated", "modified", "last", "first", "next", "parent", "previous", "old", "fax", "stage", "source", "agent"}
    | {"group", "currency", "language", "birthday", "linkedin", "twitter", "created", "due", "lead", "score", "health"}
)
_WORD = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")


def find_fields_of_header(kind: ImportKind, header: str) -> Iterator[tuple[str, float]]:
    """Fields a header may mean, each with how sure that is, 0 to 1. The own name and label of a field are surest."""
    key = normalize_header(header)
    names = _index_fields_by_header(kind)
    exact = names.get(key) or names.get(normalize_header(_BRACKETS.sub("", header)), [])
    yield from ((field, 1.0 - place / 20) for place, field in enumerate(exact))
    if exact:
        return
    if "." in header:
        # A nested key of JSON, such as address.country.
        yield from ((field, 0.7 * score) for field, score in find_fields_of_header(kind, header.rpartition(".")[2]))
        return
    by_words = list(_match_header_words(kind, header))
    yield from by_words
    if by_words or len(key) < LEAST_FUZZY_LENGTH:
        return
    found = process.extractOne(key, names.keys(), scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
    if found:
        yield from ((field, 0.6) for field in names[found[0]])


def _match_header_words(kind: ImportKind, header: str) -> Iterator[tuple[str, float]]:
    """Fields of known headers whose words all stand in this one. The fewer others beside, the surer."""
    words = _split_header_words(_BRACKETS.sub("", header))
    letters = sum(map(len, words)) or 1
    best: dict[str, float] = {}
    for known, name in _list_header_words(kind):
        if known <= words and not (words - known) & OTHER_THINGS:
            score = WORDS_SCORE * (sum(map(len, known)) / letters) ** 0.5
            best[name] = max(score, best.get(name, 0.0))
    yield from best.items()


def _split_header_words(header: str) -> frozenset[str]:
    """Words without case, plural and those that add nothing."""
    words = (word if len(word) < 4 else word.removesuffix("s") for word in _WORD.findall(header.casefold()))
    return frozenset(words) - NEUTRAL_WORDS


@cache
def _list_header_words(kind: ImportKind) -> tuple[tuple[frozenset[str], str], ...]:
    """The words of every known header of three letters or more, with its field."""
    found = []
    for field in RECORD_SCHEMAS[kind].fields:
        owner, _, name = field.name.rpartition(".")
        for header in (*HEADER_NAMES.get(f"{owner or kind}.{name}", ()), *HEADER_NAMES.get(name, ())):
            words = _split_header_words(header)
            if sum(map(len, words)) >= LEAST_WORD_LENGTH:
                found.append((words, field.name))
    return tuple(found)


@cache
def _index_fields_by_header(kind: ImportKind) -> dict[str, list[str]]:
    """Header -> fields, those of its own name first, then those where it stands earlier, then in the schema's order."""
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    for order, field in enumerate(RECORD_SCHEMAS[kind].fields):
        owner, _, name = field.name.rpartition(".")
        own_label = field.label.partition(": ")[2] or field.label
        own_headers = HEADER_NAMES.get(f"{owner or kind}.{name}", ())
        shared_headers = enumerate(HEADER_NAMES.get(name, ()), start=MAX_OWN_HEADERS)
        for place, header in (*enumerate((name, field.label, own_label, *own_headers)), *shared_headers):
            ranked.setdefault(normalize_header(header), []).append((place, order, field.name))
    return {header: list(dict.fromkeys(name for _, _, name in sorted(fields))) for header, fields in ranked.items()}
