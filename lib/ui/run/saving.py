"""What happens between two drawings: what was typed is kept, and what was pressed is done. At most one wish a run.

Every write compares and sets the step's revision; its answer replaces what the page knew, so nothing is read again.
"""

from dataclasses import dataclass, replace
from typing import Any

from lib.errors import Conflict, InvalidInput, NotPermitted, ZenError
from lib.executions.model import Outcome, Saved, Step, StepConflict, StepStatus
from lib.executions.service import with_saved
from lib.services import Services
from lib.slides import answers as read
from lib.slides import forms
from lib.slides.model import Answers, Form
from lib.ui.run import asking
from lib.ui.run.sitting import Sitting, Wish, read_widgets, refresh_account, reread

CHANGED = "This run was changed somewhere else since you opened it."


def settle(sitting: Sitting, services: Services) -> None:
    """Keep what was typed since the last drawing and do what was pressed; troubles are left in the sitting to show.

    A wish for another slide than the one at hand is a second click on a button that is gone: it does nothing.
    """
    with sitting.lock:
        form = sitting.form()
        read_widgets(sitting, form)  # the last thing that may be cut short by a newer run
        wish, sitting.wish = sitting.wish, None
        turn = Turn(sitting, services, form)
        if wish is None or wish.slide_id != sitting.slide_id:
            turn.keep()
            turn.forgive()
        else:
            _do(wish, turn)


def catch_up(sitting: Sitting, services: Services) -> None:
    """Read the run anew after something was done to it; a slide just left out, or gone with its version, is left."""
    with sitting.lock:
        if not sitting.is_stale:
            return
        sitting.is_stale = False
        could_answer, version = sitting.may_answer, sitting.execution.version.id
        try:
            reread(sitting, services, sitting.form())
        except ZenError as error:
            sitting.trouble = error
            return
        if sitting.execution.version.id != version or not sitting.is_known:
            sitting.sit_down(sitting.execution.current_slide)
            return
        after = sitting.neighbour(1)
        is_left_out = could_answer and sitting.may_write and not sitting.may_answer
        if is_left_out and after is not None and not sitting.has_unsaved:
            sitting.sit_down(after.id)


def _do(wish: Wish, turn: "Turn") -> None:
    """Do what was pressed, then bring into view what stands in its way."""
    sitting = turn.sitting
    sitting.faults, sitting.trouble = (), None
    match wish.what:
        case "next":
            turn.next()
        case "go":
            turn.go(wish.to or sitting.slide_id)
        case "complete" | "complete anyway":
            turn.complete(anyway=wish.what == "complete anyway")
        case "retry":
            sitting.refused = None
            turn.keep()
        case "refresh":
            turn.refresh()
        case "keep mine":
            turn.keep_mine()
        case "take theirs":
            turn.take_theirs()
    if sitting.is_asked:
        sitting.look_at("asked")
    if sitting.theirs or sitting.faults or sitting.trouble:
        sitting.look_at("conflict" if sitting.theirs else "form" if sitting.faults else "trouble")


def outcome_of(answers: Answers) -> Outcome:
    """The outcome as the summary's form has it."""
    return Outcome(
        code=read.text(answers.get("outcome_code")) or "",
        amount=read.number(answers.get("amount")),
        reason=read.text(answers.get("reason")),
        notes=read.text(answers.get("notes")),
    )


