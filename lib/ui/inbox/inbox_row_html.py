"""The lines of a row of the inbox as HTML."""

from lib.executions.inbox_entries import (
    EscalatedRun,
    InboxRun,
)
from lib.text.format import format_date
from lib.text.html import Html
from lib.text.truncate import truncate
from lib.ui.customer.customer_url import build_customer_link_html

MAX_TEXT_CHARS = 400
ROW_HTML = Html('<p>{}</p><p dir="auto">{}{}</p><p class="zen-small zen-muted">{}</p>')


def build_run_title_html(row: InboxRun, *, is_team: bool) -> Html:
    name = build_customer_link_html(row.customer_id, row.customer_name)
    due = (f"due {format_date(row.due_on)}",) if row.due_on else ()
    owner = (row.owner_name,) if is_team else ()
    is_decided = isinstance(row, EscalatedRun) and row.ended_at is not None
    verb = "Handed back by" if is_decided else "Assigned to"
    assignee = (f"{verb} {row.assigned_to_name}",) if row.assigned_to_name else ()
    return build_row_title_html(name, row.workflow_name, *due, *owner, *assignee)


def build_row_title_html(name: str | Html, *details: str) -> Html:
    return Html("<strong>{}</strong>{}").format(name, "".join(f" · {detail}" for detail in details))


def shorten_row_text(text: str) -> str:
    return truncate(text, MAX_TEXT_CHARS)
