"""What a header means: field -> headers, of every kind and of one kind.

A field of one kind only is written with it, such as "tickets.number". Headers are compared without case and signs.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from rapidfuzz import fuzz, process

from lib.imports.account_headers import ACCOUNT_HEADERS
from lib.imports.activity_headers import ACTIVITY_HEADERS
from lib.imports.mapping import normalize_header
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind

HEADER_NAMES: Mapping[str, tuple[str, ...]] = {**ACCOUNT_HEADERS, **ACTIVITY_HEADERS}
# A typing mistake in a header of ten letters; below it "start" would be "state".
LEAST_LIKENESS = 88
LEAST_FUZZY_LENGTH = 6
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")


def find_fields(kind: ImportKind, header: str) -> Iterator[tuple[str, float]]:
    """Fields a header may mean, each with how sure that is, 0 to 1. The own name and label of a field are surest."""
    key = normalize_header(header)
    names = _list_headers(kind)
    exact = names.get(key) or names.get(normalize_header(_BRACKETS.sub("", header)), [])
    yield from ((field, 1.0 - place / 20) for place, field in enumerate(exact))
    if exact:
        return
    if "." in header:
        # A nested key of JSON, such as address.country.
        yield from ((field, 0.7 * score) for field, score in find_fields(kind, header.rpartition(".")[2]))
        return
    if len(key) < LEAST_FUZZY_LENGTH:
        return
    found = process.extractOne(key, names.keys(), scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
    if found:
        yield from ((field, 0.6) for field in names[found[0]])


@cache
def _list_headers(kind: ImportKind) -> dict[str, list[str]]:
    """Header -> fields, those of its own name first, then those where it stands earlier."""
    ranked: dict[str, list[tuple[int, str]]] = {}
    for field in RECORD_SCHEMAS[kind].fields:
        owner, _, name = field.name.rpartition(".")
        own_label = field.label.partition(": ")[2] or field.label
        given = HEADER_NAMES.get(f"{owner or kind}.{name}", ()) + HEADER_NAMES.get(name, ())
        for place, header in enumerate((name, field.label, own_label, *given)):
            ranked.setdefault(normalize_header(header), []).append((place, field.name))
    return {header: list(dict.fromkeys(name for _, name in sorted(fields))) for header, fields in ranked.items()}
