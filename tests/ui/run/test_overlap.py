"""A rerun may begin while the one before it is still saving: both work on one sitting."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import streamlit as st

from lib.errors import Unavailable
from lib.executions.model import Execution, ExecutionStatus, Saved, Step, StepConflict, StepStatus
from lib.ui.run.saving import settle
from lib.ui.run.sitting import Sitting, Wish
from lib.workflows.composer import compose
from lib.workflows.model import WorkflowVersion
from tests.support.accounts import full_account

VERSION = WorkflowVersion(
    id="v", definition_id="d", workflow_id="w", company_id=None, version=1, name="Renewal", description="",
    category="renewal", slide_sequence=("greeting", "review-account", "summary"), slide_contexts={},
)  # fmt: skip


@dataclass
class SlowRuns:
    """Saves as the database does, compare-and-set, and takes its time."""

    step: Step = field(default_factory=lambda: Step(slide_id="greeting", answers={}))
    saves: int = 0
    gone: bool = False

    def keep(self, run, slide_id, answers, *, revision):
        return self._save(answers, revision, StepStatus.DRAFT)

    def finish_slide(self, run, slide_id, answers, *, revision, next_slide):
        return self._save(answers, revision, StepStatus.DONE)

    def _save(self, answers, revision, status):
        if self.gone:
            raise Unavailable("Zen cannot reach its database right now.")
        if revision != self.step.revision:
            raise StepConflict("This slide was saved somewhere else since you opened it.", theirs=self.step)
        self.step = replace(self.step, answers=answers, revision=revision + 1, status=status)
        self.saves += 1
        time.sleep(0.2)
        return Saved(step=self.step, execution_revision=self.step.revision + 1)


@dataclass
class Services:
    executions: SlowRuns


def sitting() -> Sitting:
    """At the first slide, its widgets drawn and empty."""
    now = datetime.now(UTC)
    run = Execution(
        id="e", customer_id="c", customer_name="Acme", owner_id="o", owner_name="Alice", workflow_id="w",
        status=ExecutionStatus.ACTIVE, current_slide="greeting", revision=1, due_on=None, started_at=now, ended_at=None,
        outcome=None, may_write=True, version=VERSION, latest_version=1, steps={}, events=(),
    )  # fmt: skip
    made = Sitting(
        execution=run, workflow=compose(VERSION), account=full_account(), person_name="Alice", time_zone="UTC",
        read_at=now, slide_id="greeting", url_slide=None, is_seated=True, seat=1,
    )  # fmt: skip
    made.typed = {"goal": None, "concern": None}
    made.synced = made.to_keep(made.form())
    return made


def type_in(made: Sitting, **answers: str) -> None:
    for field_ in made.form().fields:
        st.session_state[made.place.key(field_)] = answers.get(field_.key, "")


def test_a_run_that_overlaps_a_save_waits_for_it_and_is_no_conflict():
    made, runs = sitting(), SlowRuns()
    type_in(made, goal="Renew")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(settle, made, Services(runs))
        time.sleep(0.05)
        type_in(made, goal="Renew", concern="Budget")
        threads.submit(settle, made, Services(runs)).result()
        first.result()
    assert made.theirs is None
    assert runs.saves == 2
    assert runs.step.answers == {"goal": "Renew", "concern": "Budget"}


def test_next_pressed_twice_at_once_moves_on_by_one_slide():
    made, runs = sitting(), SlowRuns()
    type_in(made, goal="Renew")
    made.wish = Wish(what="next", slide_id="greeting")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(settle, made, Services(runs))
        time.sleep(0.05)
        made.wish = Wish(what="next", slide_id="greeting")
        threads.submit(settle, made, Services(runs)).result()
        first.result()
    assert made.slide_id == "review-account"
    assert runs.saves == 1


def test_a_save_that_fails_is_not_tried_again_until_something_changes():
    made, runs = sitting(), SlowRuns(gone=True)
    type_in(made, goal="Renew")
    settle(made, Services(runs))
    assert made.refused == {"goal": "Renew", "concern": None}
    runs.gone = False
    settle(made, Services(runs))
    assert runs.saves == 0
    type_in(made, goal="Renew", concern="Budget")
    settle(made, Services(runs))
    assert (runs.saves, made.refused, made.trouble) == (1, None, None)


def test_a_slide_is_not_left_while_its_answers_are_not_saved():
    made, runs = sitting(), SlowRuns(gone=True)
    type_in(made, goal="Renew")
    made.wish = Wish(what="go", slide_id="greeting", to="summary")
    settle(made, Services(runs))
    assert made.slide_id == "greeting"
    assert made.answers["goal"] == "Renew"
