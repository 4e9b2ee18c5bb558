"""Drafts of answers that colleagues offer for a slide; leaders publish or discard them."""

from collections.abc import Callable

import streamlit as st

from lib.chat.fixed_answer_drafts import FixedAnswerDraft
from lib.errors import ZenError
from lib.services import Services
from lib.slides.library import get_default_slide_title
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, theme
from lib.ui.chat import block_view
from lib.ui.conversations import fixed_answer_review
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import CONVERSATIONS_DECIDED, conversations_button_key

DecideDraft = Callable[[FixedAnswerDraft], None]

READING_WIDTH = 760


def draw_fixed_answer_drafts(services: Services) -> None:
    decided = st.session_state.pop(CONVERSATIONS_DECIDED, None)
    # A place of its own, with and without a message: else what is below moves, and an editor that is open closes.
    with st.container():
        if isinstance(decided, ZenError):
            empty_and_error_states.draw_error(decided, key="conversations_decided")
        elif decided:
            st.success(escape_markdown(decided), icon=":material/check:")
    try:
        with empty_and_error_states.show_skeleton(height=300):
            waiting = services.chat.fetch_fixed_answer_drafts()
    except ZenError as error:
        empty_and_error_states.draw_error(error, retry=_rerun_to_reload_drafts, key="conversations_drafts")
        return
    with st.container(width=READING_WIDTH):
        for draft in waiting:
            with error_boundary(f"draft {draft.id}"):
                _draw_fixed_answer_draft(draft, services)
    fixed_answer_review.draw_open_review(waiting)
    if not waiting:
        text = "Answers that colleagues offer for a slide are listed here until you publish or discard them."
        empty_and_error_states.draw_empty_state("No drafts", text, icon=":material/add_notes:")


def _draw_fixed_answer_draft(draft: FixedAnswerDraft, services: Services) -> None:
    with st.container(border=True, gap="xsmall"):
        place = (draft.workflow_name, get_default_slide_title(draft.slide_id), draft.author or "Unknown author")
        when = theme.format_timestamp(draft.created_at, services.person.time_zone)
        draw_html(
            Html('<p><strong>{}</strong></p><p class="zen-small zen-muted">{}</p>').format(
                draft.label, " · ".join((*place, when))
            )
        )
        for part in block_view.split_markdown_parts(draft.response_text):
            block_view.draw_markdown_part(part)
        with st.container(horizontal=True, gap="small"):
            is_reviewed = st.button("Review", key=conversations_button_key("review", draft.id))
            st.button(
                "Discard",
                key=conversations_button_key("discard", draft.id),
                type="tertiary",
                on_click=_decide_fixed_answer_draft,
                args=(services.chat.discard_fixed_answer_draft, draft, f"Discarded: “{draft.label}”."),
            )
    if is_reviewed:
        _open_review(draft, services)


def _open_review(draft: FixedAnswerDraft, services: Services) -> None:
    try:
        fixed_answer_review.open_review(draft, services)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="conversations_review")


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
