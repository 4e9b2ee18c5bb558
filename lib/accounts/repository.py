"""Customers and what hangs on them, read through one function of the database."""

from decimal import Decimal
from typing import Any

from lib.accounts.dashboard import Dashboard, parse_dashboard
from lib.accounts.model import (
    Account,
    Contact,
    Contract,
    Customer,
    Health,
    HealthBand,
    HealthPart,
    Note,
    PastRun,
    Priority,
    PriorityReason,
    ProductModule,
    Signal,
    SurveyResponse,
    Ticket,
    UsageWeek,
)
from lib.db.client import Client
from lib.db.requests import execute_read
from lib.db.rows import pick_fields, to_date, to_decimal

HEALTH_PART_WEIGHTS = {"usage": 40, "engagement": 25, "support": 20, "voice": 15}
"""Parts of the health score and what each is out of, as in `public.customer_health`."""


class AccountRepository:
    """Reads as the holder of the client's token; what that person may not see does not exist."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_account(self, customer_id: str) -> Account:
        """The customer with all a slide may read. Raises NotFound for an unknown or foreign one. One request."""
        return parse_account(execute_read(self._client.rpc("customer_account", {"p_customer_id": customer_id})))

    def fetch_dashboard(self) -> Dashboard:
        """Today for the signed-in person. One request."""
        return parse_dashboard(execute_read(self._client.rpc("zen_dashboard", {})))


def parse_account(row: dict[str, Any]) -> Account:
    """An Account from what `public.customer_account` returns."""
    return Account(
        today=to_date(row["today"]),
        company_name=row["company_name"],
        customer=Customer(
            **pick_fields(Customer, row["customer"]) | {"customer_since": to_date(row["customer"]["customer_since"])}
        ),
        health=parse_health(row["health"]),
        priority=parse_priority(row["priority"]),
        signals=tuple(Signal(**pick_fields(Signal, signal)) for signal in row["signals"]),
        contract=_parse_contract(row["contract"]),
        contacts=tuple(_parse_contact(contact) for contact in row["contacts"]),
        usage=tuple(
            UsageWeek(**pick_fields(UsageWeek, week) | {"week_starts_on": to_date(week["week_starts_on"])})
            for week in row["usage"]
        ),
        tickets=tuple(_parse_ticket(ticket) for ticket in row["tickets"]),
        surveys=tuple(
            SurveyResponse(**pick_fields(SurveyResponse, answer) | {"responded_on": to_date(answer["responded_on"])})
            for answer in row["surveys"]
        ),
        notes=tuple(
            Note(**pick_fields(Note, note) | {"happened_on": to_date(note["happened_on"])}) for note in row["notes"]
        ),
        price_list=tuple(
            ProductModule(name=module["name"], annual_price_per_seat=Decimal(str(module["annual_price_per_seat"])))
            for module in row["price_list"]
        ),
        past_runs=tuple(
            PastRun(**pick_fields(PastRun, run) | {"finished_on": to_date(run["ended_at"][:10])})
            for run in row["past_runs"]
        ),
    )


def parse_health(row: dict[str, Any] | None) -> Health:
    """Health from a row of `public.customer_health`; a churned customer has none."""
    if row is None:
        return Health(score=None, band=None, parts=())
    parts = tuple(
        HealthPart(key=key, points=row[f"{key}_points"], out_of=out_of, sentence=row[f"{key}_sentence"])
        for key, out_of in HEALTH_PART_WEIGHTS.items()
    )
    return Health(score=row["score"], band=HealthBand(row["band"]) if row["band"] else None, parts=parts)


def parse_priority(row: dict[str, Any] | None) -> Priority:
    """Priority from a row of `public.customer_priorities`."""
    if row is None:
        return Priority(score=0, reasons=())
    return Priority(score=row["score"], reasons=tuple(PriorityReason(**reason) for reason in row["reasons"]))


def _parse_contract(row: dict[str, Any] | None) -> Contract | None:
    if row is None:
        return None
    dates = {key: to_date(row[key]) for key in ("starts_on", "ends_on", "notice_deadline")}
    money = {key: Decimal(str(row[key])) for key in ("annual_price_per_seat", "discount_percent", "arr")}
    return Contract(
        **pick_fields(Contract, row)
        | dates
        | money
        | {"uplift_cap_percent": to_decimal(row["uplift_cap_percent"]), "modules": tuple(row["modules"])}
    )


def _parse_contact(row: dict[str, Any]) -> Contact:
    return Contact(
        **pick_fields(Contact, row)
        | {"last_contact_on": to_date(row["last_contact_on"]), "left_on": to_date(row["left_on"])}
    )


def _parse_ticket(row: dict[str, Any]) -> Ticket:
    return Ticket(
        **pick_fields(Ticket, row) | {"opened_on": to_date(row["opened_on"]), "solved_on": to_date(row["solved_on"])}
    )
