"""The dialogs of acting: each a form, one primary button and "Cancel". What is refused is said where it belongs.

What was typed stays until it is sent or cancelled: a click beside the dialog, or Escape, does not end it.

Adding one costs a form, an entry of SHEETS and a word in `desk.What`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from lib.actions.model import Source
from lib.auth.gate import current_client, require_person
from lib.errors import Conflict, NeedsConfirmation, ZenError
from lib.services import Services, build
from lib.slides.words import escape
from lib.ui import states
from lib.ui.acting import company, escalate, people, refused, sending, skip, snooze
from lib.ui.acting.desk import Desk, Given, Notice, Opened, What, put_down, the_desk
from lib.ui.keys import act_field, act_press
from lib.ui.run import moving


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`beside` draws what else one may press."""

    title: str
    verb: str
    icon: str
    form: Callable[[Opened, Services], Given]
    send: Callable[[Opened, Services, Given], Notice | None]
    beside: Callable[[Opened], None] | None = None


SHEETS: Mapping[What, Sheet] = {
    "snooze": Sheet(title="Snooze", verb="Snooze", icon=":material/snooze:", form=snooze.form, send=sending.snooze),
    "skip_slide": Sheet(
        title="Skip this slide", verb="Skip", icon=":material/skip_next:", form=skip.form, send=sending.skip
    ),
    "skip": Sheet(title="Skip this run", verb="Skip", icon=":material/skip_next:", form=skip.form, send=sending.skip),
    "escalate": Sheet(
        title="Escalate", verb="Escalate", icon=":material/priority_high:", form=escalate.form, send=sending.escalate
    ),
    "company": Sheet(
        title="More actions", verb="Do it", icon=":material/bolt:", form=company.form, send=sending.company
    ),
    "give": Sheet(
        title="Give to a colleague", verb="Give", icon=":material/person_add:", form=people.give, send=people.send_give
    ),
    "reopen": Sheet(
        title="Open again", verb="Open again", icon=":material/lock_open:", form=people.reopen, send=people.send_reopen
    ),
    "move": Sheet(
        title="A newer version",
        verb="Move to it",
        icon=":material/history:",
        form=moving.form,
        send=moving.send,
        beside=moving.beside,
    ),
    "hand_back": Sheet(
        title="Hand back", verb="Hand back", icon=":material/reply:", form=people.hand_back, send=people.send_hand_back
    ),
}


def draw(source: Source, execution_id: str | None = None) -> None:
    """The dialog that was opened on this page (of this run), if one was. Call it once. One of another page, left with
    the browser's own back button, is put away."""
    opened = the_desk().opened
    if opened is None:
        return
    if opened.source is not source or (execution_id is not None and opened.one.execution_id != execution_id):
        put_down()
        return
    sheet = SHEETS[opened.what]
    st.dialog(sheet.title, width="medium", icon=sheet.icon, dismissible=False)(_sheet)(opened.what)


def _sheet(what: What) -> None:
    """Runs again by itself with every answer, so it asks for the desk and the client anew."""
    desk = the_desk()
    opened = desk.opened
    if opened is None or opened.what != what:
        st.rerun()
    services = build(current_client(), require_person())
    sheet = SHEETS[what]
    with st.container(key="act_dialog", gap="small"):
        _whom(opened)
        opened.slots.clear()
        try:
            given = sheet.form(opened, services)
        except ZenError as error:
            states.problem(error, key="act_form")
            _cancel(opened)
            return
        refused.forget_question(opened, given)
        rest = st.container()
        with st.container(horizontal=True, gap="small"):
            is_sent = st.button(sheet.verb, key=act_press("send", opened.key), type="primary")
            if sheet.beside is not None:
                sheet.beside(opened)
            _cancel(opened)
        if is_sent and _sent(desk, opened, sheet, services, {**given, **_meant(opened)}):
            st.rerun()
        refused.draw(opened, rest)


def _cancel(opened: Opened) -> None:
    st.button("Cancel", key=act_press("cancel", opened.key), type="tertiary", on_click=put_down)


def _whom(opened: Opened) -> None:
    about = opened.one
    if len(opened.about) > 1:
        st.caption(f"{len(opened.about)} runs: {escape(snooze.names(opened.about))}")
    else:
        st.caption(escape(" · ".join(filter(None, (about.customer_name, about.workflow_name)))))


def _sent(desk: Desk, opened: Opened, sheet: Sheet, services: Services, given: Given) -> bool:
    """Whether it is done. A second click waits for the first, then finds the dialog gone."""
    with desk.lock:
        if desk.opened is not opened:
            return True
        opened.trouble, opened.sent = None, given
        try:
            notice = sheet.send(opened, services, given)
        except NeedsConfirmation as question:
            opened.confirm = question
        except ZenError as error:
            opened.trouble = error
            desk.is_dirty = desk.is_dirty or isinstance(error, Conflict)
        else:
            desk.opened = None
            desk.finish(notice)
            return True
    return False


def _meant(opened: Opened) -> dict[str, bool]:
    """The word that was asked for, once it is given."""
    if opened.confirm is None:
        return {}
    name = str(opened.confirm.detail["confirm"])
    return {name: bool(st.session_state.get(act_field(opened.key, "meant")))}
