"""Before a run is completed: what is odd about it, asked once. The database has its own rules and the last word."""

import streamlit as st

from lib.errors import InvalidInput
from lib.executions.model import StepStatus
from lib.forms.validation import is_blank, is_required
from lib.slides import render
from lib.slides.library import summary
from lib.slides.model import SlideId
from lib.text.escape import escape_markdown
from lib.ui.keys import run_button
from lib.ui.run.commands import queue_command, queue_command_on_slide
from lib.ui.run.page_state import RunPageState
from lib.workflows.model import ComposedSlide

COMPLETION_CHECK_KEY = "run_asked"
ARROW_ICON = ":material/arrow_forward:"


def needs_completion_check(sitting: RunPageState) -> bool:
    return bool(slides_with_missing_answers(sitting)) or outcome_doubt(sitting) is not None


def outcome_doubt(sitting: RunPageState) -> str | None:
    """What is odd about the outcome as it is typed."""
    if sitting.slide_id != SlideId.SUMMARY:
        return None
    return summary.find_amount_mismatch(sitting.slide_input(), sitting.answers)


def slides_with_missing_answers(sitting: RunPageState) -> tuple[ComposedSlide, ...]:
    """The other slides on which a needed answer is missing. What was left out with a reason is not asked for."""
    others = (slide for slide in sitting.workflow.slides if slide.id != sitting.slide_id)
    return tuple(slide for slide in others if _has_missing_answer(sitting, slide))


def draw_completion_check(sitting: RunPageState) -> None:
    """Below the form, for as long as something is odd: what, the ways to mend it, and the way on."""
    if not sitting.is_completion_check_shown or not sitting.may_answer or not needs_completion_check(sitting):
        return
    missing, odd = slides_with_missing_answers(sitting), outcome_doubt(sitting)
    with st.container(border=True, gap="small", key=COMPLETION_CHECK_KEY):
        st.markdown("##### :material/help: Before it is completed")
        if odd is not None:
            st.markdown("Does the amount above fit the outcome?")
        if missing:
            st.markdown("Needed answers are missing on:")
            with st.container(horizontal=True, gap="small"):
                for slide in missing:
                    key = run_button(f"to {slide.id}", sitting.slide_id)
                    label = escape_markdown(sitting.slide_title(slide))
                    args = (sitting, "go", slide.id)
                    st.button(label, key=key, type="tertiary", icon=ARROW_ICON, on_click=queue_command, args=args)
        key = run_button("complete anyway", sitting.slide_id)
        to_do = (sitting, sitting.slide_id, "complete anyway")
        st.button("Complete anyway", key=key, icon=":material/check:", on_click=queue_command_on_slide, args=to_do)


def _has_missing_answer(sitting: RunPageState, slide: ComposedSlide) -> bool:
    step = sitting.execution.find_step(slide.id)
    if step.status is not StepStatus.DRAFT:
        return False
    try:
        fields = render.build_form(slide.slide, sitting.slide_input(slide)).fields
    except InvalidInput:  # a form that cannot be prepared cannot be answered
        return False
    answers = step.answers
    return any(is_required(field, answers) and is_blank(answers.get(field.key)) for field in fields)
