"""Drafts of answers: what somebody offered to a slide waits here until a leader publishes or discards it."""

from collections.abc import Callable

import streamlit as st

from lib.auth.model import Person
from lib.chat.branch_drafts import BranchDraft
from lib.chat.service import ChatService
from lib.errors import ZenError
from lib.slides.library import slide_title
from lib.text.escape import escape_markdown
from lib.ui import placeholders, theme
from lib.ui.chat import block_view
from lib.ui.keys import CONVERSATIONS_DECIDED, conversations_button

READING_WIDTH = 760


def draw_drafts(chat: ChatService, person: Person) -> None:
    decided = st.session_state.pop(CONVERSATIONS_DECIDED, None)
    if isinstance(decided, ZenError):
        placeholders.draw_error(decided, key="conversations_decided")
    elif decided:
        st.success(escape_markdown(decided), icon=":material/check:")
    try:
        with placeholders.show_skeleton(height=300):
            waiting = chat.list_drafts()
    except ZenError as error:
        placeholders.draw_error(error, retry=_rerun_only, key="conversations_drafts")
        return
    with st.container(width=READING_WIDTH):
        for draft in waiting:
            _draw_draft(chat, draft, person.time_zone)
    if not waiting:
        text = "An answer somebody offers on a slide waits here until you publish or discard it."
        placeholders.draw_empty("No draft waits", text, icon=":material/add_notes:")


def _draw_draft(chat: ChatService, draft: BranchDraft, time_zone: str) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escape_markdown(draft.label)}**")
        whose, when = draft.author or "Somebody", theme.format_timestamp(draft.created_at, time_zone)
        st.caption(escape_markdown(f"{draft.workflow_name} · {slide_title(draft.slide_id)} · {whose} · {when}"))
        for part in block_view.split_text(draft.response_text):
            block_view.draw_text_part(part)
        with st.container(horizontal=True, gap="small"):
            _draw_decision_button("Publish", chat.publish_draft, draft, "It is offered on its slide now")
            _draw_decision_button("Discard", chat.discard_draft, draft, "Discarded")


def _draw_decision_button(label: str, decide: Callable[[BranchDraft], None], draft: BranchDraft, done: str) -> None:
    st.button(
        label, key=conversations_button(label.lower(), draft.id), type="secondary" if label == "Publish" else "tertiary",
        on_click=_decide_draft, args=(decide, draft, f"{done}: “{draft.label}”."),
    )  # fmt: skip


def _decide_draft(decide: Callable[[BranchDraft], None], draft: BranchDraft, said: str) -> None:
    try:
        decide(draft)
    except ZenError as error:
        st.session_state[CONVERSATIONS_DECIDED] = error
    else:
        st.session_state[CONVERSATIONS_DECIDED] = said


def _rerun_only() -> None:
    """The list is read again when it is drawn anew."""
