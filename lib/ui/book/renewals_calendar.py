"""The renewals of the book by month: notice deadlines and renewal dates, each a button to its rows.

Months stand under their fiscal quarter, which has the sums of those shown.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

import streamlit as st

from lib.book.model import RenewalCalendar, RenewalMonth, RenewalSum
from lib.customers.fiscal_quarters import label_fiscal_quarter
from lib.services import Services
from lib.text.format import format_count, format_money
from lib.text.html import Html
from lib.ui import page_cache
from lib.ui.book.book_filters import format_month
from lib.ui.book.book_url import BookUrl, change_book_url
from lib.ui.book.table_commands import draw_table_with_commands
from lib.ui.page_cache import Cached
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import BOOK_RENEWALS, BOOK_TAB

TABS = {False: "List", True: "Renewals"}
_TABLE = Html(
    '<div class="zen-table"><table class="zen-book zen-renewals"><thead><tr><th scope="col">Month</th>'
    '<th scope="col">Notice deadlines</th><th scope="col">Renewal dates</th></tr></thead>'
    "<tbody>{}</tbody></table></div>"
)
_ROW = Html('<tr><td class="zen-book-name"><strong>{}</strong></td>{}{}</tr>')
_CELL = Html('<td><span class="zen-cell-label">{}</span><span class="zen-cell">{}</span></td>')
_OPEN = Html('<button type="button" class="zen-open" data-command="month.{}.{}" aria-label="{}">{}</button>{}')
_QUARTER = Html(
    '<tr class="zen-quarter"><th scope="row">{}</th><td><span class="zen-cell-label">{}</span>{}</td>'
    '<td><span class="zen-cell-label">{}</span>{}</td></tr>'
)
_AT_RISK = Html(' <span class="zen-bad">{}</span>')


def draw_book_tabs(address: BookUrl, *, leads_team: bool) -> None:
    """The list, or the renewals by month; the address keeps which."""
    st.session_state[BOOK_TAB] = address.shows_renewals
    st.segmented_control(
        "Show", list(TABS), key=BOOK_TAB, required=True, format_func=TABS.__getitem__, label_visibility="collapsed",
        on_change=_show_chosen_book_tab, args=(leads_team,),
    )  # fmt: skip


def load_renewals(services: Services, address: BookUrl) -> Cached[RenewalCalendar]:
    """The months of an address. One request, none within a minute."""
    page_cache.drop_value_of_other_subject(BOOK_RENEWALS, address.view.filter)
    fetch = lambda: services.book.fetch_renewals(address.view)  # noqa: E731
    return page_cache.load_with_max_age(BOOK_RENEWALS, fetch, page_cache.CACHE_SECONDS)


def draw_renewals_calendar(calendar: RenewalCalendar) -> None:
    """A row a fiscal quarter and a month, and what lies beyond the months."""
    find_quarter = lambda each: label_fiscal_quarter(calendar.quarters, date.fromisoformat(f"{each.month}-01"))  # noqa: E731
    rows = [
        _build_quarter_html(label or "", tuple(months)) for label, months in groupby(calendar.months, key=find_quarter)
    ]
    draw_table_with_commands(_TABLE.format(Html("").join(rows)))
    beyond = [
        f"{format_count(calendar.earlier, 'notice deadline')} before this month" if calendar.earlier else "",
        f"{format_count(calendar.later, 'notice deadline')} later" if calendar.later else "",
        f"{format_count(calendar.without_contract, 'customer')} without a contract"
        if calendar.without_contract
        else "",
    ]
    if any(beyond):
        draw_html(Html('<p class="zen-muted">{}</p>').format(" · ".join(filter(None, beyond))))


def _build_quarter_html(label: str, months: Sequence[RenewalMonth]) -> Html:
    """A row of sums, then a row a month."""
    deadlines = _describe_renewal_sums([each.deadlines for each in months])
    ends = _describe_renewal_sums([each.ends for each in months])
    head = _QUARTER.format(label, "Notice deadlines", deadlines, "Renewal dates", ends)
    return Html("").join([head, *(_build_month_html(each) for each in months)])


def _describe_renewal_sums(sums: Sequence[RenewalSum | None]) -> str:
    found = [each for each in sums if each is not None]
    if not found:
        return "none"
    arr = sum((each.arr for each in found), Decimal())
    return f"{format_count(sum(each.customers for each in found), 'customer')} · {format_money(arr)}"


def _build_month_html(each: RenewalMonth) -> Html:
    name = format_month(each.month)
    deadlines = _build_renewal_sum_html(each.deadlines, "deadline", each.month, f"notice deadlines in {name}")
    ends = _build_renewal_sum_html(each.ends, "end", each.month, f"renewal dates in {name}")
    return _ROW.format(name, _CELL.format("Notice deadlines", deadlines), _CELL.format("Renewal dates", ends))


def _build_renewal_sum_html(found: RenewalSum | None, side: str, month: str, what: str) -> Html:
    if found is None:
        return Html('<span class="zen-muted">none</span>')
    text = f"{format_count(found.customers, 'customer')} · {format_money(found.arr)}"
    risk = f"{format_count(found.at_risk)} at risk ({format_money(found.arr_at_risk)})"
    return _OPEN.format(side, month, f"{text}, {what}: show them", text, _AT_RISK.format(risk) if found.at_risk else "")


def _show_chosen_book_tab(leads_team: bool) -> None:
    """A callback."""
    shows = bool(st.session_state[BOOK_TAB])
    change_book_url(lambda address: address.show_renewals(shows), leads_team=leads_team)
