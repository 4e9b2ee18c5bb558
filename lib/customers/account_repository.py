from collections.abc import Sequence
from typing import Any

from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.customer_record_kinds import RECORD_TYPES, CustomerRecord, RecordKind
from lib.customers.found_records import FoundRecords
from lib.customers.model import Account, Health, HealthPart, Note, Ticket
from lib.customers.today_items import MoreItems
from lib.customers.today_overview import FinishedRuns, OpenRuns, TodayOverview, parse_today_overview
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row

HEALTH_PARTS = ("usage", "engagement", "support", "voice")


class AccountRepository:
    """Customers and their records, read with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_account(self, customer_id: str) -> Account:
        """The customer with all a slide may read. Raises NotFound for an unknown or foreign one. One request."""
        return parse_account(execute_read(self._client.rpc("customer_account", {"p_customer_id": customer_id})))

    def fetch_customer_records(
        self, customer_id: str, kind: RecordKind, *, after: str | None = None, most: int = 20
    ) -> tuple[CustomerRecord, ...]:
        """Up to `most` (200) records of a kind, those after the record `after`. Raises NotFound. One request."""
        arguments = {"p_customer_id": customer_id, "p_kind": kind.value, "p_after": after, "p_most": most}
        rows = execute_read(self._client.rpc("customer_records", arguments))
        return tuple(parse_row(RECORD_TYPES[kind], row) for row in rows)

    def search_notes_and_tickets(
        self, customer_id: str, terms: Sequence[str]
    ) -> tuple[tuple[Note, ...], tuple[Ticket, ...]]:
        """The notes and tickets, 50 each, that have most of these beginnings of words. One request."""
        arguments = {"p_customer_id": customer_id, "p_terms": list(terms)}
        found = execute_read(self._client.rpc("find_customer_records", arguments))
        notes = tuple(parse_row(Note, row) for row in found["notes"])
        return notes, tuple(parse_row(Ticket, row) for row in found["tickets"])

    def search_records(
        self, customer_id: str, terms: Sequence[str], model: str | None = None, vector: Sequence[float] | None = None
    ) -> FoundRecords:
        """Records nearest to the vector of a question, and those with most of these word beginnings. One request."""
        arguments = {
            "p_customer_id": customer_id, "p_terms": list(terms), "p_model": model,
            "p_vector": None if vector is None else list(vector),
        }  # fmt: skip
        return parse_row(FoundRecords, execute_read(self._client.rpc("search_records", arguments)))

    def fetch_company_rules(self) -> CompanyRules:
        """The codes and limits of the signed-in person's company. One request."""
        return parse_row(CompanyRules, execute_read(self._client.rpc("company_rules", {})))

    def fetch_today_overview(self) -> TodayOverview:
        """Today for the signed-in person. One request; the first of a day stores its list."""
        return parse_today_overview(execute_read(self._client.rpc("zen_dashboard", {})))

    def fetch_more_items(self, first: int, most: int) -> MoreItems:
        """`most` (up to 1,000) of what waits beside the list of the day, without the first `first`. One request."""
        return parse_row(MoreItems, self._fetch_window("today_more", first, most))

    def fetch_open_runs(self, first: int, most: int) -> OpenRuns:
        """`most` (up to 1,000) open runs beside the list of the day, without the first `first`. One request."""
        return parse_row(OpenRuns, self._fetch_window("today_open_runs", first, most))

    def fetch_finished_runs(self, first: int, most: int) -> FinishedRuns:
        """`most` (up to 1,000) runs completed in seven days, without the latest `first`. One request."""
        return parse_row(FinishedRuns, self._fetch_window("today_finished_runs", first, most))

    def _fetch_window(self, function: str, first: int, most: int) -> Any:
        return execute_read(self._client.rpc(function, {"p_first": first, "p_most": most}))


def parse_account(row: dict[str, Any]) -> Account:
    """An Account from what `public.customer_account` returns."""
    priority = row["priority"] or {"score": 0, "reasons": ()}
    changes = {"health": parse_health(row["health"]), "priority": priority}
    return parse_row(Account, row | changes)


def parse_health(row: dict[str, Any] | None) -> Health:
    """Health from a row of `public.customer_health`: the parts its rules count. A churned customer has none."""
    if row is None:
        return Health(score=None, band=None, parts=())
    parts = tuple(
        HealthPart(key=key, points=row[f"{key}_points"], out_of=row[f"{key}_out_of"], sentence=row[f"{key}_sentence"])
        for key in HEALTH_PARTS
        if row[f"{key}_out_of"] is not None
    )
    return parse_row(Health, row | {"parts": parts})
