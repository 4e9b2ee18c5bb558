"""The dialogs of acting: each a form, one primary button and "Cancel". What is refused is said where it belongs.

What was typed stays until it is sent or cancelled: a click beside the dialog, or Escape, does not end it.

Adding one costs a form, an entry of SHEETS and a word in `desk.What`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import current_client, require_person
from lib.errors import Conflict, NeedsConfirmation, ZenError
from lib.services import Services, build_services
from lib.text.escape import escape_markdown
from lib.ui import placeholders
from lib.ui.actions import custom_action, escalate_form, field_errors, reassign, skip_form, snooze_form, submit
from lib.ui.actions.action_state import (
    ActionState,
    DialogAnswers,
    DialogKind,
    DialogState,
    FlashMessage,
    close_dialog,
    get_action_state,
)
from lib.ui.keys import action_button, action_field


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """`beside` draws what else one may press."""

    title: str
    submit_label: str
    icon: str
    draw_form: Callable[[DialogState, Services], DialogAnswers]
    submit: Callable[[DialogState, Services, DialogAnswers], FlashMessage | None]
    draw_extra_buttons: Callable[[DialogState], None] | None = None


DIALOGS: Mapping[DialogKind, Dialog] = {
    "snooze": Dialog(
        title="Snooze",
        submit_label="Snooze",
        icon=":material/snooze:",
        draw_form=snooze_form.draw_snooze_form,
        submit=submit.submit_snooze,
    ),
    "skip_slide": Dialog(
        title="Skip this slide",
        submit_label="Skip",
        icon=":material/skip_next:",
        draw_form=skip_form.draw_skip_form,
        submit=submit.submit_skip,
    ),
    "skip": Dialog(
        title="Skip this run",
        submit_label="Skip",
        icon=":material/skip_next:",
        draw_form=skip_form.draw_skip_form,
        submit=submit.submit_skip,
    ),
    "escalate": Dialog(
        title="Escalate",
        submit_label="Escalate",
        icon=":material/priority_high:",
        draw_form=escalate_form.draw_escalate_form,
        submit=submit.submit_escalate,
    ),
    "company": Dialog(
        title="More actions",
        submit_label="Do it",
        icon=":material/bolt:",
        draw_form=custom_action.draw_custom_action_form,
        submit=submit.submit_custom_action,
    ),
    "give": Dialog(
        title="Give to a colleague",
        submit_label="Give",
        icon=":material/person_add:",
        draw_form=reassign.draw_reassign_form,
        submit=reassign.submit_reassign,
    ),
    "reopen": Dialog(
        title="Open again",
        submit_label="Open again",
        icon=":material/lock_open:",
        draw_form=reassign.draw_reopen_form,
        submit=reassign.submit_reopen,
    ),
    "hand_back": Dialog(
        title="Hand back",
        submit_label="Hand back",
        icon=":material/reply:",
        draw_form=reassign.draw_hand_back_form,
        submit=reassign.submit_hand_back,
    ),
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
    show = st.dialog(dialog.title, width="medium", icon=dialog.icon, dismissible=False)(_draw_dialog)
    show(state.kind, dialog)


def _draw_dialog(kind: DialogKind, sheet: Dialog) -> None:
    # A dialog is a fragment: it reruns without its page, so it asks for state and client again.
    desk = get_action_state()
    opened = desk.dialog
    if opened is None or opened.kind != kind:
        st.rerun()
    services = build_services(current_client(), require_person())
    with st.container(key="act_dialog", gap="small"):
        _draw_target_names(opened)
        opened.error_slots.clear()
        try:
            given = sheet.draw_form(opened, services)
        except ZenError as error:
            placeholders.draw_error(error, key="act_form")
            _draw_cancel_button(opened)
            return
        field_errors.drop_outdated_confirmation(opened, given)
        rest = st.container()
        with st.container(horizontal=True, gap="small"):
            is_sent = st.button(sheet.submit_label, key=action_button("send", opened.idempotency_key), type="primary")
            if sheet.draw_extra_buttons is not None:
                sheet.draw_extra_buttons(opened)
            _draw_cancel_button(opened)
        if is_sent and _submit_dialog(desk, opened, sheet, services, {**given, **_read_confirmation(opened)}):
            st.rerun()
        field_errors.draw_errors(opened, rest)


def _draw_cancel_button(opened: DialogState) -> None:
    st.button("Cancel", key=action_button("cancel", opened.idempotency_key), type="tertiary", on_click=close_dialog)


def _draw_target_names(opened: DialogState) -> None:
    about = opened.target
    if len(opened.targets) > 1:
        st.caption(f"{len(opened.targets)} runs: {escape_markdown(snooze_form.customer_names(opened.targets))}")
    else:
        st.caption(escape_markdown(" · ".join(filter(None, (about.customer_name, about.workflow_name)))))


def _submit_dialog(
    desk: ActionState, opened: DialogState, sheet: Dialog, services: Services, given: DialogAnswers
) -> bool:
    """Whether it is done. A second click waits for the first, then finds the dialog gone."""
    with desk.commands.lock:
        if desk.dialog is not opened:
            return True
        opened.error, opened.submitted = None, given
        try:
            notice = sheet.submit(opened, services, given)
        except NeedsConfirmation as question:
            opened.confirmation = question
        except ZenError as error:
            opened.error = error
            if isinstance(error, Conflict):
                desk.mark_data_changed()
        else:
            desk.dialog = None
            desk.record_success(notice)
            return True
    return False


def _read_confirmation(opened: DialogState) -> dict[str, bool]:
    """The word that was asked for, once it is given."""
    if opened.confirmation is None:
        return {}
    name = str(opened.confirmation.detail["confirm"])
    return {name: bool(st.session_state.get(action_field(opened.idempotency_key, "meant")))}
