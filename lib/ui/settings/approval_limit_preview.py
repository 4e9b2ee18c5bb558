"""What other approval limits and severities would change, in words and tables."""

from lib.companies.settings_previews import ChangedPrices, LimitPreview
from lib.content.model import Column, ColumnKind, Table
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui.safe_text import draw_html
from lib.ui.tables import draw_table

NOBODY = "Nobody"
SUBJECTS = {"scenario": "Price", "quote": "Quote"}


def draw_limit_preview(preview: LimitPreview) -> None:
    """How many open prices and escalations change, and which."""
    draw_html(Html("<h5>{}</h5>").format(describe_limit_changes(preview)))
    for sentence in describe_archived_severities(preview):
        draw_html(Html('<p class="zen-muted">{}</p>').format(sentence))
    if preview.prices.changed:
        draw_table(_build_changed_prices_table(preview.prices), key="limit_preview_prices")
    if preview.clocks.changed:
        draw_table(_build_changed_clocks_table(preview), key="limit_preview_clocks")


def describe_limit_changes(preview: LimitPreview) -> str:
    """ "1 open price gets a different approver, or none. The due date of 3 open escalations moves."."""
    prices, clocks = preview.prices.changed_count, preview.clocks.changed_count
    parts = []
    if prices:
        gets = "gets" if prices == 1 else "get"
        parts.append(f"{format_count(prices, 'open price')} {gets} a different approver, or none.")
    if clocks:
        overdue = preview.clocks.overdue_count
        late = f"; {overdue} {'becomes' if overdue == 1 else 'become'} overdue" if overdue else ""
        parts.append(f"The due date of {format_count(clocks, 'open escalation')} moves{late}.")
    return " ".join(parts) or "No open price and no open escalation would change."


def describe_archived_severities(preview: LimitPreview) -> list[str]:
    """ "Low can no longer be chosen; 2 open and 5 ended escalations keep it."."""
    return [
        f"{each.label} can no longer be chosen; {each.open_count} open and "
        f"{format_count(each.finished_count, 'ended escalation')} keep it."
        for each in preview.archived
    ]


def _build_changed_prices_table(prices: ChangedPrices) -> Table:
    rest = prices.changed_count - len(prices.changed)
    return Table(
        title="Open prices with a different approver",
        columns=(
            Column(key="customer", label="Customer"),
            Column(key="what", label="What"),
            Column(key="percent", label="Below list", kind=ColumnKind.PERCENT),
            Column(key="now", label="Approver now"),
            Column(key="then", label="With these limits"),
        ),
        rows=tuple(
            {
                "customer": each.customer_name,
                "what": f"{SUBJECTS[each.subject]}, {each.workflow_name}",
                "percent": each.off_list_percent,
                "now": _format_approver_cell(each.approver_before),
                "then": _format_approver_cell(each.approver_after),
            }
            for each in prices.changed
        ),
        source=f"{rest} more are not listed." if rest else None,
    )


def _format_approver_cell(approver: str | None) -> str:
    """A person or a role, as a cell of its own: "Manager"."""
    return f"{approver[:1].upper()}{approver[1:]}" if approver else NOBODY


def _build_changed_clocks_table(preview: LimitPreview) -> Table:
    rest = preview.clocks.changed_count - len(preview.clocks.changed)
    return Table(
        title="Open escalations with another due date",
        columns=(
            Column(key="customer", label="Customer"),
            Column(key="severity", label="Severity"),
            Column(key="who", label="Assigned to"),
            Column(key="now", label="Answer due, now", kind=ColumnKind.DATE),
            Column(key="then", label="New due date", kind=ColumnKind.DATE),
            Column(key="late", label="Becomes overdue"),
        ),
        rows=tuple(
            {
                "customer": each.customer_name,
                "severity": each.severity_label,
                "who": each.assigned_to_name,
                "now": each.due_before,
                "then": each.due_after,
                "late": "Yes" if each.becomes_overdue else "No",
            }
            for each in preview.clocks.changed
        ),
        source=f"{rest} more are not listed." if rest else None,
    )
