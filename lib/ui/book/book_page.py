"""The page of the book, from top to bottom."""

from lib.book.model import MAX_NAME_CHARS, BookPage
from lib.services import Services
from lib.text.format import format_count, format_money
from lib.text.html import Html
from lib.ui import empty_and_error_states, page_cache
from lib.ui.book.book_table import build_book_table_html
from lib.ui.book.book_url import BookUrl, change_book_url, with_book_page
from lib.ui.book.bulk_bar import draw_bulk_bar
from lib.ui.book.table_commands import build_table_version, draw_table_with_commands
from lib.ui.page_cache import Cached
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import BOOK, book_button_key
from lib.ui.url_pager import draw_page_buttons, draw_unread_parts


def load_book(services: Services, address: BookUrl) -> Cached[BookPage]:
    """The rows of an address. One request, none within a minute."""
    page_cache.drop_value_of_other_subject(BOOK, (address.view, address.first))
    fetch = lambda: services.book.fetch_book(address.view, first=address.first)  # noqa: E731
    return page_cache.load_for_page(BOOK, fetch, skeleton_height=480)


def draw_unread_book_url(address: BookUrl) -> None:
    """What of the address could not be read, in a sentence each."""
    draw_unread_parts(address.unread, "the book")
    if address.is_name_cut:
        text = f"A name is searched for by its first {MAX_NAME_CHARS} characters; the rest is left out."
        draw_html(Html('<p class="zen-warning">{}</p>').format(text))
    if address.gone_columns:
        names = ", ".join(f"“{name[:40]}”" for name in address.gone_columns[:5])
        draw_html(Html('<p class="zen-warning">{}</p>').format(f"There is no column {names} any more."))


def draw_book_sums(book: BookPage) -> None:
    """How many match, what they are worth, and what of it is at risk."""
    if not book.total:
        return
    parts = [format_count(book.total, "customer")]
    if book.arr is not None:
        parts.append(f"{format_money(book.arr)} ARR")
    if book.at_risk:
        parts.append(f"{format_count(book.at_risk)} at risk ({format_money(book.arr_at_risk)})")
    draw_html(Html('<p class="zen-muted">{}</p>').format(" · ".join(parts)))


def draw_book_rows(book: BookPage, address: BookUrl, services: Services) -> None:
    """What to do with several rows, the table and its pager; an empty state without rows."""
    if not book.rows:
        draw_empty_book(book, address)
        return
    draw_bulk_bar(book, address.view, services)
    draw_table_with_commands(build_book_table_html(book, address.view, version=build_table_version()))
    _draw_book_pager(book, address, leads_team=services.person.role.leads_team)


def draw_empty_book(book: BookPage, address: BookUrl) -> None:
    if not book.owners:
        text = "Customers appear here once a manager or admin imports them."
        empty_and_error_states.draw_empty_state("No customers yet", text, icon=":material/table_rows:")
    else:
        empty_and_error_states.draw_empty_state(
            "No customer matches", "Remove a filter to see more.", icon=":material/filter_alt_off:"
        )


def _draw_book_pager(book: BookPage, address: BookUrl, *, leads_team: bool) -> None:
    draw_page_buttons(
        first=address.first,
        shown=len(book.rows),
        total=book.total,
        noun="customer",
        build_key=book_button_key,
        turn=lambda pages: change_book_url(lambda now: with_book_page(now, pages), leads_team=leads_team),
    )
