"""A rerun may begin while the one before it is still saving: both work on one state."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from threading import Event

import streamlit as st

from lib.errors import Unavailable
from lib.executions.model import Execution, ExecutionStatus, SavedStep, StepConflict, StepExecution, StepStatus
from lib.ui.run.answer_save_state import Clean, SaveFailed
from lib.ui.run.run_commands import RunCommands, save_and_run_command
from lib.ui.run.run_page_state import RunPageState
from lib.workflows.composer import compose_workflow
from lib.workflows.model import WorkflowVersion
from tests.support.observed_lock import ObservedLock
from tests.support.sample_accounts import full_account

VERSION = WorkflowVersion(
    id="v", definition_id="d", workflow_id="w", company_id=None, version=1, name="Renewal", description="",
    category="renewal", slide_sequence=("greeting", "review-account", "summary"), slide_contexts={},
)  # fmt: skip


@dataclass
class SlowRuns:
    """Saves as the database does, compare-and-set; the first save takes until `overlap` says that it may end."""

    step: StepExecution = field(default_factory=lambda: StepExecution(slide_id="greeting", answers={}))
    saves: int = 0
    gone: bool = False
    has_begun: Event = field(default_factory=Event)
    overlap: ObservedLock | None = None

    def save_draft(self, run, slide_id, answers, *, revision):
        return self._save(answers, revision, StepStatus.DRAFT)

    def finish_slide(self, run, slide_id, answers, *, revision, next_slide):
        return self._save(answers, revision, StepStatus.DONE)

    def _save(self, answers, revision, status):
        if self.gone:
            raise Unavailable("Zen cannot reach its database right now.")
        if revision != self.step.revision:
            raise StepConflict("This slide was saved elsewhere after you opened it.", conflicting_step=self.step)
        self.step = replace(self.step, answers=answers, revision=revision + 1, status=status)
        self.saves += 1
        self.has_begun.set()
        if self.overlap is not None and self.saves == 1:
            self.overlap.wait_for_waiter()
        return SavedStep(step=self.step, execution_revision=self.step.revision + 1)


@dataclass
class Services:
    executions: SlowRuns


def run_page_state() -> RunPageState:
    """At the first slide, its widgets drawn and empty."""
    now = datetime.now(UTC)
    run = Execution(
        id="e", customer_id="c", customer_name="Acme", owner_id="o", owner_name="Alice", workflow_id="w",
        status=ExecutionStatus.ACTIVE, current_slide="greeting", revision=1, due_on=None, started_at=now, ended_at=None,
        outcome=None, may_write=True, version=VERSION, latest_version=1, steps={}, events=(),
    )  # fmt: skip
    made = RunPageState(
        execution=run, workflow=compose_workflow(VERSION), account=full_account(), person_name="Alice", time_zone="UTC",
        loaded_at=now, slide_id="greeting", opened_slide_id="greeting", url_slide_id="greeting", is_form_seeded=True,
        form_version="1",
    )  # fmt: skip
    made.draft = {"goal": None, "concern": None}
    made.saved = made.answers_to_save(made.build_form())
    return made


def type_answers(made: RunPageState, **answers: str) -> None:
    for field_ in made.build_form().fields:
        st.session_state[made.form_keys.field_key(field_)] = answers.get(field_.key, "")


def test_a_run_that_overlaps_a_save_waits_for_it_and_is_no_conflict():
    made, lock = run_page_state(), ObservedLock()
    made.commands.lock, runs = lock, SlowRuns(overlap=lock)
    type_answers(made, goal="Renew")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(save_and_run_command, made, Services(runs))
        assert runs.has_begun.wait(20)
        type_answers(made, goal="Renew", concern="Budget")
        threads.submit(save_and_run_command, made, Services(runs)).result()
        first.result()
    assert made.save_state == Clean()
    assert runs.saves == 2
    assert runs.step.answers == {"goal": "Renew", "concern": "Budget"}


def test_next_pressed_twice_at_once_moves_on_by_one_slide():
    made, lock = run_page_state(), ObservedLock()
    made.commands.lock, runs = lock, SlowRuns(overlap=lock)
    type_answers(made, goal="Renew")
    made.queue_command(RunCommands.go_to_next_slide, "greeting")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(save_and_run_command, made, Services(runs))
        assert runs.has_begun.wait(20)
        made.queue_command(RunCommands.go_to_next_slide, "greeting")
        threads.submit(save_and_run_command, made, Services(runs)).result()
        first.result()
    assert made.slide_id == "review-account"
    assert runs.saves == 1


def test_a_save_that_fails_is_not_tried_again_until_something_changes():
    made, runs = run_page_state(), SlowRuns(gone=True)
    type_answers(made, goal="Renew")
    save_and_run_command(made, Services(runs))
    assert isinstance(made.save_state, SaveFailed)
    assert made.save_state.answers == {"goal": "Renew", "concern": None}
    runs.gone = False
    save_and_run_command(made, Services(runs))
    assert runs.saves == 0
    type_answers(made, goal="Renew", concern="Budget")
    save_and_run_command(made, Services(runs))
    assert (runs.saves, made.save_state, made.error) == (1, Clean(), None)


def test_a_slide_is_not_left_while_its_answers_are_not_saved():
    made, runs = run_page_state(), SlowRuns(gone=True)
    type_answers(made, goal="Renew")
    made.queue_command(partial(RunCommands.go_to_slide, slide_id="summary"), "greeting")
    save_and_run_command(made, Services(runs))
    assert made.slide_id == "greeting"
    assert made.answers["goal"] == "Renew"
