"""The content of a company action, checked before it is saved."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.actions import company_action_steps
from lib.actions.handler import Handler
from lib.actions.model import ActionKind
from lib.actions.registry import get_handler
from lib.forms.schema_errors import (
    ValidationFailed,
    describe_schema_error,
    describe_schema_errors,
    list_schema_error_details,
    map_errors_to_fields,
)
from lib.forms.schema_fields import SingleLineStr, drop_blank_values

EDITABLE_FIELDS = ("name", "description", "needs_leader", "parameters")


class CompanyActionContent(BaseModel):
    """Fields of every kind of action. The handler checks `parameters`."""

    model_config = ConfigDict(extra="forbid")
    name: SingleLineStr = Field(default="", max_length=200, title="Name")
    description: str = Field(default="", max_length=1000, title="Description")
    needs_leader: bool = Field(default=False, title="Needs a manager's approval when run from chat")
    parameters: dict[str, Any] = Field(default_factory=dict, title="Parameters")


def validate_company_action_content(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` (any of EDITABLE_FIELDS) as columns. Raises ValidationFailed; NotFound for an unknown kind."""
    handler = get_handler(kind)
    messages: tuple[str, ...] = ()
    field_of_message: dict[str, str] = {}
    row: dict[str, Any] = {}
    try:
        row = CompanyActionContent.model_validate(dict(content)).model_dump(mode="json", include=set(content))
    except ValidationError as error:
        messages, field_of_message = (
            describe_schema_errors(CompanyActionContent, error),
            map_errors_to_fields(CompanyActionContent, error),
        )
    try:
        if isinstance(content.get("parameters"), Mapping):
            row["parameters"] = validate_action_presets(handler, content["parameters"])
    except ValidationFailed as error:
        messages, field_of_message = messages + error.messages, field_of_message | dict(error.field_of_message)
    if messages:
        raise ValidationFailed(messages, field_of_message)
    return row


def validate_action_presets(handler: Handler, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters an action carries: the spec of a company action, presets of another. Raises ValidationFailed."""
    if handler.kind == ActionKind.COMPANY_ACTION:
        return company_action_steps.serialize_company_action_spec(
            company_action_steps.parse_company_action_spec(parameters)
        )
    given = drop_blank_values(parameters)
    messages = [f"“{name[:80]}” cannot be preset." for name in given if name not in handler.preset]
    try:
        handler.Parameters.model_validate({name: value for name, value in given.items() if name in handler.preset})
    except ValidationError as error:
        # A preset may leave parameters out; only what it gives is judged.
        found = [each for each in list_schema_error_details(error) if each["loc"][0] in given]
        messages += [describe_schema_error(handler.Parameters, each) for each in found]
    if messages:
        raise ValidationFailed(tuple(messages))
    return given
