"""One run as this browser tab has it open: the only mutable thing of the page, kept in session state.

A rerun begins before the one it replaces has ended: that one goes on until it next draws or reads session state, so
two may be at work on one sitting. `lock` keeps a save and what is learned from it together.

Requests: one for the run and its account when it is opened, none on a rerun. What is typed stands in `typed`
whether or not it could be saved, and a slide is left only once it is: so a failed save loses nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any, Literal

import streamlit as st

from lib.accounts.model import Account
from lib.errors import InvalidInput, NotFound, ZenError
from lib.executions.model import Execution, SavedStep, StepExecution, StepStatus
from lib.executions.service import apply_saved_step
from lib.forms.model import Answers, Form
from lib.forms.validation import clean_answers
from lib.services import Services
from lib.slides import render
from lib.slides.model import SlideInput
from lib.text.truncate import single_line, truncate
from lib.ui import page_cache
from lib.ui.forms import FormKeys, read_answers, seed_widgets
from lib.ui.keys import RUN_FORM_VERSION, RUN_PAGE_STATE, RUN_SLIDE_ROW
from lib.workflows.model import ComposedSlide, ComposedWorkflow

ACCOUNT_MAX_AGE = timedelta(minutes=5)

ScrollTarget = Literal["top", "form", "conflict", "trouble", "asked"]
RunCommand = Literal["next", "go", "complete", "complete anyway", "retry", "keep mine", "take theirs", "refresh"]


@dataclass(frozen=True, kw_only=True)
class PendingRunCommand:
    """A button that was pressed on `slide_id`; done at the start of the next drawing."""

    kind: RunCommand
    slide_id: str
    to_slide_id: str | None = None


@dataclass(kw_only=True)
class RunPageState:
    """`typed` is the slide as its widgets have it, `synced` what page and database agreed on last, `refused` what could
    not be saved; `seat` names the widgets now on the page; `is_stale` that something was done to the run since;
    `is_woken` and `is_decision_seen` that this page told so; `is_asked` that it asked before completing."""

    execution: Execution
    workflow: ComposedWorkflow
    account: Account
    person_name: str
    time_zone: str
    loaded_at: datetime
    slide_id: str
    url_slide_id: str | None
    form_version: int = 0
    is_form_seeded: bool = False
    scroll_target: tuple[ScrollTarget, int] = ("top", 0)
    draft: dict[str, Any] | None = None
    saved: dict[str, Any] | None = None
    command: PendingRunCommand | None = None
    validation_errors: tuple[str, ...] = ()
    conflicting_step: StepExecution | None = None
    error: ZenError | None = None
    unsaved: dict[str, Any] | None = None
    data_version: int = 0
    is_wake_shown: bool = False
    is_completion_check_shown: bool = False
    is_decision_new: bool = False
    lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def slide(self) -> ComposedSlide:
        found = self.workflow.find_slide(self.slide_id)
        assert found is not None
        return found

    @property
    def form_keys(self) -> FormKeys:
        return FormKeys(slide_id=self.slide_id, version=self.form_version)

    @property
    def may_write(self) -> bool:
        return self.execution.may_write and self.execution.is_open

    @property
    def may_answer(self) -> bool:
        """A slide that was left out is read until it is taken up again."""
        return self.may_write and self.execution.find_step(self.slide_id).status is not StepStatus.SKIPPED

    @property
    def answers(self) -> dict[str, Any]:
        """What stands on the slide now: as typed, else as kept."""
        return dict(self.execution.find_step(self.slide_id).answers) if self.draft is None else self.draft

    @property
    def has_unsaved_answers(self) -> bool:
        return self.unsaved is not None or self.conflicting_step is not None

    @property
    def position(self) -> int:
        """The slide's place in the run, from 1."""
        return self.workflow.slide_ids.index(self.slide_id) + 1

    @property
    def has_current_slide(self) -> bool:
        """Whether the slide is still in the run, after it moved to another version."""
        return self.workflow.find_slide(self.slide_id) is not None

    @property
    def is_last_slide(self) -> bool:
        return self.position == len(self.workflow.slides)

    def neighbour_slide(self, step: int) -> ComposedSlide | None:
        """The slide `step` places on; None beyond the ends."""
        place = self.position - 1 + step
        return self.workflow.slides[place] if 0 <= place < len(self.workflow.slides) else None

    def slide_title(self, slide: ComposedSlide) -> str:
        """A slide's title in this workflow, plain text."""
        return render.render_title(slide.slide, self.slide_input(slide))

    def slide_input(self, slide: ComposedSlide | None = None) -> SlideInput:
        """All a slide (this one by default) may read: what is typed here, and what is kept on the others."""
        kept: dict[str, Answers] = {step.slide_id: step.answers for step in self.execution.steps.values()}
        return SlideInput(
            account=self.account,
            context=(slide or self.slide).context,
            category=self.workflow.category,
            person_name=self.person_name,
            answers={**kept, self.slide_id: self.answers},
        )

    def build_form(self) -> Form:
        """The slide's questions; none, with the reason in `trouble`, when they cannot be prepared."""
        try:
            return render.build_form(self.slide.slide, self.slide_input())
        except InvalidInput as error:
            self.error = error
            return Form(title="", fields=())

    def answers_to_save(self, form: Form) -> dict[str, Any]:
        """What to store: what is typed, and keys of another version of the form as they were."""
        return {**self.execution.find_step(self.slide_id).answers, **clean_answers(form, self.answers)}

    def adopt_saved_step(self, saved: SavedStep) -> bool:
        """Show answers that were saved elsewhere, by the chat for example. False if unsaved answers stand here.

        Those stay, and meet the saved ones as a conflict when they are saved.
        """
        if self.has_unsaved_answers:
            return False
        self.execution = apply_saved_step(self.execution, saved)
        if self.slide_id == saved.step.slide_id:
            self.draft, self.saved, self.is_form_seeded = None, None, False
        return True

    def scroll_to(self, aim: ScrollTarget) -> None:
        """Bring a part of the page into view, once."""
        self.scroll_target = (aim, self.scroll_target[1] + 1)

    def show_slide(self, slide_id: str) -> None:
        """Turn to a slide; its widgets are made anew."""
        self.slide_id, self.is_form_seeded, self.is_completion_check_shown = slide_id, False, False
        self.scroll_to("top")
        self.draft, self.saved, self.unsaved = None, None, None
        self.validation_errors, self.conflicting_step, self.error = (), None, None


