"""Where the eye should be: at the top of a new slide, at the form when an answer is missing, at what went wrong.

Streamlit keeps the scroll position when a page is drawn anew, which is right while one types and wrong after "Next".
The scripts are constants; nothing from outside gets into them.
"""

import streamlit as st

from lib.ui.forms import FORM_KEY
from lib.ui.run import unsaved_changes
from lib.ui.run.completion_check import COMPLETION_CHECK_KEY
from lib.ui.run.page_state import RunPageState, ScrollTarget

# Sideways only: whoever has begun to read or to click by then must not be moved up again. It looks until the row has
# come to rest, for on a slow line it is drawn late and more than once; whoever touches the page stops it.
STEP_INTO_VIEW_SCRIPT = (
    "{const looking = setInterval(() => {"
    "const step = document.querySelector('.st-key-run-steps [aria-checked=true]'),"
    " row = step?.closest('[role=radiogroup]'); if (!row) return;"
    " const a = step.getBoundingClientRect(), b = row.getBoundingClientRect();"
    " if (a.left < b.left || a.right > b.right) row.scrollLeft += (a.left + a.right - b.left - b.right) / 2"
    "}, 200), stop = () => clearInterval(looking); setTimeout(stop, 8000);"
    "for (const touch of ['pointerdown', 'wheel', 'keydown'])"
    " addEventListener(touch, stop, {once: true, capture: true})}"
)
SCROLL_SCRIPTS: dict[ScrollTarget, str] = {
    "top": "document.querySelector('[data-testid=stMain]')?.scrollTo({top: 0});" + STEP_INTO_VIEW_SCRIPT,
    "form": f"document.querySelector('.st-key-{FORM_KEY}')?.scrollIntoView({{block: 'center'}})",
    "conflict": "document.querySelector('.st-key-run_conflict')?.scrollIntoView({block: 'start'})",
    "asked": f"document.querySelector('.st-key-{COMPLETION_CHECK_KEY}')?.scrollIntoView({{block: 'center'}})",
    "trouble": "document.querySelector('.st-key-run_trouble_panel')?.scrollIntoView({block: 'center'})",
}


def draw_page_scripts(sitting: RunPageState) -> None:
    """A script runs when its text changes, which the count sees to: once for each time the aim was taken."""
    aim, count = sitting.scroll_target
    st.html(
        f"<script>/* {count} */{SCROLL_SCRIPTS[aim]};{unsaved_changes.UNSAVED_CHANGES_SCRIPT}</script>",
        unsafe_allow_javascript=True,
    )
