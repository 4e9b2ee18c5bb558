"""The frame of the run page: the slide with its footer, beside the chat."""

from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.auth.model import Person
from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import truncate
from lib.ui import browser_scripts, empty_and_error_states, page_links
from lib.ui.chat import panel
from lib.ui.form_widgets import FORM_KEY
from lib.ui.run import unsaved_answers
from lib.ui.run.answer_save_state import Clean, InvalidAnswers, SaveFailed, StaleStep
from lib.ui.run.completion_question_view import BOOK_QUESTION_KEY
from lib.ui.run.run_banners import ENDING_KEY
from lib.ui.run.run_commands import RunCommands
from lib.ui.run.run_page_state import RunPageState, ScrollTarget
from lib.ui.run.slide_view import COMPLETION_CHECK_KEY
from lib.ui.script_values import PageValue, send_value_to_scripts
from lib.ui.session_keys import run_button_key
from lib.ui.theme import format_clock

TITLE_LENGTH = 28
SCROLL_KEYS: dict[ScrollTarget, str | None] = {
    "top": None,
    "form": FORM_KEY,
    "conflict": "run_conflict",
    "error": "run_trouble_panel",
    "completion_check": COMPLETION_CHECK_KEY,
    "book_question": BOOK_QUESTION_KEY,
    "ending": ENDING_KEY,
}


@dataclass(frozen=True, kw_only=True)
class RunLayout:
    """Where the parts of the page go. The footer stands behind the slide and before the chat, also for the Tab key."""

    slide: DeltaGenerator
    footer: DeltaGenerator
    chat: DeltaGenerator | None


def create_run_layout() -> RunLayout:
    """The columns of the page; for a hidden chat one column, with the button that shows it. Measures are in the CSS."""
    if not panel.is_chat_panel_shown():
        with st.container(horizontal=True, horizontal_alignment="right", key="run_show_chat"):
            st.button(
                "Show the chat", key=run_button_key("chat", ""), icon=":material/forum:", on_click=panel.show_chat_panel
            )
        return _divide_slide_column(st.container(key="run_slide"), chat=None)
    with st.container(key="run_beside"):
        slide, chat = st.columns([1.9, 1], gap="medium")
    return _divide_slide_column(slide.container(key="run_slide"), chat.container(key="run_chat", gap="small"))


def _divide_slide_column(column: DeltaGenerator, chat: DeltaGenerator | None) -> RunLayout:
    # Made before either is filled, so that the footer keeps its place, and its focus, on every slide.
    slide = column.container(key="run_body")
    footer = column.container(horizontal=True, vertical_alignment="center", key="run_footer")
    return RunLayout(slide=slide, footer=footer, chat=chat)


def draw_chat(state: RunPageState) -> None:
    """The chat of the slide. A conversation belongs to a run: before there is one, how to begin."""
    if state.execution.is_started:
        panel.draw_chat_panel(state)
    else:
        empty_and_error_states.draw_empty_state(
            "Start the run to ask", "Questions about this customer are kept with the run.", icon=":material/forum:"
        )


def draw_run_footer(footer: DeltaGenerator, state: RunPageState, person: Person) -> None:
    """Back, what is saved, and the next step, always in the same place."""
    before, after = state.neighbour_slide(-1), state.neighbour_slide(1)
    with footer:
        place = f":gray[{state.position} of {len(state.shown_slides)} ·]"
        # First, so that it begins in one place on every slide.
        # While the browser holds text that is not saved, `unsaved_text.js` says so in the place of "Saved".
        with st.container(key="run_saved" if isinstance(state.save_state, Clean) else "run_not_saved"):
            st.markdown(f":small[{place} {_describe_save_status(state, person)}]")
        if before is not None:
            st.button(
                "Back",
                key=run_button_key("back", state.slide_id),
                icon=":material/arrow_back:",
                shortcut="Alt+PageUp",
                on_click=state.queue_command,
                args=(partial(RunCommands.go_to_slide, slide_id=before.id), state.slide_id),
            )
        if after is not None or (state.may_write and state.execution.is_started):
            _draw_forward_button(state, is_last=after is None)
        else:
            page_links.draw_today_link("Back to Today")


def draw_page_script(state: RunPageState) -> None:
    """Load `static/run_page.js`, and scroll where `scroll_target` says."""
    target, number = state.scroll_target
    with st.container(key="run_script"):
        scripts = ["run_page.js", "chat_width.js"]
        send_value_to_scripts(PageValue.SCROLL_TARGET, SCROLL_KEYS[target], number=number, scripts=scripts)
        browser_scripts.send_saved_texts_to_scripts(
            unsaved_answers.name_slide_place(state),
            state.saved_texts,
            form_version=state.form_version,
            unsaved=unsaved_answers.describe_unsaved_answers(state) if state.has_unsaved_answers else None,
        )


def _draw_forward_button(state: RunPageState, *, is_last: bool) -> None:
    after = state.neighbour_slide(1)
    title = "" if after is None else truncate(state.slide_title(after), TITLE_LENGTH)
    st.button(
        "Complete" if is_last else escape_markdown(f"Next: {title}"),
        key=run_button_key("complete" if is_last else "next", state.slide_id),
        type="primary",
        icon=":material/check:" if is_last else ":material/arrow_forward:",
        icon_position="right",
        shortcut="Alt+PageDown",
        disabled=isinstance(state.save_state, StaleStep),
        on_click=state.queue_command,
        args=(RunCommands.complete_run if is_last else RunCommands.go_to_next_slide, state.slide_id),
    )


def _describe_save_status(state: RunPageState, person: Person) -> str:
    match state.save_state:
        case StaleStep():
            return ":red[:material/call_split: Choose which answers to keep]"
        case InvalidAnswers(errors=errors):
            are_missing = all(error.endswith("needs an answer.") for error in errors)
            what = "missing" if are_missing else "to correct"
            return f":red[:material/error: {format_count(len(errors), 'answer')} {what}]"
        case SaveFailed():
            return ":red[:material/cloud_off: Not saved]"
        case Clean() if not state.may_write:
            return ":gray[:material/visibility: Read-only]"
        case Clean() if not state.execution.is_started:
            return ":gray[Your first answer starts the run]"
        case Clean():
            saved_at = state.execution.find_step(state.slide_id).updated_at
            if saved_at is None:
                return ":gray[Saved when you leave a field]"
            return f":gray[:material/check: Saved {format_clock(saved_at, person.time_zone)}]"
