"""Making one record of two customers, or of two contacts, and two again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.imports.duplicate_pairs import FIELDS, SimilarPair, pair_similar_contacts, pair_similar_customers

PAGE = 1000
MAX_RECORDS = 5000
"""As many customers, and as many contacts, are compared: about two seconds."""


@dataclass(frozen=True, kw_only=True)
class Merge:
    """`removed_label` is the name of the customer or contact that is gone. `moved` counts rows by table."""

    id: str
    table_name: str
    removed_label: str
    moved: dict[str, int]
    created_at: datetime
    undone_at: datetime | None


class MergeRepository:
    """With the rights of a manager or admin: the others raise NotPermitted when they merge."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find_similar_customer_pairs(self) -> tuple[SimilarPair, ...]:
        """Pairs of like names or one domain. A request for each 1,000 customers, up to MAX_RECORDS."""
        columns = ", ".join(("id", *FIELDS["customers"]))
        query = self._client.table("customers").select(columns).neq("status", "archived")
        return pair_similar_customers(_fetch_all_pages(query.order("created_at").order("id")))

    def find_similar_contact_pairs(self) -> tuple[SimilarPair, ...]:
        """Pairs of contacts of one customer. A request for each 1,000 contacts, up to MAX_RECORDS."""
        columns = ", ".join(("id", "customer_id", "customers(name)", *FIELDS["contacts"]))
        query = self._client.table("contacts").select(columns)
        return pair_similar_contacts(_fetch_all_pages(query.order("customer_id").order("created_at").order("id")))

    def merge_records(self, table_name: str, *, kept_id: str, removed_id: str, taken: Sequence[str] = ()) -> str:
        """Make two records one, which takes the columns `taken` of the removed one. Returns the merge's id.

        Raises NotFound, and Conflict if both customers have an open run of one workflow.
        """
        pair = {"p_kept_id": kept_id, "p_removed_id": removed_id}
        arguments = {"p_table": table_name, **pair, "p_taken": list(taken)}
        return str(execute_write(self._client.rpc("merge_records", arguments)))

    def undo_merge(self, merge_id: str) -> tuple[str, ...]:
        """Make two of one again. Returns the columns somebody changed since, which stay. Raises NotFound, Conflict."""
        return tuple(execute_write(self._client.rpc("undo_merge", {"p_merge_id": merge_id}))["left_alone"])

    def fetch_merges(self, *, most: int = 5) -> tuple[Merge, ...]:
        """The latest that are not undone. One request."""
        columns = "id, table_name, removed_label, moved, created_at, undone_at"
        query = self._client.table("merges").select(columns).is_("undone_at", "null")
        rows = execute_read(query.order("created_at", desc=True).order("id", desc=True).limit(most))
        return tuple(parse_row(Merge, row) for row in rows)


def _fetch_all_pages(query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while len(rows) < MAX_RECORDS:
        page = execute_read(query.range(len(rows), len(rows) + PAGE - 1))
        rows += page
        if len(page) < PAGE:
            break
    return rows
