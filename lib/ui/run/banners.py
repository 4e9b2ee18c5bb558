"""What one must know before reading the slide, or instead of it."""

from collections.abc import Iterator

import streamlit as st

from lib.auth.model import Person
from lib.errors import NotFound, Unavailable, ZenError
from lib.executions.model import ExecutionStatus, Outcome
from lib.slides.library.summary import OUTCOME_LABELS
from lib.text.escape import escape_markdown
from lib.text.format import format_money, humanize_code
from lib.ui import links, placeholders
from lib.ui.run import escalation_banner, status_banner, version_change
from lib.ui.run.page_state import RunPageState
from lib.ui.theme import format_timestamp

ENDING_LABELS = {
    ExecutionStatus.COMPLETED: (":material/check_circle:", "Completed"),
    ExecutionStatus.SKIPPED: (":material/skip_next:", "Skipped"),
    ExecutionStatus.ABANDONED: (":material/cancel:", "Abandoned"),
}


def draw_no_run() -> None:
    text = "Begin one from Today or from the list of workflows; it opens here."
    placeholders.draw_empty("No run is open", text, icon=":material/checklist:")
    links.link_to_today()
    links.link_to_workflows()


def draw_cannot_open(error: ZenError, execution_id: str) -> None:
    """The run or the slide of the address is not there, or nothing can be read right now."""
    placeholders.draw_error(error, retry=_retry_on_redraw if isinstance(error, Unavailable) else None, key="run")
    if isinstance(error, NotFound) and error.detail == execution_id:
        links.link_to_run(execution_id, "Open the run where it stands")
    links.link_to_today()


def _retry_on_redraw() -> None:
    """The page itself tries again when it is drawn anew."""


def draw_banners(sitting: RunPageState, person: Person) -> None:
    """What one must know before reading the slide: whose it is, how it stands or ended, that a newer version exists."""
    run = sitting.execution
    if not run.is_open:
        _draw_ending(sitting, person)
    elif not run.may_write:
        text = f"This run belongs to {escape_markdown(run.owner_name)}. You can read it; a manager can change it."
        st.info(text, icon=":material/visibility:")
    status_banner.draw_status_banner(sitting, person)
    escalation_banner.draw_escalation_banner(sitting, person)
    status_banner.draw_skipped_slide(sitting)
    version_change.draw_version_offer(sitting)


def _draw_ending(sitting: RunPageState, person: Person) -> None:
    """A calm word at the end: what was recorded, and where to go."""
    run = sitting.execution
    when = format_timestamp(run.ended_at, person.time_zone) if run.ended_at else ""
    with st.container(border=True, key="run_ending"):
        icon, said = ENDING_LABELS[run.status]
        st.markdown(f"### {icon} {said} on {when}")
        if run.outcome is not None:
            st.markdown("  \n".join(_outcome_lines(run.outcome)))
        status_banner.draw_run_skip_reason(sitting)
        st.markdown("Everything in it stays readable. Nothing can be changed unless it is opened again.")
        status_banner.draw_reopen_buttons(sitting)
        links.link_to_today("Back to Today")


def _outcome_lines(outcome: Outcome) -> Iterator[str]:
    amount = f", {escape_markdown(format_money(outcome.amount))} a year" if outcome.amount is not None else ""
    yield f"**{escape_markdown(OUTCOME_LABELS.get(outcome.code, humanize_code(outcome.code)))}**{amount}"
    if outcome.reason:
        yield f"Why: {escape_markdown(outcome.reason)}"
    if outcome.notes:
        yield f"Notes: {escape_markdown(outcome.notes)}"
