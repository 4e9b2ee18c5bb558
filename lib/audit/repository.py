from collections.abc import Iterator
from typing import Any

from lib.audit.model import ChangeFilter, ChangePage, HistoryGaps, RowChange
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row

MAX_PAGE_CHANGES = 1000


class AuditRepository:
    """Reads the history with the rights of the client's token: own changes, for leaders the company's."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_changes(self, wanted: ChangeFilter, *, most: int, before: int | None = None) -> ChangePage:
        """The newest changes before the number `before`, at most 1,000. One request."""
        days = {"p_since": wanted.since, "p_until": wanted.until}
        arguments: dict[str, Any] = {
            "p_person_id": str(wanted.person_id) if wanted.person_id else None,
            "p_customer_id": str(wanted.customer_id) if wanted.customer_id else None,
            "p_table": wanted.table_name,
            "p_source": wanted.source,
            **{name: day.isoformat() if day else None for name, day in days.items()},
            "p_before": before,
            "p_most": most,
        }
        return parse_row(ChangePage, execute_read(self._client.rpc("read_row_changes", arguments)))

    def iterate_changes(self, wanted: ChangeFilter, *, most: int) -> Iterator[RowChange]:
        """Up to `most` changes, the newest first. One request for each thousand."""
        before, left = None, most
        while left > 0:
            page = self.fetch_changes(wanted, most=min(left, MAX_PAGE_CHANGES), before=before)
            yield from page.changes
            before, left = page.next_before, left - len(page.changes)
            if before is None:
                return

    def fetch_gaps(self) -> HistoryGaps:
        """Where changes were taken away from the history, for leaders; none for anyone else. One request."""
        return parse_row(HistoryGaps, execute_read(self._client.rpc("history_gaps", {})))
