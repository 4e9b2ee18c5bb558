"""What opening a run does by itself: one whose snooze is over comes back, and a decision was seen."""

from lib.auth.model import Person
from lib.errors import Conflict, ZenError
from lib.executions.model import ExecutionStatus
from lib.services import Services
from lib.ui import page_cache
from lib.ui.keys import INBOX, TODAY_DASHBOARD
from lib.ui.run.page_state import RunPageState


def wake_if_due(sitting: RunPageState, services: Services) -> None:
    """One request when its time has come and the person may write; none otherwise."""
    run, snooze = sitting.execution, sitting.execution.snooze.open
    if run.status is not ExecutionStatus.SNOOZED or snooze is None or not snooze.is_due or not run.may_write:
        return
    try:
        services.lifecycle.wake_run(run.id)
    except Conflict:
        pass  # somebody was faster; what stands is read now
    except ZenError:
        return  # it is shown as over, and woken when it is opened again
    page_cache.get_data_version().increment()


def mark_decision_seen(sitting: RunPageState, person: Person, services: Services) -> None:
    """The decision stands on this page, so whoever asked has seen it: one request, once."""
    asked = sitting.execution.escalation
    if asked is None or asked.ended_by != "hand_back" or asked.seen_at is not None or sitting.is_decision_new:
        return
    if asked.raised_by != str(person.id):
        return
    try:
        services.lifecycle.mark_decision_seen(asked.id)
    except ZenError:
        return
    sitting.is_decision_new = True
    for key in (TODAY_DASHBOARD, INBOX):
        page_cache.invalidate(key)
