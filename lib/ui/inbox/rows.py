"""One row of the inbox: what it is about, what it says, and what can be done with it; every row opens its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.actions.model import ActionSource
from lib.executions.inbox import (
    EscalatedRun,
    FollowUp,
    InboxRun,
    Notice,
    PendingApproval,
    RecentAction,
    SnoozedRun,
    WokenRun,
)
from lib.text.escape import escape_markdown
from lib.text.format import format_count, format_date, humanize_code
from lib.text.truncate import single_line, truncate
from lib.ui import navigation, theme
from lib.ui.actions import buttons, commands, sentences
from lib.ui.actions.action_state import ActionTarget, DialogKind, get_action_state
from lib.ui.keys import inbox_checkbox

MAX_TEXT_CHARS = 400
SAVED_ACTION_TOOL = "run_saved_action"
RUN_ACTIONS: tuple[DialogKind, ...] = ("snooze", "skip", "escalate", "company")


def build_action_target(row: InboxRun, *, snoozes: int | None = None) -> ActionTarget:
    return ActionTarget(
        customer_name=row.customer_name,
        customer_id=row.customer_id,
        workflow_id=row.workflow_id,
        workflow_name=row.workflow_name,
        execution_id=row.execution_id,
        due_on=row.due_on,
        snooze_count=snoozes,
        owner_id=row.owner_id,
        escalation_id=row.escalation_id if isinstance(row, EscalatedRun) else None,
    )


def draw_woken_run(row: WokenRun, time_zone: str, *, is_team: bool) -> None:
    with _row_with_actions(_run_title(row, is_team=is_team), tick=row.execution_id) as act:
        st.markdown(f":material/notifications_active: {escape_markdown(row.because)}")
        st.caption(f"Snoozed because: {_escape_short(row.reason)}")
        with act:
            navigation.link_to_run(row.execution_id, "Open")
            buttons.draw_action_menu(
                RUN_ACTIONS, build_action_target(row), ActionSource.INBOX, of=f"inbox.{row.execution_id}"
            )


def draw_snoozed_run(row: SnoozedRun, time_zone: str, *, is_team: bool) -> None:
    until = sentences.describe_snooze_end(row.until_at, row.signal, time_zone, is_backstop=row.is_backstop)
    with _row_with_actions(_run_title(row, is_team=is_team), tick=row.execution_id) as act:
        st.markdown(f":material/snooze: {escape_markdown(until[:1].upper() + until[1:])}")
        times = sentences.describe_snooze_count(row.count) if row.count > 1 else None
        because = f"{escape_markdown(row.snoozed_by_name)}: {_escape_short(row.reason)}"
        st.caption(" · ".join(part for part in (because, times) if part))
        with act:
            navigation.link_to_run(row.execution_id, "Open")
            key = f"inbox.wake.{row.execution_id}.{row.revision}"
            made = commands.wake_run(row.execution_id)
            buttons.draw_command_button("Take it up", made, key=key, icon=":material/play_circle:", is_quiet=True)
            buttons.draw_action_menu(
                RUN_ACTIONS,
                build_action_target(row, snoozes=row.count),
                ActionSource.INBOX,
                of=f"inbox.snoozed.{row.execution_id}",
            )


def draw_escalation(row: EscalatedRun, time_zone: str, *, me: str, leads: bool) -> None:
    with _row_with_actions(_run_title(row, is_team=row.owner_id != me)) as act:
        if row.ended_at is not None:
            st.markdown(
                f":material/reply: {escape_markdown(row.assigned_to_name)}: **{_escape_short(row.decision or '')}**"
            )
            st.caption(f"Asked was: {_escape_short(row.ask)}")
        else:
            whom = "you" if row.to_me else escape_markdown(row.assigned_to_name)
            asker = "You ask" if row.by_me else f"{escape_markdown(row.raised_by_name)} asks"
            st.markdown(f"{asker} {whom}: {_escape_short(row.ask)}")
            _draw_response_clock(row, time_zone)
        with act:
            navigation.link_to_run(row.execution_id, "Open")
            if row.ended_at is None and row.to_me and row.acknowledged_at is None:
                key = f"inbox.ack.{row.escalation_id}"
                buttons.draw_command_button(
                    "Acknowledge", commands.acknowledge_escalation(row.escalation_id), key=key, icon=":material/done_all:",
                    is_quiet=True,
                )  # fmt: skip
            if row.ended_at is None and (row.to_me or leads):
                buttons.draw_dialog_button(
                    "hand_back",
                    build_action_target(row),
                    ActionSource.INBOX,
                    label="Hand back",
                    icon=":material/reply:",
                )


def draw_follow_up(row: FollowUp, time_zone: str, *, is_team: bool) -> None:
    whose = f" · {row.assigned_to_name}" if is_team else ""
    with _row_with_actions(f"**{escape_markdown(row.customer_name)}**{escape_markdown(whose)}") as act:
        icon = ":red[:material/error: Overdue]" if row.is_overdue else ":material/task_alt:"
        st.markdown(f"{icon} {_escape_short(row.title)}")
        st.caption(f"Due {format_date(row.due_on)} · asked by {escape_markdown(row.created_by_name)}")
        with act:
            if row.execution_id is not None:
                navigation.link_to_run(row.execution_id, "Open")
            made = commands.complete_follow_up(row.id)
            buttons.draw_command_button("Done", made, key=f"follow_up.{row.id}", icon=":material/check:", is_quiet=True)


def draw_notice(row: Notice, time_zone: str) -> None:
    with _row_with_actions(f"**{escape_markdown(row.customer_name or 'Zen')}**") as act:
        st.markdown(f":material/mail: {_escape_short(row.body)}")
        st.caption(f"{escape_markdown(row.from_name or 'Zen')}, {theme.format_timestamp(row.created_at, time_zone)}")
        with act:
            if row.execution_id is not None:
                navigation.link_to_run(row.execution_id, "Open")
            made = commands.mark_notice_read(row.id)
            buttons.draw_command_button("Read", made, key=f"notice.{row.id}", icon=":material/check:", is_quiet=True)


def draw_approval(row: PendingApproval, time_zone: str) -> None:
    with _row_with_actions(f"**{escape_markdown(row.customer_name)}** · {escape_markdown(row.owner_name)}") as act:
        st.markdown(f":material/pan_tool: {_escape_short(describe_approval(row))} waits for a decision")
        who = "a leader's approval" if row.needs_leader else "your word, beside its slide"
        st.caption(f"Since {theme.format_timestamp(row.created_at, time_zone)}; it wants {who}.")
        with act:
            navigation.link_to_slide(row.execution_id, row.slide_id, "Open the slide", row.thread_id)
            navigation.link_to_conversation(row.thread_id, "Conversation")


def describe_approval(row: PendingApproval) -> str:
    """What waits: a saved action by its name, any other tool by its own."""
    name = row.input.get("action") if row.tool == SAVED_ACTION_TOOL else None
    return f"“{name}”" if isinstance(name, str) and name.strip() else humanize_code(row.tool).capitalize()


def draw_recent_action(row: RecentAction, time_zone: str) -> None:
    with _row_with_actions(f"**{escape_markdown(row.customer_name or row.name)}**") as act:
        st.markdown(f"{escape_markdown(row.name)}: {_escape_short(row.summary)}")
        undone = ""
        if row.undone_at is not None:
            undone = f" · undone by {row.undone_by_name}, {theme.format_timestamp(row.undone_at, time_zone)}"
        st.caption(escape_markdown(f"{row.actor_name}, {theme.format_timestamp(row.created_at, time_zone)}{undone}"))
        with act:
            if row.execution_id is not None:
                navigation.link_to_run(row.execution_id, "Open")
            if row.can_undo:
                buttons.draw_undo_button(row.run_id, where="inbox")


def selected_targets(runs: tuple[InboxRun, ...]) -> tuple[ActionTarget, ...]:
    """What is ticked of the rows on screen."""
    seat = get_action_state().finished_count
    chosen = (row for row in runs if st.session_state.get(inbox_checkbox(seat, row.execution_id)))
    return tuple(build_action_target(row, snoozes=row.count if isinstance(row, SnoozedRun) else None) for row in chosen)


def select_all_runs(runs: tuple[InboxRun, ...], is_on: bool) -> None:
    """A callback."""
    for row in runs:
        st.session_state[inbox_checkbox(get_action_state().finished_count, row.execution_id)] = is_on


@contextmanager
def _row_with_actions(title: str, *, tick: str | None = None) -> Iterator[DeltaGenerator]:
    """What it says goes into the block, what can be done into what it yields."""
    told, act = st.columns([3, 1.4], vertical_alignment="top")
    box = act.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small")
    with told.container(gap="xxsmall"):
        if tick is None:
            st.markdown(title)
        else:
            st.checkbox(title, key=inbox_checkbox(get_action_state().finished_count, tick))
        yield box


def _run_title(row: InboxRun, *, is_team: bool) -> str:
    owner = f" · {escape_markdown(row.owner_name)}" if is_team else ""
    due = f" · due {format_date(row.due_on)}" if row.due_on else ""
    return f"**{escape_markdown(row.customer_name)}** · {escape_markdown(row.workflow_name)}{due}{owner}"


def _draw_response_clock(row: EscalatedRun, time_zone: str) -> None:
    clock = sentences.describe_response_clock(row.respond_by, row.acknowledged_at, datetime.now(UTC), time_zone)
    comments = f" {format_count(row.comments, 'comment')}." if row.comments else ""
    text = escape_markdown(f"{row.severity.capitalize()}. {clock}{comments}")
    st.markdown(f":small[:red[:material/error: {text}]]" if row.is_overdue else f":small[:gray[{text}]]")


def _escape_short(text: str) -> str:
    return escape_markdown(truncate(single_line(text), MAX_TEXT_CHARS))
