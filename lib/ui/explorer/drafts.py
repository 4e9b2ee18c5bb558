"""Drafts of answers: what somebody offered to a slide waits here until a leader publishes or discards it."""

from collections.abc import Callable

import streamlit as st

from lib.auth.model import Person
from lib.chat.drafts import Draft
from lib.chat.service import ChatService
from lib.errors import ZenError
from lib.slides.library import title_of
from lib.slides.words import escape
from lib.ui import states, theme
from lib.ui.chat import blocks
from lib.ui.keys import EXPLORER_DECIDED, explorer_press

READING_WIDTH = 760


def draw(chat: ChatService, person: Person) -> None:
    decided = st.session_state.pop(EXPLORER_DECIDED, None)
    if isinstance(decided, ZenError):
        states.problem(decided, key="explorer_decided")
    elif decided:
        st.success(escape(decided), icon=":material/check:")
    try:
        with states.loading(height=300):
            waiting = chat.drafts()
    except ZenError as error:
        states.problem(error, retry=_nothing, key="explorer_drafts")
        return
    with st.container(width=READING_WIDTH):
        for draft in waiting:
            _draft(chat, draft, person.time_zone)
    if not waiting:
        text = "An answer somebody offers on a slide waits here until you publish or discard it."
        states.empty("No draft waits", text, icon=":material/add_notes:")


def _draft(chat: ChatService, draft: Draft, time_zone: str) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escape(draft.label)}**")
        whose, when = draft.author or "Somebody", theme.stamp(draft.created_at, time_zone)
        st.caption(escape(f"{draft.workflow_name} · {title_of(draft.slide_id)} · {whose} · {when}"))
        for part in blocks.parts_of(draft.words):
            blocks.draw_part(part)
        with st.container(horizontal=True, gap="small"):
            _decision("Publish", chat.publish_draft, draft, "It is offered on its slide now")
            _decision("Discard", chat.discard_draft, draft, "Discarded")


def _decision(label: str, decide: Callable[[Draft], None], draft: Draft, done: str) -> None:
    st.button(
        label, key=explorer_press(label.lower(), draft.id), type="secondary" if label == "Publish" else "tertiary",
        on_click=_decide, args=(decide, draft, f"{done}: “{draft.label}”."),
    )  # fmt: skip


def _decide(decide: Callable[[Draft], None], draft: Draft, said: str) -> None:
    try:
        decide(draft)
    except ZenError as error:
        st.session_state[EXPLORER_DECIDED] = error
    else:
        st.session_state[EXPLORER_DECIDED] = said


def _nothing() -> None:
    """The list is read again when it is drawn anew."""
