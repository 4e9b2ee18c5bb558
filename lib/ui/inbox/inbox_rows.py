"""Rows of the inbox, one function a kind: what it is, what it says, and what can be done with it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.inbox import (
    EscalatedRun,
    FollowUp,
    InboxRun,
    Notice,
    PendingApproval,
    PendingPrice,
    RecentAction,
    SnoozedRun,
    WokenRun,
)
from lib.slides.model import SlideId
from lib.slides.stored_prices import describe_needed_approval, describe_price_below_list
from lib.text.format import format_count, format_date, humanize_code
from lib.text.html import Html, build_icon_html
from lib.text.truncate import truncate
from lib.ui import navigation, theme
from lib.ui.actions import buttons, commands, sentences
from lib.ui.actions.action_state import DialogKind, get_action_state
from lib.ui.actions.action_target import ActionTarget
from lib.ui.safe_text import draw_row_with_buttons
from lib.ui.session_keys import inbox_checkbox_key

MAX_TEXT_CHARS = 400
SAVED_ACTION_TOOL = "run_saved_action"
PRICE_SLIDES = {"scenario": SlideId.PRICING_STRATEGY, "quote": SlideId.PREPARE_QUOTE}
RUN_ACTIONS: tuple[DialogKind, ...] = ("snooze", "skip", "abandon", "escalate", "company")
_ROW = Html('<p>{}</p><p dir="auto">{}{}</p><p class="zen-small zen-muted">{}</p>')


def draw_woken_run_row(row: WokenRun, *, is_team: bool, is_selectable: bool) -> None:
    mark = build_icon_html(":material/notifications_active:")
    html = _ROW.format(
        _build_run_title_html(row, is_team=is_team),
        mark,
        row.because,
        f"Snoozed because: {_shorten_row_text(row.reason)}",
    )
    with draw_row_with_buttons(
        html, key=f"woken.{row.execution_id}", checkbox=_build_run_checkbox(row) if is_selectable else None
    ):
        navigation.draw_run_link(row.execution_id, "Open", slide_id=row.current_slide)
        of = f"inbox.{row.execution_id}"
        buttons.draw_action_menu(_list_run_actions(row), build_action_target(row), ActionSource.INBOX, of=of)


def draw_snoozed_run_row(row: SnoozedRun, time_zone: str, *, is_team: bool, is_selectable: bool) -> None:
    until = sentences.describe_snooze_end(row.until_at, row.signal, time_zone, is_backstop=row.is_backstop)
    times = sentences.describe_snooze_count(row.count) if row.count > 1 else None
    because = f"{row.snoozed_by_name}: {_shorten_row_text(row.reason)}"
    html = _ROW.format(
        _build_run_title_html(row, is_team=is_team),
        build_icon_html(":material/snooze:"),
        until[:1].upper() + until[1:],
        " · ".join(part for part in (because, times) if part),
    )
    with draw_row_with_buttons(
        html, key=f"snoozed.{row.execution_id}", checkbox=_build_run_checkbox(row) if is_selectable else None
    ):
        navigation.draw_run_link(row.execution_id, "Open", slide_id=row.current_slide)
        key = f"inbox.wake.{row.execution_id}.{row.revision}"
        command = commands.build_wake_run_command(row.execution_id)
        buttons.draw_command_button("Resume", command, key=key, icon=":material/play_circle:", is_quiet=True)
        of = f"inbox.snoozed.{row.execution_id}"
        target = build_action_target(row, snoozes=row.count)
        buttons.draw_action_menu(_list_run_actions(row), target, ActionSource.INBOX, of=of)


def draw_escalation_row(row: EscalatedRun, person: Person) -> None:
    is_open = row.ended_at is None
    html = _build_open_escalation_html(row, person) if is_open else _build_decided_escalation_html(row, person)
    with draw_row_with_buttons(html, key=f"escalation.{row.escalation_id}"):
        navigation.draw_run_link(row.execution_id, "Open", slide_id=row.current_slide)
        if is_open and row.to_me and row.acknowledged_at is None:
            buttons.draw_command_button(
                "Acknowledge",
                commands.build_acknowledge_escalation_command(row.escalation_id),
                key=f"inbox.ack.{row.escalation_id}",
                icon=":material/done_all:",
                is_quiet=True,
            )
        if is_open and (row.to_me or person.role.leads_team):
            target = build_action_target(row)
            buttons.draw_dialog_button(
                "hand_back", target, ActionSource.INBOX, label="Hand back", icon=":material/reply:"
            )
        if is_open and (row.by_me or person.role.leads_team):
            of = f"inbox.raised.{row.escalation_id}"
            buttons.draw_action_menu(
                ("redirect", "withdraw"), build_action_target(row), ActionSource.INBOX, of=of, label=""
            )


def _build_open_escalation_html(row: EscalatedRun, person: Person) -> Html:
    asked = f"You asked {row.assigned_to_name}" if row.by_me else f"{row.raised_by_name} asked "
    asked += "" if row.by_me else "you" if row.to_me else row.assigned_to_name
    clock = sentences.describe_response_clock(row.respond_by, row.acknowledged_at, datetime.now(UTC), person.time_zone)
    comments = f" {format_count(row.comments, 'comment')}." if row.comments else ""
    return Html('<p>{}</p><p dir="auto">{}: {}</p><p class="zen-small {}">{}{}</p>').format(
        _build_run_title_html(row, is_team=row.owner_id != str(person.id)),
        asked,
        _shorten_row_text(row.ask),
        "zen-bad" if row.is_overdue else "zen-muted",
        build_icon_html(":material/error:") if row.is_overdue else "",
        f"{row.severity_label}. {clock}{comments}",
    )


def _build_decided_escalation_html(row: EscalatedRun, person: Person) -> Html:
    decision = Html("{}: <strong>{}</strong>").format(row.assigned_to_name, _shorten_row_text(row.decision or ""))
    asked = f"{'You' if row.by_me else row.raised_by_name} asked: {_shorten_row_text(row.ask)}"
    title = _build_run_title_html(row, is_team=row.owner_id != str(person.id))
    return _ROW.format(title, build_icon_html(":material/reply:"), decision, asked)


def draw_follow_up_row(row: FollowUp, person: Person, *, is_team: bool) -> None:
    mark = (
        Html('<span class="zen-bad">{}Overdue</span> ').format(build_icon_html(":material/error:"))
        if row.is_overdue
        else build_icon_html(":material/task_alt:")
    )
    author = "you" if row.created_by_name == person.full_name else row.created_by_name
    title = _build_row_title_html(row.customer_name, *((row.assigned_to_name,) if is_team else ()))
    html = _ROW.format(title, mark, _shorten_row_text(row.title), f"Due {format_date(row.due_on)} · by {author}")
    with draw_row_with_buttons(html, key=f"follow_up.{row.id}"):
        if row.execution_id is not None:
            navigation.draw_run_link(row.execution_id, "Open")
        if row.assigned_to == str(person.id):
            done = commands.build_complete_follow_up_command(row.id)
            buttons.draw_command_button("Done", done, key=f"follow_up.{row.id}", icon=":material/check:", is_quiet=True)


def draw_notice_row(row: Notice, time_zone: str) -> None:
    sent = f"{row.from_name or 'Zen'}, {theme.format_timestamp(row.created_at, time_zone)}"
    html = _ROW.format(
        _build_row_title_html(row.customer_name or "Zen"),
        build_icon_html(":material/mail:"),
        _shorten_row_text(row.body),
        sent,
    )
    with draw_row_with_buttons(html, key=f"notice.{row.id}"):
        if row.execution_id is not None:
            navigation.draw_run_link(row.execution_id, "Open")
        command = commands.build_notice_read_command(row.id)
        buttons.draw_command_button("Read", command, key=f"notice.{row.id}", icon=":material/check:", is_quiet=True)


def draw_approval_row(row: PendingApproval, time_zone: str) -> None:
    approver = "a manager's approval" if row.needs_leader else "your approval, next to its slide"
    html = _ROW.format(
        _build_row_title_html(row.customer_name, row.owner_name),
        build_icon_html(":material/pan_tool:"),
        f"{_shorten_row_text(describe_approval(row))} is waiting for approval",
        f"Since {theme.format_timestamp(row.created_at, time_zone)} · needs {approver}",
    )
    with draw_row_with_buttons(html, key=f"approval.{row.call_id}"):
        navigation.draw_slide_link(row.execution_id, row.slide_id, "Open the slide", row.thread_id)
        navigation.draw_conversation_link(row.thread_id, "Conversation")


def draw_price_row(row: PendingPrice, person: Person) -> None:
    """A price that waits, with the figures: whoever may decide has a button for each decision."""
    is_own = row.requested_by == str(person.id)
    author = "you" if is_own else row.requested_by_name
    what = f"Scenario “{row.name}”" if row.subject == "scenario" else "Quote"
    asked = f"{what} · by {author}, {theme.format_timestamp(row.created_at, person.time_zone)}"
    needed = "" if row.can_decide else f" · waiting for {describe_needed_approval(row.approver)}"
    html = _ROW.format(
        _build_row_title_html(row.customer_name, row.workflow_name),
        build_icon_html(":material/sell:"),
        describe_price_below_list(row.total, row.list_total, row.off_list_percent),
        f"{asked}{needed}",
    )
    with draw_row_with_buttons(html, key=f"price.{row.id}"):
        navigation.draw_run_link(row.execution_id, "Open", slide_id=PRICE_SLIDES[row.subject])
        if row.can_decide:
            _draw_price_buttons(row)


def _draw_price_buttons(row: PendingPrice) -> None:
    target = build_action_target(row)
    if row.needs_record:
        buttons.draw_dialog_button(
            "approve_price", target, ActionSource.INBOX, label="Approve", icon=":material/check:"
        )
    else:
        command = commands.build_approve_price_command(row.id, row.customer_name)
        buttons.draw_command_button("Approve", command, key=f"price.{row.id}", icon=":material/check:")
    buttons.draw_dialog_button("deny_price", target, ActionSource.INBOX, label="Deny", icon=":material/block:")


def describe_approval(row: PendingApproval) -> str:
    """A saved action by its name, any other tool by its own."""
    if not row.is_authentic:
        return "A proposal that was not written by Zen"
    name = row.input.get("action") if row.tool == SAVED_ACTION_TOOL else None
    return f"“{name}”" if isinstance(name, str) and name.strip() else humanize_code(row.tool).capitalize()


def draw_recent_action_row(row: RecentAction, time_zone: str) -> None:
    undone = ""
    if row.undone_at is not None:
        undone = f" · undone by {row.undone_by_name}, {theme.format_timestamp(row.undone_at, time_zone)}"
    html = _ROW.format(
        _build_row_title_html(row.customer_name or row.name),
        "",
        f"{row.name}: {_shorten_row_text(row.summary)}",
        f"{row.actor_name}, {theme.format_timestamp(row.created_at, time_zone)}{undone}",
    )
    with draw_row_with_buttons(html, key=f"action.{row.run_id}"):
        if row.execution_id is not None:
            navigation.draw_run_link(row.execution_id, "Open")
        if row.can_undo:
            buttons.draw_undo_button(row.run_id, where="inbox")


def _list_run_actions(row: InboxRun) -> tuple[DialogKind, ...]:
    return tuple(kind for kind in RUN_ACTIONS if kind != "abandon" or not row.has_answers)


def build_action_target(row: InboxRun, *, snoozes: int | None = None) -> ActionTarget:
    return ActionTarget(
        customer_name=row.customer_name,
        customer_id=row.customer_id,
        workflow_id=row.workflow_id,
        workflow_name=row.workflow_name,
        execution_id=row.execution_id,
        due_on=row.due_on,
        snooze_count=snoozes,
        escalation_id=row.escalation_id if isinstance(row, EscalatedRun) else None,
        price_approval_id=row.id if isinstance(row, PendingPrice) else None,
        escalation_people=(row.raised_by, row.assigned_to) if isinstance(row, EscalatedRun) else (),
    )


def list_selected_targets(runs: Sequence[InboxRun]) -> tuple[ActionTarget, ...]:
    """The selected runs of those on screen."""
    selected = (row for row in runs if st.session_state.get(_build_checkbox_key(row)))
    return tuple(
        build_action_target(row, snoozes=row.count if isinstance(row, SnoozedRun) else None) for row in selected
    )


def select_all_runs(runs: Sequence[InboxRun], is_selected: bool) -> None:
    """A callback."""
    for row in runs:
        st.session_state[_build_checkbox_key(row)] = is_selected


def _build_run_checkbox(row: InboxRun) -> tuple[str, str]:
    return _build_checkbox_key(row), row.customer_name


def _build_checkbox_key(row: InboxRun) -> str:
    # Counting finished actions in the key clears the selection after each.
    return inbox_checkbox_key(get_action_state().finished_count, row.execution_id)


def _build_run_title_html(row: InboxRun, *, is_team: bool) -> Html:
    due = (f"due {format_date(row.due_on)}",) if row.due_on else ()
    owner = (row.owner_name,) if is_team else ()
    is_decided = isinstance(row, EscalatedRun) and row.ended_at is not None
    verb = "Handed back by" if is_decided else "Assigned to"
    assignee = (f"{verb} {row.assigned_to_name}",) if row.assigned_to_name else ()
    return _build_row_title_html(row.customer_name, row.workflow_name, *due, *owner, *assignee)


def _build_row_title_html(name: str, *details: str) -> Html:
    return Html("<strong>{}</strong>{}").format(name, "".join(f" · {detail}" for detail in details))


def _shorten_row_text(text: str) -> str:
    return truncate(text, MAX_TEXT_CHARS)
