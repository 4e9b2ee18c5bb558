"""How a run stands when it is not simply open: put away, back again, left out; and a slide that was left out."""

import streamlit as st

from lib.actions.model import Source
from lib.auth.model import Person
from lib.executions.model import Execution, ExecutionStatus, StepStatus
from lib.executions.work import Snooze
from lib.slides.words import day, escape
from lib.ui.acting import acts, buttons, sentences
from lib.ui.run import menu, undoing
from lib.ui.run.sitting import Sitting


def draw(sitting: Sitting, person: Person) -> None:
    run = sitting.execution
    if run.status is ExecutionStatus.SNOOZED and run.snooze.open is not None:
        _snoozed(run, run.snooze.open, person)
    elif run.status is ExecutionStatus.ACTIVE:
        _woken(sitting)
    elif run.status is ExecutionStatus.SNOOZED or (run.status is ExecutionStatus.ESCALATED and run.escalation is None):
        st.info(f"This run is {run.status.value}. What you answer is kept as usual.", icon=":material/info:")


def slide(sitting: Sitting) -> None:
    """On a slide that was left out: why, and the way to take it up."""
    run, step = sitting.execution, sitting.execution.step(sitting.slide_id)
    if step.status is not StepStatus.SKIPPED or not run.is_open:
        return
    with st.container(border=True, gap="small", key="run_slide_skipped"):
        who = f" by {escape(step.saved_by_name)}" if step.saved_by_name else ""
        st.markdown(f"##### :material/skip_next: This slide is skipped{who}")
        st.markdown(escape(sentences.left_out(step.skip_reason, step.skip_words)))
        if sitting.may_write:
            buttons.act(
                "Take it up again",
                acts.take_up(run.id, sitting.slide_id),
                key=f"take_up.{run.id}.{step.slide_id}.{step.revision}",
                icon=":material/replay:",
            )


def skipped_run(sitting: Sitting) -> None:
    """Below the ending of a run that was left out: why."""
    run = sitting.execution
    if run.status is ExecutionStatus.SKIPPED:
        st.markdown(escape(sentences.left_out(run.skip_reason, run.skip_words)))


def ways_back(sitting: Sitting) -> None:
    """From an ended run: undo what was just done, or open it again."""
    run = sitting.execution
    if not run.may_write:
        return
    undoable = undoing.latest(run, "skip")
    label = "Take it up again" if run.status is ExecutionStatus.SKIPPED else "Open again"
    with st.container(horizontal=True, gap="small"):
        buttons.opening("reopen", menu.about(sitting), Source.SLIDE, label=label, icon=":material/lock_open:")
        if undoable is not None:
            buttons.undo(undoable.run_id, where="ending")


def _snoozed(run: Execution, snooze: Snooze, person: Person) -> None:
    until = sentences.until(snooze.until_at, snooze.signal, person.time_zone, is_backstop=snooze.is_backstop)
    with st.container(border=True, gap="small", key="run_snoozed"):
        st.markdown(f"##### :material/snooze: Snoozed {escape(until)}")
        st.markdown(f"{escape(snooze.snoozed_by_name)}: {escape(snooze.reason)}")
        moved = (
            f"The due date moved from {day(snooze.due_before)} to {day(snooze.due_after)}." if snooze.due_after else ""
        )
        said = " ".join(part for part in (snooze.because, moved, "What you answer is kept as usual.") if part)
        st.caption(escape(said))
        if run.may_write:
            _take_up(run)


def _take_up(run: Execution) -> None:
    undoable = undoing.latest(run, "snooze")
    with st.container(horizontal=True, gap="small"):
        buttons.act(
            "Take it up now", acts.wake(run.id), key=f"wake.{run.id}.{run.revision}", icon=":material/play_circle:"
        )
        if undoable is not None:
            buttons.undo(undoable.run_id, where="snoozed")


def _woken(sitting: Sitting) -> None:
    """Why it is back: until the page is left, though the first answer is work on it."""
    run, latest = sitting.execution, sitting.execution.snooze.latest
    if latest is None or latest.ended_by not in ("date", "signal") or not latest.because:
        return
    sitting.is_woken = sitting.is_woken or latest.woke_revision == run.revision
    if sitting.is_woken:
        text = f"It is back. {escape(latest.because)}  \nIt was snoozed because: {escape(latest.reason)}"
        st.info(text, icon=":material/notifications_active:")
