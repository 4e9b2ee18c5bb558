"""Two people, one slide: what each has, question by question, and the choice between them."""

import streamlit as st

from lib.slides.model import Answers, Form
from lib.slides.words import escape
from lib.ui.keys import run_press
from lib.ui.run.press import wish_on
from lib.ui.run.sitting import Sitting
from lib.ui.saying import said
from lib.ui.theme import stamp


def draw(sitting: Sitting, form: Form) -> None:
    theirs = sitting.theirs
    if theirs is None:
        return
    who = escape(theirs.saved_by_name or "Somebody")
    when = f" on {stamp(theirs.updated_at, sitting.time_zone)}" if theirs.updated_at else ""
    with st.container(border=True, key="run_conflict"):
        st.markdown(f"##### :material/call_split: {who} saved this slide{when}, after you opened it.")
        st.markdown("Nothing was overwritten, and what you typed is still below. Choose which answers stand.")
        rows = differences(form, sitting.to_keep(form), theirs.answers)
        st.table([{"Question": a, "Yours": b, "Theirs": c} for a, b, c in rows], border="horizontal", hide_index=True)
        with st.container(horizontal=True):
            for label, what in (("Keep mine", "keep mine"), ("Take theirs", "take theirs")):
                key = run_press(what.replace(" ", "_"), sitting.slide_id)
                st.button(label, key=key, on_click=wish_on, args=(sitting, sitting.slide_id, what))


def differences(form: Form, mine: Answers, theirs: Answers) -> list[tuple[str, str, str]]:
    """(question, mine, theirs) as Markdown for every answer that differs."""
    return [
        (escape(field.label), said(field, mine.get(field.key)), said(field, theirs.get(field.key)))
        for field in form.fields
        if mine.get(field.key) != theirs.get(field.key)
    ]
