"""Customers that may be the same, and making two of them one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.rows import parse_row
from lib.imports.name_likeness import KnownName, find_like_names

PAGE = 1000
MAX_CUSTOMERS = 5000
"""As many are compared with each other: about two seconds."""
FIELDS: Mapping[str, str] = {
    "name": "Name",
    "owner_id": "Owner",
    "domain": "Domain",
    "industry": "Industry",
    "country": "Country",
    "segment": "Segment",
    "customer_since": "Customer since",
    "time_zone": "Time zone",
    "summary": "Summary",
    "competitor": "Competitor",
    "status": "Status",
}
"""What one chooses between, with its label; as `private.merge_columns` has it, which a test compares."""


@dataclass(frozen=True, kw_only=True)
class CustomerPair:
    """Two customers that may be one, with their columns of FIELDS; `reason` says in words what is alike."""

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    reason: str

    @property
    def id(self) -> str:
        return f"{self.first['id']}.{self.second['id']}"

    def list_differences(self) -> tuple[str, ...]:
        """The columns in which they differ."""
        return tuple(name for name in FIELDS if self.first[name] != self.second[name])


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

    def find_similar_customers(self) -> tuple[CustomerPair, ...]:
        """Pairs of like names or one domain. A request for each 1,000 customers, up to MAX_CUSTOMERS."""
        return pair_similar_customers(self._fetch_customers())

    def merge_customers(self, *, kept_id: str, removed_id: str, taken: Sequence[str] = ()) -> str:
        """Make two customers one, which takes the columns `taken` of the removed one. Returns the merge's id.

        Raises NotFound, and Conflict if both have an open run of one workflow.
        """
        pair = {"p_kept_id": kept_id, "p_removed_id": removed_id}
        arguments = {"p_table": "customers", **pair, "p_taken": list(taken)}
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

    def _fetch_customers(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while len(rows) < MAX_CUSTOMERS:
            query = self._client.table("customers").select(", ".join(("id", *FIELDS))).neq("status", "archived")
            page = execute_read(query.order("created_at").order("id").range(len(rows), len(rows) + PAGE - 1))
            rows += page
            if len(page) < PAGE:
                break
        return rows


def pair_similar_customers(customers: Sequence[Mapping[str, Any]]) -> tuple[CustomerPair, ...]:
    """Each pair once, the likest first. The one that comes first in `customers` is `first`."""
    by_id = {str(row["id"]): row for row in customers}
    order = {key: place for place, key in enumerate(by_id)}
    known = [KnownName(key=key, name=row["name"], domain=row["domain"] or "") for key, row in by_id.items()]
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for key, candidates in find_like_names(known, known).items():
        for candidate in candidates:
            if candidate.key != key:
                first, second = sorted((key, candidate.key), key=order.__getitem__)
                found[first, second] = candidate.likeness, candidate.reason
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], order[item[0][0]], order[item[0][1]]))
    return tuple(
        CustomerPair(first=by_id[first], second=by_id[second], reason=reason) for (first, second), (_, reason) in ranked
    )
