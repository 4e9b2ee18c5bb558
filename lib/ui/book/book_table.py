"""The rows of the book as one table of HTML; on a phone each row is a card."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import urlencode

from lib.book.model import (
    COLUMN_LABELS,
    COLUMN_SORTS,
    BookColumn,
    BookPage,
    BookRow,
    BookSort,
    BookView,
)
from lib.customers.health_band_tones import HEALTH_BAND_TONES
from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS
from lib.server.page_urls import PagePath
from lib.text.format import format_date, format_money, format_relative_days
from lib.text.html import Html
from lib.text.regional_format import RegionalFormat, get_regional_format
from lib.text.truncate import single_line, truncate
from lib.ui import page_links, theme
from lib.ui.book.table_commands import is_sorted_by
from lib.ui.customer.customer_url import customer_link

MAX_RISK_CHARS = 80
RUN_STATUS_WORDS = {"active": "", "snoozed": ", snoozed", "escalated": ", escalated"}
START_SUGGESTED = "Start one"
NUMBER_COLUMNS = frozenset({BookColumn.ARR, BookColumn.DAYS_LEFT})

_TABLE = Html(
    '<div class="zen-table"><table class="zen-book zen-v-{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
)
_HEAD = Html('<th scope="col" class="{}" aria-sort="{}">{}</th>')
_SORT = Html('<button type="button" class="zen-sort" data-command="sort.{}">{}{}</button>')
_BOX = Html('<input type="checkbox" data-select="{}" aria-label="{}">')
_ROW = Html('<tr><td class="zen-book-box">{}</td><td class="zen-book-name"><strong dir="auto">{}</strong></td>{}</tr>')
_CELL = Html('<td class="{}"><span class="zen-cell-label">{}</span><span class="zen-cell">{}</span></td>')
_LINK = Html('<a class="zen-link" href="{}" target="_self" data-command="{}">{}</a>')
_MUTED = Html('<span class="zen-muted">{}</span>')
_DAY = Html('<span class="zen-one-line">{}</span>')
_ARROWS = {"none": "", "ascending": " ↑", "descending": " ↓"}


def build_book_table_html(page: BookPage, view: BookView, *, version: str) -> Html:
    """The rows with the columns of a view, for `table_commands.draw_table_with_commands`."""
    return _build_book_table(page, view, version, get_regional_format())


# A rerun of the page has the same rows most of the time; fifty of them take 8 ms. Money is written by the format.
@lru_cache(maxsize=64)
def _build_book_table(page: BookPage, view: BookView, version: str, _format: RegionalFormat) -> Html:
    head = [
        Html('<th scope="col" class="zen-book-box">{}</th>').format(_BOX.format("all", "Select all rows on this page")),
        _build_column_head_html("Customer", BookSort.NAME, view, "zen-book-name"),
    ]
    head += [
        _build_column_head_html(COLUMN_LABELS[each], COLUMN_SORTS.get(each), view, _find_column_class(each))
        for each in view.columns
    ]
    return _TABLE.format(
        version, Html("").join(head), Html("").join(_build_book_row_html(row, view) for row in page.rows)
    )


def _build_column_head_html(label: str, sort: BookSort | None, view: BookView, css: str) -> Html:
    """A head that sorts by its column, where the database can."""
    direction = is_sorted_by(view, sort)
    content = Html.escape(label) if sort is None else _SORT.format(sort.value, label, _ARROWS[direction])
    return _HEAD.format(css, direction, content)


def _build_book_row_html(row: BookRow, view: BookView) -> Html:
    name = single_line(row.name)
    cells = (_CELL.format(_find_column_class(each), COLUMN_LABELS[each], CELLS[each](row)) for each in view.columns)
    return _ROW.format(
        _BOX.format(row.id, f"Select {name}"),
        _LINK.format(customer_link(row.id), f"customer.{row.id}", name),
        Html("").join(cells),
    )


def _find_column_class(column: BookColumn) -> str:
    if column in NUMBER_COLUMNS:
        return "zen-number"
    return {BookColumn.LAST_CONTACT: "zen-day", BookColumn.OWNER: "zen-book-owner"}.get(column, "zen-book-text")


def _build_deadline_html(row: BookRow) -> Html:
    """The deadline, with what has become of it: a next term that is agreed, or that it has passed."""
    if row.notice_deadline is None:
        return _MUTED.format("no contract")
    is_past = row.days_left is not None and row.days_left < 0
    note = "renewed" if row.next_term_on is not None else "passed" if is_past else ""
    day = _DAY.format(format_date(row.notice_deadline))
    return Html("{} {}").format(day, _MUTED.format(note)) if note else day


def _build_health_html(row: BookRow) -> Html:
    """The score with its word and colour; the head of the column says that it is health."""
    if row.health_score is None or row.health_band is None:
        return _MUTED.format("no data")
    text = f"{row.health_score} · {HEALTH_BAND_LABELS[row.health_band]}"
    return theme.build_badge_html(text, HEALTH_BAND_TONES[row.health_band])


def _build_run_or_suggestion_html(row: BookRow) -> Html:
    """The run as a link, or a link to what the suggested workflow would begin with."""
    if row.run is not None:
        more = f", {row.run.others} more" if row.run.others else ""
        name = f"{single_line(row.run.workflow_name)}{RUN_STATUS_WORDS.get(row.run.status, '')}{more}"
        params = page_links.build_run_query_params(row.run.execution_id)
        return _LINK.format(f"/{PagePath.RUN}?{urlencode(params)}", f"run.{row.run.execution_id}", name)
    if row.workflow_id is not None:
        params = page_links.build_peek_query_params(row.workflow_id, row.id)
        return _LINK.format(
            f"/{PagePath.RUN}?{urlencode(params)}", f"start.{row.workflow_id}.{row.id}", START_SUGGESTED
        )
    return _MUTED.format("none")


def _build_risk_html(row: BookRow) -> Html:
    return Html.escape(truncate(single_line(row.risk), MAX_RISK_CHARS)) if row.risk else _MUTED.format("none")


CELLS: Mapping[BookColumn, Callable[[BookRow], Html]] = {
    BookColumn.OWNER: lambda row: Html.escape(single_line(row.owner_name)),
    BookColumn.SEGMENT: lambda row: Html.escape(SEGMENT_LABELS.get(row.segment, row.segment)),
    BookColumn.ARR: lambda row: Html.escape(format_money(row.arr)),
    BookColumn.HEALTH: _build_health_html,
    BookColumn.DEADLINE: _build_deadline_html,
    BookColumn.DAYS_LEFT: lambda row: Html.escape(format_relative_days(row.days_left)),
    BookColumn.RUN: _build_run_or_suggestion_html,
    BookColumn.LAST_CONTACT: lambda row: Html.escape(format_date(row.last_contact_on)),
    BookColumn.RISK: _build_risk_html,
}
