from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.customers.model import HealthBand
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.errors import InvalidInput

MOST_CUSTOMERS = 1000


@dataclass(frozen=True, kw_only=True)
class OwnCustomer:
    """A customer of the signed-in person; `signals` are the evidence of each kind, a sentence."""

    id: str
    name: str
    arr: Decimal | None
    notice_deadline: date | None
    days_left: int | None
    health_score: int | None
    health_band: HealthBand | None
    last_contact_on: date | None
    signals: dict[str, str]


class OwnCustomerRepository:
    """The customers the signed-in person owns, and scores of another day, with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_own_customers(self) -> tuple[OwnCustomer, ...]:
        """The active ones, up to 1,000, those due first at the beginning. Two requests."""
        found = {"p_filter": {"owner": "mine", "status": "active"}, "p_sort": "deadline", "p_most": MOST_CUSTOMERS}
        rows = execute_read(self._client.rpc("book", found))["rows"]
        signals: dict[str, dict[str, str]] = {row["id"]: {} for row in rows}
        if rows:
            for row in execute_read(self._client.rpc("customer_signals", {"among": list(signals)})):
                signals[row["customer_id"]][row["kind"]] = row["sentence"]
        return tuple(parse_row(OwnCustomer, row | {"signals": signals[row["id"]]}) for row in rows)

    def fetch_health_on(self, customer_id: str, day: date) -> int | None:
        """The health score of a customer on a day; None if there was none. One request."""
        arguments = {"as_of": day.isoformat(), "among": [customer_id]}
        try:
            rows = execute_read(self._client.rpc("customer_health", arguments))
        except InvalidInput:  # a day before anything was recorded
            return None
        return rows[0]["score"] if rows else None
