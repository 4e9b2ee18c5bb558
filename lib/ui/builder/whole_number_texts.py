"""Whole numbers of the builder's fields, as text that the person reads and types."""

from decimal import Decimal
from typing import Any

from lib.forms.model import FieldKind
from lib.forms.number_parser import NumberError, format_typed_number, parse_typed_number
from lib.ui.number_widgets import get_number_locale


def format_whole_number(value: Any) -> str:
    """The number as text; empty for what is no number."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return format_typed_number(Decimal(int(value)), FieldKind.WHOLE, get_number_locale()) if is_number else ""


def parse_whole_number(text: str | None) -> int | None:
    """The number a text means; None for an empty text and for one that is no whole number."""
    number = _parse(text)
    return int(number) if isinstance(number, Decimal) else None


def find_whole_number_error(text: str | None, *, least: int, most: int) -> str | None:
    """Why a text is no number from `least` to `most`; None if it is one, or empty."""
    number = _parse(text)
    if isinstance(number, NumberError):
        return number.message
    return f"From {least} to {most}, please." if number is not None and not least <= number <= most else None


def _parse(text: str | None) -> Decimal | NumberError | None:
    return parse_typed_number(text, FieldKind.WHOLE, get_number_locale()) if text and text.strip() else None
