from collections.abc import Sequence
from typing import Any

from lib.book.model import PAGE_ROWS, BookPage, BookRow, BookView, RenewalCalendar
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row

MOST_ROWS = 1000


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

    def fetch_all_book_rows(self, view: BookView) -> tuple[BookRow, ...]:
        """Every row of a view, each once. A request per 1,000 rows."""
        rows: dict[str, BookRow] = {}
        first = 0
        while True:
            page = self.fetch_book(view, first=first, most=MOST_ROWS)
            rows |= {row.id: row for row in page.rows}
            first += MOST_ROWS
            if first >= page.total or not page.rows:
                return tuple(rows.values())

    def fetch_renewals(self, view: BookView, *, months: int = 12) -> RenewalCalendar:
        """The customers of a view by the months they renew in. One request."""
        arguments = {"p_filter": view.filter.to_json(), "p_months": months}
        return parse_row(RenewalCalendar, execute_read(self._client.rpc("book_renewals", arguments)))

    def start_workflow(self, workflow_id: str, customer_id: str) -> str | None:
        """Start a run and return its id; None if one is open already. Raises NotFound, NotPermitted, Conflict."""
        arguments = {"p_workflow_id": workflow_id, "p_customer_id": customer_id}
        started: dict[str, Any] = execute_write(self._client.rpc("start_workflow", arguments))
        return str(started["execution_id"]) if started["created"] else None

    def undo_started_runs(self, execution_ids: Sequence[str]) -> tuple[str, ...]:
        """Take back runs nobody has worked on yet; returns the customers of those that stay. One request."""
        return tuple(execute_write(self._client.rpc("undo_starts", {"p_execution_ids": list(execution_ids)})))
