"""Drafts of answers that colleagues offer for a slide; leaders publish or discard them."""

from collections.abc import Callable

import streamlit as st

from lib.auth.model import Person
from lib.chat.fixed_answer_drafts import MAX_LABEL_LENGTH, FixedAnswerDraft
from lib.chat.service import ChatService
from lib.errors import ZenError
from lib.slides.library import get_default_slide_title
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, theme
from lib.ui.chat import block_view
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import CONVERSATIONS_DECIDED, conversations_button_key

DecideDraft = Callable[[FixedAnswerDraft], None]

READING_WIDTH = 760
PLACEHOLDER_HINT = (
    "It is read beside every customer: write placeholders in place of names and figures, such as"
    " `{{ customer.name }}` or `{{ contract.arr }}`."
)


def draw_fixed_answer_drafts(chat: ChatService, person: Person) -> None:
    decided = st.session_state.pop(CONVERSATIONS_DECIDED, None)
    # A place of its own, with and without a message: else what is below moves, and an editor that is open closes.
    with st.container():
        if isinstance(decided, ZenError):
            empty_and_error_states.draw_error(decided, key="conversations_decided")
        elif decided:
            st.success(escape_markdown(decided), icon=":material/check:")
    try:
        with empty_and_error_states.show_skeleton(height=300):
            waiting = chat.fetch_fixed_answer_drafts()
    except ZenError as error:
        empty_and_error_states.draw_error(error, retry=_rerun_to_reload_drafts, key="conversations_drafts")
        return
    with st.container(width=READING_WIDTH):
        for draft in waiting:
            with error_boundary(f"draft {draft.id}"):
                _draw_fixed_answer_draft(chat, draft, person.time_zone)
    if not waiting:
        text = "Answers that colleagues offer for a slide are listed here until you publish or discard them."
        empty_and_error_states.draw_empty_state("No drafts", text, icon=":material/add_notes:")


def _draw_fixed_answer_draft(chat: ChatService, draft: FixedAnswerDraft, time_zone: str) -> None:
    with st.container(border=True, gap="xsmall"):
        place = (draft.workflow_name, get_default_slide_title(draft.slide_id), draft.author or "Unknown author")
        when = theme.format_timestamp(draft.created_at, time_zone)
        draw_html(
            Html('<p><strong>{}</strong></p><p class="zen-small zen-muted">{}</p>').format(
                draft.label, " · ".join((*place, when))
            )
        )
        for part in block_view.split_markdown_parts(draft.response_text):
            block_view.draw_markdown_part(part)
        _draw_draft_editor(chat, draft)
        with st.container(horizontal=True, gap="small"):
            _draw_decision_button("Publish", chat.publish_fixed_answer_draft, draft, "It is now offered on its slide")
            _draw_decision_button("Discard", chat.discard_fixed_answer_draft, draft, "Discarded")


def _draw_draft_editor(chat: ChatService, draft: FixedAnswerDraft) -> None:
    """The words of a draft, to put placeholders in place of one customer's names and figures."""
    with st.expander("Edit", icon=":material/edit:"):
        st.caption(PLACEHOLDER_HINT)
        keys = [conversations_button_key(f"draft_{name}", draft.id) for name in ("label", "text")]
        for key, stored in zip(keys, (draft.label, draft.response_text), strict=True):
            st.session_state.setdefault(key, stored)
        st.text_input("Question", key=keys[0], max_chars=MAX_LABEL_LENGTH)
        st.text_area("Answer", key=keys[1], height="content")
        st.button(
            "Save", key=conversations_button_key("save_draft", draft.id), on_click=_save_draft_words,
            args=(chat, draft, *keys),
        )  # fmt: skip


def _save_draft_words(chat: ChatService, draft: FixedAnswerDraft, label_key: str, text_key: str) -> None:
    try:
        chat.edit_fixed_answer_draft(draft, st.session_state[label_key], st.session_state[text_key])
    except ZenError as error:
        st.session_state[CONVERSATIONS_DECIDED] = error
    else:
        st.session_state[CONVERSATIONS_DECIDED] = f"Saved: “{draft.label}”."


def _draw_decision_button(
    label: str, decide: Callable[[FixedAnswerDraft], None], draft: FixedAnswerDraft, done: str
) -> None:
    st.button(
        label, key=conversations_button_key(label.lower(), draft.id),
        type="secondary" if label == "Publish" else "tertiary",
        on_click=_decide_fixed_answer_draft, args=(decide, draft, f"{done}: “{draft.label}”."),
    )  # fmt: skip


def _decide_fixed_answer_draft(
    decide: Callable[[FixedAnswerDraft], None], draft: FixedAnswerDraft, notice: str
) -> None:
    try:
        decide(draft)
    except ZenError as error:
        st.session_state[CONVERSATIONS_DECIDED] = error
    else:
        st.session_state[CONVERSATIONS_DECIDED] = notice


def _rerun_to_reload_drafts() -> None:
    """A callback: the rerun loads the list again."""
