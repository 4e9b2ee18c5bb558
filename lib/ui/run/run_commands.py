"""What happens between two drawings of a slide: the draft is saved, and one queued command runs.

Every write compares and sets the step's revision; its answer replaces what the page knew, so nothing is read again.
"""

from dataclasses import dataclass, replace
from typing import Any

from lib.errors import Conflict, InvalidInput, NotPermitted, SignedOut, ZenError
from lib.executions.model import Outcome, SavedStep, StepConflict, StepExecution, StepStatus
from lib.executions.service import apply_saved_step
from lib.forms import answer_validation
from lib.forms.model import Answers, Form
from lib.services import Services
from lib.text.json_values import parse_number, parse_text
from lib.ui.form_widgets import read_widget_answers
from lib.ui.run.answer_save_state import Clean, InvalidAnswers, SaveFailed, StaleStep
from lib.ui.run.completion_question import complete_or_ask
from lib.ui.run.run_page_state import RunPageState
from lib.ui.run.run_reload import reload_account, reload_run

CHANGED_ELSEWHERE = "This run was changed elsewhere after you opened it."


def save_and_run_command(state: RunPageState, services: Services) -> None:
    """Save the draft and run what was clicked. What goes wrong is left in the state, to be drawn."""
    with state.commands.lock:
        form = state.build_form()
        if state.is_form_seeded:  # reading widgets is the last step a newer rerun may interrupt
            state.draft = read_widget_answers(form, state.form_keys)
        if state.book_question is not None:
            state.book_question.read_edits()
        run_commands = RunCommands(state, services, form)
        if not state.commands.has_pending_command(scope=state.slide_id):
            state.commands.discard_pending_command()
            run_commands.save_draft()
            run_commands.revalidate()
            return
        state.error, was_open = None, state.execution.is_open
        if not isinstance(state.save_state, StaleStep):
            state.save_state = Clean()  # a failed save is tried again by every click
        state.commands.run_pending_command(run_commands, scope=state.slide_id)
        match state.save_state:
            case StaleStep():
                state.scroll_to("conflict")
            case InvalidAnswers():
                state.scroll_to("form")
            case SaveFailed():
                state.scroll_to("error")
            case Clean() if state.error is not None:
                state.scroll_to("error")
            case Clean() if was_open and not state.execution.is_open:
                state.scroll_to("ending")
            case Clean() if state.book_question is not None:
                state.scroll_to("book_question")
            case Clean() if state.is_completion_check_shown:
                state.scroll_to("completion_check")


