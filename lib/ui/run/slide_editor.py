"""What happens between two drawings: what was typed is kept, and what was pressed is done. At most one wish a run.

Every write compares and sets the step's revision; its answer replaces what the page knew, so nothing is read again.
"""

from dataclasses import dataclass, replace
from typing import Any

from lib.errors import Conflict, InvalidInput, NotPermitted, ZenError
from lib.executions.model import Outcome, SavedStep, StepConflict, StepExecution, StepStatus
from lib.executions.service import apply_saved_step
from lib.forms.model import Answers, Form
from lib.forms.validation import validate_answers
from lib.services import Services
from lib.text.json_values import parse_number, parse_text
from lib.ui import page_cache
from lib.ui.run import completion_check
from lib.ui.run.page_state import PendingRunCommand, RunPageState, read_draft, reload_account, reload_run

CHANGED_ELSEWHERE = "This run was changed somewhere else since you opened it."


def run_pending_command(sitting: RunPageState, services: Services) -> None:
    """Keep what was typed since the last drawing and do what was pressed; troubles are left in the sitting to show.

    A wish for another slide than the one at hand is a second click on a button that is gone: it does nothing.
    """
    with sitting.lock:
        form = sitting.build_form()
        read_draft(sitting, form)  # the last thing that may be cut short by a newer run
        wish, sitting.command = sitting.command, None
        turn = SlideEditor(sitting, services, form)
        if wish is None or wish.slide_id != sitting.slide_id:
            turn.save_draft()
            turn.revalidate()
        else:
            _run_command(wish, turn)


def reload_if_stale(sitting: RunPageState, services: Services) -> None:
    """Read the run anew after something was done to it; a slide just left out, or gone with its version, is left."""
    data_version = page_cache.get_data_version().number
    with sitting.lock:
        if sitting.data_version == data_version:
            return
        sitting.data_version = data_version
        could_answer, version = sitting.may_answer, sitting.execution.version.id
        try:
            reload_run(sitting, services, sitting.build_form())
        except ZenError as error:
            sitting.error = error
            return
        if sitting.execution.version.id != version or not sitting.has_current_slide:
            sitting.show_slide(sitting.execution.current_slide)
            return
        after = sitting.neighbour_slide(1)
        is_left_out = could_answer and sitting.may_write and not sitting.may_answer
        if is_left_out and after is not None and not sitting.has_unsaved_answers:
            sitting.show_slide(after.id)


def _run_command(wish: PendingRunCommand, turn: "SlideEditor") -> None:
    """Do what was pressed, then bring into view what stands in its way."""
    sitting = turn.state
    sitting.validation_errors, sitting.error = (), None
    match wish.kind:
        case "next":
            turn.go_to_next_slide()
        case "go":
            turn.go_to_slide(wish.to_slide_id or sitting.slide_id)
        case "complete" | "complete anyway":
            turn.complete_run(anyway=wish.kind == "complete anyway")
        case "retry":
            sitting.unsaved = None
            turn.save_draft()
        case "refresh":
            turn.reload_everything()
        case "keep mine":
            turn.overwrite_conflicting_step()
        case "take theirs":
            turn.discard_draft()
    if sitting.is_completion_check_shown:
        sitting.scroll_to("asked")
    if sitting.conflicting_step or sitting.validation_errors or sitting.error:
        sitting.scroll_to(
            "conflict" if sitting.conflicting_step else "form" if sitting.validation_errors else "trouble"
        )


def read_outcome(answers: Answers) -> Outcome:
    """The outcome as the summary's form has it."""
    return Outcome(
        code=parse_text(answers.get("outcome_code")) or "",
        amount=parse_number(answers.get("amount")),
        reason=parse_text(answers.get("reason")),
        notes=parse_text(answers.get("notes")),
    )


