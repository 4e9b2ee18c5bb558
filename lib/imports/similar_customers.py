"""Customers in Zen whose name looks like one in the file, for a person to choose from."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.imports.company_name_similarity import KnownName, find_like_names, normalize_company_name

PAGE = 1000
MAX_NAMES = 5000
"""As many names of a file are compared; a longer file brings in a whole company."""


class SimilarCustomerFinder:
    """Finds candidates for the rows of one file. Reads the company's customers once, a request for each 1,000."""

    def __init__(self, client: Client, company_id: str | None) -> None:
        self._client, self._company_id = client, company_id
        self._asked: set[str] = set()

    def add_similar_customers(self, rows: Sequence[dict[str, Any]]) -> None:
        """Set `candidates` of the first row of each name no customer has; the check finds those that one has."""
        first_rows: dict[str, dict[str, Any]] = {}
        for row in rows:
            name = _find_new_customer_name(row)
            if name and name.casefold() not in self._asked and len(self._asked) < MAX_NAMES:
                self._asked.add(name.casefold())
                first_rows[name] = row
        if not first_rows or not self._list_known_customers:
            return
        wanted = [
            KnownName(key=name, name=name) for name in first_rows if name.casefold() not in self._list_customer_names
        ]
        for name, found in find_like_names(wanted, self._list_known_customers).items():
            first_rows[name]["candidates"] = [
                {"id": each.key, "name": each.name, "score": each.likeness} for each in found
            ]

    @cached_property
    def _list_customer_names(self) -> frozenset[str]:
        return frozenset(customer.name.casefold() for customer in self._list_known_customers)

    @cached_property
    def _list_known_customers(self) -> list[KnownName]:
        rows: list[dict[str, Any]] = []
        while True:
            query = self._client.table("customers").select("id, name").neq("status", "archived").order("id")
            query = query.eq("company_id", self._company_id) if self._company_id else query
            page = execute_read(query.range(len(rows), len(rows) + PAGE - 1))
            rows += page
            if len(page) < PAGE:
                break
        return [KnownName(key=row["id"], name=row["name"]) for row in rows if normalize_company_name(row["name"])]


def _find_new_customer_name(row: dict[str, Any]) -> str | None:
    """The name a row has for its customer; None where an id or a domain says more."""
    values = row["field_values"]
    if row["kind"] == "customers":
        return str(values["name"]) if values.get("name") else None
    is_named = values.get("customer_external_id") or values.get("customer_domain") or not values.get("customer_name")
    return None if is_named else str(values["customer_name"])
