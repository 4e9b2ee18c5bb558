"""Rows of the inbox, one function a kind: what it is, what it says, and what can be done with it."""

from datetime import UTC, datetime

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.customers.start_reason import describe_start_reason
from lib.executions.escalation_clock import describe_response_clock
from lib.executions.inbox_entries import (
    EscalatedRun,
    FollowUp,
    InboxRun,
    Notice,
    RecentAction,
    SnoozedRun,
    WokenRun,
)
from lib.text.format import format_count, format_date
from lib.text.html import Html, build_icon_html
from lib.ui import page_links, theme
from lib.ui.actions import action_sentences, button_commands, buttons
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.inbox.inbox_row_html import ROW_HTML, build_row_title_html, build_run_title_html, shorten_row_text
from lib.ui.inbox.run_selection import build_inbox_run_target, build_run_checkbox
from lib.ui.safe_text import draw_row_with_buttons

RUN_ACTIONS: tuple[DialogKind, ...] = ("snooze", "skip", "abandon", "escalate", "company")


def draw_woken_run_row(row: WokenRun, *, is_team: bool, is_selectable: bool) -> None:
    mark = build_icon_html(":material/notifications_active:")
    html = ROW_HTML.format(
        build_run_title_html(row, is_team=is_team),
        mark,
        row.because,
        f"Snoozed because: {shorten_row_text(row.reason)}",
    )
    with draw_row_with_buttons(
        html, key=f"woken.{row.execution_id}", checkbox=build_run_checkbox(row) if is_selectable else None
    ):
        page_links.draw_run_link(row.execution_id, "Open", slide_id=row.current_slide)
        of = f"inbox.{row.execution_id}"
        buttons.draw_action_menu(_list_run_actions(row), build_inbox_run_target(row), ActionSource.INBOX, of=of)


def draw_snoozed_run_row(row: SnoozedRun, time_zone: str, *, is_team: bool, is_selectable: bool) -> None:
    until = action_sentences.describe_snooze_end(row.until_at, row.signal, time_zone, is_backstop=row.is_backstop)
    times = action_sentences.describe_snooze_count(row.count) if row.count > 1 else None
    because = f"{row.snoozed_by_name}: {shorten_row_text(row.reason)}"
    html = ROW_HTML.format(
        build_run_title_html(row, is_team=is_team),
        build_icon_html(":material/snooze:"),
        until[:1].upper() + until[1:],
        " · ".join(part for part in (because, times) if part),
    )
    with draw_row_with_buttons(
        html, key=f"snoozed.{row.execution_id}", checkbox=build_run_checkbox(row) if is_selectable else None
    ):
        page_links.draw_run_link(row.execution_id, "Open", slide_id=row.current_slide)
        key = f"inbox.wake.{row.execution_id}.{row.revision}"
        command = button_commands.build_wake_run_command(row.execution_id)
        buttons.draw_command_button("Resume", command, key=key, icon=":material/play_circle:", is_quiet=True)
        of = f"inbox.snoozed.{row.execution_id}"
        target = build_inbox_run_target(row, snoozes=row.count)
        buttons.draw_action_menu(_list_run_actions(row), target, ActionSource.INBOX, of=of)


def draw_escalation_row(row: EscalatedRun, person: Person) -> None:
    is_open = row.ended_at is None
    html = _build_open_escalation_html(row, person) if is_open else _build_decided_escalation_html(row, person)
    with draw_row_with_buttons(html, key=f"escalation.{row.escalation_id}"):
        page_links.draw_run_link(row.execution_id, "Open", slide_id=row.current_slide)
        if is_open and row.to_me and row.acknowledged_at is None:
            buttons.draw_command_button(
                "Acknowledge",
                button_commands.build_acknowledge_escalation_command(row.escalation_id),
                key=f"inbox.ack.{row.escalation_id}",
                icon=":material/done_all:",
                is_quiet=True,
            )
        if is_open and (row.to_me or person.role.leads_team):
            target = build_inbox_run_target(row)
            buttons.draw_dialog_button(
                "hand_back", target, ActionSource.INBOX, label="Hand back", icon=":material/reply:"
            )
        if is_open and (row.by_me or person.role.leads_team):
            of = f"inbox.raised.{row.escalation_id}"
            buttons.draw_action_menu(
                ("redirect", "withdraw"),
                build_inbox_run_target(row),
                ActionSource.INBOX,
                of=of,
                about=row.customer_name,
            )


