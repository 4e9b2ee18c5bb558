"""Where the parts of the run page stand: slide, chat beside it, footer pinned below."""

import json
from functools import partial
from hashlib import sha256
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.auth.model import Person
from lib.text.escape import escape_markdown
from lib.text.format import format_count
from lib.text.truncate import truncate
from lib.ui import navigation
from lib.ui.chat import panel
from lib.ui.forms import FORM_KEY
from lib.ui.keys import run_button
from lib.ui.run.page_state import Clean, InvalidAnswers, RunPageState, SaveFailed, ScrollTarget, StaleStep
from lib.ui.run.slide_editor import SlideEditor
from lib.ui.run.slide_view import COMPLETION_CHECK_KEY
from lib.ui.theme import format_clock

TITLE_LENGTH = 28
SCROLL_KEYS: dict[ScrollTarget, str | None] = {
    "top": None,
    "form": FORM_KEY,
    "conflict": "run_conflict",
    "error": "run_trouble_panel",
    "completion_check": COMPLETION_CHECK_KEY,
}
SCRIPT = Path(__file__).parents[1] / "static" / "run_page.js"
SCRIPT_VERSION = sha256(SCRIPT.read_bytes()).hexdigest()[:12]
SCRIPT_TAG = f'<script src="/assets/{SCRIPT.name}?v={SCRIPT_VERSION}"></script>'


def split_slide_and_chat() -> tuple[DeltaGenerator, DeltaGenerator | None]:
    """Where slide and chat go; for a hidden chat None, with the button that shows it. Measures are in the CSS."""
    if not panel.is_shown():
        with st.container(horizontal=True, horizontal_alignment="right", key="run_show_chat"):
            st.button("Show the chat", key=run_button("chat", ""), icon=":material/forum:", on_click=panel.show_panel)
        return st.container(key="run_slide"), None
    with st.container(key="run_beside"):
        slide, chat = st.columns([1.9, 1], gap="large")
    return slide.container(key="run_slide"), chat.container(key="run_chat", gap="small")


def draw_footer(state: RunPageState, person: Person) -> None:
    """Back, what is saved, and the next step, always in the same place."""
    before, after = state.neighbour_slide(-1), state.neighbour_slide(1)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="run_footer"):
        place = f":gray[{state.position} of {len(state.workflow.slides)} ·]"
        # First, so that it begins in one place on every slide.
        st.markdown(f":small[{place} {_save_status(state, person)}]", width="stretch")
        if before is not None:
            st.button(
                "Back",
                key=run_button("back", state.slide_id),
                icon=":material/arrow_back:",
                shortcut="Alt+PageUp",
                on_click=state.queue_command,
                args=(partial(SlideEditor.go_to_slide, slide_id=before.id), state.slide_id),
            )
        if after is not None or state.may_write:
            _draw_forward_button(state, is_last=after is None)
        else:
            navigation.link_to_today("Back to Today")


def draw_page_script(state: RunPageState) -> None:
    """Load `static/run_page.js`, and scroll where `scroll_target` says."""
    target, number = state.scroll_target
    # A script runs when its text changes: the number makes it run once for each call of `scroll_to`.
    scroll = f"window.zenScroll = {json.dumps(SCROLL_KEYS[target])}; dispatchEvent(new Event('zenscroll')) // {number}"
    with st.bottom:
        st.html(f"<script>{scroll}</script>{SCRIPT_TAG}", unsafe_allow_javascript=True)


def _draw_forward_button(state: RunPageState, *, is_last: bool) -> None:
    after = state.neighbour_slide(1)
    title = "" if after is None else truncate(state.slide_title(after), TITLE_LENGTH)
    st.button(
        "Complete" if is_last else escape_markdown(f"Next: {title}"),
        key=run_button("complete" if is_last else "next", state.slide_id),
        type="primary",
        icon=":material/check:" if is_last else ":material/arrow_forward:",
        icon_position="right",
        shortcut="Alt+PageDown",
        disabled=isinstance(state.save_state, StaleStep),
        on_click=state.queue_command,
        args=(SlideEditor.complete_run if is_last else SlideEditor.go_to_next_slide, state.slide_id),
    )


def _save_status(state: RunPageState, person: Person) -> str:
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
        case Clean():
            saved_at = state.execution.find_step(state.slide_id).updated_at
            if saved_at is None:
                return ":gray[Saved when you leave a field]"
            return f":gray[:material/check: Saved {format_clock(saved_at, person.time_zone)}]"
