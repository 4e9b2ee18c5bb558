"""Sending what a dialog asked: once for each click, and for many rows once each, with a report."""

from dataclasses import replace

from lib.actions.model import ActionKind, Done, SavedAction, Source
from lib.errors import Conflict, InvalidInput, NeedsConfirmation, SignedOut, Unavailable, ZenError
from lib.services import Services
from lib.slides.words import count
from lib.ui.acting import company as own
from lib.ui.acting import offered
from lib.ui.acting.desk import About, Given, Notice, Opened, told
from lib.ui.acting.snooze import check_day


def snooze(opened: Opened, services: Services, given: Given) -> Notice:
    check_day(given, services.actions.today())
    action = offered.of_kind(services, ActionKind.SNOOZE)
    if len(opened.about) > 1:
        return _many(opened, services, action, given)
    return _said(opened, _trigger(services, action, opened, opened.one, given))


def skip(opened: Opened, services: Services, given: Given) -> Notice:
    """Raises Conflict while answers of the slide are not saved: skipping it would lose them."""
    if opened.what == "skip_slide" and opened.one.is_unsaved:
        hint = "Close this, save it or choose which answers stand, then skip the slide."
        raise Conflict("What you typed on this slide is not saved yet.", hint=hint)
    action = offered.of_kind(services, ActionKind.SKIP)
    return _said(opened, _trigger(services, action, opened, opened.one, given, slide=opened.what == "skip_slide"))


def escalate(opened: Opened, services: Services, given: Given) -> Notice:
    action = offered.of_kind(services, ActionKind.ESCALATE)
    return _said(opened, _trigger(services, action, opened, opened.one, given))


def company(opened: Opened, services: Services, given: Given) -> Notice:
    """A company's own action; one that only concerns the customer starts no run."""
    action = own.chosen(opened, services)
    about = opened.one
    if action.kind == ActionKind.CUSTOM and about.execution_id is None:
        about = replace(about, workflow_id=None)
    done = _trigger(services, action, opened, about, given, click=opened.click(opened.one))
    return Notice(text=f"{done.name}: {done.summary}", undo=done.run_id if done.can_undo else None)


def _said(opened: Opened, done: Done) -> Notice:
    """What was done, and for whom where several stand on the page."""
    notice = told(done)
    return (
        notice if opened.source is Source.SLIDE else replace(notice, text=f"{opened.one.customer_name}: {notice.text}")
    )


def _trigger(
    services: Services,
    action: SavedAction,
    opened: Opened,
    about: About,
    given: Given,
    *,
    slide: bool = False,
    click: str | None = None,
) -> Done:
    subject = about.subject(slide=slide)
    key = click or opened.click(about)
    return services.actions.trigger(action, subject, given, key=key, source=Source(opened.source))


def _many(opened: Opened, services: Services, action: SavedAction, given: Given) -> Notice:
    """Each row by itself: what one is refused does not stop the others. Raises NeedsConfirmation when only a word is
    missing, with those done already kept: the same click finds them done. Raises what is wrong with all of them."""
    done: list[tuple[About, Done]] = []
    refused: list[tuple[About, ZenError]] = []
    asked: list[tuple[About, NeedsConfirmation]] = []
    for about in opened.about:
        try:
            done.append((about, _trigger(services, action, opened, about, _its(about, given))))
        except (InvalidInput, Unavailable, SignedOut):
            raise
        except NeedsConfirmation as question:
            asked.append((about, question))
        except ZenError as error:
            refused.append((about, error))
    opened.told = _report(done, [*refused, *asked]) if done or refused else None
    if asked and not given.get(str(asked[0][1].detail["confirm"])):
        raise _question(asked, len(opened.about))
    return _report(done, refused)


def _its(about: About, given: Given) -> Given:
    """The due date moves only where there is one."""
    return {**given, "move_due": bool(given.get("move_due")) and about.due_on is not None}


def _question(asked: list[tuple[About, NeedsConfirmation]], of: int) -> NeedsConfirmation:
    lines = "; ".join(f"{about.customer_name}: {question.message}" for about, question in asked[:5])
    more = f" And {len(asked) - 5} more." if len(asked) > 5 else ""
    first = asked[0][1]
    return NeedsConfirmation(
        f"{len(asked)} of {of} go beyond their notice deadline.", detail=first.detail, hint=f"{lines}{more}"
    )


def _report(done: list[tuple[About, Done]], refused: list[tuple[About, ZenError]]) -> Notice:
    text = f"{count(len(done), 'run is', 'runs are')} snoozed"
    if not refused:
        return Notice(text=f"{text}. Each can be undone under Done lately.")
    lines = tuple(f"{about.customer_name}: {error.message}" for about, error in refused)
    return Notice(text=f"{text}; {count(len(refused), 'was', 'were')} not.", lines=lines)
