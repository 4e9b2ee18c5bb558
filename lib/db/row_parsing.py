"""JSON values of rows to Python values."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from lib.errors import UnreadableData

log = logging.getLogger(__name__)
T = TypeVar("T")


def parse_row(kind: type[T], row: Any) -> T:
    """A dataclass from JSON, nested ones included: days, moments and amounts by the types of its fields.

    Keys that are no field are ignored, so that a new column never breaks an old reader. Raises UnreadableData.
    """
    adapter: TypeAdapter[T] = _get_type_adapter(kind)  # type: ignore[arg-type]  # to mypy a class is not hashable
    with _translate_parse_errors(kind.__name__):
        return adapter.validate_python(row)


@contextmanager
def _translate_parse_errors(what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, ArithmeticError) as error:  # pydantic's errors are ValueErrors
        places = _describe_parse_error(error)
        log.error("a stored %s cannot be read: %s", what, places)
        hint = "Ask your admin to look at the log."
        raise UnreadableData("A stored value cannot be read.", detail=places, hint=hint) from error


def _describe_parse_error(error: Exception) -> str:
    """Where it is and of what kind, without the value."""
    if not isinstance(error, ValidationError):
        return type(error).__name__
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return ", ".join(f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in found[:5])


@cache
def _get_type_adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
