"""The rows of the book as one table of HTML; on a phone each row is a card."""

from collections.abc import Callable, Mapping

from lib.book.model import (
    COLUMN_LABELS,
    COLUMN_SORTS,
    SEGMENTS,
    BookColumn,
    BookPage,
    BookRow,
    BookSort,
    BookView,
)
from lib.text.format import format_date, format_money, relative_days
from lib.text.html import Html
from lib.text.truncate import single_line, truncate
from lib.ui import theme
from lib.ui.customer.customer_address import build_customer_link_html

MAX_RISK_CHARS = 80
RUN_STATUS_WORDS = {"active": "", "snoozed": ", snoozed", "escalated": ", escalated"}
NUMBER_COLUMNS = frozenset({BookColumn.ARR, BookColumn.DAYS_LEFT})

_TABLE = Html(
    '<div class="zen-table"><table class="zen-book"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
)
_HEAD = Html('<th class="{}">{}{}</th>')
_CELL = Html('<td class="{}"><span class="zen-cell-label">{}</span>{}</td>')
_MUTED = Html('<span class="zen-muted">{}</span>')
_ARROWS = {False: " ↑", True: " ↓"}


def build_book_table_html(page: BookPage, view: BookView) -> Html:
    """The rows with the columns of a view."""
    head = [_build_head_html("Customer", BookSort.NAME, view, "")]
    head += [
        _build_head_html(COLUMN_LABELS[each], COLUMN_SORTS.get(each), view, _find_class(each)) for each in view.columns
    ]
    return _TABLE.format(Html("").join(head), Html("").join(_build_row_html(row, view) for row in page.rows))


def _build_head_html(label: str, sort: BookSort | None, view: BookView, css: str) -> Html:
    return _HEAD.format(css, label, _ARROWS[view.descending] if sort is view.sort else "")


def _build_row_html(row: BookRow, view: BookView) -> Html:
    name = Html('<td class="zen-book-name"><strong dir="auto">{}</strong></td>').format(
        build_customer_link_html(row.id, single_line(row.name))
    )
    cells = (_CELL.format(_find_class(each), COLUMN_LABELS[each], CELLS[each](row)) for each in view.columns)
    return Html("<tr>{}{}</tr>").format(name, Html("").join(cells))


def _find_class(column: BookColumn) -> str:
    return "zen-number" if column in NUMBER_COLUMNS else "zen-book-text"


def _build_deadline_html(row: BookRow) -> Html:
    """The deadline, with what has become of it: a next term that is agreed, or that it has passed."""
    if row.notice_deadline is None:
        return _MUTED.format("no contract")
    if row.next_term_on is not None:
        return Html("{} {}").format(format_date(row.notice_deadline), _MUTED.format("renewed"))
    if row.days_left is not None and row.days_left < 0:
        return Html("{} {}").format(format_date(row.notice_deadline), _MUTED.format("passed"))
    return Html.escape(format_date(row.notice_deadline))


def _build_run_html(row: BookRow) -> Html:
    if row.run is None:
        return _MUTED.format("none")
    more = f", {row.run.others} more" if row.run.others else ""
    status = RUN_STATUS_WORDS.get(row.run.status, "")
    return Html("{}{}").format(single_line(row.run.workflow_name), f"{status}{more}")


def _build_risk_html(row: BookRow) -> Html:
    return Html.escape(truncate(single_line(row.risk), MAX_RISK_CHARS)) if row.risk else _MUTED.format("none")


CELLS: Mapping[BookColumn, Callable[[BookRow], Html]] = {
    BookColumn.OWNER: lambda row: Html.escape(single_line(row.owner_name)),
    BookColumn.SEGMENT: lambda row: Html.escape(SEGMENTS.get(row.segment, row.segment)),
    BookColumn.ARR: lambda row: Html.escape(format_money(row.arr)),
    BookColumn.HEALTH: lambda row: theme.build_health_badge_html(row.health_score, row.health_band),
    BookColumn.DEADLINE: _build_deadline_html,
    BookColumn.DAYS_LEFT: lambda row: Html.escape(relative_days(row.days_left)),
    BookColumn.RUN: _build_run_html,
    BookColumn.LAST_CONTACT: lambda row: Html.escape(format_date(row.last_contact_on)),
    BookColumn.RISK: _build_risk_html,
}
