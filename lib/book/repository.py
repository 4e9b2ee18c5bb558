from lib.book.model import PAGE_ROWS, BookPage, BookView
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.rows import parse_row


class BookRepository:
    """The customers of the company, read with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_book(self, view: BookView, *, first: int = 0, most: int = PAGE_ROWS) -> BookPage:
        """`most` (up to 1,000) rows of a view without the first `first`, with the sums of all. One request."""
        arguments = {
            "p_filter": view.filter.to_json(),
            "p_sort": view.sort.value,
            "p_descending": view.descending,
            "p_first": first,
            "p_most": most,
        }
        return parse_row(BookPage, execute_read(self._client.rpc("book", arguments)))
