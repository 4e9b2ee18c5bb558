"""The dialog that runs a company action: which one, what it does, its question."""

from dataclasses import replace

import streamlit as st

from lib.actions.handler import build_action_form
from lib.actions.model import ActionKind
from lib.actions.registry import get_handler
from lib.errors import NotFound
from lib.services import Services
from lib.text.format import format_date
from lib.text.markdown_escape import escape_markdown
from lib.ui.actions import action_loader, button_commands
from lib.ui.actions.company_action_sentences import format_numbered_steps, has_named_colleague
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.session_keys import action_field_key


def draw_company_action_form(dialog: DialogState, services: Services) -> DialogAnswers:
    """The choice of an action, what it does and its questions."""
    actions = {action.id: action for action in action_loader.load_company_actions(services)}
    if not actions:
        st.markdown("There are no company actions yet. A manager can add them under Actions.")
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
        colleagues = action_loader.load_colleagues(dialog, services)
    else:
        colleagues = ()
    names = {each.id: each.full_name for each in colleagues} | {str(services.person.id): services.person.full_name}
    today = format_date(services.actions.get_today_of_person())
    values = {"customer": dialog.target.customer_name, "person": services.person.full_name, "today": today}
    st.markdown(format_numbered_steps(action.parameters, names, values))
    rules = None if action.kind == ActionKind.COMPANY_ACTION else action_loader.load_company_rules(dialog, services)
    questions = build_action_form(handler, action, colleagues=colleagues, rules=rules)
    if action.kind == ActionKind.COMPANY_ACTION:  # asked only where a step cannot do without
        questions = replace(questions, fields=tuple(replace(field, required=True) for field in questions.fields))
    form = DialogForm.from_form(dialog, handler.Parameters, questions, scope=f".{action.id}")
    form.draw_all_fields()
    return form.read_parameters()


def submit_company_action(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises NotFound if no action is chosen or the chosen one is gone."""
    actions = action_loader.load_company_actions(services)
    action = next((each for each in actions if each.id == dialog.action_id), None)
    if action is None:
        raise NotFound("Choose an action.", hint="Nothing was done.")
    result = button_commands.run_action_from_dialog(services, dialog, action, dialog.target.build_subject(), answers)
    return FlashMessage(text=f"{result.name}: {result.summary}", undo_run_id=result.run_id if result.can_undo else None)


MORE_ACTIONS = Dialog(
    title="More actions",
    submit_label="Run",
    icon=":material/bolt:",
    draw_form=draw_company_action_form,
    submit=submit_company_action,
)