@dataclass(frozen=True)
class Turn:
    """One press of a button, or none, on one slide."""

    sitting: Sitting
    services: Services
    form: Form

    def keep(self) -> bool:
        """Save a draft when something differs. True when the database has what is on the page."""
        sitting, answers = self.sitting, self.sitting.to_keep(self.form)
        if not sitting.is_seated or answers == sitting.synced:
            return True
        if not sitting.may_answer or sitting.theirs or answers == sitting.refused:
            return False
        return self._save(answers)

    def forgive(self) -> None:
        """Faults go as soon as they are mended, not only when "Next" is pressed again."""
        if self.sitting.faults:
            still = forms.validate(self.form, self.sitting.answers)
            self.sitting.faults = tuple(fault for fault in self.sitting.faults if fault in still)

    def next(self) -> None:
        """On to the next slide, once this one is whole."""
        after = self.sitting.neighbour(1)
        if after is None:
            return
        if not self.sitting.may_answer:
            self.sitting.sit_down(after.id)
        elif self._is_whole() and self._save(self.sitting.to_keep(self.form), next_slide=after.id):
            self.sitting.execution = replace(self.sitting.execution, current_slide=after.id)
            self.sitting.sit_down(after.id)

    def go(self, to: str) -> None:
        """To any slide, once what is typed here is kept."""
        if self.keep() or not self.sitting.may_write:
            self.sitting.sit_down(to)

    def complete(self, *, anyway: bool) -> None:
        """Keep the summary, then end the run with the outcome that stands in it; first ask when something is odd."""
        sitting = self.sitting
        sitting.is_asked = anyway
        if not sitting.may_write or not self._is_whole():
            return
        if not anyway and asking.anything(sitting):
            sitting.is_asked = self.keep()
            return
        self._end(sitting)

    def _end(self, sitting: Sitting) -> None:
        seen = sitting.execution.revision
        if not self._save(sitting.to_keep(self.form), next_slide=sitting.slide_id):
            return
        if sitting.execution.revision > seen + 1:
            self._look_again()
            sitting.trouble = Conflict(CHANGED, hint="Look at it again, then complete it.")
            return
        try:
            self.services.executions.complete(sitting.execution, outcome_of(sitting.answers))
        except InvalidInput as error:
            faults = error.detail if isinstance(error.detail, list) else [error.message]
            sitting.faults = tuple(str(fault) for fault in faults)
            return
        except ZenError as error:
            sitting.trouble = error
            if not isinstance(error, Conflict):
                return
        self._look_again()

    def refresh(self) -> None:
        """Everything as it is now."""
        self.keep()
        self._look_again()
        refresh_account(self.sitting, self.services)

    def keep_mine(self) -> None:
        """Save over what a colleague saved; the run's events still tell of theirs."""
        theirs, self.sitting.theirs = self.sitting.theirs, None
        if theirs is None:
            return
        self._stand_on(theirs)
        if self._save(self.sitting.to_keep(self.form)):
            self._look_again()

    def take_theirs(self) -> None:
        """Show what a colleague saved instead of what is typed here."""
        if self.sitting.theirs is None:
            return
        self._stand_on(self.sitting.theirs)
        self.sitting.sit_down(self.sitting.slide_id)
        self._look_again()

    def _is_whole(self) -> bool:
        """Whether nothing is missing or wrong; otherwise the faults are shown and what there is is kept."""
        self.sitting.faults = forms.validate(self.form, self.sitting.answers)
        if self.sitting.faults:
            self.keep()
        return not self.sitting.faults

    def _save(self, answers: dict[str, Any], *, next_slide: str | None = None) -> bool:
        """Write the slide; with `next_slide` it is done. False leaves the trouble in the sitting."""
        sitting, runs = self.sitting, self.services.executions
        run, slide_id = sitting.execution, sitting.slide_id
        revision = run.step(slide_id).revision
        try:
            if next_slide is None:
                saved = runs.keep(run, slide_id, answers, revision=revision)
            else:
                saved = runs.finish_slide(run, slide_id, answers, revision=revision, next_slide=next_slide)
        except StepConflict as conflict:
            return self._met(conflict.theirs, answers, next_slide)
        except ZenError as error:
            sitting.trouble, sitting.refused = error, answers
            if isinstance(error, Conflict | NotPermitted):
                self._look_again()
            return False
        sitting.execution = with_saved(run, saved)
        self._in_step(answers)
        return True

    def _met(self, theirs: Step, answers: dict[str, Any], next_slide: str | None) -> bool:
        """A save met another one. The same answers are no conflict: an earlier try of ours arrived after all."""
        if dict(theirs.answers) != answers:
            self.sitting.theirs = theirs
            return False
        self._stand_on(theirs)
        self._in_step(answers)
        if next_slide is None or theirs.status is StepStatus.DONE:
            return True
        return self._save(answers, next_slide=next_slide)

    def _in_step(self, answers: dict[str, Any]) -> None:
        self.sitting.synced, self.sitting.trouble, self.sitting.refused = answers, None, None

    def _stand_on(self, step: Step) -> None:
        """Take over a step saved elsewhere; what the run's own revision is now, the next reading tells."""
        saved = Saved(step=step, execution_revision=self.sitting.execution.revision)
        self.sitting.execution = with_saved(self.sitting.execution, saved)

    def _look_again(self) -> None:
        """Read the run anew after something that may have changed more than a step; what is typed stays."""
        try:
            reread(self.sitting, self.services, self.form)
        except ZenError as error:
            self.sitting.trouble = self.sitting.trouble or error
