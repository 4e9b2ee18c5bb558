"""The slide itself: what there is to know, what is asked, and what the answers come to."""

import streamlit as st

from lib.errors import InvalidInput, SignedOut
from lib.slides import render
from lib.text.escape import escape_markdown
from lib.ui import answer_text, forms, placeholders, sections
from lib.ui.forms import FORM_KEY
from lib.ui.links import sign_in_url_of_this_run
from lib.ui.run import completion_check, conflict
from lib.ui.run.commands import queue_command
from lib.ui.run.page_state import RunPageState, seed_form


def draw_slide(sitting: RunPageState) -> None:
    made = sitting.slide
    inp = sitting.slide_input()
    st.markdown(f"## {escape_markdown(sitting.slide_title(made))}")
    sections.draw_sections(render.build_sections(made.slide, inp), key=f"section.{made.id}")
    form = sitting.build_form()
    if not sitting.may_answer:
        _draw_save_error(sitting)
        answer_text.draw_answers(form, sitting.answers, key=FORM_KEY)
    else:
        seed_form(sitting, form)
        _draw_save_error(sitting)
        conflict.draw_conflict(sitting, form)
        forms.draw_form(form, sitting.form_keys, sitting.answers, errors=sitting.validation_errors)
    if sitting.execution.is_open or not sitting.is_last_slide:  # how it ended stands above, no longer as what would be
        sections.draw_sections(render.build_results(made.slide, inp, sitting.answers), key=f"result.{made.id}")
        completion_check.draw_completion_check(sitting)
        sections.draw_downloads(render.build_documents(made.slide, inp, sitting.answers), key=f"document.{made.id}")


def _draw_save_error(sitting: RunPageState) -> None:
    """What went wrong with the last save; what was typed stands below it."""
    error = sitting.error
    if error is None:
        return
    is_ours_to_retry = sitting.unsaved is not None and sitting.may_answer and not isinstance(error, InvalidInput)
    retry = (lambda: queue_command(sitting, "retry")) if is_ours_to_retry else None
    placeholders.draw_error(error, retry=retry, key="run_trouble")
    if isinstance(error, SignedOut):
        st.link_button("Sign in", sign_in_url_of_this_run(), icon=":material/login:")
