"""Extracts tool arguments from a question, such as a number of weeks. A tool has defaults for the others."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lib.llm.rule_based.glossary import translate_words
from lib.llm.tool_schema import ToolSchema
from lib.text.search_terms import extract_search_terms, fold_text

WEEKS_PER_UNIT = {"week": 1, "month": 4, "quarter": 13, "year": 52}

_PERCENT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:%|％|per ?cent\b|prozent\b|pour ?cent\b|por ?ciento\b)", re.IGNORECASE
)
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "nine": 9, "twelve": 12}
_WEEKS = {"week": 1, "month": 52 / 12, "quarter": 13, "year": 52}
_AGO = re.compile(
    rf"\b(\d{{1,3}}|{'|'.join(_COUNTS)})\s+({'|'.join(_WEEKS)})s?\s+(?:ago|before|earlier)\b", re.IGNORECASE
)
_LAST = re.compile(
    rf"\b(?:last|previous|prior|this|past)\s+({'|'.join(_WEEKS)})\b|\b({'|'.join(_WEEKS)})\s+(?:before|earlier)\b",
    re.IGNORECASE,
)
_OTHER_TIMES = re.compile(
    r"\b(?:yesterday|tomorrow|tonight|spring|summer|autumn|winter|january|february|april|june|july|august|september"
    r"|october|november|december)\b",
    re.IGNORECASE,
)
NO_NAMES = frozenset({"ARR", "NPS", "CSM", "P1", "P2", "P3", "P4", "SSO"})
_NAME = re.compile(r"(?<![.?!¿¡]\s)(?<!^)\b[^\W\d_a-zß-öø-ÿ][^\W\d_]+\b")
_DAYS_AHEAD = re.compile(r"\bnext\s+(\d{1,3}|two|three|six)?\s*(day|week|month|quarter)s?\b", re.IGNORECASE)
DAYS_PER_UNIT = {"day": 1, "week": 7, "month": 30, "quarter": 91}
SPOKEN_NUMBERS = {"two": 2, "three": 3, "six": 6}
# Of other languages, what people say most: "and last quarter?", "a year ago".
_LAST_ELSEWHERE = (
    (
        r"(?:letzt|vorig)e[ns]? monat|mois dernier|mes pasado|mes passado|forrige maned|vorige maand|zeszlym mies|先月",
        4,
    ),
    (r"(?:letzt|vorig)es quartal|trimestre|forrige kvartal|vorig kwartaal|kwartal|前四半期", 13),
    (r"(?:letzt|vorig)es jahr|vor einem jahr|an dernier|ano pasado|ano passado|i fjor|vorig jaar|rok temu|昨年", 52),
)


def find_percent(question: str) -> float | None:
    """The first percentage of a question, whatever it is of."""
    found = _PERCENT.search(question)
    return float(found[1].replace(",", ".")) if found else None


def find_weeks_back(question: str) -> int | None:
    """How many weeks before today a question looks: 13 for "last quarter" or "three months ago"."""
    if found := _AGO.search(question):
        number = _COUNTS.get(found[1].lower()) or int(found[1])
        return max(1, round(number * _WEEKS[found[2].lower()]))
    if found := _LAST.search(question):
        return round(_WEEKS[(found[1] or found[2]).lower()])
    folded = fold_text(question)
    return next((weeks for words, weeks in _LAST_ELSEWHERE if re.search(words, folded)), None)


def find_days_ahead(text: str) -> int | None:
    """How many days ahead a question looks: 60 for "in the next two months"."""
    found = _DAYS_AHEAD.search(text)
    if not found:
        return None
    spoken = found[1].lower() if found[1] else None
    number = int(spoken) if spoken and spoken.isdigit() else SPOKEN_NUMBERS.get(spoken or "", 1)
    return number * DAYS_PER_UNIT[found[2].lower()]


def find_name(text: str) -> str | None:
    """The first word that is written as a name: capital, and not at the beginning of a sentence."""
    return next(_list_names(text), None)


def _list_names(text: str) -> Iterator[str]:
    for found in _NAME.finditer(text):
        if found[0] not in NO_NAMES:
            yield found[0]


def find_time_words(question: str) -> tuple[str, ...]:
    """What a question says about time, as it was written: "last year", "yesterday"."""
    return tuple(found[0] for pattern in (_AGO, _LAST, _OTHER_TIMES) for found in pattern.finditer(question))


_FILLER_WORDS = re.compile(
    r"(?<![\w-])(?:please|can|could|would|you|search|look|find|show|tell|give|me|us|the|a|an|in|for|from|our|their|notes?|do|does"
    r"|did|say|said|says|mention(?:ed|s)?|anything|something|what|about|of|any|is|are|was|were|there|they|we|i|to|wrote"
    r"|calls?|meetings?|emails?|and|on|have|has|that|it|any(?:body|one)|should|she|he|her|him"
    r"|them|likely|how|who|when|why|which|with|will|be|if|so|my|but|or)(?![\w-])",
    re.IGNORECASE,
)


def extract_tool_arguments(tool: ToolSchema, question: str) -> dict[str, Any]:
    """The parameters of `tool` that `question` gives a value for."""
    known = tool.parameters.get("properties", {})
    read = {name: reader(question) for name, reader in ARGUMENT_PARSERS.items() if name in known}
    return {name: value for name, value in read.items() if value is not None}


def _parse_weeks(question: str) -> int | None:
    number = r"(\d{1,3}|a|one|two|three|six|twelve|last|past)"
    found = re.search(rf"\b{number}\s+(week|month|quarter|year)", question, re.IGNORECASE)
    if not found:
        return None
    spoken = {"a": 1, "one": 1, "last": 1, "past": 1, "two": 2, "three": 3, "six": 6, "twelve": 12}
    many = spoken.get(found[1].lower()) or int(found[1])
    return min(104, max(1, many * WEEKS_PER_UNIT[found[2].lower()]))


def _build_percent_parser(*names: str) -> Callable[[str], float | None]:
    word = "|".join(names)
    # Not the "5 %" of "12,5 %".
    number = r"(?<![\d.,])(\d{0,3}[.,]\d{1,2}|\d{1,3})\s*(?:%|percent|per cent)"
    before, after = rf"{number}\s*(?:of\s+)?(?:{word})", rf"(?:{word})\w*\s+(?:of|by|to)?\s*{number}"
    pattern = re.compile(f"{before}|{after}", re.IGNORECASE)

    def parse_percent(question: str) -> float | None:
        found = pattern.search(question)
        return float((found[1] or found[2]).replace(",", ".")) if found else None

    return parse_percent


def _parse_seats(question: str) -> int | None:
    found = re.search(r"(?<![\d.,])(\d{1,3}(?:[.,'\s]\d{3})+|\d{1,6})\s+seats?\b", question, re.IGNORECASE)
    return int(re.sub(r"\D", "", found[1])) if found else None


def _parse_search_query(question: str) -> str | None:
    quoted = re.search(r"[\"“”'‘](.{2,80}?)[\"“”'’]", question)
    if quoted:
        return quoted[1]
    words = re.sub(r"[^\w\s'-]", " ", _FILLER_WORDS.sub(" ", question))
    return " ".join(words.split())[:200] or question[:200]


def build_record_query(question: str) -> str:
    """The words to look for in records, in the languages they may be written in; blank if there are none."""
    words = _parse_search_query(question) or ""
    if not extract_search_terms(words):
        return ""
    return " ".join((words, *translate_words(words)))[:400]


ARGUMENT_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "weeks": _parse_weeks,
    "uplift_percent": _build_percent_parser("uplift", "increase", "more", "rise"),
    "discount_percent": _build_percent_parser("discount", "off", "less", "reduction"),
    "seats": _parse_seats,
    "query": lambda question: build_record_query(question) or _parse_search_query(question),
}
