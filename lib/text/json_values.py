"""Values out of JSON that a person, a file or a model wrote. What does not fit is None, never an exception."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from lib.text.truncate import strip_invisible

# Sums of products of two such numbers stay exact.
MAX_NUMBER = 10**12

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")


def parse_number(value: Any) -> Decimal | None:
    """An exact number; None if it is not finite or beyond MAX_NUMBER."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    # An int beyond the range of a float is no argument of math.isfinite.
    if (not isinstance(value, int) and not math.isfinite(value)) or not -MAX_NUMBER <= value <= MAX_NUMBER:
        return None
    return Decimal(str(value))


def to_exact_numbers(value: Any) -> Any:
    """`value` with its fractions as Decimal, also those in lists and objects; what is infinite is None."""
    match value:
        case float():
            return Decimal(str(value)) if math.isfinite(value) else None
        case Mapping():
            return {key: to_exact_numbers(item) for key, item in value.items()}
        case list() | tuple():
            return [to_exact_numbers(item) for item in value]
    return value


def to_json_numbers(value: Any) -> Any:
    """`value` with its Decimals as JSON numbers, also those in lists and objects. Exact up to 15 digits."""
    match value:
        case Decimal() if not value.is_finite():
            return None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {key: to_json_numbers(item) for key, item in value.items()}
        case list() | tuple():
            return [to_json_numbers(item) for item in value]
    return value


def parse_integer(value: Any) -> int | None:
    exact = parse_number(value)
    return int(exact) if exact is not None and exact == exact.to_integral_value() else None


def parse_text(value: Any) -> str | None:
    """Trimmed text without invisible characters; None when nothing is left."""
    return strip_invisible(value).strip() or None if isinstance(value, str) else None


def parse_texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


def parse_date(value: Any) -> date | None:
    """From "YYYY-MM-DD"."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def parse_moment(value: Any) -> datetime | None:
    """From an ISO timestamp with its offset."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def parse_time(value: Any) -> time | None:
    """From "HH:MM"."""
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            return time.fromisoformat(value)
        except ValueError:
            return None
    return None


def parse_rows(value: Any) -> tuple[Mapping[str, Any], ...]:
    """The rows that are not blank."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(row for row in value if isinstance(row, Mapping) and not is_blank_row(row))


def is_blank_row(row: Mapping[str, Any]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row.values())