def _build_open_escalation_html(row: EscalatedRun, person: Person) -> Html:
    asked = f"You asked {row.assigned_to_name}" if row.by_me else f"{row.raised_by_name} asked "
    asked += "" if row.by_me else "you" if row.to_me else row.assigned_to_name
    clock = describe_response_clock(row.respond_by, row.acknowledged_at, datetime.now(UTC), person.time_zone)
    comments = f" {format_count(row.comments, 'comment')}." if row.comments else ""
    return Html('<p>{}</p><p dir="auto">{}: {}</p><p class="zen-small {}">{}{}</p>').format(
        build_run_title_html(row, is_team=row.owner_id != str(person.id)),
        asked,
        shorten_row_text(row.ask),
        "zen-bad" if row.is_overdue else "zen-muted",
        build_icon_html(":material/error:") if row.is_overdue else "",
        f"{row.severity_label}. {clock}{comments}",
    )


def _build_decided_escalation_html(row: EscalatedRun, person: Person) -> Html:
    decision = Html("{}: <strong>{}</strong>").format(row.assigned_to_name, shorten_row_text(row.decision or ""))
    asked = f"{'You' if row.by_me else row.raised_by_name} asked: {shorten_row_text(row.ask)}"
    title = build_run_title_html(row, is_team=row.owner_id != str(person.id))
    return ROW_HTML.format(title, build_icon_html(":material/reply:"), decision, asked)


def draw_follow_up_row(row: FollowUp, person: Person, *, is_team: bool) -> None:
    mark = (
        Html('<span class="zen-bad">{}Overdue</span> ').format(build_icon_html(":material/error:"))
        if row.is_overdue
        else build_icon_html(":material/task_alt:")
    )
    author = "you" if row.created_by_name == person.full_name else row.created_by_name
    is_own = row.assigned_to == str(person.id)
    name = build_customer_link_html(row.customer_id, row.customer_name)
    title = build_row_title_html(name, *((row.assigned_to_name,) if is_team or not is_own else ()))
    html = ROW_HTML.format(title, mark, shorten_row_text(row.title), f"Due {format_date(row.due_on)} · by {author}")
    with draw_row_with_buttons(html, key=f"follow_up.{row.id}"):
        if row.execution_id is not None:
            page_links.draw_run_link(row.execution_id, "Open")
        if is_own or not is_team:  # also as a deputy
            done = button_commands.build_complete_follow_up_command(row.id)
            buttons.draw_command_button("Done", done, key=f"follow_up.{row.id}", icon=":material/check:", is_quiet=True)


def draw_notice_row(row: Notice, time_zone: str) -> None:
    sent = f"{row.from_name or 'Zen'}, {theme.format_timestamp(row.created_at, time_zone)}"
    html = ROW_HTML.format(
        build_row_title_html(build_customer_link_html(row.customer_id, row.customer_name or row.draft_name or "Zen")),
        build_icon_html(":material/mail:"),
        shorten_row_text(_describe_notice(row)),
        sent,
    )
    with draw_row_with_buttons(html, key=f"notice.{row.id}"):
        if row.execution_id is not None:
            page_links.draw_run_link(row.execution_id, "Open")
        if row.draft_id is not None and row.slide_id is not None:
            page_links.draw_comment_link(row.draft_id, row.slide_id, "Open")
        command = button_commands.build_notice_read_command(row.id)
        buttons.draw_command_button("Read", command, key=f"notice.{row.id}", icon=":material/check:", is_quiet=True)


def _describe_notice(row: Notice) -> str:
    return f"{row.body} {describe_start_reason(row.start_reason)}." if row.start_reason else row.body


def draw_recent_action_row(row: RecentAction, time_zone: str) -> None:
    undone = ""
    if row.undone_at is not None:
        undone = f" · undone by {row.undone_by_name}, {theme.format_timestamp(row.undone_at, time_zone)}"
    html = ROW_HTML.format(
        build_row_title_html(build_customer_link_html(row.customer_id, row.customer_name or row.name)),
        "",
        f"{row.name}: {shorten_row_text(row.summary)}",
        f"{row.actor_name}, {theme.format_timestamp(row.created_at, time_zone)}{undone}",
    )
    with draw_row_with_buttons(html, key=f"action.{row.run_id}"):
        if row.execution_id is not None:
            page_links.draw_run_link(row.execution_id, "Open")
        if row.can_undo:
            buttons.draw_undo_button(row.run_id, where="inbox")


def _list_run_actions(row: InboxRun) -> tuple[DialogKind, ...]:
    return tuple(kind for kind in RUN_ACTIONS if kind != "abandon" or not row.has_answers)
