"""The dialogs of a page: each a form, one primary button and "Cancel".

Escape, ✕ and a click beside the dialog close it; what was typed is kept, and the page says so. "Cancel" discards it.
Adding one costs a Dialog, an entry in DIALOGS and a word in `action_state.DialogKind`.
"""

from collections.abc import Mapping

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import Conflict, NeedsConfirmation, ZenError
from lib.services import Services, build_services
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states
from lib.ui.actions import (
    dialog_form,
    escalation_dialogs,
    price_approval_dialogs,
    run_company_action_dialog,
    run_dialogs,
    snooze_dialog,
)
from lib.ui.actions.action_state import ActionState, close_dialog, dismiss_dialog, get_action_state
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogKind, DialogState
from lib.ui.script_values import load_page_script
from lib.ui.session_keys import action_button_key

MAX_NAMES = 12

DIALOGS: Mapping[DialogKind, Dialog] = {
    "snooze": snooze_dialog.SNOOZE,
    "skip_slide": run_dialogs.SKIP_SLIDE,
    "skip": run_dialogs.SKIP_RUN,
    "abandon": run_dialogs.ABANDON,
    "escalate": escalation_dialogs.ESCALATE,
    "company": run_company_action_dialog.MORE_ACTIONS,
    "give": run_dialogs.REASSIGN,
    "reopen": run_dialogs.REOPEN,
    "hand_back": escalation_dialogs.HAND_BACK,
    "withdraw": escalation_dialogs.WITHDRAW,
    "redirect": escalation_dialogs.REDIRECT,
    "approve_price": price_approval_dialogs.APPROVE_PRICE,
    "deny_price": price_approval_dialogs.DENY_PRICE,
}


def draw_open_dialog(
    source: ActionSource,
    execution_id: str | None = None,
    *,
    page_dialogs: Mapping[DialogKind, Dialog] | None = None,
) -> None:
    """Draw the dialog that was opened on this page, of this run; call it once. `page_dialogs` exist only here.

    A dialog of another page, left with the browser's back button, is closed.
    """
    state = get_action_state().dialog
    if state is None:
        return
    if state.source is not source or (execution_id is not None and state.target.execution_id != execution_id):
        close_dialog()
        return
    dialog = {**DIALOGS, **(page_dialogs or {})}[state.kind]
    state.title = dialog.title
    show = st.dialog(dialog.title, width="medium", icon=dialog.icon, on_dismiss=dismiss_dialog)(_draw_dialog)
    show(state.kind, dialog)


def _draw_dialog(kind: DialogKind, dialog: Dialog) -> None:
    # A dialog is a fragment: it reruns without its page, so it asks for state and client again.
    actions = get_action_state()
    state = actions.dialog
    if state is None or state.kind != kind:
        st.rerun()
    services = build_services(get_client_of_person(), require_person())
    with st.container(key="act_dialog", gap="small"):
        load_page_script("dialogs.js")
        _draw_target_names(state)
        state.error_slots.clear()
        try:
            answers = dialog.draw_form(state, services)
        except ZenError as error:
            empty_and_error_states.draw_error(error, key="act_form")
            _draw_cancel_button(state)
            return
        if state.first_values is None:
            state.first_values = state.read_widget_values()
        dialog_form.drop_outdated_confirmation(state, answers)
        errors = st.container()
        with st.container(horizontal=True, gap="small"):
            is_submitted = st.button(
                dialog.submit_label, key=action_button_key("send", state.idempotency_key), type="primary"
            )
            if dialog.draw_extra_buttons is not None:
                dialog.draw_extra_buttons(state)
            _draw_cancel_button(state)
        answers = {**answers, **dialog_form.read_confirmation(state)}
        if is_submitted and _submit_dialog(actions, state, dialog, services, answers):
            st.rerun()
        dialog_form.draw_dialog_errors(state, errors)


def _draw_cancel_button(state: DialogState) -> None:
    st.button("Cancel", key=action_button_key("cancel", state.idempotency_key), type="tertiary", on_click=close_dialog)


def _draw_target_names(state: DialogState) -> None:
    target = state.target
    if len(state.targets) > 1:
        names = list(dict.fromkeys(each.customer_name for each in state.targets))
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        noun = "runs" if state.target.execution_id else "customers"
        st.caption(f"{len(state.targets)} {noun}: {escape_markdown(', '.join(names[:MAX_NAMES]) + more)}")
    else:
        st.caption(escape_markdown(" · ".join(filter(None, (target.name, target.workflow_name)))))


def _submit_dialog(
    actions: ActionState, state: DialogState, dialog: Dialog, services: Services, answers: DialogAnswers
) -> bool:
    """True if it is done. A second click waits for the first, then finds the dialog gone."""
    with actions.commands.lock:
        if actions.dialog is not state:
            return True
        state.error, state.submitted = None, answers
        try:
            message = dialog.submit(state, services, answers)
        except NeedsConfirmation as question:
            state.confirmation = question
        except ZenError as error:
            state.error = error
            if isinstance(error, Conflict):
                actions.mark_data_changed()
        else:
            actions.dialog = None
            actions.record_success(message)
            return True
    return False
