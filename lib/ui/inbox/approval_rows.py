"""Rows of the inbox about approvals of tool calls and prices."""

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.inbox_entries import (
    PendingApproval,
    PendingPrice,
)
from lib.slides.model import SlideId
from lib.slides.stored_prices import describe_needed_approval, describe_price_below_list
from lib.text.format import humanize_code
from lib.text.html import build_icon_html
from lib.ui import page_links, theme
from lib.ui.actions import button_commands, buttons
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.inbox.inbox_row_html import ROW_HTML, build_row_title_html, shorten_row_text
from lib.ui.inbox.run_selection import build_inbox_run_target
from lib.ui.safe_text import draw_row_with_buttons

SAVED_ACTION_TOOL = "run_saved_action"
PRICE_SLIDES = {"scenario": SlideId.PRICING_STRATEGY, "quote": SlideId.PREPARE_QUOTE}


def draw_approval_row(row: PendingApproval, time_zone: str) -> None:
    approver = "a manager's approval" if row.needs_leader else "your approval, next to its slide"
    html = ROW_HTML.format(
        build_row_title_html(row.customer_name, row.owner_name),
        build_icon_html(":material/pan_tool:"),
        f"{shorten_row_text(describe_approval(row))} is waiting for approval",
        f"Since {theme.format_timestamp(row.created_at, time_zone)} · needs {approver}",
    )
    with draw_row_with_buttons(html, key=f"approval.{row.call_id}"):
        page_links.draw_slide_link(row.execution_id, row.slide_id, "Open the slide", row.thread_id)
        page_links.draw_conversation_link(row.thread_id, "Conversation")


def draw_price_row(row: PendingPrice, person: Person) -> None:
    """A price that waits, with the figures: whoever may decide has a button for each decision."""
    is_own = row.requested_by == str(person.id)
    author = "you" if is_own else row.requested_by_name
    what = f"Scenario “{row.name}”" if row.subject == "scenario" else "Quote"
    asked = f"{what} · by {author}, {theme.format_timestamp(row.created_at, person.time_zone)}"
    needed = "" if row.can_decide else f" · waiting for {describe_needed_approval(row.approver)}"
    html = ROW_HTML.format(
        build_row_title_html(build_customer_link_html(row.customer_id, row.customer_name), row.workflow_name),
        build_icon_html(":material/sell:"),
        describe_price_below_list(
            row.total, row.list_total, row.off_list_percent, lacks_list_price=row.lacks_list_price
        ),
        f"{asked}{needed}",
    )
    with draw_row_with_buttons(html, key=f"price.{row.id}"):
        page_links.draw_run_link(row.execution_id, "Open", slide_id=PRICE_SLIDES[row.subject])
        if row.can_decide:
            _draw_price_buttons(row)


def _draw_price_buttons(row: PendingPrice) -> None:
    target = build_inbox_run_target(row)
    if row.needs_record:
        buttons.draw_dialog_button(
            "approve_price", target, ActionSource.INBOX, label="Approve", icon=":material/check:"
        )
    else:
        command = button_commands.build_approve_price_command(row.id, row.customer_name)
        buttons.draw_command_button("Approve", command, key=f"price.{row.id}", icon=":material/check:")
    buttons.draw_dialog_button("deny_price", target, ActionSource.INBOX, label="Deny", icon=":material/block:")


def describe_approval(row: PendingApproval) -> str:
    """A saved action by its name, any other tool by its own."""
    if not row.is_authentic:
        return "A proposal that was not written by Zen"
    name = row.input.get("action") if row.tool == SAVED_ACTION_TOOL else None
    return f"“{name}”" if isinstance(name, str) and name.strip() else humanize_code(row.tool).capitalize()
