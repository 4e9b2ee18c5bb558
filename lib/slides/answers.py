"""Answers read back. They are JSON that a person is still typing: what does not fit is None, never an exception."""

import math
import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from lib.slides.model import Answers, SlideId, SlideInput
from lib.slides.words import visible

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
LARGEST = 1e12
"""No answer is a larger number; sums of products of two stay exact."""


def of(inp: SlideInput, slide: SlideId) -> Answers:
    """What was answered on another slide of the run; empty when it has not been reached."""
    stored = inp.answers.get(slide, {})
    return stored if isinstance(stored, Mapping) else {}


def number(value: Any) -> Decimal | None:
    """An exact number from JSON's; None for what is none, or not finite, or beyond all reason."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if not math.isfinite(value) or not -LARGEST <= value <= LARGEST:
        return None
    return Decimal(str(value))


def whole(value: Any) -> int | None:
    exact = number(value)
    return int(exact) if exact is not None and exact == exact.to_integral_value() else None


def text(value: Any) -> str | None:
    """Trimmed text without invisible characters; None when nothing is left."""
    return visible(value).strip() or None if isinstance(value, str) else None


def texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


def day(value: Any) -> date | None:
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def clock(value: Any) -> time | None:
    if isinstance(value, str) and CLOCK.fullmatch(value):
        try:
            return time.fromisoformat(value)
        except ValueError:
            return None
    return None


def rows(value: Any) -> tuple[Mapping[str, Any], ...]:
    """The rows of a ROWS field that say anything."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(row for row in value if isinstance(row, Mapping) and not is_blank_row(row))


def is_blank_row(row: Mapping[str, Any]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row.values())
