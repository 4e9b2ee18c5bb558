"""How a run stands when it is not simply open: put away, back again, left out; and a slide that was left out."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.model import Execution, ExecutionStatus, StepStatus
from lib.executions.snoozes import Snooze
from lib.text.escape import escape_markdown
from lib.text.format import format_date
from lib.ui.actions import buttons, commands, sentences
from lib.ui.run import action_menu, undo
from lib.ui.run.page_state import RunPageState


def draw_status_banner(sitting: RunPageState, person: Person) -> None:
    run = sitting.execution
    if run.status is ExecutionStatus.SNOOZED and run.snooze.open is not None:
        _draw_snoozed(run, run.snooze.open, person)
    elif run.status is ExecutionStatus.ACTIVE:
        _draw_woken(sitting)
    elif run.status is ExecutionStatus.SNOOZED or (run.status is ExecutionStatus.ESCALATED and run.escalation is None):
        st.info(f"This run is {run.status.value}. What you answer is kept as usual.", icon=":material/info:")


def draw_skipped_slide(sitting: RunPageState) -> None:
    """On a slide that was left out: why, and the way to take it up."""
    run, step = sitting.execution, sitting.execution.find_step(sitting.slide_id)
    if step.status is not StepStatus.SKIPPED or not run.is_open:
        return
    with st.container(border=True, gap="small", key="run_slide_skipped"):
        who = f" by {escape_markdown(step.saved_by_name)}" if step.saved_by_name else ""
        st.markdown(f"##### :material/skip_next: This slide is skipped{who}")
        st.markdown(escape_markdown(sentences.describe_skip(step.skip_reason, step.skip_words)))
        if sitting.may_write:
            buttons.draw_command_button(
                "Take it up again",
                commands.resume_slide(run.id, sitting.slide_id),
                key=f"take_up.{run.id}.{step.slide_id}.{step.revision}",
                icon=":material/replay:",
            )


def draw_run_skip_reason(sitting: RunPageState) -> None:
    """Below the ending of a run that was left out: why."""
    run = sitting.execution
    if run.status is ExecutionStatus.SKIPPED:
        st.markdown(escape_markdown(sentences.describe_skip(run.skip_reason, run.skip_words)))


def draw_reopen_buttons(sitting: RunPageState) -> None:
    """From an ended run: undo what was just done, or open it again."""
    run = sitting.execution
    if not run.may_write:
        return
    undoable = undo.latest_undoable_action(run, "skip")
    label = "Take it up again" if run.status is ExecutionStatus.SKIPPED else "Open again"
    with st.container(horizontal=True, gap="small"):
        buttons.draw_dialog_button(
            "reopen", action_menu.action_target(sitting), ActionSource.SLIDE, label=label, icon=":material/lock_open:"
        )
        if undoable is not None:
            buttons.draw_undo_button(undoable.run_id, where="ending")


def _draw_snoozed(run: Execution, snooze: Snooze, person: Person) -> None:
    until = sentences.describe_snooze_end(
        snooze.until_at, snooze.signal, person.time_zone, is_backstop=snooze.is_backstop
    )
    with st.container(border=True, gap="small", key="run_snoozed"):
        st.markdown(f"##### :material/snooze: Snoozed {escape_markdown(until)}")
        st.markdown(f"{escape_markdown(snooze.snoozed_by_name)}: {escape_markdown(snooze.reason)}")
        moved = (
            f"The due date moved from {format_date(snooze.due_before)} to {format_date(snooze.due_after)}."
            if snooze.due_after
            else ""
        )
        said = " ".join(part for part in (snooze.because, moved, "What you answer is kept as usual.") if part)
        st.caption(escape_markdown(said))
        if run.may_write:
            _draw_resume_buttons(run)


def _draw_resume_buttons(run: Execution) -> None:
    undoable = undo.latest_undoable_action(run, "snooze")
    with st.container(horizontal=True, gap="small"):
        buttons.draw_command_button(
            "Take it up now",
            commands.wake_run(run.id),
            key=f"wake.{run.id}.{run.revision}",
            icon=":material/play_circle:",
        )
        if undoable is not None:
            buttons.draw_undo_button(undoable.run_id, where="snoozed")


def _draw_woken(sitting: RunPageState) -> None:
    """Why it is back: until the page is left, though the first answer is work on it."""
    run, latest = sitting.execution, sitting.execution.snooze.latest
    if latest is None or latest.ended_by not in ("date", "signal") or not latest.because:
        return
    sitting.is_wake_shown = sitting.is_wake_shown or latest.woke_revision == run.revision
    if sitting.is_wake_shown:
        text = (
            f"It is back. {escape_markdown(latest.because)}  \nIt was snoozed because: {escape_markdown(latest.reason)}"
        )
        st.info(text, icon=":material/notifications_active:")
