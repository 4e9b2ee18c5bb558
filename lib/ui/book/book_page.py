"""The page of the book, from top to bottom."""

import streamlit as st

from lib.book.model import MAX_NAME_CHARS, PAGE_ROWS, BookPage
from lib.services import Services
from lib.text.format import format_count, format_money
from lib.text.html import Html
from lib.ui import empty_and_error_states, page_cache
from lib.ui.book.book_address import BookAddress, change_book_address, with_page
from lib.ui.book.book_table import build_book_table_html
from lib.ui.book.bulk_bar import draw_bulk_bar
from lib.ui.book.table_commands import build_table_version, draw_table_with_commands
from lib.ui.page_cache import Cached
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import BOOK, BOOK_SHOWN, book_button_key


def load_book(services: Services, address: BookAddress) -> Cached[BookPage]:
    """The rows of an address. One request, none within a minute."""
    shown = (address.view, address.first)
    if st.session_state.get(BOOK_SHOWN) != shown:
        st.session_state.pop(BOOK, None)
        st.session_state[BOOK_SHOWN] = shown
    fetch = lambda: services.book.fetch_book(address.view, first=address.first)  # noqa: E731
    return page_cache.load(BOOK, fetch, skeleton_height=480)


def draw_address_problems(address: BookAddress) -> None:
    """What of the address could not be read, in a sentence each."""
    if address.unread:
        names = ", ".join(name[:40] for name in address.unread[:5])
        text = f"Part of this link could not be read ({names}); the book is shown without it."
        draw_html(Html('<p class="zen-warning">{}</p>').format(text))
    if address.is_name_cut:
        text = f"A name is searched for by its first {MAX_NAME_CHARS} characters; the rest is left out."
        draw_html(Html('<p class="zen-warning">{}</p>').format(text))
    if address.gone_columns:
        names = ", ".join(f"“{name[:40]}”" for name in address.gone_columns[:5])
        draw_html(Html('<p class="zen-warning">{}</p>').format(f"There is no column {names} any more."))


def draw_sums(book: BookPage) -> None:
    """How many match, what they are worth, and what of it is at risk."""
    if not book.total:
        return
    parts = [format_count(book.total, "customer")]
    if book.arr is not None:
        parts.append(f"{format_money(book.arr)} ARR")
    if book.at_risk:
        parts.append(f"{format_count(book.at_risk)} at risk ({format_money(book.arr_at_risk)})")
    draw_html(Html('<p class="zen-muted">{}</p>').format(" · ".join(parts)))


def draw_rows(book: BookPage, address: BookAddress, services: Services) -> None:
    """What to do with several rows, the table and its pager; an empty state without rows."""
    if not book.rows:
        draw_no_rows(book, address)
        return
    draw_bulk_bar(book, address.view, services)
    draw_table_with_commands(build_book_table_html(book, address.view, version=build_table_version()))
    _draw_pager(book, address, leads_team=services.person.role.leads_team)


def draw_no_rows(book: BookPage, address: BookAddress) -> None:
    if not book.owners:
        text = "Customers appear here once a manager or an admin has brought them in, on the page Import."
        empty_and_error_states.draw_empty_state("No customers yet", text, icon=":material/table_rows:")
    else:
        empty_and_error_states.draw_empty_state(
            "No customer matches", "Remove a filter to see more.", icon=":material/filter_alt_off:"
        )


def _draw_pager(book: BookPage, address: BookAddress, *, leads_team: bool) -> None:
    if book.total <= PAGE_ROWS and not address.first:
        return
    last = address.first + len(book.rows)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{address.first + 1:,}–{last:,} of {format_count(book.total, 'customer')}", width="content")
        for label, place, is_there in (("Previous", -1, address.first > 0), ("Next", 1, last < book.total)):
            st.button(
                label,
                key=book_button_key(label.lower(), str(address.first)),
                type="tertiary",
                disabled=not is_there,
                on_click=_turn_page,
                args=(place, leads_team),
            )


def _turn_page(place: int, leads_team: bool) -> None:
    change_book_address(lambda address: with_page(address, place), leads_team=leads_team)
