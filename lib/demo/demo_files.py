"""The demo book as files of other systems would hold it, for a company that wants to try Zen with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Any

from lib.demo.contracts import build_contract_terms
from lib.demo.customers import DemoCustomer, Row, list_demo_customers
from lib.demo.demo_calendar import DemoCalendar
from lib.demo.demo_data import build_customer_tables, build_price_list_rows
from lib.demo.people import VENDOR
from lib.demo.tickets_and_surveys import number_ticket_rows

STORED_ONLY = frozenset({"id", "company_id", "customer_id", "created_at", "updated_at"})
"""Columns of which a file says nothing, or says it in other words."""


@dataclass(frozen=True, kw_only=True)
class DemoFile:
    """A file for one table: names of its fields, and a tuple of cells for each row."""

    table: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def build_demo_files(today: date, owner_emails: Sequence[str]) -> tuple[DemoFile, ...]:
    """The customers of one demo company with all that hangs on them, dated for `today`; owners take turns.

    In the order they can be brought in. Customers are named by their site, other records by their id in the demo.
    """
    calendar, owners = DemoCalendar(today), cycle(owner_emails)
    tables: dict[str, list[Row]] = {"modules": build_price_list_rows(VENDOR, calendar)}
    customers = [customer for customer in list_demo_customers() if customer.owner.company == VENDOR]
    for customer in customers:
        terms = build_contract_terms(customer, calendar)
        for table, rows in build_customer_tables(customer, terms, calendar).items():
            tables.setdefault(table, []).extend(rows)
    tables["tickets"] = number_ticket_rows(tables["tickets"], calendar)
    records = _DemoRecords(customers=customers, contacts=tables["contacts"])
    owned = {customer.id: next(owners) for customer in customers}
    return tuple(
        _build_demo_file(table, [records.build_record(table, row, owned) for row in rows])
        for table, rows in tables.items()
    )


class _DemoRecords:
    """Rows as a file says them: other rows by what a person calls them, not by id."""

    def __init__(self, *, customers: Sequence[DemoCustomer], contacts: Sequence[Row]) -> None:
        self._sites = {customer.id: customer.site for customer in customers}
        self._emails = {contact["id"]: contact["email"] for contact in contacts}

    def build_record(self, table: str, row: Row, owners: Mapping[str, str]) -> dict[str, Any]:
        record = {name: value for name, value in row.items() if name not in STORED_ONLY}
        match table:
            case "customers":
                site = self._sites[row["id"]]
                del record["owner_id"]
                return record | {"external_id": site, "domain": f"{site}.example", "owner_email": owners[row["id"]]}
            case "contacts":
                record["replaced_by_email"] = self._emails.get(record.pop("replaced_by"))
            case "survey_responses":
                record["contact_email"] = self._emails.get(record.pop("contact_id"))
            case "notes":
                del record["author_id"]  # they become notes of whoever brings them in
        if "customer_id" in row:
            record["customer_external_id"] = self._sites[row["customer_id"]]
        return record if table == "usage_weeks" else record | {"external_id": row["id"]}


def _build_demo_file(table: str, records: Sequence[Mapping[str, Any]]) -> DemoFile:
    fields = tuple(records[0])
    rows = tuple(tuple(_format_demo_cell(record[field]) for field in fields) for record in records)
    return DemoFile(table=table, fields=fields, rows=rows)


def _format_demo_cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "; ".join(map(str, value))
        case _:
            return str(value)
