"""What a leader may write about a company's own action, checked before it is kept."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.actions import action_steps
from lib.actions.handler import Handler
from lib.actions.model import ActionKind
from lib.actions.registry import get_handler
from lib.forms.schema import NonBlankStr, drop_blanks
from lib.forms.schema_errors import ValidationFailed, describe_error, describe_errors, map_errors_to_fields

EDITABLE_FIELDS = ("name", "description", "needs_leader", "parameters")


class ActionContent(BaseModel):
    """What every kind of action has; `parameters` are by its handler."""

    model_config = ConfigDict(extra="forbid")
    name: NonBlankStr = Field(default="", max_length=200, title="Name")
    description: str = Field(default="", max_length=1000, title="What it does, in a sentence")
    needs_leader: bool = Field(default=False, title="From a chat, only with a leader's approval")
    parameters: dict[str, Any] = Field(default_factory=dict, title="Parameters")


def validate_content(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` (any of EDITABLE) as columns. Raises Faults naming everything wrong, NotFound for an unknown kind."""
    handler = get_handler(kind)
    faults: tuple[str, ...] = ()
    about: dict[str, str] = {}
    row: dict[str, Any] = {}
    try:
        row = ActionContent.model_validate(dict(content)).model_dump(mode="json", include=set(content))
    except ValidationError as error:
        faults, about = describe_errors(ActionContent, error), map_errors_to_fields(ActionContent, error)
    try:
        if isinstance(content.get("parameters"), Mapping):
            row["parameters"] = validate_presets(handler, content["parameters"])
    except ValidationFailed as error:
        faults, about = faults + error.messages, about | dict(error.field_of_message)
    if faults:
        raise ValidationFailed(faults, about)
    return row


def validate_presets(handler: Handler, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What an action of this kind carries with it: its steps, or answers given beforehand. Raises Faults."""
    if handler.kind == ActionKind.CUSTOM:
        return action_steps.dump_spec(action_steps.parse_spec(parameters))
    given = drop_blanks(parameters)
    faults = [f"“{name[:80]}” cannot be given beforehand." for name in given if name not in handler.preset]
    try:
        handler.Parameters.model_validate({name: value for name, value in given.items() if name in handler.preset})
    except ValidationError as error:
        told: list[dict[str, Any]] = [dict(fault) for fault in error.errors(include_url=False)]
        faults += [describe_error(handler.Parameters, fault) for fault in told if fault["loc"][0] in given]
    if faults:
        raise ValidationFailed(tuple(faults))
    return given
