"""Before a run is completed: what is odd about it, asked once. The database has its own rules and the last word."""

import streamlit as st

from lib.errors import InvalidInput
from lib.executions.model import StepStatus
from lib.slides import forms, render
from lib.slides.deck import summary
from lib.slides.model import SlideId
from lib.slides.words import escape
from lib.ui.keys import run_press
from lib.ui.run.press import wish, wish_on
from lib.ui.run.sitting import Sitting
from lib.workflows.model import ComposedSlide

ASKED_KEY = "run_asked"
ARROW = ":material/arrow_forward:"


def anything(sitting: Sitting) -> bool:
    return bool(unanswered(sitting)) or doubt(sitting) is not None


def doubt(sitting: Sitting) -> str | None:
    """What is odd about the outcome as it is typed."""
    if sitting.slide_id != SlideId.SUMMARY:
        return None
    return summary.doubt(sitting.input(), sitting.answers)


def unanswered(sitting: Sitting) -> tuple[ComposedSlide, ...]:
    """The other slides on which a needed answer is missing. What was left out with a reason is not asked for."""
    others = (slide for slide in sitting.workflow.slides if slide.id != sitting.slide_id)
    return tuple(slide for slide in others if _is_missing(sitting, slide))


def draw(sitting: Sitting) -> None:
    """Below the form, for as long as something is odd: what, the ways to mend it, and the way on."""
    if not sitting.is_asked or not sitting.may_answer or not anything(sitting):
        return
    missing, odd = unanswered(sitting), doubt(sitting)
    with st.container(border=True, gap="small", key=ASKED_KEY):
        st.markdown("##### :material/help: Before it is completed")
        if odd is not None:
            st.markdown("Does the amount above fit the outcome?")
        if missing:
            st.markdown("Needed answers are missing on:")
            with st.container(horizontal=True, gap="small"):
                for slide in missing:
                    key = run_press(f"to {slide.id}", sitting.slide_id)
                    label = escape(sitting.title(slide))
                    args = (sitting, "go", slide.id)
                    st.button(label, key=key, type="tertiary", icon=ARROW, on_click=wish, args=args)
        key = run_press("complete anyway", sitting.slide_id)
        to_do = (sitting, sitting.slide_id, "complete anyway")
        st.button("Complete anyway", key=key, icon=":material/check:", on_click=wish_on, args=to_do)


def _is_missing(sitting: Sitting, slide: ComposedSlide) -> bool:
    step = sitting.execution.step(slide.id)
    if step.status is not StepStatus.DRAFT:
        return False
    try:
        fields = render.build_form(slide.slide, sitting.input(slide)).fields
    except InvalidInput:  # a form that cannot be prepared cannot be answered
        return False
    answers = step.answers
    return any(forms.is_required(field, answers) and forms.is_blank(answers.get(field.key)) for field in fields)
