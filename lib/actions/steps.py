"""The safe steps a company's own actions are made of. The database does them, all or none, and checks them again.

A text may say {customer}, {person} (who clicks), {today} and {words} (what that person types).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from lib.actions.base import COLLEAGUE, Said, choices, sentence
from lib.actions.model import Faults

PLACEHOLDERS = ("customer", "person", "today", "words")
WORDS = "{words}"
MOST_STEPS = 10

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def known_placeholders(text: str | None) -> str | None:
    """Raises ValueError naming placeholders nobody fills."""
    unknown = sorted({found[:40] for found in _PLACEHOLDER.findall(text or "") if found not in PLACEHOLDERS})
    if unknown:
        raise ValueError(f"Nothing is known to put in place of {_braced(unknown)}. There are {_braced(PLACEHOLDERS)}.")
    return text


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


class Step(BaseModel):
    """`says` is the part that is a text of somebody."""

    model_config = ConfigDict(extra="forbid")
    says: ClassVar[str] = ""

    @field_validator("value", "body", "title", "message", check_fields=False)
    @classmethod
    def placeholders_are_known(cls, text: str | None) -> str | None:
        return known_placeholders(text)


Person = Annotated[str, StringConstraints(pattern=r"^(owner|me|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]
WHO = COLLEAGUE | choices({"owner": "The customer's owner", "me": "Whoever clicks"})
FIELDS = {"summary": "Summary", "competitor": "Competitor", "industry": "Industry", "country": "Country"}


class SetField(Step):
    """Set a field of the customer"""

    says: ClassVar[str] = "value"
    do: Literal["set_field"] = "set_field"
    field: Literal["summary", "competitor", "industry", "country"] = Field(
        title="Field", json_schema_extra=choices(FIELDS)
    )
    value: Said | None = Field(default=None, max_length=2000, title="New value", description="Blank empties the field.")


class AddNote(Step):
    """Add a note"""

    says: ClassVar[str] = "body"
    do: Literal["add_note"] = "add_note"
    body: Said = Field(max_length=20_000, title="Note")


class FollowUp(Step):
    """Create a follow-up"""

    says: ClassVar[str] = "title"
    do: Literal["follow_up"] = "follow_up"
    title: Said = Field(max_length=400, title="What is to be done")
    in_days: int = Field(ge=0, le=999, title="Due in days")
    person: Person = Field(default="owner", title="Who does it", json_schema_extra=WHO)


class StartWorkflow(Step):
    """Start another workflow"""

    do: Literal["start_workflow"] = "start_workflow"
    workflow_id: Said = Field(max_length=200, title="Workflow")


class Notify(Step):
    """Notify a person"""

    says: ClassVar[str] = "message"
    do: Literal["notify"] = "notify"
    message: Said = Field(max_length=1500, title="Message")
    person: Person = Field(default="owner", title="Who is told", json_schema_extra=WHO)


STEPS: Mapping[str, type[Step]] = {
    "set_field": SetField,
    "add_note": AddNote,
    "follow_up": FollowUp,
    "start_workflow": StartWorkflow,
    "notify": Notify,
}

AnyStep = Annotated[SetField | AddNote | FollowUp | StartWorkflow | Notify, Field(discriminator="do")]


class Recipe(BaseModel):
    """What a custom action carries: its steps, and the question whose answer is {words}."""

    model_config = ConfigDict(extra="forbid")
    steps: tuple[AnyStep, ...] = Field(min_length=1, max_length=MOST_STEPS, title="Steps")
    question: Said | None = Field(default=None, max_length=200, title="Question")


def read_recipe(parameters: Mapping[str, Any]) -> Recipe:
    """The steps of a custom action. Raises Faults naming everything wrong, and in which step; `about` has
    "steps.0.body" for a field of the first."""
    try:
        return Recipe.model_validate(dict(parameters))
    except ValidationError as error:
        faults: list[dict[str, Any]] = [dict(fault) for fault in error.errors(include_url=False)]
        in_steps = [fault for fault in faults if fault["loc"][:1] == ("steps",) and len(fault["loc"]) > 1]
        others = [fault for fault in faults if fault not in in_steps and not (in_steps and fault["loc"] == ("steps",))]
        about = {_fault(fault): _about(fault["loc"]) for fault in (*in_steps, *others)}
        raise Faults(tuple(about), about) from error


def as_json(recipe: Recipe) -> dict[str, Any]:
    """A recipe as it stands in `saved_actions.parameters`."""
    return recipe.model_dump(mode="json", exclude_none=True)


def as_steps(*steps: Step) -> list[dict[str, Any]]:
    """Steps as the database takes them."""
    return [step.model_dump(mode="json", exclude_none=True) for step in steps]


def asks_for_words(parameters: Mapping[str, Any]) -> bool:
    """Whether a custom action's steps say {words}."""
    steps = parameters.get("steps")
    return isinstance(steps, list) and any(WORDS in str(step) for step in steps)


def _about(where: tuple[Any, ...]) -> str:
    """ "steps.0.body", "steps" or "question"."""
    return ".".join(str(part) for part in (*where[:2], *where[3:4]))


def _fault(fault: dict[str, Any]) -> str:
    where = fault["loc"]
    if where == ("steps",):
        return f"An action has 1 to {MOST_STEPS} steps."
    if len(where) < 2 or where[0] != "steps":
        return sentence(Recipe, fault)
    kind = STEPS.get(str(where[2])) if len(where) > 2 else None
    told = sentence(kind, fault | {"loc": where[3:]}) if kind else "What it does must be one of the choices."
    return f"Step {where[1] + 1}: {told}"
