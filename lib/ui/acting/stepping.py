"""The safe steps of a company's own action in words. Pure; what it says is plain text, to be escaped where drawn."""

from collections.abc import Mapping
from typing import Any

from lib.actions.steps import FIELDS
from lib.slides.words import cut, days, plain, spoken

SHOWN = 160
PEOPLE = {"owner": "the customer's owner", "me": "whoever runs it"}


def sentences_of(parameters: Mapping[str, Any], people: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """One sentence for each step; `people` are names by id."""
    steps = parameters.get("steps")
    known = [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    return tuple(sentence(step, people or {}) for step in known)


def sentence(step: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """ "Asks the customer's owner to follow up in 7 days: “Call {customer}”." """
    who = _who(step, people)
    match step.get("do"):
        case "set_field" if not step.get("field"):
            return "Sets a field of the customer: choose a field."
        case "set_field":
            value = _quoted(step, "value")
            field = FIELDS.get(str(step.get("field")), spoken(str(step.get("field")))).lower()
            return f"Sets the {field} of the customer to {value}" if value else f"Clears the {field} of the customer."
        case "add_note":
            return f"Adds a note: {_quoted(step, 'body')}"
        case "follow_up":
            when = _in_days(step.get("in_days"))
            return f"Asks {who} to follow up {when}: {_quoted(step, 'title')}"
        case "start_workflow":
            return f"Starts the workflow “{plain(str(step.get('workflow_id') or '…'), most=80)}”."
        case "notify":
            return f"Tells {who}: {_quoted(step, 'message')}"
        case other:
            return f"Does something this version does not know: {plain(str(other), most=40)}."


def _who(step: Mapping[str, Any], people: Mapping[str, str]) -> str:
    person = str(step.get("person") or "owner")
    return PEOPLE.get(person) or people.get(person) or "a colleague"


def _in_days(value: Any) -> str:
    number = int(value) if str(value).isdigit() else 0
    return "the same day" if number == 0 else f"in {days(number)}"


def _quoted(step: Mapping[str, Any], key: str) -> str:
    """In quotes, and with the full stop of the sentence unless it has its own."""
    text = cut(plain(str(step.get(key) or "")), SHOWN)
    return f"“{text}”{'' if text.endswith(('.', '?')) else '.'}" if text else ""


def names_somebody(parameters: Mapping[str, Any]) -> bool:
    """Whether a step names a person by their id."""
    steps = parameters.get("steps")
    known = [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    return any(step.get("person", "owner") not in PEOPLE for step in known)
