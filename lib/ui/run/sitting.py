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
from lib.executions.model import Execution, Step, StepStatus
from lib.services import Services
from lib.slides import forms, render
from lib.slides.model import Answers, Form, SlideInput
from lib.slides.words import cut, plain
from lib.ui.forms import Place, seed, typed
from lib.ui.keys import RUN_SEAT, RUN_SITTING, RUN_STEPS
from lib.workflows.model import ComposedSlide, ComposedWorkflow

FRESH = timedelta(minutes=5)

Aim = Literal["top", "form", "conflict", "trouble", "asked"]
What = Literal["next", "go", "complete", "complete anyway", "retry", "keep mine", "take theirs", "refresh"]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A button that was pressed on `slide_id`; done at the start of the next drawing."""

    what: What
    slide_id: str
    to: str | None = None


@dataclass(kw_only=True)
class Sitting:
    """`typed` is the slide as its widgets have it, `synced` what page and database agreed on last, `refused` what could
    not be saved; `seat` names the widgets now on the page; `is_stale` that something was done to the run since;
    `is_woken` and `is_decision_seen` that this page told so; `is_asked` that it asked before completing."""

    execution: Execution
    workflow: ComposedWorkflow
    account: Account
    person_name: str
    time_zone: str
    read_at: datetime
    slide_id: str
    url_slide: str | None
    seat: int = 0
    is_seated: bool = False
    aim: tuple[Aim, int] = ("top", 0)
    typed: dict[str, Any] | None = None
    synced: dict[str, Any] | None = None
    wish: Wish | None = None
    faults: tuple[str, ...] = ()
    theirs: Step | None = None
    trouble: ZenError | None = None
    refused: dict[str, Any] | None = None
    is_stale: bool = False
    is_woken: bool = False
    is_asked: bool = False
    is_decision_seen: bool = False
    lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def slide(self) -> ComposedSlide:
        found = self.workflow.slide(self.slide_id)
        assert found is not None
        return found

    @property
    def place(self) -> Place:
        return Place(slide_id=self.slide_id, seat=self.seat)

    @property
    def may_write(self) -> bool:
        return self.execution.may_write and self.execution.is_open

    @property
    def may_answer(self) -> bool:
        """A slide that was left out is read until it is taken up again."""
        return self.may_write and self.execution.step(self.slide_id).status is not StepStatus.SKIPPED

    @property
    def answers(self) -> dict[str, Any]:
        """What stands on the slide now: as typed, else as kept."""
        return dict(self.execution.step(self.slide_id).answers) if self.typed is None else self.typed

    @property
    def has_unsaved(self) -> bool:
        return self.refused is not None or self.theirs is not None

    @property
    def number(self) -> int:
        """The slide's place in the run, from 1."""
        return self.workflow.slide_ids.index(self.slide_id) + 1

    @property
    def is_known(self) -> bool:
        """Whether the slide is still in the run, after it moved to another version."""
        return self.workflow.slide(self.slide_id) is not None

    @property
    def is_last(self) -> bool:
        return self.number == len(self.workflow.slides)

    def neighbour(self, step: int) -> ComposedSlide | None:
        """The slide `step` places on; None beyond the ends."""
        place = self.number - 1 + step
        return self.workflow.slides[place] if 0 <= place < len(self.workflow.slides) else None

    def title(self, slide: ComposedSlide) -> str:
        """A slide's title in this workflow, plain text."""
        return render.title(slide.slide, self.input(slide))

    def input(self, slide: ComposedSlide | None = None) -> SlideInput:
        """All a slide (this one by default) may read: what is typed here, and what is kept on the others."""
        kept: dict[str, Answers] = {step.slide_id: step.answers for step in self.execution.steps.values()}
        return SlideInput(
            account=self.account,
            context=(slide or self.slide).context,
            category=self.workflow.category,
            person_name=self.person_name,
            answers={**kept, self.slide_id: self.answers},
        )

    def form(self) -> Form:
        """The slide's questions; none, with the reason in `trouble`, when they cannot be prepared."""
        try:
            return render.build_form(self.slide.slide, self.input())
        except InvalidInput as error:
            self.trouble = error
            return Form(title="", fields=())

    def to_keep(self, form: Form) -> dict[str, Any]:
        """What to store: what is typed, and keys of another version of the form as they were."""
        return {**self.execution.step(self.slide_id).answers, **forms.cleaned(form, self.answers)}

    def look_at(self, aim: Aim) -> None:
        """Bring a part of the page into view, once."""
        self.aim = (aim, self.aim[1] + 1)

    def sit_down(self, slide_id: str) -> None:
        """Turn to a slide; its widgets are made anew."""
        self.slide_id, self.is_seated, self.is_asked = slide_id, False, False
        self.look_at("top")
        self.typed, self.synced, self.refused = None, None, None
        self.faults, self.theirs, self.trouble = (), None, None


