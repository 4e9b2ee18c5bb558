"""One run as this browser tab has it open; kept in session state.

A rerun may begin before the one it replaces has ended, so two threads may work on one state: change it under the
lock of `commands`. `draft` holds what was typed whether or not it could be saved, and a slide is left only once its
draft is saved: a failed save loses nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Literal

from lib.customers.model import Account
from lib.errors import InvalidInput, ZenError
from lib.executions.escalations import UnseenDecision
from lib.executions.model import Execution, SavedStep, StepStatus
from lib.executions.service import apply_saved_step
from lib.forms import answer_validation
from lib.forms.model import Answers, Form
from lib.slides import slide_builder
from lib.slides.library import summary
from lib.slides.model import SlideId, SlideInput
from lib.ui.actions.action_target import ActionTarget
from lib.ui.command_queue import CommandQueue
from lib.ui.form_widgets import FormKeys
from lib.ui.run.answer_save_state import Clean, InvalidAnswers, SaveFailed, SaveState, StaleStep
from lib.ui.run.completion_question import BookQuestion
from lib.ui.run.slide_input_builder import build_run_slide_input
from lib.ui.session_keys import run_form_key
from lib.workflows.model import ComposedSlide, ComposedWorkflow
from lib.workflows.slide_conditions import find_left_out_slides

if TYPE_CHECKING:
    from lib.ui.run.run_commands import RunCommands

ScrollTarget = Literal["top", "form", "conflict", "error", "completion_check", "book_question", "ending"]


@dataclass(kw_only=True)
class RunPageState:
    """`draft` is what the widgets hold, `saved` the answers page and database agreed on last.

    `error` is what went wrong other than saving. An address without a slide is `opened_slide_id`; `url_slide_id`
    is the slide the address stood for last. `form_version` names the widgets on the page, `data_version` is that
    of `page_cache`. `is_draft_restored`: the draft is to be saved before widgets hold it. `first_rows` are what row
    editors started with; `taken_over_revision` is set while a form is taken over from the browser (`browser_form`).
    """

    execution: Execution
    workflow: ComposedWorkflow
    account: Account
    person_name: str
    time_zone: str
    loaded_at: datetime
    slide_id: str
    opened_slide_id: str
    url_slide_id: str
    person_email: str = ""
    data_version: int = 0
    form_version: str = field(default_factory=lambda: token_hex(4))
    is_new_session: bool = False
    is_draft_restored: bool = False
    taken_over_revision: int | None = None
    saved_texts: dict[str, str] = field(default_factory=dict)
    first_rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    is_form_seeded: bool = False
    draft: dict[str, Any] | None = None
    saved: dict[str, Any] | None = None
    save_state: SaveState = field(default_factory=Clean)
    error: ZenError | None = None
    scroll_target: tuple[ScrollTarget, int] = ("top", 0)
    is_wake_shown: bool = False
    is_completion_check_shown: bool = False
    new_decisions: tuple[UnseenDecision, ...] = ()
    book_question: BookQuestion | None = None
    has_changed_book: bool = False
    commands: CommandQueue["RunCommands", None] = field(default_factory=CommandQueue, repr=False)

    @property
    def slide(self) -> ComposedSlide:
        slide = self.workflow.find_slide(self.slide_id)
        assert slide is not None
        return slide

    @property
    def form_keys(self) -> FormKeys:
        return FormKeys(prefix=run_form_key(self.form_version, self.slide_id))

    @property
    def may_write(self) -> bool:
        return self.execution.may_write and self.execution.is_open

    @property
    def may_answer(self) -> bool:
        """True if the person may write and the slide is not skipped."""
        return self.may_write and self.execution.find_step(self.slide_id).status is not StepStatus.SKIPPED

    @property
    def answers(self) -> dict[str, Any]:
        """The draft; without one, what is stored."""
        return dict(self.execution.find_step(self.slide_id).answers) if self.draft is None else self.draft

    @property
    def has_unsaved_answers(self) -> bool:
        return isinstance(self.save_state, SaveFailed | StaleStep)

    @property
    def validation_errors(self) -> tuple[str, ...]:
        return self.save_state.errors if isinstance(self.save_state, InvalidAnswers) else ()

    @property
    def left_out(self) -> Mapping[str, str]:
        """The slides this run leaves out, and why, with what is typed here."""
        return find_left_out_slides(self.workflow, self.account, self.answers_by_slide)

    @property
    def shown_slides(self) -> tuple[ComposedSlide, ...]:
        """The slides of the run that are not left out, and the one on screen."""
        left_out = self.left_out
        return tuple(each for each in self.workflow.slides if each.id not in left_out or each.id == self.slide_id)

    @property
    def position(self) -> int:
        """The slide's place in the run, from 1."""
        return [slide.id for slide in self.shown_slides].index(self.slide_id) + 1

    @property
    def has_current_slide(self) -> bool:
        """False if the run moved to a version without this slide."""
        return self.workflow.find_slide(self.slide_id) is not None

    @property
    def is_last_slide(self) -> bool:
        return self.position == len(self.shown_slides)

    def neighbour_slide(self, distance: int) -> ComposedSlide | None:
        """The slide `distance` places on; None beyond the ends."""
        slides, index = self.shown_slides, self.position - 1 + distance
        return slides[index] if 0 <= index < len(slides) else None

    def slide_title(self, slide: ComposedSlide) -> str:
        """A slide's title in this workflow, plain text."""
        return slide_builder.render_slide_title(slide.slide, self.build_slide_input(slide))

    def build_slide_input(self, slide: ComposedSlide | None = None) -> SlideInput:
        """Input of a slide, this one by default: the draft here, the stored answers of others that are shown."""
        return build_run_slide_input(self, slide or self.slide)

    @property
    def answers_by_slide(self) -> dict[str, Answers]:
        """The draft here, and the stored answers of the other slides."""
        stored: dict[str, Answers] = {step.slide_id: step.answers for step in self.execution.steps.values()}
        return {**stored, self.slide_id: self.answers}

    def build_form(self) -> Form:
        """The slide's questions. None of them, with the reason in `error`, if they cannot be built."""
        try:
            return slide_builder.build_slide_form(self.slide.slide, self.build_slide_input())
        except InvalidInput as error:
            self.error = error
            return Form(title="", fields=())

    def answers_to_save(self, form: Form) -> dict[str, Any]:
        """The draft, and stored answers of questions this version of the form does not have."""
        return {
            **self.execution.find_step(self.slide_id).answers,
            **answer_validation.clean_answers(form, self.answers),
        }

    @property
    def needs_completion_check(self) -> bool:
        return self.outcome_warning is not None or bool(self.list_incomplete_slides())

    @property
    def outcome_warning(self) -> str | None:
        """What is odd about the outcome in the draft of the summary."""
        if self.slide.slide.id is not SlideId.SUMMARY:
            return None
        return summary.find_amount_mismatch(self.build_slide_input(), self.answers)

    def list_incomplete_slides(self) -> tuple[ComposedSlide, ...]:
        """The other slides that lack a required answer. Finished and skipped slides are complete."""
        others = (slide for slide in self.shown_slides if slide.id != self.slide_id)
        return tuple(slide for slide in others if self._lacks_required_answer(slide))

    def _lacks_required_answer(self, slide: ComposedSlide) -> bool:
        step = self.execution.find_step(slide.id)
        return step.status is StepStatus.DRAFT and slide_builder.lacks_required_answer(
            slide.slide, self.build_slide_input(slide), step.answers
        )

    def build_action_target(self) -> ActionTarget:
        """The run and the slide on screen, for a dialog."""
        run, contract = self.execution, self.account.contract
        return ActionTarget(
            customer_name=run.customer_name,
            customer_id=run.customer_id,
            workflow_id=run.workflow_id,
            workflow_name=self.workflow.name,
            execution_id=run.id or None,
            slide_id=self.slide_id,
            slide_title=self.slide_title(self.slide),
            due_on=run.due_on,
            notice_deadline=contract.notice_deadline if contract else None,
            snooze_count=run.snooze.count,
            worked_by=run.assigned_to or run.owner_id,
            escalation_id=run.escalation.id if run.escalation else None,
            escalation_people=(run.escalation.raised_by, run.escalation.assigned_to) if run.escalation else (),
            rules=self.account.rules,
            account=self.account,
            has_unsaved_answers=self.has_unsaved_answers,
        )

    def queue_command(self, command: Callable[["RunCommands"], None], slide_id: str | None = None) -> None:
        """For callbacks. `slide_id` is the slide of the button: on another one, the command is dropped."""
        self.commands.queue_command(command, scope=slide_id or self.slide_id)

    def adopt_saved_step(self, saved: SavedStep) -> bool:
        """Show answers that were saved elsewhere, by the chat for example. False if there are unsaved answers here.

        Those stay, and meet the saved ones as a conflict when they are saved.
        """
        if self.has_unsaved_answers:
            return False
        self.execution = apply_saved_step(self.execution, saved)
        if self.slide_id == saved.step.slide_id:
            self.reset_form()
        return True

    def reset_form(self) -> None:
        """Forget the draft; the form starts again from what is stored."""
        self.draft, self.saved, self.is_draft_restored, self.saved_texts = None, None, False, {}
        self.start_new_form()

    def start_new_form(self) -> None:
        """New widgets, seeded from the draft; without one, from what is stored."""
        self.form_version, self.is_form_seeded, self.first_rows = token_hex(4), False, {}

    def show_slide(self, slide_id: str) -> None:
        """Turn to a slide."""
        self.slide_id, self.is_completion_check_shown, self.book_question = slide_id, False, None
        self.save_state, self.error = Clean(), None
        self.reset_form()
        self.scroll_to("top")

    def scroll_to(self, target: ScrollTarget) -> None:
        """Scroll the browser to `target`, once."""
        self.scroll_target = (target, self.scroll_target[1] + 1)
