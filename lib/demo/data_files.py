"""Reads the texts and names of the demo from `data/`, once."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def read_data_file(name: str) -> dict[str, Any]:
    """The object in `data/<name>.json`. Callers only read it."""
    stored = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    if not isinstance(stored, dict):
        raise TypeError(f"data/{name}.json does not hold an object")
    return stored


def find_country_language(country: str) -> str:
    """The language names and some notes of a country are in; English where no other is kept."""
    return _LOCALES.get(country, "en")


_LOCALES = {
    "Norway": "no",
    "Germany": "de",
    "Switzerland": "de",
    "France": "fr",
    "Poland": "pl",
    "Japan": "ja",
    "Spain": "es",
    "Portugal": "pt",
    "Netherlands": "nl",
}
