"""Names of months in the languages that files and answers are written in."""

from collections.abc import Iterator
from functools import cache

from babel import Locale

MONTH_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl", "fi")


@cache
def index_month_names() -> dict[str, int]:
    """Names of months in twelve languages, short ones too. A name that means two months is left out."""
    found: dict[str, set[int]] = {}
    for name, number in _list_month_names():
        found.setdefault(name, set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


def _list_month_names() -> Iterator[tuple[str, int]]:
    for language in MONTH_LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    yield name.casefold().strip("."), number
    yield from (("sept", 9), ("mrz", 3), ("maerz", 3), ("febr", 2))
