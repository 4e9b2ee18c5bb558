from datetime import UTC, date, datetime

from lib.executions.model import StepExecution
from lib.executions.step_revisions import list_step_revisions
from lib.slides.model import StepRevision


def test_a_revision_has_its_day_in_the_persons_zone() -> None:
    saved = StepExecution(slide_id="a", answers={}, revision=3, updated_at=datetime(2026, 11, 28, 23, 30, tzinfo=UTC))
    found = list_step_revisions({"a": saved}, "Europe/Berlin")
    assert found == {"a": StepRevision(number=3, saved_on=date(2026, 11, 29))}


def test_unsaved_answers_are_the_revision_that_saving_gives_them() -> None:
    saved = StepExecution(slide_id="a", answers={}, revision=3, updated_at=datetime(2026, 11, 28, tzinfo=UTC))
    found = list_step_revisions({"a": saved}, "UTC", unsaved_slide_id="a")
    assert found == {"a": StepRevision(number=4)}
    assert list_step_revisions({}, "UTC", unsaved_slide_id="b")["b"] == StepRevision(number=1)
