"""A handler is what one kind of action asks for and comes to. Adding one: CONTRIBUTING.md, "Add an action"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, ValidationInfo

from lib.actions.model import Faults, SavedAction

Steps = list[dict[str, Any]]

COLLEAGUE: dict[str, Any] = {"asks": "colleague"}
HIDDEN: dict[str, Any] = {"asks": "nothing"}


Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text without blanks around it. A field says with `max_length` how long it may be."""


class Parameters(BaseModel):
    """What an action is run with. The form is drawn from the fields: `title` is the question, `description` its help,
    the type its kind; `json_schema_extra=COLLEAGUE` asks for a person, `HIDDEN` for nothing.

    `model_validate(…, context=Today(…))` lets a validator know what day it is where the person is.
    """

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Today:
    day: date


class Handler(Protocol):
    """One for each kind, without a state of its own."""

    kind: ClassVar[str]
    icon: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]
    Parameters: ClassVar[type[Parameters]]
    preset: ClassVar[frozenset[str]]
    """Parameters a saved action may carry with it."""

    def steps(self, parameters: Any, action: SavedAction) -> Steps | None:
        """The safe steps it comes to; None where the database knows the kind itself."""
        ...


def parsed(kind: type[Parameters], given: Mapping[str, Any], *, today: date | None = None) -> Parameters:
    """`given` as the handler's own parameters. Raises Faults naming everything that is wrong, a sentence each."""
    try:
        return kind.model_validate(answered(given), context=Today(today) if today else None)
    except ValidationError as error:
        raise Faults(faults_of(kind, error)) from error


def answered(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given an answer: nulls and blank texts are none."""
    return {
        key: value
        for key, value in given.items()
        if not (value is None or (isinstance(value, str) and not value.strip()))
    }


def today_of(info: ValidationInfo) -> date | None:
    return info.context.day if isinstance(info.context, Today) else None


def as_json(parameters: BaseModel) -> dict[str, Any]:
    """Parameters as the database takes them; what nobody gave is left out."""
    return parameters.model_dump(mode="json", exclude_none=True)


def faults_of(kind: type[BaseModel], error: ValidationError) -> tuple[str, ...]:
    """What pydantic found, as sentences for people, each once, in order."""
    return tuple(dict.fromkeys(_sentence(kind, dict(fault)) for fault in error.errors(include_url=False)))


def _sentence(kind: type[BaseModel], fault: dict[str, Any]) -> str:
    where = [str(part) for part in fault["loc"]]
    label = _label(kind, where)
    match fault["type"]:
        case "value_error":
            return str(fault["ctx"]["error"])
        case "extra_forbidden":
            return f"“{where[-1]}” is not something this asks for."
        case "missing" | "string_too_short":
            return f"“{label}” needs an answer."
        case "string_too_long":
            return f"“{label}” is longer than {fault['ctx']['max_length']:,} characters."
        case "greater_than_equal":
            return f"“{label}” is below {fault['ctx']['ge']}."
        case "less_than_equal":
            return f"“{label}” is above {fault['ctx']['le']}."
        case "enum" | "literal_error" | "union_tag_invalid" | "union_tag_not_found":
            return f"“{label}” must be one of the choices."
        case kind_of if kind_of.startswith(("date", "uuid")):
            return f"“{label}” cannot be read."
        case _:
            return f"“{label}” cannot be used like this."


def _label(kind: type[BaseModel], where: list[str]) -> str:
    field = kind.model_fields.get(where[0]) if where else None
    title = field.title if field and field.title else (where[0] if where else "It")
    return title if len(where) < 2 else f"{title}, {where[-1].replace('_', ' ')}"
