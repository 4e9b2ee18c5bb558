"""Two people, one slide: what each has, question by question, and the choice between them."""

import streamlit as st

from lib.forms.model import Answers, Form
from lib.text.escape import escape_markdown
from lib.ui.answer_text import format_answer
from lib.ui.keys import run_button
from lib.ui.run.commands import queue_command_on_slide
from lib.ui.run.page_state import RunPageState
from lib.ui.theme import format_timestamp


def draw_conflict(sitting: RunPageState, form: Form) -> None:
    theirs = sitting.conflicting_step
    if theirs is None:
        return
    who = escape_markdown(theirs.saved_by_name or "Somebody")
    when = f" on {format_timestamp(theirs.updated_at, sitting.time_zone)}" if theirs.updated_at else ""
    with st.container(border=True, key="run_conflict"):
        st.markdown(f"##### :material/call_split: {who} saved this slide{when}, after you opened it.")
        st.markdown("Nothing was overwritten, and what you typed is still below. Choose which answers stand.")
        rows = list_differences(form, sitting.answers_to_save(form), theirs.answers)
        st.table([{"Question": a, "Yours": b, "Theirs": c} for a, b, c in rows], border="horizontal", hide_index=True)
        with st.container(horizontal=True):
            for label, what in (("Keep mine", "keep mine"), ("Take theirs", "take theirs")):
                key = run_button(what.replace(" ", "_"), sitting.slide_id)
                st.button(label, key=key, on_click=queue_command_on_slide, args=(sitting, sitting.slide_id, what))


def list_differences(form: Form, mine: Answers, theirs: Answers) -> list[tuple[str, str, str]]:
    """(question, mine, theirs) as Markdown for every answer that differs."""
    return [
        (
            escape_markdown(field.label),
            format_answer(field, mine.get(field.key)),
            format_answer(field, theirs.get(field.key)),
        )
        for field in form.fields
        if mine.get(field.key) != theirs.get(field.key)
    ]
