"""The safe steps a company's own actions are made of. The database does them, all or none, and checks them again.

A text may say {customer}, {person} (who clicks), {today} and {words} (what that person types).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from lib.actions.handler import COLLEAGUE_CHOICE
from lib.forms.schema import NonBlankStr, choice_labels
from lib.forms.schema_errors import ValidationFailed, describe_error

PLACEHOLDERS = ("customer", "person", "today", "words")
WORDS_PLACEHOLDER = "{words}"
MAX_STEPS = 10

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_placeholders(text: str | None) -> str | None:
    """Raises ValueError naming placeholders nobody fills."""
    unknown = sorted({found[:40] for found in _PLACEHOLDER.findall(text or "") if found not in PLACEHOLDERS})
    if unknown:
        raise ValueError(
            f"Nothing is known to put in place of {_join_placeholders(unknown)}. There are {_join_placeholders(PLACEHOLDERS)}."
        )
    return text


def _join_placeholders(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


class ActionStep(BaseModel):
    """`says` is the part that is a text of somebody."""

    model_config = ConfigDict(extra="forbid")
    text_field: ClassVar[str] = ""

    @field_validator("value", "body", "title", "message", check_fields=False)
    @classmethod
    def check_placeholders_are_known(cls, text: str | None) -> str | None:
        return check_placeholders(text)


PersonChoice = Annotated[str, StringConstraints(pattern=r"^(owner|me|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]
PERSON_LABELS = COLLEAGUE_CHOICE | choice_labels({"owner": "The customer's owner", "me": "Whoever clicks"})
CUSTOMER_FIELD_LABELS = {"summary": "Summary", "competitor": "Competitor", "industry": "Industry", "country": "Country"}


class SetFieldStep(ActionStep):
    """Set a field of the customer"""

    text_field: ClassVar[str] = "value"
    do: Literal["set_field"] = "set_field"
    field: Literal["summary", "competitor", "industry", "country"] = Field(
        title="Field", json_schema_extra=choice_labels(CUSTOMER_FIELD_LABELS)
    )
    value: NonBlankStr | None = Field(
        default=None, max_length=2000, title="New value", description="Blank empties the field."
    )


class AddNoteStep(ActionStep):
    """Add a note"""

    text_field: ClassVar[str] = "body"
    do: Literal["add_note"] = "add_note"
    body: NonBlankStr = Field(max_length=20_000, title="Note")


class FollowUpStep(ActionStep):
    """Create a follow-up"""

    text_field: ClassVar[str] = "title"
    do: Literal["follow_up"] = "follow_up"
    title: NonBlankStr = Field(max_length=400, title="What is to be done")
    in_days: int = Field(ge=0, le=999, title="Due in days")
    person: PersonChoice = Field(default="owner", title="Who does it", json_schema_extra=PERSON_LABELS)


class StartWorkflowStep(ActionStep):
    """Start another workflow"""

    do: Literal["start_workflow"] = "start_workflow"
    workflow_id: NonBlankStr = Field(max_length=200, title="Workflow")


class NotifyStep(ActionStep):
    """Notify a person"""

    text_field: ClassVar[str] = "message"
    do: Literal["notify"] = "notify"
    message: NonBlankStr = Field(max_length=1500, title="Message")
    person: PersonChoice = Field(default="owner", title="Who is told", json_schema_extra=PERSON_LABELS)


STEP_TYPES: Mapping[str, type[ActionStep]] = {
    "set_field": SetFieldStep,
    "add_note": AddNoteStep,
    "follow_up": FollowUpStep,
    "start_workflow": StartWorkflowStep,
    "notify": NotifyStep,
}

AnyStep = Annotated[
    SetFieldStep | AddNoteStep | FollowUpStep | StartWorkflowStep | NotifyStep, Field(discriminator="do")
]


class CustomActionSpec(BaseModel):
    """What a custom action carries: its steps, and the question whose answer is {words}."""

    model_config = ConfigDict(extra="forbid")
    steps: tuple[AnyStep, ...] = Field(min_length=1, max_length=MAX_STEPS, title="Steps")
    question: NonBlankStr | None = Field(default=None, max_length=200, title="Question")


def parse_spec(parameters: Mapping[str, Any]) -> CustomActionSpec:
    """The steps of a custom action. Raises Faults naming everything wrong, and in which step; `about` has
    "steps.0.body" for a field of the first."""
    try:
        return CustomActionSpec.model_validate(dict(parameters))
    except ValidationError as error:
        faults: list[dict[str, Any]] = [dict(fault) for fault in error.errors(include_url=False)]
        in_steps = [fault for fault in faults if fault["loc"][:1] == ("steps",) and len(fault["loc"]) > 1]
        others = [fault for fault in faults if fault not in in_steps and not (in_steps and fault["loc"] == ("steps",))]
        about = {_error_message(fault): _error_field(fault["loc"]) for fault in (*in_steps, *others)}
        raise ValidationFailed(tuple(about), about) from error


def dump_spec(recipe: CustomActionSpec) -> dict[str, Any]:
    """A recipe as it stands in `saved_actions.parameters`."""
    return recipe.model_dump(mode="json", exclude_none=True)


def dump_steps(*steps: ActionStep) -> list[dict[str, Any]]:
    """Steps as the database takes them."""
    return [step.model_dump(mode="json", exclude_none=True) for step in steps]


def needs_words(parameters: Mapping[str, Any]) -> bool:
    """Whether a custom action's steps say {words}."""
    steps = parameters.get("steps")
    return isinstance(steps, list) and any(WORDS_PLACEHOLDER in str(step) for step in steps)


def _error_field(where: tuple[Any, ...]) -> str:
    """ "steps.0.body", "steps" or "question"."""
    return ".".join(str(part) for part in (*where[:2], *where[3:4]))


def _error_message(fault: dict[str, Any]) -> str:
    where = fault["loc"]
    if where == ("steps",):
        return f"An action has 1 to {MAX_STEPS} steps."
    if len(where) < 2 or where[0] != "steps":
        return describe_error(CustomActionSpec, fault)
    kind = STEP_TYPES.get(str(where[2])) if len(where) > 2 else None
    told = describe_error(kind, fault | {"loc": where[3:]}) if kind else "What it does must be one of the choices."
    return f"Step {where[1] + 1}: {told}"
