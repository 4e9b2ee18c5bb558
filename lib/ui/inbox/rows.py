"""One row of the inbox: what it is about, what it says, and what can be done with it; every row opens its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.actions.model import Source
from lib.executions.inbox import Act, Approval, Escalated, FollowUp, Notice, RunRow, Snoozed, Woken
from lib.slides.words import count, cut, day, escape, plain, spoken
from lib.ui import links, theme
from lib.ui.acting import acts, buttons, sentences
from lib.ui.acting.desk import About, What, the_desk
from lib.ui.keys import inbox_tick

LONGEST = 400
RUNS_ACTION = "run_saved_action"
RUN_ACTIONS: tuple[What, ...] = ("snooze", "skip", "escalate", "company")


def about(row: RunRow, *, snoozes: int | None = None) -> About:
    return About(
        customer_name=row.customer_name,
        customer_id=row.customer_id,
        workflow_id=row.workflow_id,
        workflow_name=row.workflow_name,
        execution_id=row.execution_id,
        due_on=row.due_on,
        snoozes=snoozes,
        owner_id=row.owner_id,
        escalation_id=row.escalation_id if isinstance(row, Escalated) else None,
    )


def woken(row: Woken, time_zone: str, *, is_team: bool) -> None:
    with _row(_run(row, is_team=is_team), tick=row.execution_id) as act:
        st.markdown(f":material/notifications_active: {escape(row.because)}")
        st.caption(f"Snoozed because: {_said(row.reason)}")
        with act:
            links.to_run(row.execution_id, "Open")
            buttons.menu(RUN_ACTIONS, about(row), Source.INBOX, of=f"inbox.{row.execution_id}")


def snoozed(row: Snoozed, time_zone: str, *, is_team: bool) -> None:
    until = sentences.until(row.until_at, row.signal, time_zone, is_backstop=row.is_backstop)
    with _row(_run(row, is_team=is_team), tick=row.execution_id) as act:
        st.markdown(f":material/snooze: {escape(until[:1].upper() + until[1:])}")
        times = sentences.put_away(row.count) if row.count > 1 else None
        because = f"{escape(row.snoozed_by_name)}: {_said(row.reason)}"
        st.caption(" · ".join(part for part in (because, times) if part))
        with act:
            links.to_run(row.execution_id, "Open")
            key = f"inbox.wake.{row.execution_id}.{row.revision}"
            made = acts.wake(row.execution_id)
            buttons.act("Take it up", made, key=key, icon=":material/play_circle:", is_quiet=True)
            buttons.menu(
                RUN_ACTIONS, about(row, snoozes=row.count), Source.INBOX, of=f"inbox.snoozed.{row.execution_id}"
            )


def escalated(row: Escalated, time_zone: str, *, me: str, leads: bool) -> None:
    with _row(_run(row, is_team=row.owner_id != me)) as act:
        if row.ended_at is not None:
            st.markdown(f":material/reply: {escape(row.assigned_to_name)}: **{_said(row.decision or '')}**")
            st.caption(f"Asked was: {_said(row.ask)}")
        else:
            whom = "you" if row.to_me else escape(row.assigned_to_name)
            asker = "You ask" if row.by_me else f"{escape(row.raised_by_name)} asks"
            st.markdown(f"{asker} {whom}: {_said(row.ask)}")
            _clock(row, time_zone)
        with act:
            links.to_run(row.execution_id, "Open")
            if row.ended_at is None and row.to_me and row.acknowledged_at is None:
                key = f"inbox.ack.{row.escalation_id}"
                buttons.act(
                    "Acknowledge", acts.acknowledge(row.escalation_id), key=key, icon=":material/done_all:",
                    is_quiet=True,
                )  # fmt: skip
            if row.ended_at is None and (row.to_me or leads):
                buttons.opening("hand_back", about(row), Source.INBOX, label="Hand back", icon=":material/reply:")


def follow_up(row: FollowUp, time_zone: str, *, is_team: bool) -> None:
    whose = f" · {row.assigned_to_name}" if is_team else ""
    with _row(f"**{escape(row.customer_name)}**{escape(whose)}") as act:
        icon = ":red[:material/error: Overdue]" if row.is_overdue else ":material/task_alt:"
        st.markdown(f"{icon} {_said(row.title)}")
        st.caption(f"Due {day(row.due_on)} · asked by {escape(row.created_by_name)}")
        with act:
            if row.execution_id is not None:
                links.to_run(row.execution_id, "Open")
            made = acts.complete_follow_up(row.id)
            buttons.act("Done", made, key=f"follow_up.{row.id}", icon=":material/check:", is_quiet=True)


def notice(row: Notice, time_zone: str) -> None:
    with _row(f"**{escape(row.customer_name or 'Zen')}**") as act:
        st.markdown(f":material/mail: {_said(row.body)}")
        st.caption(f"{escape(row.from_name or 'Zen')}, {theme.stamp(row.created_at, time_zone)}")
        with act:
            if row.execution_id is not None:
                links.to_run(row.execution_id, "Open")
            made = acts.read_notice(row.id)
            buttons.act("Read", made, key=f"notice.{row.id}", icon=":material/check:", is_quiet=True)


def approval(row: Approval, time_zone: str) -> None:
    with _row(f"**{escape(row.customer_name)}** · {escape(row.owner_name)}") as act:
        st.markdown(f":material/pan_tool: {_said(called(row))} waits for a decision")
        who = "a leader's approval" if row.needs_leader else "your word, beside its slide"
        st.caption(f"Since {theme.stamp(row.created_at, time_zone)}; it wants {who}.")
        with act:
            links.to_slide(row.execution_id, row.slide_id, "Open the slide", row.thread_id)
            links.to_conversation(row.thread_id, "Conversation")


def called(row: Approval) -> str:
    """What waits: a saved action by its name, any other tool by its own."""
    name = row.input.get("action") if row.tool == RUNS_ACTION else None
    return f"“{name}”" if isinstance(name, str) and name.strip() else spoken(row.tool).capitalize()


def act_row(row: Act, time_zone: str) -> None:
    with _row(f"**{escape(row.customer_name or row.name)}**") as act:
        st.markdown(f"{escape(row.name)}: {_said(row.summary)}")
        undone = ""
        if row.undone_at is not None:
            undone = f" · undone by {row.undone_by_name}, {theme.stamp(row.undone_at, time_zone)}"
        st.caption(escape(f"{row.actor_name}, {theme.stamp(row.created_at, time_zone)}{undone}"))
        with act:
            if row.execution_id is not None:
                links.to_run(row.execution_id, "Open")
            if row.can_undo:
                buttons.undo(row.run_id, where="inbox")


def ticked(runs: tuple[RunRow, ...]) -> tuple[About, ...]:
    """What is ticked of the rows on screen."""
    seat = the_desk().finished
    chosen = (row for row in runs if st.session_state.get(inbox_tick(seat, row.execution_id)))
    return tuple(about(row, snoozes=row.count if isinstance(row, Snoozed) else None) for row in chosen)


def tick_all(runs: tuple[RunRow, ...], is_on: bool) -> None:
    """A callback."""
    for row in runs:
        st.session_state[inbox_tick(the_desk().finished, row.execution_id)] = is_on


@contextmanager
def _row(title: str, *, tick: str | None = None) -> Iterator[DeltaGenerator]:
    """What it says goes into the block, what can be done into what it yields."""
    told, act = st.columns([3, 1.4], vertical_alignment="top")
    box = act.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small")
    with told.container(gap="xxsmall"):
        if tick is None:
            st.markdown(title)
        else:
            st.checkbox(title, key=inbox_tick(the_desk().finished, tick))
        yield box


def _run(row: RunRow, *, is_team: bool) -> str:
    owner = f" · {escape(row.owner_name)}" if is_team else ""
    due = f" · due {day(row.due_on)}" if row.due_on else ""
    return f"**{escape(row.customer_name)}** · {escape(row.workflow_name)}{due}{owner}"


def _clock(row: Escalated, time_zone: str) -> None:
    clock = sentences.standing_clock(row.respond_by, row.acknowledged_at, datetime.now(UTC), time_zone)
    comments = f" {count(row.comments, 'comment')}." if row.comments else ""
    text = escape(f"{row.severity.capitalize()}. {clock}{comments}")
    st.markdown(f":small[:red[:material/error: {text}]]" if row.is_overdue else f":small[:gray[{text}]]")


def _said(text: str) -> str:
    return escape(cut(plain(text), LONGEST))