@dataclass(frozen=True)
class SlideEditor:
    """One press of a button, or none, on one slide."""

    state: RunPageState
    services: Services
    form: Form

    def save_draft(self) -> bool:
        """Save a draft when something differs. True when the database has what is on the page."""
        sitting, answers = self.state, self.state.answers_to_save(self.form)
        if not sitting.is_form_seeded or answers == sitting.saved:
            return True
        if not sitting.may_answer or sitting.conflicting_step or answers == sitting.unsaved:
            return False
        return self._save_answers(answers)

    def revalidate(self) -> None:
        """Faults go as soon as they are mended, not only when "Next" is pressed again."""
        if self.state.validation_errors:
            still = validate_answers(self.form, self.state.answers)
            self.state.validation_errors = tuple(fault for fault in self.state.validation_errors if fault in still)

    def go_to_next_slide(self) -> None:
        """On to the next slide, once this one is whole."""
        after = self.state.neighbour_slide(1)
        if after is None:
            return
        if not self.state.may_answer:
            self.state.show_slide(after.id)
        elif self._is_valid() and self._save_answers(self.state.answers_to_save(self.form), next_slide=after.id):
            self.state.execution = replace(self.state.execution, current_slide=after.id)
            self.state.show_slide(after.id)

    def go_to_slide(self, to: str) -> None:
        """To any slide, once what is typed here is kept."""
        if self.save_draft() or not self.state.may_write:
            self.state.show_slide(to)

    def complete_run(self, *, anyway: bool) -> None:
        """Keep the summary, then end the run with the outcome that stands in it; first ask when something is odd."""
        sitting = self.state
        sitting.is_completion_check_shown = anyway
        if not sitting.may_write or not self._is_valid():
            return
        if not anyway and completion_check.needs_completion_check(sitting):
            sitting.is_completion_check_shown = self.save_draft()
            return
        self._end_run(sitting)

    def _end_run(self, sitting: RunPageState) -> None:
        seen = sitting.execution.revision
        if not self._save_answers(sitting.answers_to_save(self.form), next_slide=sitting.slide_id):
            return
        if sitting.execution.revision > seen + 1:
            self._reload_run()
            sitting.error = Conflict(CHANGED_ELSEWHERE, hint="Look at it again, then complete it.")
            return
        try:
            self.services.executions.complete_run(sitting.execution, read_outcome(sitting.answers))
        except InvalidInput as error:
            faults = error.detail if isinstance(error.detail, list) else [error.message]
            sitting.validation_errors = tuple(str(fault) for fault in faults)
            return
        except ZenError as error:
            sitting.error = error
            if not isinstance(error, Conflict):
                return
        self._reload_run()

    def reload_everything(self) -> None:
        """Everything as it is now."""
        self.save_draft()
        self._reload_run()
        reload_account(self.state, self.services)

    def overwrite_conflicting_step(self) -> None:
        """Save over what a colleague saved; the run's events still tell of theirs."""
        theirs, self.state.conflicting_step = self.state.conflicting_step, None
        if theirs is None:
            return
        self._adopt_step(theirs)
        if self._save_answers(self.state.answers_to_save(self.form)):
            self._reload_run()

    def discard_draft(self) -> None:
        """Show what a colleague saved instead of what is typed here."""
        if self.state.conflicting_step is None:
            return
        self._adopt_step(self.state.conflicting_step)
        self.state.show_slide(self.state.slide_id)
        self._reload_run()

    def _is_valid(self) -> bool:
        """Whether nothing is missing or wrong; otherwise the faults are shown and what there is is kept."""
        self.state.validation_errors = validate_answers(self.form, self.state.answers)
        if self.state.validation_errors:
            self.save_draft()
        return not self.state.validation_errors

    def _save_answers(self, answers: dict[str, Any], *, next_slide: str | None = None) -> bool:
        """Write the slide; with `next_slide` it is done. False leaves the trouble in the sitting."""
        sitting, runs = self.state, self.services.executions
        run, slide_id = sitting.execution, sitting.slide_id
        revision = run.find_step(slide_id).revision
        try:
            if next_slide is None:
                saved = runs.save_draft(run, slide_id, answers, revision=revision)
            else:
                saved = runs.finish_slide(run, slide_id, answers, revision=revision, next_slide=next_slide)
        except StepConflict as conflict:
            return self._resolve_conflict(conflict.conflicting_step, answers, next_slide)
        except ZenError as error:
            sitting.error, sitting.unsaved = error, answers
            if isinstance(error, Conflict | NotPermitted):
                self._reload_run()
            return False
        sitting.execution = apply_saved_step(run, saved)
        self._mark_saved(answers)
        return True

    def _resolve_conflict(self, theirs: StepExecution, answers: dict[str, Any], next_slide: str | None) -> bool:
        """A save met another one. The same answers are no conflict: an earlier try of ours arrived after all."""
        if dict(theirs.answers) != answers:
            self.state.conflicting_step = theirs
            return False
        self._adopt_step(theirs)
        self._mark_saved(answers)
        if next_slide is None or theirs.status is StepStatus.DONE:
            return True
        return self._save_answers(answers, next_slide=next_slide)

    def _mark_saved(self, answers: dict[str, Any]) -> None:
        self.state.saved, self.state.error, self.state.unsaved = answers, None, None

    def _adopt_step(self, step: StepExecution) -> None:
        """Take over a step saved elsewhere; what the run's own revision is now, the next reading tells."""
        saved = SavedStep(step=step, execution_revision=self.state.execution.revision)
        self.state.execution = apply_saved_step(self.state.execution, saved)

    def _reload_run(self) -> None:
        """Read the run anew after something that may have changed more than a step; what is typed stays."""
        try:
            reload_run(self.state, self.services, self.form)
        except ZenError as error:
            self.state.error = self.state.error or error
