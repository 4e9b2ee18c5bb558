"""Extracts tool arguments from a question, such as a number of weeks. A tool has defaults for the others."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from lib.llm.tool_schema import ToolSchema

WEEKS_PER_UNIT = {"week": 1, "month": 4, "quarter": 13, "year": 52}

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


ARGUMENT_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "weeks": _parse_weeks,
    "uplift_percent": _build_percent_parser("uplift", "increase", "more", "rise"),
    "discount_percent": _build_percent_parser("discount", "off", "less", "reduction"),
    "seats": _parse_seats,
    "query": _parse_search_query,
}
