"""JSON values of rows to Python values."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, overload

from pydantic import TypeAdapter

T = TypeVar("T")


def parse_row(kind: type[T], row: Any) -> T:
    """A dataclass from JSON, nested ones included: days, moments and amounts by the types of its fields.

    Keys that are no field are ignored, so that a new column never breaks an old reader.
    """
    adapter: TypeAdapter[T] = _get_type_adapter(kind)  # type: ignore[arg-type]  # to mypy a class is not hashable
    return adapter.validate_python(row)


@cache
def _get_type_adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@overload
def parse_date(value: str) -> date: ...
@overload
def parse_date(value: None) -> None: ...
def parse_date(value: str | None) -> date | None:
    """A date from `YYYY-MM-DD`."""
    return date.fromisoformat(value) if value is not None else None


@overload
def parse_datetime(value: str) -> datetime: ...
@overload
def parse_datetime(value: None) -> None: ...
def parse_datetime(value: str | None) -> datetime | None:
    """An aware datetime from an ISO timestamp."""
    return datetime.fromisoformat(value) if value is not None else None


def parse_decimal(value: str | float | int | None) -> Decimal | None:
    """An exact number. Supabase Lite sends numerics as strings, PostgREST as numbers."""
    return Decimal(str(value)) if value is not None else None


def select_dataclass_fields(kind: type[Any], row: dict[str, Any]) -> dict[str, Any]:
    """The entries of `row` that are fields of the dataclass `kind`. Columns added later are ignored."""
    names = {field.name for field in fields(kind)}
    return {key: value for key, value in row.items() if key in names}