@dataclass(frozen=True)
class RunCommands:
    """The commands of the open slide: save its draft, show another slide, complete the run, resolve a conflict."""

    state: RunPageState
    services: Services
    form: Form

    def save_draft(self) -> bool:
        """Save the draft if it differs from what is saved. True if the database has what is on the page."""
        state, answers = self.state, self.state.answers_to_save(self.form)
        if not (state.is_form_seeded or state.is_draft_restored) or answers == state.saved:
            return True
        match state.save_state:
            case StaleStep():
                return False
            case SaveFailed(error=error, answers=failed) if failed == answers and not isinstance(error, SignedOut):
                return False
        return state.may_answer and self._save_answers(answers)

    def revalidate(self) -> None:
        """Drop errors that have been corrected, before "Next" is clicked again."""
        if isinstance(self.state.save_state, InvalidAnswers):
            current = answer_validation.validate_answers(self.form, self.state.answers)
            left = tuple(error for error in self.state.save_state.errors if error in current)
            self.state.save_state = InvalidAnswers(left) if left else Clean()

    def start_run(self) -> None:
        """Start the run of a peek, with what was typed on this slide."""
        state = self.state
        if state.execution.is_started or not state.may_write or not self.save_draft() or state.execution.is_started:
            return
        try:
            state.execution, state.workflow = self.services.executions.start_peeked_run(state.execution)
        except ZenError as error:
            state.error = error
            return
        if state.execution.find_step(state.slide_id).revision > 0:  # it was started and answered in another tab
            state.reset_form()

    def go_to_next_slide(self) -> None:
        """Finish this slide and show the next one. In a peek nothing is finished: that would start the run."""
        state, next_slide = self.state, self.state.neighbour_slide(1)
        if next_slide is None:
            return
        is_peek = not state.execution.is_started and state.answers_to_save(self.form) == state.saved
        if is_peek or not state.may_answer:
            state.show_slide(next_slide.id)
        elif self._validate_or_save_draft() and self._save_answers(
            state.answers_to_save(self.form), next_slide=next_slide.id
        ):
            state.execution = replace(state.execution, current_slide=next_slide.id)
            state.show_slide(next_slide.id)

    def go_to_slide(self, slide_id: str) -> None:
        """Show any slide, once the draft of this one is saved."""
        if self.save_draft() or not self.state.may_write:
            self.state.show_slide(slide_id)

    def complete_run(self, *, anyway: bool = False, accepts_changes: bool | None = None) -> None:
        """End the run with the outcome in the summary. Asks first if something is odd, unless `anyway`.

        Asks as well what may change in the book; `accepts_changes` is the answer.
        """
        state = self.state
        state.is_completion_check_shown = anyway
        if not state.may_write or not self._validate_or_save_draft():
            return
        if not anyway and state.needs_completion_check:
            state.is_completion_check_shown = self.save_draft()
            return
        revision = state.execution.revision
        if not self._save_answers(state.answers_to_save(self.form), next_slide=state.slide_id):
            return
        if state.execution.revision > revision + 1:
            self._reload_run()
            state.error = Conflict(CHANGED_ELSEWHERE, hint="Check it, then complete it.")
            return
        try:
            if not complete_or_ask(state, self.services, _parse_outcome(state.answers), accepts_changes):
                return
        except InvalidInput as error:
            errors = error.detail if isinstance(error.detail, list) else [error.message]
            state.save_state = InvalidAnswers(tuple(str(each) for each in errors))
            return
        except ZenError as error:
            state.error = error
            if not isinstance(error, Conflict):
                return
        self._reload_run()

    def retry_save(self) -> None:
        self.save_draft()

    def reload_run_and_account(self) -> None:
        """Load the run and its account."""
        self.save_draft()
        self._reload_run()
        reload_account(self.state, self.services)

    def overwrite_conflicting_step(self) -> None:
        """Save the draft over the step saved elsewhere, which stays in the run's events."""
        if not isinstance(self.state.save_state, StaleStep):
            return
        self._adopt_saved_step(self.state.save_state.step)
        self.state.save_state = Clean()
        if self._save_answers(self.state.answers_to_save(self.form)):
            self._reload_run()

    def discard_draft(self) -> None:
        """Show the step saved elsewhere instead of the draft."""
        if isinstance(self.state.save_state, StaleStep):
            self._adopt_saved_step(self.state.save_state.step)
            self.state.show_slide(self.state.slide_id)
            self._reload_run()

    def _validate_or_save_draft(self) -> bool:
        """True if no answer is missing or wrong. Otherwise the errors are shown, and the draft is saved."""
        errors = answer_validation.validate_answers(self.form, self.state.answers)
        if errors:
            self.save_draft()
            if not self.state.has_unsaved_answers:
                self.state.save_state = InvalidAnswers(errors)
        return not errors

    def _save_answers(self, answers: dict[str, Any], *, next_slide: str | None = None) -> bool:
        """Save the slide; with `next_slide` it is done. On False the reason is in `save_state`."""
        state, executions = self.state, self.services.executions
        run, slide_id = state.execution, state.slide_id
        revision = run.find_step(slide_id).revision
        try:
            if not run.is_started:
                state.execution, state.workflow = executions.start_peeked_run_with_answers(
                    run, slide_id, answers, next_slide=next_slide
                )
                self._mark_saved(answers)
                return True
            if next_slide is None:
                saved = executions.save_draft(run, slide_id, answers, revision=revision)
            else:
                saved = executions.finish_slide(run, slide_id, answers, revision=revision, next_slide=next_slide)
        except StepConflict as conflict:
            return self._resolve_conflict(conflict.conflicting_step, answers, next_slide)
        except ZenError as error:
            state.save_state = SaveFailed(error, answers)
            if isinstance(error, Conflict | NotPermitted):
                self._reload_run()
            return False
        state.execution = apply_saved_step(run, saved)
        self._mark_saved(answers)
        return True

    def _resolve_conflict(self, step: StepExecution, answers: dict[str, Any], next_slide: str | None) -> bool:
        if not self.state.execution.is_started:  # it was started in another tab
            self._reload_run()
        # The same answers are no conflict: an earlier try of ours arrived, and only its reply was lost.
        if dict(step.answers) != answers:
            self.state.save_state = StaleStep(step)
            return False
        self._adopt_saved_step(step)
        self._mark_saved(answers)
        if next_slide is None or step.status is StepStatus.DONE:
            return True
        return self._save_answers(answers, next_slide=next_slide)

    def _mark_saved(self, answers: dict[str, Any]) -> None:
        self.state.saved, self.state.error = answers, None
        if self.state.has_unsaved_answers:
            self.state.save_state = Clean()

    def _adopt_saved_step(self, step: StepExecution) -> None:
        # The run's own revision is not known here; the next reload tells it.
        saved = SavedStep(step=step, execution_revision=self.state.execution.revision)
        self.state.execution = apply_saved_step(self.state.execution, saved)

    def _reload_run(self) -> None:
        try:
            reload_run(self.state, self.services, self.form)
        except ZenError as error:
            self.state.error = self.state.error or error


def _parse_outcome(answers: Answers) -> Outcome:
    return Outcome(
        code=parse_text(answers.get("outcome_code")) or "",
        amount=parse_number(answers.get("amount")),
        reason=parse_text(answers.get("reason")),
        notes=parse_text(answers.get("notes")),
    )
