"""What a slide of the open run reads: the account, the texts, and the answers of slides that are shown."""

from typing import TYPE_CHECKING

from lib.executions.step_revisions import list_step_revisions
from lib.slides.model import SlideInput
from lib.workflows.model import ComposedSlide

if TYPE_CHECKING:
    from lib.ui.run.run_page_state import RunPageState


def build_run_slide_input(state: "RunPageState", slide: ComposedSlide) -> SlideInput:
    """Input of a slide. Answers of slides that are left out do not count, but for its own."""
    left_out = state.left_out
    return SlideInput(
        account=state.account,
        address=slide.id,
        addresses=state.workflow.slide_ids,
        questions=state.workflow.own_questions,
        context=slide.context,
        category=state.workflow.category,
        person_name=state.person_name,
        person_email=state.person_email,
        run_id=state.execution.id,
        answers={
            address: answers
            for address, answers in state.answers_by_slide.items()
            if address not in left_out or address == slide.id
        },
        prices=state.execution.prices,
        revisions=list_step_revisions(
            state.execution.steps,
            state.time_zone,
            unsaved_slide_id=state.slide_id if state.has_unsaved_answers else None,
        ),
    )
