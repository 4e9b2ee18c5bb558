"""Pinned below the slide: back, what is saved, and the next step, always in the same place."""

import streamlit as st

from lib.auth.model import Person
from lib.text.escape import escape_markdown
from lib.text.format import format_count
from lib.text.truncate import truncate
from lib.ui import links
from lib.ui.keys import run_button
from lib.ui.run import scroll
from lib.ui.run.commands import queue_command_on_slide
from lib.ui.run.page_state import PendingRunCommand, RunCommand, RunPageState
from lib.ui.theme import format_clock
from lib.workflows.model import ComposedSlide

TITLE_LENGTH = 28


def draw_footer(sitting: RunPageState, person: Person) -> None:
    with st.bottom:
        scroll.draw_page_scripts(sitting)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="run_footer"):
        before, after = sitting.neighbour_slide(-1), sitting.neighbour_slide(1)
        st.markdown(
            _footer_line(sitting, person), width="stretch"
        )  # first, so that it begins in one place on every slide
        if before is not None:
            _draw_back_button(sitting, before)
        if after is not None:
            _draw_forward_button(sitting, f"Next: {truncate(sitting.slide_title(after), TITLE_LENGTH)}", "next")
        elif sitting.may_write:
            _draw_forward_button(sitting, "Complete", "complete")
        else:
            links.link_to_today("Back to Today")


def _draw_back_button(sitting: RunPageState, before: ComposedSlide) -> None:
    st.button(
        "Back",
        key=run_button("back", sitting.slide_id),
        icon=":material/arrow_back:",
        shortcut="Alt+PageUp",
        on_click=_queue_go_to_slide,
        args=(sitting, sitting.slide_id, before.id),
    )


def _draw_forward_button(sitting: RunPageState, label: str, what: RunCommand) -> None:
    st.button(
        escape_markdown(label),
        key=run_button(what, sitting.slide_id),
        type="primary",
        icon=":material/check:" if what == "complete" else ":material/arrow_forward:",
        icon_position="right",
        shortcut="Alt+PageDown",
        disabled=sitting.conflicting_step is not None,
        on_click=queue_command_on_slide,
        args=(sitting, sitting.slide_id, what),
    )


def _queue_go_to_slide(sitting: RunPageState, slide_id: str, to: str) -> None:
    sitting.command = PendingRunCommand(kind="go", slide_id=slide_id, to_slide_id=to)


def _footer_line(sitting: RunPageState, person: Person) -> str:
    """One line: where in the run this is, and whether what is typed is kept."""
    place = f":gray[{sitting.position} of {len(sitting.workflow.slides)} ·]"
    return f":small[{place} {_save_status(sitting, person)}]"


def _save_status(sitting: RunPageState, person: Person) -> str:
    if sitting.conflicting_step is not None:
        return ":red[:material/call_split: Choose which answers stand]"
    if sitting.validation_errors:
        return f":red[:material/error: {format_count(len(sitting.validation_errors), 'answer')} to look at]"
    if sitting.unsaved is not None:
        return ":red[:material/cloud_off: Not saved]"
    if not sitting.may_write:
        return ":gray[:material/visibility: Read-only]"
    saved_at = sitting.execution.find_step(sitting.slide_id).updated_at
    if saved_at is None:
        return ":gray[Saved when you leave a field]"
    return f":gray[:material/check: Saved {format_clock(saved_at, person.time_zone)}]"