def load_run_page(services: Services, execution_id: str, slide_id: str | None) -> RunPageState:
    """The run in this tab, read if it is another one or the person has been away. Raises NotFound, Unavailable."""
    kept: RunPageState | None = st.session_state.get(RUN_PAGE_STATE)
    if kept is None or kept.execution.id != execution_id or RUN_SLIDE_ROW not in st.session_state:
        kept = _load_run(services, execution_id, slide_id, kept)
    elif datetime.now(UTC) - kept.loaded_at > ACCOUNT_MAX_AGE:
        reload_account(kept, services)
    elif slide_id is not None and slide_id != kept.url_slide_id:
        kept.command = PendingRunCommand(kind="go", slide_id=kept.slide_id, to_slide_id=_require_slide(kept, slide_id))
    kept.url_slide_id = slide_id
    st.session_state[RUN_PAGE_STATE] = kept
    return kept


def seed_form(sitting: RunPageState, form: Form) -> None:
    """Make the slide's widgets, once, from what is typed or kept."""
    with sitting.lock:
        if sitting.is_form_seeded:
            return
        st.session_state[RUN_FORM_VERSION] = sitting.form_version = st.session_state.get(RUN_FORM_VERSION, 0) + 1
        seed_widgets(form, sitting.answers, sitting.form_keys)
        now, begins_anew = read_answers(form, sitting.form_keys), sitting.draft is None
        sitting.draft, sitting.is_form_seeded = now, True
        if begins_anew:
            sitting.saved = sitting.answers_to_save(form)


def read_draft(sitting: RunPageState, form: Form) -> None:
    """Take over what the widgets hold, before anything is drawn or saved."""
    if sitting.is_form_seeded:
        sitting.draft = read_answers(form, sitting.form_keys)


def reload_account(sitting: RunPageState, services: Services) -> None:
    """The account as it is now; the one at hand stays while the database is gone."""
    try:
        sitting.account = services.accounts.fetch_account(sitting.execution.customer_id)
    except ZenError as error:
        sitting.error = error
    sitting.loaded_at = datetime.now(UTC)


def reload_run(sitting: RunPageState, services: Services, form: Form) -> None:
    """The run as it is now. Raises what reading raises.

    A slide somebody else saved meanwhile is shown as theirs, unless something typed here is not saved yet: then the
    old revision stays, so that saving it meets theirs as a conflict.
    """
    before = sitting.execution.find_step(sitting.slide_id)
    sitting.execution, sitting.workflow = services.executions.get_workflow_execution(sitting.execution.id)
    if not sitting.may_answer:
        sitting.is_form_seeded = False  # the answers are read as text from here on
    if sitting.execution.find_step(sitting.slide_id).revision == before.revision:
        return
    if sitting.has_unsaved_answers or (sitting.saved is not None and sitting.answers_to_save(form) != sitting.saved):
        sitting.execution = replace(sitting.execution, steps={**sitting.execution.steps, before.slide_id: before})
    else:
        sitting.draft, sitting.saved, sitting.is_form_seeded = None, None, False


def _load_run(services: Services, execution_id: str, slide_id: str | None, before: RunPageState | None) -> RunPageState:
    data_version = page_cache.get_data_version().number
    execution, workflow, account = services.executions.get_workflow_execution_with_account(execution_id)
    current = execution.current_slide if workflow.find_slide(execution.current_slide) else workflow.slide_ids[0]
    sitting = RunPageState(
        execution=execution,
        workflow=workflow,
        account=account,
        person_name=services.person.full_name,
        time_zone=services.person.time_zone,
        loaded_at=datetime.now(UTC),
        data_version=data_version,
        slide_id=current,
        url_slide_id=slide_id,
    )
    sitting.slide_id = current if slide_id is None else _require_slide(sitting, slide_id)
    if before is not None and before.execution.id == execution_id and before.has_unsaved_answers:
        _restore_unsaved(sitting, before)
    return sitting


def _restore_unsaved(sitting: RunPageState, before: RunPageState) -> None:
    """What was typed and not saved when the person left the page."""
    sitting.slide_id, sitting.draft = before.slide_id, before.draft
    now = sitting.execution.find_step(sitting.slide_id)
    if now.revision != before.execution.find_step(before.slide_id).revision:
        sitting.conflicting_step = now


def _require_slide(sitting: RunPageState, slide_id: str) -> str:
    """Raises NotFound, its `detail` the run that has no such slide."""
    if sitting.workflow.find_slide(slide_id) is None:
        raise NotFound(f"This run has no slide “{truncate(single_line(slide_id), 60)}”.", detail=sitting.execution.id)
    return slide_id
