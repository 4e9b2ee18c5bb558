"""The slide itself: what there is to know, what is asked, and what the answers come to."""

import streamlit as st

from lib.errors import InvalidInput, SignedOut
from lib.slides import render
from lib.slides.words import escape
from lib.ui import forms, saying, slides, states
from lib.ui.forms import FORM_KEY
from lib.ui.links import sign_in_here
from lib.ui.run import asking, conflict
from lib.ui.run.press import wish
from lib.ui.run.sitting import Sitting, take_seat


def draw(sitting: Sitting) -> None:
    made = sitting.slide
    inp = sitting.input()
    st.markdown(f"## {escape(sitting.title(made))}")
    slides.draw(render.build(made.slide, inp), key=f"section.{made.id}")
    form = sitting.form()
    if not sitting.may_answer:
        _trouble(sitting)
        saying.draw(form, sitting.answers, key=FORM_KEY)
    else:
        take_seat(sitting, form)
        _trouble(sitting)
        conflict.draw(sitting, form)
        forms.draw(form, sitting.place, sitting.answers, faults=sitting.faults)
    if sitting.execution.is_open or not sitting.is_last:  # how it ended stands above, no longer as what would be
        slides.draw(render.build_results(made.slide, inp, sitting.answers), key=f"result.{made.id}")
        asking.draw(sitting)
        slides.documents(render.build_documents(made.slide, inp, sitting.answers), key=f"document.{made.id}")


def _trouble(sitting: Sitting) -> None:
    """What went wrong with the last save; what was typed stands below it."""
    error = sitting.trouble
    if error is None:
        return
    is_ours_to_retry = sitting.refused is not None and sitting.may_answer and not isinstance(error, InvalidInput)
    retry = (lambda: wish(sitting, "retry")) if is_ours_to_retry else None
    states.problem(error, retry=retry, key="run_trouble")
    if isinstance(error, SignedOut):
        st.link_button("Sign in", sign_in_here(), icon=":material/login:")