def open_sitting(services: Services, execution_id: str, slide_id: str | None) -> Sitting:
    """The run in this tab, read if it is another one or the person has been away. Raises NotFound, Unavailable."""
    kept: Sitting | None = st.session_state.get(RUN_SITTING)
    if kept is None or kept.execution.id != execution_id or RUN_STEPS not in st.session_state:
        kept = _read(services, execution_id, slide_id, kept)
    elif datetime.now(UTC) - kept.read_at > FRESH:
        refresh_account(kept, services)
    elif slide_id is not None and slide_id != kept.url_slide:
        kept.wish = Wish(what="go", slide_id=kept.slide_id, to=_known(kept, slide_id))
    kept.url_slide = slide_id
    st.session_state[RUN_SITTING] = kept
    return kept


def take_seat(sitting: Sitting, form: Form) -> None:
    """Make the slide's widgets, once, from what is typed or kept."""
    with sitting.lock:
        if sitting.is_seated:
            return
        st.session_state[RUN_SEAT] = sitting.seat = st.session_state.get(RUN_SEAT, 0) + 1
        seed(form, sitting.answers, sitting.place)
        now, begins_anew = typed(form, sitting.place), sitting.typed is None
        sitting.typed, sitting.is_seated = now, True
        if begins_anew:
            sitting.synced = sitting.to_keep(form)


def read_widgets(sitting: Sitting, form: Form) -> None:
    """Take over what the widgets hold, before anything is drawn or saved."""
    if sitting.is_seated:
        sitting.typed = typed(form, sitting.place)


def refresh_account(sitting: Sitting, services: Services) -> None:
    """The account as it is now; the one at hand stays while the database is gone."""
    try:
        sitting.account = services.accounts.account(sitting.execution.customer_id)
    except ZenError as error:
        sitting.trouble = error
    sitting.read_at = datetime.now(UTC)


def reread(sitting: Sitting, services: Services, form: Form) -> None:
    """The run as it is now. Raises what reading raises.

    A slide somebody else saved meanwhile is shown as theirs, unless something typed here is not saved yet: then the
    old revision stays, so that saving it meets theirs as a conflict.
    """
    before = sitting.execution.step(sitting.slide_id)
    sitting.execution, sitting.workflow = services.executions.open(sitting.execution.id)
    if not sitting.may_answer:
        sitting.is_seated = False  # the answers are read as text from here on
    if sitting.execution.step(sitting.slide_id).revision == before.revision:
        return
    if sitting.has_unsaved or (sitting.synced is not None and sitting.to_keep(form) != sitting.synced):
        sitting.execution = replace(sitting.execution, steps={**sitting.execution.steps, before.slide_id: before})
    else:
        sitting.typed, sitting.synced, sitting.is_seated = None, None, False


def _read(services: Services, execution_id: str, slide_id: str | None, before: Sitting | None) -> Sitting:
    execution, workflow, account = services.executions.open_with_account(execution_id)
    current = execution.current_slide if workflow.slide(execution.current_slide) else workflow.slide_ids[0]
    sitting = Sitting(
        execution=execution,
        workflow=workflow,
        account=account,
        person_name=services.person.full_name,
        time_zone=services.person.time_zone,
        read_at=datetime.now(UTC),
        slide_id=current,
        url_slide=slide_id,
    )
    sitting.slide_id = current if slide_id is None else _known(sitting, slide_id)
    if before is not None and before.execution.id == execution_id and before.has_unsaved:
        _bring_back(sitting, before)
    return sitting


def _bring_back(sitting: Sitting, before: Sitting) -> None:
    """What was typed and not saved when the person left the page."""
    sitting.slide_id, sitting.typed = before.slide_id, before.typed
    now = sitting.execution.step(sitting.slide_id)
    if now.revision != before.execution.step(before.slide_id).revision:
        sitting.theirs = now


def _known(sitting: Sitting, slide_id: str) -> str:
    """Raises NotFound, its `detail` the run that has no such slide."""
    if sitting.workflow.slide(slide_id) is None:
        raise NotFound(f"This run has no slide “{cut(plain(slide_id), 60)}”.", detail=sitting.execution.id)
    return slide_id
