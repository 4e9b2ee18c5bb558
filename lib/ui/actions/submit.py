"""Sending what a dialog asked: once for each click, and for many rows once each, with a report."""

from dataclasses import replace

from lib.actions.model import ActionKind, ActionResult, ActionSource, SavedAction
from lib.errors import Conflict, InvalidInput, NeedsConfirmation, SignedOut, Unavailable, ZenError
from lib.services import Services
from lib.text.format import format_count
from lib.ui.actions import available
from lib.ui.actions import custom_action as own
from lib.ui.actions.action_state import ActionTarget, DialogAnswers, DialogState, FlashMessage, describe_result
from lib.ui.actions.snooze_form import require_valid_date


def submit_snooze(opened: DialogState, services: Services, given: DialogAnswers) -> FlashMessage:
    require_valid_date(given, services.actions.today())
    action = available.find_global_action(services, ActionKind.SNOOZE)
    if len(opened.targets) > 1:
        return _snooze_many(opened, services, action, given)
    return _message_with_customer(opened, _run_action(services, action, opened, opened.target, given))


def submit_skip(opened: DialogState, services: Services, given: DialogAnswers) -> FlashMessage:
    """Raises Conflict while answers of the slide are not saved: skipping it would lose them."""
    if opened.kind == "skip_slide" and opened.target.has_unsaved_answers:
        hint = "Close this, save it or choose which answers stand, then skip the slide."
        raise Conflict("What you typed on this slide is not saved yet.", hint=hint)
    action = available.find_global_action(services, ActionKind.SKIP)
    return _message_with_customer(
        opened, _run_action(services, action, opened, opened.target, given, slide=opened.kind == "skip_slide")
    )


def submit_escalate(opened: DialogState, services: Services, given: DialogAnswers) -> FlashMessage:
    action = available.find_global_action(services, ActionKind.ESCALATE)
    return _message_with_customer(opened, _run_action(services, action, opened, opened.target, given))


def submit_custom_action(opened: DialogState, services: Services, given: DialogAnswers) -> FlashMessage:
    """A company's own action; one that only concerns the customer starts no run."""
    action = own.chosen_action(opened, services)
    about = opened.target
    if action.kind == ActionKind.CUSTOM and about.execution_id is None:
        about = replace(about, workflow_id=None)
    done = _run_action(services, action, opened, about, given, click=opened.row_idempotency_key(opened.target))
    return FlashMessage(text=f"{done.name}: {done.summary}", undo_run_id=done.run_id if done.can_undo else None)


def _message_with_customer(opened: DialogState, done: ActionResult) -> FlashMessage:
    """What was done, and for whom where several stand on the page."""
    notice = describe_result(done)
    return (
        notice
        if opened.source is ActionSource.SLIDE
        else replace(notice, text=f"{opened.target.customer_name}: {notice.text}")
    )


def _run_action(
    services: Services,
    action: SavedAction,
    opened: DialogState,
    about: ActionTarget,
    given: DialogAnswers,
    *,
    slide: bool = False,
    click: str | None = None,
) -> ActionResult:
    subject = about.subject(slide=slide)
    key = click or opened.row_idempotency_key(about)
    return services.actions.run_action(action, subject, given, key=key, source=ActionSource(opened.source))


def _snooze_many(opened: DialogState, services: Services, action: SavedAction, given: DialogAnswers) -> FlashMessage:
    """Each row by itself: what one is refused does not stop the others. Raises NeedsConfirmation when only a word is
    missing, with those done already kept: the same click finds them done. Raises what is wrong with all of them."""
    done: list[tuple[ActionTarget, ActionResult]] = []
    refused: list[tuple[ActionTarget, ZenError]] = []
    asked: list[tuple[ActionTarget, NeedsConfirmation]] = []
    for about in opened.targets:
        try:
            done.append((about, _run_action(services, action, opened, about, _answers_for_target(about, given))))
        except (InvalidInput, Unavailable, SignedOut):
            raise
        except NeedsConfirmation as question:
            asked.append((about, question))
        except ZenError as error:
            refused.append((about, error))
    opened.partial_result = _bulk_report(done, [*refused, *asked]) if done or refused else None
    if asked and not given.get(str(asked[0][1].detail["confirm"])):
        raise _bulk_confirmation(asked, len(opened.targets))
    return _bulk_report(done, refused)


def _answers_for_target(about: ActionTarget, given: DialogAnswers) -> DialogAnswers:
    """The due date moves only where there is one."""
    return {**given, "move_due": bool(given.get("move_due")) and about.due_on is not None}


def _bulk_confirmation(asked: list[tuple[ActionTarget, NeedsConfirmation]], of: int) -> NeedsConfirmation:
    lines = "; ".join(f"{about.customer_name}: {question.message}" for about, question in asked[:5])
    more = f" And {len(asked) - 5} more." if len(asked) > 5 else ""
    first = asked[0][1]
    return NeedsConfirmation(
        f"{len(asked)} of {of} go beyond their notice deadline.", detail=first.detail, hint=f"{lines}{more}"
    )


def _bulk_report(
    done: list[tuple[ActionTarget, ActionResult]], refused: list[tuple[ActionTarget, ZenError]]
) -> FlashMessage:
    text = f"{format_count(len(done), 'run is', 'runs are')} snoozed"
    if not refused:
        return FlashMessage(text=f"{text}. Each can be undone under Done lately.")
    lines = tuple(f"{about.customer_name}: {error.message}" for about, error in refused)
    return FlashMessage(text=f"{text}; {format_count(len(refused), 'was', 'were')} not.", lines=lines)
