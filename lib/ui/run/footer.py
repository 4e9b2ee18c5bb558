"""Pinned below the slide: back, what is saved, and the next step, always in the same place."""

import streamlit as st

from lib.auth.model import Person
from lib.slides.words import count, cut, escape
from lib.ui import links
from lib.ui.keys import run_press
from lib.ui.run import scrolling
from lib.ui.run.press import wish_on
from lib.ui.run.sitting import Sitting, What, Wish
from lib.ui.theme import clock
from lib.workflows.model import ComposedSlide

TITLE_LENGTH = 28


def draw(sitting: Sitting, person: Person) -> None:
    with st.bottom:
        scrolling.draw(sitting)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="run_footer"):
        before, after = sitting.neighbour(-1), sitting.neighbour(1)
        st.markdown(_state(sitting, person), width="stretch")  # first, so that it begins in one place on every slide
        if before is not None:
            _back(sitting, before)
        if after is not None:
            _forward(sitting, f"Next: {cut(sitting.title(after), TITLE_LENGTH)}", "next")
        elif sitting.may_write:
            _forward(sitting, "Complete", "complete")
        else:
            links.to_today("Back to Today")


def _back(sitting: Sitting, before: ComposedSlide) -> None:
    st.button(
        "Back",
        key=run_press("back", sitting.slide_id),
        icon=":material/arrow_back:",
        shortcut="Alt+PageUp",
        on_click=_go_to,
        args=(sitting, sitting.slide_id, before.id),
    )


def _forward(sitting: Sitting, label: str, what: What) -> None:
    st.button(
        escape(label),
        key=run_press(what, sitting.slide_id),
        type="primary",
        icon=":material/check:" if what == "complete" else ":material/arrow_forward:",
        icon_position="right",
        shortcut="Alt+PageDown",
        disabled=sitting.theirs is not None,
        on_click=wish_on,
        args=(sitting, sitting.slide_id, what),
    )


def _go_to(sitting: Sitting, slide_id: str, to: str) -> None:
    sitting.wish = Wish(what="go", slide_id=slide_id, to=to)


def _state(sitting: Sitting, person: Person) -> str:
    """One line: where in the run this is, and whether what is typed is kept."""
    place = f":gray[{sitting.number} of {len(sitting.workflow.slides)} ·]"
    return f":small[{place} {_saved(sitting, person)}]"


def _saved(sitting: Sitting, person: Person) -> str:
    if sitting.theirs is not None:
        return ":red[:material/call_split: Choose which answers stand]"
    if sitting.faults:
        return f":red[:material/error: {count(len(sitting.faults), 'answer')} to look at]"
    if sitting.refused is not None:
        return ":red[:material/cloud_off: Not saved]"
    if not sitting.may_write:
        return ":gray[:material/visibility: Read-only]"
    saved_at = sitting.execution.step(sitting.slide_id).updated_at
    if saved_at is None:
        return ":gray[Saved when you leave a field]"
    return f":gray[:material/check: Saved {clock(saved_at, person.time_zone)}]"
