"""The safe steps of company actions. The database checks them again and performs all or none.

Texts may contain {customer}, {person} (who runs it), {today} and {words} (what that person types).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo, field_validator

from lib.actions.handler import COLLEAGUE_CHOICE
from lib.forms.schema_errors import ValidationFailed, describe_schema_error, list_schema_error_details
from lib.forms.schema_fields import NonBlankStr, SingleLineStr, build_labels_schema_extra
from lib.text.format import join_names
from lib.text.truncate import join_lines

PLACEHOLDERS = ("customer", "person", "today", "words")
WORDS_PLACEHOLDER = "{words}"
MAX_STEPS = 10

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def require_known_placeholders(text: str | None) -> str | None:
    """`text` itself. Raises ValueError naming the placeholders in it that do not exist."""
    unknown = sorted({name[:40] for name in PLACEHOLDER.findall(text or "") if name not in PLACEHOLDERS})
    if unknown:
        is_none = "is not a placeholder" if len(unknown) == 1 else "are not placeholders"
        raise ValueError(
            f"{_format_placeholder_list(unknown)} {is_none}. Use {_format_placeholder_list(PLACEHOLDERS)}."
        )
    return text


def _format_placeholder_list(names: Iterable[str]) -> str:
    return join_names(f"{{{name}}}" for name in names)


class ActionStep(BaseModel):
    """One step. `text_field` names its field with a text of the author."""

    model_config = ConfigDict(extra="forbid")
    text_field: ClassVar[str] = ""

    @field_validator("value", "body", "title", "message", check_fields=False)
    @classmethod
    def check_placeholders_are_known(cls, text: str | None) -> str | None:
        return require_known_placeholders(text)


PersonChoice = Annotated[str, StringConstraints(pattern=r"^(owner|me|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]
PERSON_LABELS = COLLEAGUE_CHOICE | build_labels_schema_extra(
    {"owner": "The customer's owner", "me": "The person who runs it"}
)
CUSTOMER_FIELD_LABELS = {"summary": "Summary", "competitor": "Competitor", "industry": "Industry", "country": "Country"}


class SetFieldStep(ActionStep):
    model_config = ConfigDict(title="Set a customer field")
    text_field: ClassVar[str] = "value"
    do: Literal["set_field"] = "set_field"
    field: Literal["summary", "competitor", "industry", "country"] = Field(
        title="Field", json_schema_extra=build_labels_schema_extra(CUSTOMER_FIELD_LABELS)
    )
    value: NonBlankStr | None = Field(
        default=None, max_length=2000, title="New value", description="Blank clears the field."
    )

    @field_validator("value")
    @classmethod
    def _join_lines_unless_summary(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Only the summary has lines."""
        return value if value is None or info.data.get("field") == "summary" else join_lines(value)


class AddNoteStep(ActionStep):
    model_config = ConfigDict(title="Add a note")
    text_field: ClassVar[str] = "body"
    do: Literal["add_note"] = "add_note"
    body: NonBlankStr = Field(max_length=20_000, title="Note")


class FollowUpStep(ActionStep):
    model_config = ConfigDict(title="Create a follow-up")
    text_field: ClassVar[str] = "title"
    do: Literal["follow_up"] = "follow_up"
    title: SingleLineStr = Field(max_length=400, title="Task")
    in_days: int = Field(strict=True, ge=0, le=999, title="Due in days")
    person: PersonChoice = Field(default="owner", title="Assignee", json_schema_extra=PERSON_LABELS)


class StartWorkflowStep(ActionStep):
    model_config = ConfigDict(title="Start another workflow")
    do: Literal["start_workflow"] = "start_workflow"
    workflow_id: NonBlankStr = Field(max_length=200, title="Workflow")


class NotifyStep(ActionStep):
    model_config = ConfigDict(title="Notify a person")
    text_field: ClassVar[str] = "message"
    do: Literal["notify"] = "notify"
    message: NonBlankStr = Field(max_length=1500, title="Message")
    person: PersonChoice = Field(default="owner", title="Recipient", json_schema_extra=PERSON_LABELS)


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


class CompanyActionSpec(BaseModel):
    """The parameters of a company action: its steps, and the question whose answer is {words}."""

    model_config = ConfigDict(extra="forbid")
    steps: tuple[AnyStep, ...] = Field(min_length=1, max_length=MAX_STEPS, title="Steps")
    question: SingleLineStr | None = Field(default=None, max_length=200, title="Question")


def parse_company_action_spec(parameters: Mapping[str, Any]) -> CompanyActionSpec:
    """The spec of a company action. Raises ValidationFailed, its fields named "steps.0.body", "steps" or "question"."""
    try:
        return CompanyActionSpec.model_validate(dict(parameters))
    except ValidationError as error:
        errors = list_schema_error_details(error)
        in_steps = [each for each in errors if each["loc"][:1] == ("steps",) and len(each["loc"]) > 1]
        others = [each for each in errors if each not in in_steps and not (in_steps and each["loc"] == ("steps",))]
        field_of_message = {
            _format_step_error_message(each): _format_step_error_path(each["loc"]) for each in (*in_steps, *others)
        }
        raise ValidationFailed(tuple(field_of_message), field_of_message) from error


def serialize_company_action_spec(spec: CompanyActionSpec) -> dict[str, Any]:
    """A spec as `saved_actions.parameters` stores it."""
    return spec.model_dump(mode="json", exclude_none=True)


def serialize_action_steps(*steps: ActionStep) -> list[dict[str, Any]]:
    """Steps as the database takes them."""
    return [step.model_dump(mode="json", exclude_none=True) for step in steps]


def has_words_placeholder(parameters: Mapping[str, Any]) -> bool:
    """True if a step of the company action contains {words}."""
    steps = parameters.get("steps")
    return isinstance(steps, list) and any(WORDS_PLACEHOLDER in str(step) for step in steps)


def _format_step_error_path(path: tuple[Any, ...]) -> str:
    """ "steps.0.body", "steps" or "question"."""
    return ".".join(str(part) for part in (*path[:2], *path[3:4]))


def _format_step_error_message(error: dict[str, Any]) -> str:
    path = error["loc"]
    if path == ("steps",):
        return f"An action has 1 to {MAX_STEPS} steps."
    if len(path) < 2 or path[0] != "steps":
        return describe_schema_error(CompanyActionSpec, error)
    step = STEP_TYPES.get(str(path[2])) if len(path) > 2 else None
    message = describe_schema_error(step, error | {"loc": path[3:]}) if step else "Choose a step from the list."
    return f"Step {path[1] + 1}: {message}"
