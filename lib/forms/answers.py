"""Answers read back. They are JSON that a person is still typing: what does not fit is None, never an exception."""

import math
import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from lib.slides.model import Answers, SlideId, SlideInput
from lib.text.format import strip_invisible

DATE_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME_PATTERN = re.compile(r"[0-9]{2}:[0-9]{2}")
MAX_NUMBER = 1e12
"""No answer is a larger number; sums of products of two stay exact."""


def answers_of_slide(inp: SlideInput, slide: SlideId) -> Answers:
    """What was answered on another slide of the run; empty when it has not been reached."""
    stored = inp.answers.get(slide, {})
    return stored if isinstance(stored, Mapping) else {}


def parse_number(value: Any) -> Decimal | None:
    """An exact number from JSON's; None for what is none, or not finite, or beyond all reason."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if not math.isfinite(value) or not -MAX_NUMBER <= value <= MAX_NUMBER:
        return None
    return Decimal(str(value))


def parse_integer(value: Any) -> int | None:
    exact = parse_number(value)
    return int(exact) if exact is not None and exact == exact.to_integral_value() else None


def parse_text(value: Any) -> str | None:
    """Trimmed text without invisible characters; None when nothing is left."""
    return strip_invisible(value).strip() or None if isinstance(value, str) else None


def parse_texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


def parse_date(value: Any) -> date | None:
    if isinstance(value, str) and DATE_PATTERN.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def parse_time(value: Any) -> time | None:
    if isinstance(value, str) and TIME_PATTERN.fullmatch(value):
        try:
            return time.fromisoformat(value)
        except ValueError:
            return None
    return None


def parse_rows(value: Any) -> tuple[Mapping[str, Any], ...]:
    """The rows of a ROWS field that say anything."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(row for row in value if isinstance(row, Mapping) and not is_blank_row(row))


def is_blank_row(row: Mapping[str, Any]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row.values())
