"""The safe steps of a company's own action in words. Pure; what it says is plain text, to be escaped where drawn."""

from collections.abc import Mapping
from typing import Any

from lib.actions.action_steps import CUSTOMER_FIELD_LABELS
from lib.text.format import format_days, humanize_code
from lib.text.truncate import single_line, truncate

QUOTE_LENGTH = 160
PERSON_LABELS = {"owner": "the customer's owner", "me": "whoever runs it"}


def describe_steps(parameters: Mapping[str, Any], people: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """One sentence for each step; `people` are names by id."""
    steps = parameters.get("steps")
    known = [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    return tuple(describe_step(step, people or {}) for step in known)


def describe_step(step: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """ "Asks the customer's owner to follow up in 7 days: “Call {customer}”." """
    who = _person_name(step, people)
    match step.get("do"):
        case "set_field" if not step.get("field"):
            return "Sets a field of the customer: choose a field."
        case "set_field":
            value = _quote_field(step, "value")
            field = CUSTOMER_FIELD_LABELS.get(str(step.get("field")), humanize_code(str(step.get("field")))).lower()
            return f"Sets the {field} of the customer to {value}" if value else f"Clears the {field} of the customer."
        case "add_note":
            return f"Adds a note: {_quote_field(step, 'body')}"
        case "follow_up":
            when = _format_days(step.get("in_days"))
            return f"Asks {who} to follow up {when}: {_quote_field(step, 'title')}"
        case "start_workflow":
            return f"Starts the workflow “{single_line(str(step.get('workflow_id') or '…'), max_length=80)}”."
        case "notify":
            return f"Tells {who}: {_quote_field(step, 'message')}"
        case other:
            return f"Does something this version does not know: {single_line(str(other), max_length=40)}."


def _person_name(step: Mapping[str, Any], people: Mapping[str, str]) -> str:
    person = str(step.get("person") or "owner")
    return PERSON_LABELS.get(person) or people.get(person) or "a colleague"


def _format_days(value: Any) -> str:
    number = int(value) if str(value).isdigit() else 0
    return "the same day" if number == 0 else f"in {format_days(number)}"


def _quote_field(step: Mapping[str, Any], key: str) -> str:
    """In quotes, and with the full stop of the sentence unless it has its own."""
    text = truncate(single_line(str(step.get(key) or "")), QUOTE_LENGTH)
    return f"“{text}”{'' if text.endswith(('.', '?')) else '.'}" if text else ""


def names_a_colleague(parameters: Mapping[str, Any]) -> bool:
    """Whether a step names a person by their id."""
    steps = parameters.get("steps")
    known = [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    return any(step.get("person", "owner") not in PERSON_LABELS for step in known)
