"""What is clicked in the table of the book, which is one element: `static/book.js` writes it into a hidden field.

The table has buttons and links with `data-command` ("sort.arr", "customer.<id>", "run.<id>", "start.<workflow>.<id>",
"month.deadline.2027-01"), and checkboxes with `data-select`. Without the script the links still work.
"""

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import nh3
import streamlit as st

from lib.book.model import LARGEST_FIRST, BookPage, BookRow, BookSort, BookView
from lib.text.html import ATTRIBUTES, TAGS, Html
from lib.ui import page_cache, page_links
from lib.ui.actions.action_state import get_action_state
from lib.ui.book.book_url import BookUrl, change_book_url, with_book_filter
from lib.ui.customer.customer_url import build_customer_query_params
from lib.ui.script_values import load_page_script
from lib.ui.session_keys import (
    BOOK,
    BOOK_CLEARED_COUNT,
    BOOK_COMMAND,
    BOOK_DESTINATION,
    BOOK_KNOWN_ROWS,
    BOOK_SELECTED,
)

MAX_SELECTED = 1000
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_COMMAND = re.compile(
    rf"(?:sort\.(?P<sort>[a-z_]+)|customer\.(?P<customer>{_UUID})|run\.(?P<run>{_UUID})"
    rf"|start\.(?P<workflow>[A-Za-z0-9_-]{{1,100}})\.(?P<of>{_UUID})"
    r"|month\.(?P<side>deadline|end)\.(?P<month>[0-9]{4}-[0-9]{2}))"
)
_OWN_ADDRESS = re.compile(r"/(?:customer|run)\?[0-9A-Za-z=&._-]{1,300}")


def _drop_foreign_links_and_inputs(tag: str, attribute: str, value: str) -> str | None:
    is_foreign = tag == "a" and attribute == "href" and not _OWN_ADDRESS.fullmatch(value)
    is_no_box = tag == "input" and attribute == "type" and value != "checkbox"
    return None if is_foreign or is_no_box else value


_CLEANER = nh3.Cleaner(
    tags=TAGS | {"a", "button", "input", "caption"},
    attributes=ATTRIBUTES
    | {
        "a": {"href", "target", "data-command"},
        "button": {"data-command", "type", "aria-label"},
        "input": {"type", "data-select"},
        "th": {"aria-sort", "scope"},
    },
    attribute_filter=_drop_foreign_links_and_inputs,
    link_rel=None,
    clean_content_tags={"script", "style"},
)


def draw_table_with_commands(html: Html) -> None:
    """A table whose buttons, links and checkboxes are commands. Only tags that cannot load or run are drawn."""
    st.html(_clean_table_html(html))


@lru_cache(maxsize=64)
def _clean_table_html(html: Html) -> str:
    return _CLEANER.clean(Html('<div class="zen-text">{}</div>').format(html))


def draw_command_field(*, leads_team: bool) -> None:
    """The hidden field and its script; once a run of the page."""
    with st.container(key="book_commands"):
        st.text_input(
            "Click in the table",
            key=BOOK_COMMAND,
            label_visibility="collapsed",
            on_change=_run_sent_command,
            args=(leads_team,),
        )
        load_page_script("book.js")


def switch_to_clicked_page() -> None:
    """Switch to the page whose link was clicked; at the top of the page."""
    destination = st.session_state.pop(BOOK_DESTINATION, None)
    if destination is not None:
        page, params = destination
        st.switch_page(page, query_params=params)


def build_table_version() -> str:
    """Names what ticks belong to: the same filter, whatever its page and order, until something was done with them."""
    subject = page_cache.get_cached_subject(BOOK)
    view = subject[0] if isinstance(subject, tuple) else BookView()
    shown = (view.filter, get_action_state().finished_count, st.session_state.get(BOOK_CLEARED_COUNT, 0))
    return f"{zlib.crc32(repr(shown).encode()):08x}"


def find_selected_rows(page: BookPage) -> tuple[BookRow, ...]:
    """The rows that are ticked, on this page and on those shown before, in the order they were ticked."""
    version = build_table_version()
    known_version, known = st.session_state.get(BOOK_KNOWN_ROWS, ("", {}))
    rows: dict[str, BookRow] = (known if known_version == version else {}) | {row.id: row for row in page.rows}
    selected_version, ids = st.session_state.get(BOOK_SELECTED, ("", ()))
    selected = ids if selected_version == version else ()
    # A tick may arrive after the page was turned, so rows that are not ticked are remembered for a while, too.
    latest = list(rows)[-MAX_SELECTED:]
    st.session_state[BOOK_KNOWN_ROWS] = (version, {each: rows[each] for each in (*selected, *latest) if each in rows})
    return tuple(rows[each] for each in selected if each in rows)


def clear_selection() -> None:
    """For callbacks: nothing is ticked any more."""
    st.session_state[BOOK_CLEARED_COUNT] = st.session_state.get(BOOK_CLEARED_COUNT, 0) + 1


def _run_sent_command(leads_team: bool) -> None:
    """A callback. What is no command of ours does nothing."""
    try:
        sent: Any = json.loads(st.session_state.get(BOOK_COMMAND) or "{}")
    except ValueError:
        return
    if not isinstance(sent, dict):
        return
    if isinstance(sent.get("selected"), list):
        _store_selected_rows(sent["selected"])
    found = _COMMAND.fullmatch(str(sent.get("command", "")))
    if found is not None:
        _follow_table_command(found, leads_team)


def _store_selected_rows(ids: Sequence[Any]) -> None:
    known = tuple(str(each) for each in ids[:MAX_SELECTED] if re.fullmatch(_UUID, str(each)))
    st.session_state[BOOK_SELECTED] = (build_table_version(), known)


def _follow_table_command(found: re.Match[str], leads_team: bool) -> None:
    if sort := found["sort"]:
        if sort in set(BookSort):
            change_book_url(lambda address: sort_by(address, BookSort(sort)), leads_team=leads_team)
    elif found["month"]:
        side = "deadline_month" if found["side"] == "deadline" else "end_month"
        change_book_url(lambda address: filter_by_month(address, side, found["month"]), leads_team=leads_team)
    elif found["customer"]:
        params = build_customer_query_params(found["customer"])
        st.session_state[BOOK_DESTINATION] = (page_links.CUSTOMER_PAGE, params)
    elif found["run"]:
        params = page_links.build_run_query_params(found["run"])
        st.session_state[BOOK_DESTINATION] = (page_links.RUN_PAGE, params)
    else:
        params = page_links.build_peek_query_params(found["workflow"], found["of"])
        st.session_state[BOOK_DESTINATION] = (page_links.RUN_PAGE, params)


def sort_by(address: BookUrl, sort: BookSort) -> BookUrl:
    """The address sorted by `sort`, the other way round if it is already."""
    view = address.view
    descending = not view.descending if view.sort is sort else sort in LARGEST_FIRST
    return replace(address, first=0, view=replace(view, sort=sort, descending=descending))


def filter_by_month(address: BookUrl, side: str, month: str) -> BookUrl:
    """The rows whose deadline or end is in a month."""
    months = {"deadline_month": None, "end_month": None} | {side: month}
    return replace(with_book_filter(address, **months), shows_renewals=False)


def is_sorted_by(view: BookView, sort: BookSort | None) -> str:
    """The value of `aria-sort` for a head."""
    if sort is None or sort is not view.sort:
        return "none"
    return "descending" if view.descending else "ascending"
