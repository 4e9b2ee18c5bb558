"""The steps of a company action as sentences. Plain text, to be escaped where it is drawn."""

from collections.abc import Iterator, Mapping
from typing import Any

from lib.actions.company_action_steps import CUSTOMER_FIELD_LABELS, PLACEHOLDER
from lib.text.format import format_days, humanize_code
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate

QUOTE_LENGTH = 160
PERSON_LABELS = {"owner": "the customer's owner", "me": "you"}
PLACEHOLDER_LABELS = {
    "customer": "customer", "person": "whoever runs it", "today": "date", "words": "answer to the question",
}  # fmt: skip


def describe_steps(
    parameters: Mapping[str, Any], names: Mapping[str, str] | None = None, values: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """A sentence for each step; `names` are people by id, `values` what placeholders stand for."""
    return tuple(describe_step(step, names or {}, values) for step in _parse_action_steps(parameters))


def format_numbered_steps(
    parameters: Mapping[str, Any], names: Mapping[str, str] | None = None, values: Mapping[str, str] | None = None
) -> str:
    """The steps as a numbered list, Markdown."""
    sentences = enumerate(describe_steps(parameters, names, values), start=1)
    return "\n".join(f"{number}. {escape_markdown(sentence)}" for number, sentence in sentences)


def describe_step(step: Mapping[str, Any], names: Mapping[str, str], values: Mapping[str, str] | None = None) -> str:
    """ "Creates a follow-up for the customer's owner in 7 days: “Call [customer]”." """
    values = values or {}
    person = str(step.get("person") or "owner")
    who = PERSON_LABELS.get(person) or names.get(person) or "a colleague"
    match step.get("do"):
        case "set_field" if not step.get("field"):
            return "Sets a customer field: choose a field."
        case "set_field":
            value = _quote_step_text(step, "value", values)
            field = CUSTOMER_FIELD_LABELS.get(str(step.get("field")), humanize_code(str(step.get("field")))).lower()
            return f"Sets the customer's {field} to {value}" if value else f"Clears the customer's {field}."
        case "add_note":
            return f"Adds a note: {_quote_step_text(step, 'body', values)}"
        case "follow_up":
            days = int(step["in_days"]) if str(step.get("in_days")).isdigit() else 0
            when = f"in {format_days(days)}" if days else "the same day"
            return f"Creates a follow-up for {who} {when}: {_quote_step_text(step, 'title', values)}"
        case "start_workflow":
            return f"Starts the workflow “{_format_workflow_name(str(step.get('workflow_id') or '…'))}”."
        case "notify":
            return f"Notifies {who}: {_quote_step_text(step, 'message', values)}"
        case other:
            return f"Does something this version of Zen does not support: {single_line(str(other), max_length=40)}."


def has_named_colleague(parameters: Mapping[str, Any]) -> bool:
    """True if a step names a person by id."""
    return any(step.get("person", "owner") not in PERSON_LABELS for step in _parse_action_steps(parameters))


def _parse_action_steps(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    steps = parameters.get("steps")
    return (step for step in (steps if isinstance(steps, list) else []) if isinstance(step, Mapping))


def _get_placeholder_value(name: str, values: Mapping[str, str]) -> str:
    return values.get(name) or f"[{PLACEHOLDER_LABELS.get(name, name)}]"


def _format_workflow_name(name: str) -> str:
    """A name as it is; an id, which a name may stand for in the draft, in words."""
    is_id = name == name.lower() and " " not in name
    return single_line(humanize_code(name).capitalize() if is_id else name, max_length=80)


def _quote_step_text(step: Mapping[str, Any], key: str, values: Mapping[str, str]) -> str:
    """The text in quotes, placeholders filled or named, with a full stop unless it ends with one."""
    filled = PLACEHOLDER.sub(lambda found: _get_placeholder_value(found[1], values), str(step.get(key) or ""))
    text = truncate(single_line(filled), QUOTE_LENGTH)
    return f"“{text}”{'' if text.endswith(('.', '?')) else '.'}" if text else ""
