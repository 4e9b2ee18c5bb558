"""What a leader may write about a company's own action, checked before it is kept."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.actions import steps
from lib.actions.base import Handler, Said, about_of, answered, faults_of, sentence
from lib.actions.model import ActionKind, Faults
from lib.actions.registry import handler_of

EDITABLE = ("name", "description", "needs_leader", "parameters")


class Described(BaseModel):
    """What every kind of action has; `parameters` are by its handler."""

    model_config = ConfigDict(extra="forbid")
    name: Said = Field(default="", max_length=200, title="Name")
    description: str = Field(default="", max_length=1000, title="What it does, in a sentence")
    needs_leader: bool = Field(default=False, title="From a chat, only with a leader's approval")
    parameters: dict[str, Any] = Field(default_factory=dict, title="Parameters")


def row_of(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` (any of EDITABLE) as columns. Raises Faults naming everything wrong, NotFound for an unknown kind."""
    handler = handler_of(kind)
    faults: tuple[str, ...] = ()
    about: dict[str, str] = {}
    row: dict[str, Any] = {}
    try:
        row = Described.model_validate(dict(content)).model_dump(mode="json", include=set(content))
    except ValidationError as error:
        faults, about = faults_of(Described, error), about_of(Described, error)
    try:
        if isinstance(content.get("parameters"), Mapping):
            row["parameters"] = carried(handler, content["parameters"])
    except Faults as error:
        faults, about = faults + error.faults, about | dict(error.about)
    if faults:
        raise Faults(faults, about)
    return row


def carried(handler: Handler, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What an action of this kind carries with it: its steps, or answers given beforehand. Raises Faults."""
    if handler.kind == ActionKind.CUSTOM:
        return steps.as_json(steps.read_recipe(parameters))
    given = answered(parameters)
    faults = [f"“{name[:80]}” cannot be given beforehand." for name in given if name not in handler.preset]
    try:
        handler.Parameters.model_validate({name: value for name, value in given.items() if name in handler.preset})
    except ValidationError as error:
        told: list[dict[str, Any]] = [dict(fault) for fault in error.errors(include_url=False)]
        faults += [sentence(handler.Parameters, fault) for fault in told if fault["loc"][0] in given]
    if faults:
        raise Faults(tuple(faults))
    return given
