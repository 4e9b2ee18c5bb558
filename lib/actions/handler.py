"""A handler is one kind of action: what it asks for and what it does. Adding one: CONTRIBUTING.md, "Add an action"."""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from lib.actions.model import Colleague, SavedAction
from lib.forms.model import Form, Option
from lib.forms.schema_fields import (
    Choices,
    build_fields_from_schema,
    build_option_source_schema_extra,
    list_schema_field_titles,
)

StepRows = list[dict[str, Any]]

COLLEAGUE_CHOICE = build_option_source_schema_extra("colleagues")
"""`json_schema_extra` of a field that is answered with a colleague."""


class Parameters(BaseModel):
    """The values an action is run with. Its form is drawn from the fields: see `lib.forms.schema_fields`."""

    model_config = ConfigDict(extra="forbid")


class Handler(Protocol):
    """One kind of action, without state. Members that are not overridden have the defaults given here."""

    kind: ClassVar[str]
    Parameters: ClassVar[type[Parameters]]
    preset: ClassVar[frozenset[str]] = frozenset()
    """Parameters a saved action may carry with it."""

    def list_parameter_titles(self, action: SavedAction) -> dict[str, str]:
        """The question of each parameter that is asked for, in order."""
        return list_schema_field_titles(self.Parameters)

    def build_action_steps(self, parameters: Any, action: SavedAction) -> StepRows | None:
        """The safe steps it performs (`lib.actions.action_steps`); None for kinds the database performs itself."""
        return None


def build_action_form(handler: Handler, action: SavedAction, *, colleagues: Sequence[Colleague] = ()) -> Form:
    """The questions to ask before running `action`, its presets as defaults. May have no fields."""
    presets = {key: value for key, value in action.parameters.items() if key in handler.preset}
    fields = build_fields_from_schema(
        handler.Parameters, handler.list_parameter_titles(action), presets, choices=build_colleague_choices(colleagues)
    )
    return Form(title=action.name, fields=fields)


def build_colleague_choices(colleagues: Sequence[Colleague]) -> Choices:
    """The colleagues as options of COLLEAGUE_CHOICE fields."""
    return {"colleagues": [Option(value=person.id, label=person.full_name) for person in colleagues]}


def serialize_parameters(parameters: BaseModel) -> dict[str, Any]:
    """Parameters as the database takes them, without those not given."""
    return parameters.model_dump(mode="json", exclude_none=True)
