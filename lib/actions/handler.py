"""A handler is what one kind of action asks for and comes to. Adding one: CONTRIBUTING.md, "Add an action"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, ValidationInfo

from lib.actions.model import SavedAction, ValidationFailed

StepRows = list[dict[str, Any]]

COLLEAGUE_CHOICE: dict[str, Any] = {"asks": "colleague"}
NOT_ASKED: dict[str, Any] = {"asks": "nothing"}


def choice_labels(labels: Mapping[Any, str]) -> dict[str, Any]:
    """`json_schema_extra` of a field with these values, and the words for each."""
    return {"labels": {str(value): label for value, label in labels.items()}}


NonBlankStr = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text without blanks around it. A field says with `max_length` how long it may be."""


class Parameters(BaseModel):
    """What an action is run with. The form is drawn from the fields (`lib.actions.parameter_form`): `title` is the question,
    `description` its help, the type its kind; `json_schema_extra` is `choices(…)` for a choice, COLLEAGUE for a person,
    HIDDEN for what is never asked."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class ValidationDay:
    """The day it is where the person is, for validators (`today_of`)."""

    day: date


class Handler(Protocol):
    """One for each kind, without a state of its own. What is not said differently holds as it stands here."""

    kind: ClassVar[str]
    icon: ClassVar[str] = ":material/bolt:"
    button: ClassVar[str]
    """Words on the button that does it."""
    done: ClassVar[str]
    """A sentence of what follows, shown beside the form."""
    Parameters: ClassVar[type[Parameters]]
    preset: ClassVar[frozenset[str]] = frozenset()
    """Parameters a saved action may carry with it."""

    def list_questions(self, action: SavedAction) -> dict[str, str]:
        """Which parameters are asked for, in order, and the question of each."""
        return list_questions(self.Parameters)

    def build_steps(self, parameters: Any, action: SavedAction) -> StepRows | None:
        """The safe steps it comes to (`lib.actions.action_steps`); None where the database knows the kind itself."""
        return None


def list_questions(kind: type[BaseModel]) -> dict[str, str]:
    """The fields of a schema that are asked for, and their titles; one without a title is not."""
    asked = {name: field for name, field in kind.model_fields.items() if field.json_schema_extra != NOT_ASKED}
    return {name: field.title for name, field in asked.items() if field.title}


def parse_parameters(kind: type[BaseModel], given: Mapping[str, Any], *, today: date | None = None) -> Any:
    """`given` as a value of `kind`. Raises Faults naming everything that is wrong, a sentence each."""
    try:
        return kind.model_validate(drop_blank_answers(given), context=ValidationDay(today) if today else None)
    except ValidationError as error:
        raise ValidationFailed(describe_errors(kind, error), map_errors_to_fields(kind, error)) from error


def drop_blank_answers(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given an answer: nulls and blank texts are none."""
    blank = [key for key, value in given.items() if value is None or (isinstance(value, str) and not value.strip())]
    return {key: value for key, value in given.items() if key not in blank}


def validation_today(info: ValidationInfo) -> date | None:
    return info.context.day if isinstance(info.context, ValidationDay) else None


def dump_parameters(parameters: BaseModel) -> dict[str, Any]:
    """Parameters as the database takes them; what nobody gave is left out."""
    return parameters.model_dump(mode="json", exclude_none=True)


def describe_errors(kind: type[BaseModel], error: ValidationError) -> tuple[str, ...]:
    """What pydantic found, as sentences for people, each once, in order."""
    return tuple(dict.fromkeys(describe_error(kind, dict(fault)) for fault in error.errors(include_url=False)))


def map_errors_to_fields(kind: type[BaseModel], error: ValidationError) -> dict[str, str]:
    """Those sentences, and the name of the field each is about."""
    found: list[dict[str, Any]] = [dict(fault) for fault in error.errors(include_url=False)]
    return {describe_error(kind, fault): str(fault["loc"][0]) for fault in found if fault["loc"]}


def describe_error(kind: type[BaseModel], fault: Mapping[str, Any]) -> str:
    """One of pydantic's faults with a value of `kind`, in words."""
    where = [str(part) for part in fault["loc"]]
    label, told = _question_label(kind, where), fault.get("ctx", {})
    match fault["type"]:
        case "value_error":
            return str(told["error"])
        case "extra_forbidden":
            return f"“{where[-1][:80]}” is not something this asks for."
        case "missing" | "string_too_short":
            least = told.get("min_length", 1)
            return f"“{label}” needs an answer." if least == 1 else f"“{label}” has at least {least} characters."
        case "string_too_long":
            return f"“{label}” is longer than {told['max_length']:,} characters."
        case "greater_than_equal" | "less_than_equal":
            return f"“{label}” is {'below' if 'ge' in told else 'above'} {told.get('ge', told.get('le'))}."
        case "enum" | "literal_error" | "union_tag_invalid" | "union_tag_not_found" | "string_pattern_mismatch":
            return f"“{label}” must be one of the choices."
        case what if what.startswith(("date", "uuid", "int")):
            return f"“{label}” cannot be read."
        case _:
            return f"“{label}” cannot be used like this."


def _question_label(kind: type[BaseModel], where: list[str]) -> str:
    """The question a fault is about: that of the innermost field on its way that has a title."""
    label = kind.model_fields[where[0]].title if where and where[0] in kind.model_fields else None
    for member in union_members(kind.model_fields[where[0]].annotation) if label and len(where) > 1 else ():
        if union_tag(member) == where[1] and len(where) > 2 and where[2] in member.model_fields:
            label = member.model_fields[where[2]].title or label
    return label or (where[0][:80] if where else "It")


def union_members(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The schemas a value of this type may follow: those of a union, told apart by a `kind`; none for plain values."""
    if isinstance(annotation, type):
        return (annotation,) if issubclass(annotation, BaseModel) else ()
    return tuple(member for part in getattr(annotation, "__args__", ()) for member in union_members(part))


def union_tag(member: type[BaseModel]) -> str:
    """What a schema calls itself where several are possible."""
    return str(member.model_fields["kind"].default)
