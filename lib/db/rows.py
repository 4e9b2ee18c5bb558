"""JSON values of rows to Python values."""

from functools import cache
from typing import Any, TypeVar

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
