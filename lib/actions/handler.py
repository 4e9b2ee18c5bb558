"""A handler is one kind of action: what it asks for and what it does. Adding one: CONTRIBUTING.md, "Add an action"."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints

from lib.actions.model import Colleague, SavedAction
from lib.customers.company_codes_and_limits import CompanyRules
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
SKIP_REASON_CHOICE = build_option_source_schema_extra("skip_reasons")
SEVERITY_CHOICE = build_option_source_schema_extra("severities")

RuleCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
"""A code of the company's rules. Only its shape is checked here: which codes there are is the database's to say."""


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
        """Its safe steps (`lib.actions.company_action_steps`); None for kinds the database performs itself."""
        return None


def build_action_form(
    handler: Handler, action: SavedAction, *, colleagues: Sequence[Colleague] = (), rules: CompanyRules | None = None
) -> Form:
    """The questions to ask before running `action`, its presets as defaults. May have no fields."""
    choices = {**build_colleague_choices(colleagues), **build_rule_choices(rules)}
    presets = {key: value for key, value in action.parameters.items() if key in handler.preset}
    fields = build_fields_from_schema(
        handler.Parameters, handler.list_parameter_titles(action), presets, choices=choices
    )
    return Form(title=action.name, fields=fields)


def build_colleague_choices(colleagues: Sequence[Colleague]) -> Choices:
    """The colleagues as options of COLLEAGUE_CHOICE fields."""
    return {"colleagues": [Option(value=person.id, label=person.full_name) for person in colleagues]}


def build_rule_choices(rules: CompanyRules | None) -> Choices:
    """The company's codes as options of SKIP_REASON_CHOICE and SEVERITY_CHOICE fields; none without rules."""
    if rules is None:
        return {}
    return {
        "skip_reasons": [Option(value=reason.code, label=reason.label) for reason in rules.list_skip_reasons()],
        "severities": [Option(value=severity.code, label=severity.label) for severity in rules.list_severities()],
    }


def serialize_parameters(parameters: BaseModel) -> dict[str, Any]:
    """Parameters as the database takes them, without those not given."""
    return parameters.model_dump(mode="json", exclude_none=True)
