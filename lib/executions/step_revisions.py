from collections.abc import Mapping

from lib.executions.model import StepExecution
from lib.slides.model import StepRevision
from lib.text.local_time import today_in_zone


def list_step_revisions(
    steps: Mapping[str, StepExecution], time_zone: str, *, unsaved_slide_id: str | None = None
) -> dict[str, StepRevision]:
    """Revision and last day of each saved slide, for what is numbered by them.

    The slide whose answers are not saved yet counts as the revision that saving gives it.
    """
    revisions = {
        step.slide_id: StepRevision(
            number=step.revision, saved_on=today_in_zone(time_zone, step.updated_at) if step.updated_at else None
        )
        for step in steps.values()
    }
    if unsaved_slide_id is not None:
        saved = revisions.get(unsaved_slide_id, StepRevision())
        revisions[unsaved_slide_id] = StepRevision(number=saved.number + 1)
    return revisions
