"""Values checked against a pydantic schema; its errors as sentences for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError, ValidationInfo

from lib.errors import InvalidInput
from lib.forms.schema_fields import drop_blank_values, get_union_schema_kind, list_union_schemas


class ValidationFailed(InvalidInput):
    """Values that fail a schema: `messages` has a sentence for each error.

    `field_of_message` names the field of each message that is about one, so that a page shows it beside its question.
    """

    def __init__(self, messages: tuple[str, ...], field_of_message: Mapping[str, str] | None = None) -> None:
        super().__init__(" ".join(messages), detail=list(messages))
        self.messages = messages
        self.field_of_message: Mapping[str, str] = field_of_message or {}


@dataclass(frozen=True)
class ValidationDay:
    """Today where the person is, for validators."""

    day: date


def get_validation_day(info: ValidationInfo) -> date | None:
    return info.context.day if isinstance(info.context, ValidationDay) else None


def parse_schema_values(schema: type[BaseModel], values: Mapping[str, Any], *, today: date | None = None) -> Any:
    """`values` as an instance of `schema`. Raises ValidationFailed with a sentence for each error."""
    try:
        return schema.model_validate(drop_blank_values(values), context=ValidationDay(today) if today else None)
    except ValidationError as error:
        raise ValidationFailed(describe_schema_errors(schema, error), map_errors_to_fields(schema, error)) from error


def describe_schema_errors(schema: type[BaseModel], error: ValidationError) -> tuple[str, ...]:
    """A sentence for each of pydantic's errors, without repetitions."""
    return tuple(dict.fromkeys(describe_schema_error(schema, found) for found in list_schema_error_details(error)))


def map_errors_to_fields(schema: type[BaseModel], error: ValidationError) -> dict[str, str]:
    """The same sentences, each with the name of its field."""
    return {
        describe_schema_error(schema, found): str(found["loc"][0])
        for found in list_schema_error_details(error)
        if found["loc"]
    }


def list_schema_error_details(error: ValidationError) -> list[dict[str, Any]]:
    return [dict(found) for found in error.errors(include_url=False)]


def describe_schema_error(schema: type[BaseModel], error: Mapping[str, Any]) -> str:
    """A sentence for one of pydantic's errors."""
    path = [str(part) for part in error["loc"]]
    label, context = _find_field_title(schema, path), error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "extra_forbidden":
            return f"“{path[-1][:80]}” is not something this asks for."
        case "missing" | "string_too_short" | "too_short":
            least = context.get("min_length", 1)
            return f"“{label}” needs an answer." if least == 1 else f"“{label}” has at least {least} characters."
        case "string_too_long" | "too_long":
            return f"“{label}” is longer than {context['max_length']:,} characters."
        case "greater_than_equal" | "less_than_equal":
            return f"“{label}” is {'below' if 'ge' in context else 'above'} {context.get('ge', context.get('le'))}."
        case "enum" | "literal_error" | "union_tag_invalid" | "union_tag_not_found" | "string_pattern_mismatch":
            return f"“{label}” must be one of the choices."
        case kind if kind.startswith("int"):
            return f"“{label}” must be a whole number."
        case kind if kind.startswith(("date", "uuid")):
            return f"“{label}” cannot be read."
        case _:
            return f"“{label}” cannot be used like this."


def _find_field_title(schema: type[BaseModel], path: list[str]) -> str:
    """The title of the innermost field on the path that has one."""
    label = schema.model_fields[path[0]].title if path and path[0] in schema.model_fields else None
    for member in list_union_schemas(schema.model_fields[path[0]].annotation) if label and len(path) > 1 else ():
        if get_union_schema_kind(member) == path[1] and len(path) > 2 and path[2] in member.model_fields:
            label = member.model_fields[path[2]].title or label
    return label or (path[0][:80] if path else "It")
