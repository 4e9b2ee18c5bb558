"""What one must know before reading the slide, or instead of it."""

from collections.abc import Iterator

import streamlit as st

from lib.auth.model import Person
from lib.errors import NotFound, Unavailable, ZenError
from lib.executions.model import ExecutionStatus, Outcome
from lib.slides.deck.summary import LABELS
from lib.slides.words import escape, money, spoken
from lib.ui import links, states
from lib.ui.run import escalated, moving, standing
from lib.ui.run.sitting import Sitting
from lib.ui.theme import stamp

ENDINGS = {
    ExecutionStatus.COMPLETED: (":material/check_circle:", "Completed"),
    ExecutionStatus.SKIPPED: (":material/skip_next:", "Skipped"),
    ExecutionStatus.ABANDONED: (":material/cancel:", "Abandoned"),
}


def no_run() -> None:
    text = "Begin one from Today or from the list of workflows; it opens here."
    states.empty("No run is open", text, icon=":material/checklist:")
    links.to_today()
    links.to_workflows()


def cannot_open(error: ZenError, execution_id: str) -> None:
    """The run or the slide of the address is not there, or nothing can be read right now."""
    states.problem(error, retry=_nothing if isinstance(error, Unavailable) else None, key="run")
    if isinstance(error, NotFound) and error.detail == execution_id:
        links.to_run(execution_id, "Open the run where it stands")
    links.to_today()


def _nothing() -> None:
    """The page itself tries again when it is drawn anew."""


def draw(sitting: Sitting, person: Person) -> None:
    """What one must know before reading the slide: whose it is, how it stands or ended, that a newer version exists."""
    run = sitting.execution
    if not run.is_open:
        _ending(sitting, person)
    elif not run.may_write:
        text = f"This run belongs to {escape(run.owner_name)}. You can read it; a manager can change it."
        st.info(text, icon=":material/visibility:")
    standing.draw(sitting, person)
    escalated.draw(sitting, person)
    standing.slide(sitting)
    moving.offer(sitting)


def _ending(sitting: Sitting, person: Person) -> None:
    """A calm word at the end: what was recorded, and where to go."""
    run = sitting.execution
    when = stamp(run.ended_at, person.time_zone) if run.ended_at else ""
    with st.container(border=True, key="run_ending"):
        icon, said = ENDINGS[run.status]
        st.markdown(f"### {icon} {said} on {when}")
        if run.outcome is not None:
            st.markdown("  \n".join(_outcome(run.outcome)))
        standing.skipped_run(sitting)
        st.markdown("Everything in it stays readable. Nothing can be changed unless it is opened again.")
        standing.ways_back(sitting)
        links.to_today("Back to Today")


def _outcome(outcome: Outcome) -> Iterator[str]:
    amount = f", {escape(money(outcome.amount))} a year" if outcome.amount is not None else ""
    yield f"**{escape(LABELS.get(outcome.code, spoken(outcome.code)))}**{amount}"
    if outcome.reason:
        yield f"Why: {escape(outcome.reason)}"
    if outcome.notes:
        yield f"Notes: {escape(outcome.notes)}"
