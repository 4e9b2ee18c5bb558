"""Builds all demo rows. Pure: the same day gives the same rows, in every process and on every machine."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from lib.demo.chat_rows import build_chat_extract_rows, build_chat_rows
from lib.demo.contacts import build_contact_rows, build_contacts
from lib.demo.contracts import ContractTerm, build_contract_rows, build_contract_terms, build_customer_row
from lib.demo.customer_simulation import build_customer_timeline, build_usage_rows
from lib.demo.customers import PRICES, DemoCustomer, Row, list_demo_customers
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.follow_ups_notices_and_actions import build_company_action_rows, build_task_rows
from lib.demo.forecast_rows import build_forecast_rows
from lib.demo.ids import derive_company_id, derive_demo_id
from lib.demo.notes import build_note_rows, build_notes, find_last_contact_days
from lib.demo.people import NEIGHBOUR, VENDOR
from lib.demo.run_rows import build_run_rows
from lib.demo.tickets_and_surveys import build_survey_rows, build_ticket_rows, number_ticket_rows

TABLES = (
    "companies",
    "saved_actions",
    "modules",
    "customers",
    "contacts",
    "contracts",
    "usage_weeks",
    "tickets",
    "survey_responses",
    "notes",
    "workflow_executions",
    "workflow_step_executions",
    "workflow_execution_events",
    "workflow_snoozes",
    "workflow_escalations",
    "workflow_escalation_comments",
    "workflow_escalation_extracts",
    "follow_ups",
    "notices",
    "saved_action_runs",
    "workflow_chat_threads",
    "workflow_chat_messages",
    "workflow_llm_context",
    "workflow_llm_tool_calls",
    "forecast_calls",
    "forecast_snapshots",
    "forecast_snapshot_rows",
)
"""In the order they can be loaded: whatever a row points to comes before it."""


@dataclass(frozen=True)
class DemoData:
    """Rows by table, in the order of `TABLES`. Some ids are placeholders (see `ids`)."""

    day: date
    tables: Mapping[str, tuple[Row, ...]]

    @property
    def fingerprint(self) -> str:
        """A digest that changes with the generator or its texts."""
        return hashlib.sha256(json.dumps(dict(self.tables), sort_keys=True).encode()).hexdigest()


def build_demo_data(today: date) -> DemoData:
    """All demo rows as of `today`."""
    calendar = DemoCalendar(today)
    customers = tuple(list_demo_customers())
    terms = {customer.site: build_contract_terms(customer, calendar) for customer in customers}
    tables: dict[str, list[Row]] = {table: [] for table in TABLES}
    for company in (VENDOR, NEIGHBOUR):
        tables["companies"].append({"id": derive_company_id(company), "name": company})
        tables["modules"].extend(build_price_list_rows(company, calendar))
    for customer in customers:
        for table, rows in build_customer_tables(customer, terms[customer.site], calendar).items():
            tables[table].extend(rows)
    tables["tickets"] = [
        ticket
        for company in (VENDOR, NEIGHBOUR)
        for ticket in number_ticket_rows(
            [row for row in tables["tickets"] if row["company_id"] == derive_company_id(company)], calendar
        )
    ]
    tables["saved_actions"] = build_company_action_rows(calendar)
    tables |= build_run_rows(customers, terms, calendar)
    for table, rows in build_task_rows(customers, tables["workflow_executions"], calendar).items():
        tables[table].extend(rows)
    tables |= build_forecast_rows(customers, terms, tables["workflow_executions"], calendar)
    tables |= build_chat_rows(customers, tables, calendar)
    tables["workflow_escalation_extracts"] = build_chat_extract_rows(tables)
    return DemoData(day=today, tables=MappingProxyType({table: tuple(rows) for table, rows in tables.items()}))


def build_customer_tables(
    customer: DemoCustomer, terms: tuple[ContractTerm, ...], calendar: DemoCalendar
) -> dict[str, list[Row]]:
    """A customer with what hangs on it, by table; tickets have no numbers yet."""
    since = terms[0].starts_on
    people, timeline = build_contacts(customer), build_customer_timeline(customer)
    diary = build_notes(customer, people, since, calendar)
    return {
        "customers": [build_customer_row(customer, since)],
        "contacts": build_contact_rows(customer, people, find_last_contact_days(people, diary, calendar), calendar),
        "contracts": build_contract_rows(customer, terms),
        "usage_weeks": build_usage_rows(customer, terms, timeline, calendar),
        "tickets": build_ticket_rows(customer, timeline, since, calendar),
        "survey_responses": build_survey_rows(customer, people, timeline, since, calendar),
        "notes": build_note_rows(customer, diary, calendar),
    }


def build_price_list_rows(company: str, calendar: DemoCalendar) -> list[Row]:
    """The modules of one of the two companies."""
    made = format_utc_moment(calendar.days_ago(720), 9)
    return [
        {
            "id": derive_demo_id("module", company, name),
            "company_id": derive_company_id(company),
            "name": name,
            "annual_price_per_seat": price,
            "created_at": made,
            "updated_at": made,
        }
        for name, price in PRICES[company].values()
    ]
