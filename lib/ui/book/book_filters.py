"""The filters of the book and the choice of its columns; the address is the only place they are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.book.model import BANDS, COLUMN_LABELS, MAX_NAME_CHARS, BookColumn, BookFilter, BookOwner, BookPage
from lib.book.saved_views import SavedView
from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS
from lib.services import Services
from lib.text.format import MONTH_NAMES, format_days, format_money
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui.book.book_question_field import draw_asked_question, draw_question_field
from lib.ui.book.book_url import BookUrl, change_book_url, with_book_filter
from lib.ui.book.saved_views import draw_saved_views
from lib.ui.session_keys import book_filter_key
from lib.ui.widget_values import number_duplicate_labels

Range = tuple[int | None, int | None]

ANYTHING: Range = (None, None)
DAY_RANGES: tuple[Range, ...] = (ANYTHING, (None, -1), (0, 30), (0, 60), (0, 90), (0, 180))
ARR_RANGES: tuple[Range, ...] = (ANYTHING, (None, 24_999), (25_000, 99_999), (100_000, None))
BAND_WORDS: Mapping[str, str] = {**HEALTH_BAND_LABELS, "none": "no data"}
RUN_WORDS = {"any": "Any", "yes": "Has an open run", "no": "Has none"}
RUN_VALUES: Mapping[str, bool | None] = {"any": None, "yes": True, "no": False}
STATUS_WORDS = {"active": "Active customers", "churned": "Churned customers"}
STATUS_VALUES = {"active": None, "churned": "churned"}


def draw_book_filters(book: BookPage, address: BookUrl, views: Sequence[SavedView], services: Services) -> None:
    """Name and owner; the other filters and the columns behind a button each."""
    shown, leads_team = address.view.filter, services.person.role.leads_team
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="book_filters"):
        _draw_name_field(shown, leads_team)
        _draw_owner_select(shown, book.owners, leads_team)
        count = count_book_filters(shown)
        with st.popover(f"Filters · {count}" if count else "Filters", icon=":material/filter_list:"):
            _draw_more_filters(shown, leads_team)
        with st.popover("Columns", icon=":material/view_column:"):
            _draw_column_choice(address, leads_team)
        draw_question_field(book, leads_team=leads_team)
        draw_saved_views(address, views, services)
        if count or shown.name:
            st.button(
                "Clear", key=book_filter_key("clear"), type="tertiary", on_click=_clear_book_filters, args=(leads_team,)
            )
    described = describe_book_filter(shown)
    if described:
        st.caption(escape_markdown(" · ".join(described)))
    draw_asked_question(address, leads_team=leads_team)


def count_book_filters(shown: BookFilter) -> int:
    """How many filters are set beside the name and the owner."""
    ranges = ((shown.days_from, shown.days_to), (shown.arr_from, shown.arr_to))
    others = (shown.segments, shown.bands, shown.status, shown.deadline_month, shown.end_month)
    return sum(each != ANYTHING for each in ranges) + sum(map(bool, others)) + (shown.has_run is not None)


def describe_book_filter(shown: BookFilter) -> list[str]:
    """Each filter that is set, in words."""
    days, arr = (shown.days_from, shown.days_to), (shown.arr_from, shown.arr_to)
    parts = [
        ", ".join(SEGMENT_LABELS[each] for each in shown.segments),
        f"Health: {', '.join(BAND_WORDS[each] for each in shown.bands)}" if shown.bands else "",
        f"Notice deadline {describe_day_range(days)}" if days != ANYTHING else "",
        f"ARR {describe_arr_range(arr)}" if arr != ANYTHING else "",
        RUN_WORDS["yes" if shown.has_run else "no"] if shown.has_run is not None else "",
        STATUS_WORDS[shown.status] if shown.status else "",
        f"Notice deadline in {format_month(shown.deadline_month)}" if shown.deadline_month else "",
        f"Renewal date in {format_month(shown.end_month)}" if shown.end_month else "",
    ]
    return [part for part in parts if part]


def describe_day_range(days: Range) -> str:
    low, high = days
    if days == ANYTHING:
        return "Any"
    if high == -1 and low is None:
        return "has passed"
    if low in (0, None) and high is not None:
        return f"in the next {format_days(high)}" if low == 0 else f"in {format_days(high)} or earlier"
    return f"in {format_days(low)} or later" if high is None else f"in {low} to {format_days(high)}"


def describe_arr_range(arr: Range) -> str:
    low, high = arr
    if low is None:
        return "Any" if high is None else f"up to {format_money(high)}"
    return f"from {format_money(low)}" if high is None else f"{format_money(low)} to {format_money(high)}"


def format_month(month: str) -> str:
    """ "Jan 2027" of "2027-01"."""
    return f"{MONTH_NAMES[int(month[5:7]) - 1]} {month[:4]}"


def _draw_name_field(shown: BookFilter, leads_team: bool) -> None:
    key = book_filter_key("name")
    st.session_state[key] = shown.name or ""
    st.text_input(
        "Part of a customer's name",
        key=key,
        max_chars=MAX_NAME_CHARS,
        placeholder="Find a customer",
        label_visibility="collapsed",
        icon=":material/search:",
        width=260,
        on_change=_apply_filter_change,
        args=(lambda: {"name": st.session_state[key].strip() or None}, leads_team),
    )


def _draw_owner_select(shown: BookFilter, owners: Sequence[BookOwner], leads_team: bool) -> None:
    names = number_duplicate_labels([single_line(each.name) for each in owners])
    labels = {"mine": "My customers", "team": "All customers"} | dict(
        zip((each.id for each in owners), names, strict=True)
    )
    labels.setdefault(shown.owner or "team", "Somebody without customers")
    key = book_filter_key("owner")
    st.session_state[key] = shown.owner
    st.selectbox(
        "Owner",
        list(labels),
        key=key,
        format_func=lambda value: labels.get(value, ""),
        label_visibility="collapsed",
        width=220,
        on_change=_apply_filter_change,
        args=(lambda: {"owner": st.session_state[key]}, leads_team),
    )


def _draw_more_filters(shown: BookFilter, leads_team: bool) -> None:
    _draw_code_multiselect("Health", "bands", [str(each) for each in BANDS], shown.bands, BAND_WORDS, leads_team)
    _draw_code_multiselect("Segment", "segments", list(SEGMENT_LABELS), shown.segments, SEGMENT_LABELS, leads_team)
    days, arr = (shown.days_from, shown.days_to), (shown.arr_from, shown.arr_to)
    _draw_range_select("Notice deadline", ("days_from", "days_to"), DAY_RANGES, days, describe_day_range, leads_team)
    _draw_range_select("ARR", ("arr_from", "arr_to"), ARR_RANGES, arr, describe_arr_range, leads_team)
    _draw_single_select("Open run", "has_run", RUN_VALUES, shown.has_run, RUN_WORDS, leads_team)
    _draw_single_select("Status", "status", STATUS_VALUES, shown.status, STATUS_WORDS, leads_team)


def _draw_code_multiselect(
    label: str, name: str, options: list[str], chosen: tuple[str, ...], words: Mapping[str, str], leads_team: bool
) -> None:
    key = book_filter_key(name)
    st.session_state[key] = list(chosen)
    st.multiselect(
        label,
        options,
        key=key,
        format_func=lambda value: words[value],
        placeholder="Any",
        on_change=_apply_filter_change,
        args=(lambda: {name: tuple(st.session_state[key])}, leads_team),
    )


def _draw_range_select(
    label: str,
    names: tuple[str, str],
    ranges: tuple[Range, ...],
    chosen: Range,
    describe: Callable[[Range], str],
    leads_team: bool,
) -> None:
    """A choice among ranges; one of the address that is none of them is offered too."""
    key = book_filter_key(names[0])
    options = ranges if chosen in ranges else (*ranges, chosen)
    st.session_state[key] = chosen
    st.selectbox(
        label,
        options,
        key=key,
        format_func=describe,
        on_change=_apply_filter_change,
        args=(lambda: dict(zip(names, st.session_state[key], strict=True)), leads_team),
    )


def _draw_single_select(
    label: str, name: str, values: Mapping[str, Any], chosen: Any, words: Mapping[str, str], leads_team: bool
) -> None:
    """A choice among codes: Streamlit takes None for nothing chosen, so each value has one."""
    key = book_filter_key(name)
    st.session_state[key] = next(code for code, value in values.items() if value == chosen)
    st.selectbox(
        label,
        list(values),
        key=key,
        format_func=lambda code: words[code],
        on_change=_apply_filter_change,
        args=(lambda: {name: values[st.session_state[key]]}, leads_team),
    )


def _draw_column_choice(address: BookUrl, leads_team: bool) -> None:
    key = book_filter_key("columns")
    st.session_state[key] = list(address.view.columns)
    st.multiselect(
        "Columns, in their order",
        list(BookColumn),
        key=key,
        format_func=COLUMN_LABELS.__getitem__,
        placeholder="The name alone",
        on_change=_apply_column_choice,
        args=(key, leads_team),
    )


def _apply_filter_change(read: Callable[[], dict[str, Any]], leads_team: bool) -> None:
    """A callback: another filter, from the first row."""
    change_book_url(lambda address: with_book_filter(address, **read()), leads_team=leads_team)


def _apply_column_choice(key: str, leads_team: bool) -> None:
    columns = tuple(st.session_state[key])
    change_book_url(
        lambda address: replace(address, view=replace(address.view, columns=columns)), leads_team=leads_team
    )


def _clear_book_filters(leads_team: bool) -> None:
    """A callback: every customer of the chosen owner again."""
    change_book_url(
        lambda address: replace(
            address, first=0, view=replace(address.view, filter=BookFilter(owner=address.view.filter.owner))
        ),
        leads_team=leads_team,
    )
