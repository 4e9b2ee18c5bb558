"""A company's own actions: their dialog, and what their steps do as sentences.

Sentences are plain text, to be escaped where they are drawn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.actions.action_steps import CUSTOMER_FIELD_LABELS, PLACEHOLDER
from lib.actions.handler import build_action_form
from lib.actions.model import ActionKind
from lib.actions.registry import get_handler
from lib.errors import NotFound
from lib.services import Services
from lib.text.format import format_date, format_days, humanize_code
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate
from lib.ui.actions import commands
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.session_keys import action_field_key

QUOTE_LENGTH = 160
PERSON_LABELS = {"owner": "the customer's owner", "me": "you"}
PLACEHOLDER_LABELS = {
    "customer": "customer", "person": "whoever runs it", "today": "date", "words": "answer to the question",
}  # fmt: skip


def draw_custom_action_form(dialog: DialogState, services: Services) -> DialogAnswers:
    """The choice of an action, what it does and its questions."""
    actions = {action.id: action for action in commands.load_custom_actions(services)}
    if not actions:
        st.markdown("Your company has no actions of its own yet. A manager can add them under Actions.")
        dialog.action_id = None
        return {}
    dialog.action_id = st.radio(
        "Action",
        list(actions),
        index=0 if len(actions) == 1 else None,
        format_func=lambda action_id: escape_markdown(actions[action_id].name),
        captions=[escape_markdown(action.description) or " " for action in actions.values()],
        key=action_field_key(dialog.idempotency_key, "action"),
        label_visibility="collapsed",
    )
    if dialog.action_id is None:
        return {}
    action = actions[dialog.action_id]
    handler = get_handler(action.kind)
    if has_named_colleague(action.parameters) or "to" in handler.list_parameter_titles(action):
        colleagues = commands.load_colleagues(dialog, services)
    else:
        colleagues = ()
    names = {each.id: each.full_name for each in colleagues} | {str(services.person.id): services.person.full_name}
    today = format_date(services.actions.get_today_of_person())
    values = {"customer": dialog.target.customer_name, "person": services.person.full_name, "today": today}
    st.markdown(format_numbered_steps(action.parameters, names, values))
    rules = None if action.kind == ActionKind.CUSTOM else commands.load_company_rules(dialog, services)
    questions = build_action_form(handler, action, colleagues=colleagues, rules=rules)
    if action.kind == ActionKind.CUSTOM:  # asked only where a step cannot do without
        questions = replace(questions, fields=tuple(replace(field, required=True) for field in questions.fields))
    form = DialogForm.from_form(dialog, handler.Parameters, questions, scope=f".{action.id}")
    form.draw_all_fields()
    return form.read_parameters()


def submit_custom_action(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises NotFound if no action is chosen or the chosen one is gone."""
    actions = commands.load_custom_actions(services)
    action = next((each for each in actions if each.id == dialog.action_id), None)
    if action is None:
        raise NotFound("Choose an action.", hint="Nothing was done.")
    result = commands.run_action_from_dialog(services, dialog, action, dialog.target.build_subject(), answers)
    return FlashMessage(text=f"{result.name}: {result.summary}", undo_run_id=result.run_id if result.can_undo else None)


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
            value = _quote_text(step, "value", values)
            field = CUSTOMER_FIELD_LABELS.get(str(step.get("field")), humanize_code(str(step.get("field")))).lower()
            return f"Sets the customer's {field} to {value}" if value else f"Clears the customer's {field}."
        case "add_note":
            return f"Adds a note: {_quote_text(step, 'body', values)}"
        case "follow_up":
            days = int(step["in_days"]) if str(step.get("in_days")).isdigit() else 0
            when = f"in {format_days(days)}" if days else "the same day"
            return f"Creates a follow-up for {who} {when}: {_quote_text(step, 'title', values)}"
        case "start_workflow":
            return f"Starts the workflow “{_format_workflow_name(str(step.get('workflow_id') or '…'))}”."
        case "notify":
            return f"Notifies {who}: {_quote_text(step, 'message', values)}"
        case other:
            return f"Does something this version of Zen does not support: {single_line(str(other), max_length=40)}."


def has_named_colleague(parameters: Mapping[str, Any]) -> bool:
    """True if a step names a person by id."""
    return any(step.get("person", "owner") not in PERSON_LABELS for step in _parse_action_steps(parameters))


def _parse_action_steps(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    steps = parameters.get("steps")
    return (step for step in (steps if isinstance(steps, list) else []) if isinstance(step, Mapping))


def _fill_placeholder(name: str, values: Mapping[str, str]) -> str:
    return values.get(name) or f"[{PLACEHOLDER_LABELS.get(name, name)}]"


def _format_workflow_name(name: str) -> str:
    """A name as it is; an id, which a name may stand for in the draft, in words."""
    is_id = name == name.lower() and " " not in name
    return single_line(humanize_code(name).capitalize() if is_id else name, max_length=80)


def _quote_text(step: Mapping[str, Any], key: str, values: Mapping[str, str]) -> str:
    """The text in quotes, placeholders filled or named, with a full stop unless it ends with one."""
    filled = PLACEHOLDER.sub(lambda found: _fill_placeholder(found[1], values), str(step.get(key) or ""))
    text = truncate(single_line(filled), QUOTE_LENGTH)
    return f"“{text}”{'' if text.endswith(('.', '?')) else '.'}" if text else ""


MORE_ACTIONS = Dialog(
    title="More actions",
    submit_label="Run",
    icon=":material/bolt:",
    draw_form=draw_custom_action_form,
    submit=submit_custom_action,
)
