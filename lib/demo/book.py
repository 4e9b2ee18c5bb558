"""The whole demo as rows. `build` is pure: the same day gives the same book, in every process and on every machine."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from lib.demo.chats import chat_rows, extract_rows
from lib.demo.contacts import cast_of, contact_rows
from lib.demo.contracts import Term, contract_rows, customer_row, terms_of
from lib.demo.days import Calendar, at
from lib.demo.diary import diary_of, last_contacts, note_rows
from lib.demo.history import history_rows
from lib.demo.ids import company_id, id_of
from lib.demo.people import NEIGHBOUR, VENDOR
from lib.demo.roster import PRICES, Client, Row, clients
from lib.demo.support import numbered, survey_rows, ticket_rows
from lib.demo.tasks import own_actions, task_rows
from lib.demo.timeline import timeline_of, usage_rows

TABLES = (
    "companies", "saved_actions", "modules", "customers", "contacts", "contracts", "usage_weeks", "tickets",
    "survey_responses", "notes", "workflow_executions", "workflow_step_executions", "workflow_execution_events",
    "workflow_snoozes", "workflow_escalations", "workflow_escalation_comments", "workflow_escalation_extracts",
    "follow_ups", "notices", "saved_action_runs", "workflow_chat_threads", "workflow_chat_messages",
    "workflow_llm_context", "workflow_llm_tool_calls",
)  # fmt: skip
"""In the order they can be loaded: whatever a row points to comes before it."""


@dataclass(frozen=True)
class Book:
    """Rows by table, in the order of `TABLES`. Some ids are stand-ins (see `ids`)."""

    day: date
    tables: Mapping[str, tuple[Row, ...]]

    @property
    def fingerprint(self) -> str:
        """The same for the same book; another one when the generator or its words have changed."""
        return hashlib.sha256(json.dumps(dict(self.tables), sort_keys=True).encode()).hexdigest()


def build(today: date) -> Book:
    """Everything as of `today`."""
    calendar = Calendar(today)
    everyone = tuple(clients())
    terms = {client.site: terms_of(client, calendar) for client in everyone}
    tables: dict[str, list[Row]] = {table: [] for table in TABLES}
    for company in (VENDOR, NEIGHBOUR):
        tables["companies"].append({"id": company_id(company), "name": company})
        tables["modules"].extend(_price_list(company, calendar))
    for client in everyone:
        for table, rows in _customer(client, terms[client.site], calendar).items():
            tables[table].extend(rows)
    tables["tickets"] = [
        ticket
        for company in (VENDOR, NEIGHBOUR)
        for ticket in numbered([row for row in tables["tickets"] if row["company_id"] == company_id(company)], calendar)
    ]
    tables["saved_actions"] = own_actions(calendar)
    tables |= history_rows(everyone, terms, calendar)
    for table, rows in task_rows(everyone, tables["workflow_executions"], calendar).items():
        tables[table].extend(rows)
    tables |= chat_rows(everyone, tables, calendar)
    tables["workflow_escalation_extracts"] = extract_rows(tables)
    return Book(day=today, tables=MappingProxyType({table: tuple(rows) for table, rows in tables.items()}))


def _customer(client: Client, terms: tuple[Term, ...], calendar: Calendar) -> dict[str, list[Row]]:
    since = terms[0].starts_on
    people, timeline = cast_of(client), timeline_of(client)
    diary = diary_of(client, people, since, calendar)
    return {
        "customers": [customer_row(client, since)],
        "contacts": contact_rows(client, people, last_contacts(people, diary, calendar), calendar),
        "contracts": contract_rows(client, terms),
        "usage_weeks": usage_rows(client, terms, timeline, calendar),
        "tickets": ticket_rows(client, timeline, since, calendar),
        "survey_responses": survey_rows(client, people, timeline, since, calendar),
        "notes": note_rows(client, diary, calendar),
    }


def _price_list(company: str, calendar: Calendar) -> list[Row]:
    made = at(calendar.ago(720), 9)
    return [
        {
            "id": id_of("module", company, name), "company_id": company_id(company), "name": name,
            "annual_price_per_seat": price, "created_at": made, "updated_at": made,
        }
        for name, price in PRICES[company].values()
    ]  # fmt: skip
