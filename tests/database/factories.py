"""Insert rows past the policies. What a test does not name has a default."""

import uuid
from datetime import date, timedelta
from typing import Any

import psycopg
from psycopg import sql as compose
from psycopg.types.json import Jsonb

Sql = psycopg.Connection[Any]

REFERENCE_DAY = date(2026, 6, 15)
"""The day the formulas are asked for, where they are asked for one."""

SLIDES = ["greeting", "review-account", "summary"]


def days_before(days: int, day: date = REFERENCE_DAY) -> date:
    return day - timedelta(days=days)


def insert_row(sql: Sql, table: str, **values: Any) -> Any:
    """Insert a row; returns its id."""
    columns = compose.SQL(", ").join(map(compose.Identifier, values))
    places = compose.SQL(", ").join([compose.Placeholder()] * len(values))
    statement = compose.SQL("insert into public.{} ({}) values ({}) returning id")
    return fetch_value(
        sql, statement.format(compose.Identifier(table), columns, places), *map(_as_parameter, values.values())
    )


def fetch_value(sql: Sql, statement: Any, *arguments: Any) -> Any:
    """The first column of the first row; None without a row."""
    row = sql.execute(statement, arguments or None).fetchone()
    return row[0] if row else None


def fetch_rows(sql: Sql, statement: Any, *arguments: Any) -> list[dict[str, Any]]:
    with sql.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute(statement, arguments or None).fetchall()


def work_every_day(sql: Sql, company_id: uuid.UUID) -> None:
    """No weekend, so that clocks count days as they are, whatever day it is."""
    every_day = "update public.company_settings set working_weekdays = '{1,2,3,4,5,6,7}' where company_id = %s"
    sql.execute(every_day, [company_id])


def insert_customer(sql: Sql, company_id: uuid.UUID, owner_id: uuid.UUID, **changes: Any) -> uuid.UUID:
    values = {"name": "Acme", "segment": "mid", "customer_since": days_before(700)} | changes
    return insert_row(sql, "customers", company_id=company_id, owner_id=owner_id, **values)


class AccountFactory:
    """One customer to hang evidence on, dated in days before `day`."""

    def __init__(
        self,
        sql: Sql,
        company_id: uuid.UUID,
        owner_id: uuid.UUID,
        *,
        age: int = 700,
        day: date = REFERENCE_DAY,
        **changes: Any,
    ) -> None:
        self.sql, self.company_id, self.owner_id, self.day = sql, company_id, owner_id, day
        self.id = insert_customer(sql, company_id, owner_id, **({"customer_since": self.days_before(age)} | changes))

    def days_before(self, days: int) -> date:
        return days_before(days, self.day)

    def insert_row(self, table: str, **values: Any) -> uuid.UUID:
        return insert_row(self.sql, table, company_id=self.company_id, customer_id=self.id, **values)

    def insert_contract(
        self, *, notice_in: int = 200, notice_days: int = 60, began: int = 100, **changes: Any
    ) -> uuid.UUID:
        """`notice_in` and `began` count in days; ARR is seats x price, 10,000 unless said otherwise."""
        ends_on = self.day + timedelta(days=notice_in + notice_days)
        terms = {"term_months": 12, "auto_renews": True, "seats": 100, "annual_price_per_seat": 100}
        values = (
            terms | {"starts_on": self.days_before(began), "ends_on": ends_on, "notice_days": notice_days} | changes
        )
        return self.insert_row("contracts", **values)

    def insert_usage(self, active: int, *, ago: int = 0, seats: int = 100) -> None:
        values = {"week_starts_on": self.days_before(ago), "active_users": active, "seats": seats}
        self.insert_row("usage_weeks", logins=0, key_actions=0, **values)

    def insert_ticket(self, priority: str = "p3", *, opened: int = 0, solved: int | None = None) -> None:
        status = "open" if solved is None else "solved"
        dates = {
            "opened_on": self.days_before(opened),
            "solved_on": None if solved is None else self.days_before(solved),
        }
        self.insert_row(
            "tickets", number=uuid.uuid4().hex, title="It is slow", priority=priority, status=status, **dates
        )

    def insert_survey(self, score: int, *, ago: int = 0, contact_id: uuid.UUID | None = None) -> None:
        self.insert_row("survey_responses", score=score, responded_on=self.days_before(ago), contact_id=contact_id)

    def insert_note(self, kind: str, *, ago: int) -> None:
        self.insert_row(
            "notes", author_id=self.owner_id, kind=kind, body="We spoke.", happened_on=self.days_before(ago)
        )

    def insert_contact(self, role: str = "user", *, name: str = "Ines Ortega", **changes: Any) -> uuid.UUID:
        return self.insert_row("contacts", role=role, name=name, **changes)


def _as_parameter(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value


def publish_workflow(
    sql: Sql,
    company_id: uuid.UUID,
    workflow_id: str,
    *,
    slides: list[str] = SLIDES,
    category: str = "renewal",
    **changes: Any,
) -> uuid.UUID:
    """A definition of the company, published once; returns the definition's id."""
    words = {"name": "Our renewal", "description": "", "category": category, "slide_sequence": slides} | changes
    definition = insert_row(sql, "workflow_definitions", company_id=company_id, workflow_id=workflow_id, **words)
    publish_next_version(sql, definition)
    return definition


def insert_draft(sql: Sql, company_id: uuid.UUID, author_id: uuid.UUID, **changes: Any) -> str:
    """A draft of a workflow of its own, unless said otherwise; returns its id.

    Nobody may have more than fifty: what earlier tests left of this author's ends, but for the newest forty.
    """
    left = "select id from public.workflow_drafts where author_id = %s order by updated_at desc offset 40"
    sql.execute(f"delete from public.workflow_drafts where id in ({left})", [author_id])
    words = {"name": "Ours", "category": "renewal", "slide_sequence": SLIDES, "workflow_id": f"w-{uuid.uuid4()}"}
    return str(insert_row(sql, "workflow_drafts", company_id=company_id, author_id=author_id, **words | changes))


def publish_next_version(sql: Sql, definition: uuid.UUID) -> uuid.UUID:
    """The definition's next version; returns the version's id."""
    statement = """
        insert into public.workflow_definition_versions
          (definition_id, company_id, workflow_id, version, name, description, category, slide_sequence, slide_contexts)
        select d.id, d.company_id, d.workflow_id,
          1 + (select count(*) from public.workflow_definition_versions v where v.definition_id = d.id),
          d.name, d.description, d.category, d.slide_sequence, d.slide_contexts
        from public.workflow_definitions d where d.id = %s returning id"""
    return fetch_value(sql, statement, definition)
