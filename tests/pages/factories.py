"""Customers for the pages, dated from today, arranged past the policies."""

import uuid
from datetime import date, timedelta
from typing import Any

from tests.database.factories import Sql, fetch_value, insert_row
from tests.support.companies import Company, Member

INERT = "<b>Evil</b> $a$ and $b$ :red[hot] :material/home: [x](https://evil.example) | **bold** `code`"


def add_customer(
    sql: Sql, company: Company, owner: Member, name: str = "Acme", *, notice_in: int = 300, **given: Any
) -> str:
    """A customer of 700 days with a contract of $47,250 a year and its notice deadline in so many days."""
    today: date = fetch_value(sql, "select current_date")
    values = {"name": name, "segment": "mid", "customer_since": today - timedelta(days=700)} | given
    made = insert_row(sql, "customers", company_id=company.id, owner_id=owner.id, **values)
    insert_row(
        sql, "contracts", company_id=company.id, customer_id=made, starts_on=today - timedelta(days=200),
        ends_on=today + timedelta(days=notice_in + 60), term_months=12, notice_days=60, auto_renews=True, seats=105,
        annual_price_per_seat=450,
    )  # fmt: skip
    return str(made)


def add_usage(sql: Sql, company: Company, customer_id: str, *, active: int = 80, seats: int = 105) -> None:
    """Thirteen weeks of it."""
    today: date = fetch_value(sql, "select current_date")
    for week in range(13):
        insert_row(
            sql, "usage_weeks", company_id=company.id, customer_id=customer_id, active_users=active, seats=seats,
            week_starts_on=today - timedelta(weeks=week), logins=100, key_actions=50,
        )  # fmt: skip


def insert_definition(sql: Sql, **row: Any) -> Any:
    """A definition, also one whose slides a later release of the library does not know."""
    with sql.transaction():
        sql.execute("alter table public.workflow_definitions disable trigger guard")
        made = insert_row(sql, "workflow_definitions", **row)
        sql.execute("alter table public.workflow_definitions enable trigger guard")
    return made


def add_company_workflow(sql: Sql, company: Company, author: Member, slides: list[str], **given: Any) -> str:
    """A workflow of the company's own, published as its version 1; returns its workflow id."""
    workflow_id = given.pop("workflow_id", f"own-{uuid.uuid4().hex[:8]}")
    values = {
        "name": "Quarterly review", "description": "Once a quarter.", "category": "strategy", "slide_sequence": slides,
        "slide_contexts": "{}",
    } | given  # fmt: skip
    definition = insert_definition(sql, company_id=company.id, created_by=author.id, workflow_id=workflow_id, **values)
    content = {key: values[key] for key in ("name", "description", "category", "slide_sequence", "slide_contexts")}
    insert_row(
        sql, "workflow_definition_versions", definition_id=definition, company_id=company.id,
        workflow_id=workflow_id, version=1, published_by=author.id, **content,
    )  # fmt: skip
    return workflow_id


def count_open_runs(sql: Sql, company: Company) -> int:
    return fetch_value(
        sql, "select count(*) from public.workflow_executions where company_id = %s and ended_at is null", company.id
    )
