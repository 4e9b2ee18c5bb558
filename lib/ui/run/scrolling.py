"""Where the eye should be: at the top of a new slide, at the form when an answer is missing.

Streamlit keeps the scroll position when a page is drawn anew, which is right while one types and wrong after "Next".
The scripts are constants; nothing from outside gets into them.
"""

import streamlit as st

from lib.ui.forms import FORM_KEY
from lib.ui.run.sitting import Sitting

TO_TOP = "<script>/* %d */document.querySelector('[data-testid=stMain]')?.scrollTo({top: 0})</script>"
TO_FORM = f"<script>/* %d */document.querySelector('.st-key-{FORM_KEY}')?.scrollIntoView({{block: 'center'}})</script>"


def draw(sitting: Sitting) -> None:
    """A script runs when it changes: `seat` changes with the slide, `pressed` with every press that found a fault."""
    script = TO_FORM % sitting.pressed if sitting.faults else TO_TOP % sitting.seat
    st.html(script, unsafe_allow_javascript=True)
