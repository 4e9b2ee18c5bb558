"""Today of random books is what asking about each customer by itself gives."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from tests.database.factories import SLIDES, AccountFactory, fetch_value, publish_workflow
from tests.database.rpc import call_rpc

WORKFLOWS = ("standard-renewal", "executive-contact-lost")

# Who waits without a run, and what is suggested, by the rule for one customer.
SUGGESTED = """
  select r.customer_id::text, r.workflow_id
  from private.ranked_customers(null, private.today()) r join public.customers c on c.id = r.customer_id
  where c.owner_id = %(person)s
    and r.score >= (select p.today_from from private.priority_rule(c.company_id) p)
    and not exists (
      select 1 from public.workflow_executions e
      where e.customer_id = r.customer_id and (
        e.ended_at is null
        or (e.status in ('completed', 'skipped')
          and e.ended_at >= private.today()::timestamp at time zone private.time_zone())
        or (e.workflow_id = r.workflow_id and e.status <> 'abandoned' and e.ended_at > now() - interval '45 days')))"""
BOOK = """
  select c.id::text,
    exists (select 1 from public.usage_weeks u where u.customer_id = c.id
      and u.week_starts_on between private.today() - 28 and private.today()) as has_usage,
    array(select e.id::text from public.workflow_executions e
      where e.customer_id = c.id and e.ended_at is null and e.status <> 'snoozed') as working,
    array(select e.id::text from public.workflow_executions e
      where e.customer_id = c.id and e.ended_at is null and e.status = 'snoozed') as snoozed
  from public.customers c where c.status = 'active' and c.owner_id = %(person)s"""


@pytest.fixture
def books(company, sql, today):
    """Each call gives the company random books of two CSMs and a manager."""

    def make(chance: random.Random) -> None:
        versions = []
        for workflow in WORKFLOWS:
            definition = publish_workflow(sql, company.id, workflow)
            of = "select id from public.workflow_definition_versions where definition_id = %s"
            versions.append((workflow, fetch_value(sql, of, definition)))
        for _ in range(36):
            owner = chance.choice((company.csm, company.other_csm, company.manager))
            status = chance.choice(("active", "active", "active", "churned"))
            account = AccountFactory(sql, company.id, owner.id, day=today, age=chance.randrange(20, 900), status=status)
            if chance.random() < 0.9:
                account.insert_contract(notice_in=chance.randrange(-20, 150), seats=chance.randrange(10, 3000))
            for _ in range(chance.randrange(3)):
                account.insert_ticket("p1", opened=chance.randrange(60))
            if chance.random() < 0.6:
                account.insert_usage(chance.randrange(100), ago=chance.choice((0, 7, 27, 28, 29, 60)))
            if chance.random() < 0.3:
                account.insert_contact("champion", status="left", left_on=account.days_before(chance.randrange(90)))
            for workflow, version in versions:
                if chance.random() < 0.4:
                    insert_run(account, chance, workflow, version, today)

    return make


def insert_run(account: AccountFactory, chance: random.Random, workflow: str, version: Any, today: Any) -> None:
    status = chance.choice(("active", "active", "escalated", "snoozed", "completed", "abandoned"))
    values: dict[str, Any] = {"status": status, "due_on": today + timedelta(days=chance.randrange(-9, 30))}
    if status in ("completed", "abandoned"):
        ago = chance.choice((0, 1, 10, 44, 46))
        values["ended_at"] = fetch_value(account.sql, "select now() - %s * interval '1 day'", ago)
    if status == "completed":
        values["outcome_code"] = "renewed"
    pinned = {"workflow_id": workflow, "definition_version_id": version, "current_slide": SLIDES[0]}
    account.insert_row("workflow_executions", owner_id=account.owner_id, **pinned, **values)


def read_as(sql: Any, person: Any, query: str, **values: Any) -> list[dict[str, Any]]:
    with sql.transaction():
        sql.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": str(person.id)})])
        sql.execute("set local role authenticated")
        with sql.cursor() as cursor:
            found = cursor.execute(query.encode(), {"person": person.id, **values})
            names = [column.name for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def find_state(customer: dict[str, Any], listed: list[Any], waiting: list[Any]) -> str:
    of_customer = [item for item in waiting if item["customer_id"] == customer["id"]]
    runs = {item["execution_id"] for item in waiting}
    if any(item["customer_id"] == customer["id"] for item in listed):
        return "listed"
    if any(item["urgency"] for item in of_customer):
        return "pressing"
    if customer["working"] or runs & set(customer["snoozed"]):
        return "in_progress"
    if customer["snoozed"]:
        return "snoozed"
    return "can_wait" if of_customer else "calm"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("role", ["csm", "manager"])
def test_today_of_a_random_book_is_that_of_its_customers_one_by_one(books, company, sql, role, seed):
    books(random.Random(seed))
    person = getattr(company, role)
    found = call_rpc(person, "zen_dashboard")
    waiting = [*found["items"], *call_rpc(person, "today_more", p_most=1000)["items"]]
    book = read_as(sql, person, BOOK)
    states = [find_state(customer, found["items"], waiting) for customer in book]
    for state in ("can_wait", "in_progress", "calm"):
        assert found[state] == states.count(state), state
    assert found["usage_customers"] == sum(customer["has_usage"] for customer in book)
    runs = {item["execution_id"] for item in waiting}
    assert found["snoozed"] == sum(run not in runs for customer in book for run in customer["snoozed"])
    suggested = {row["customer_id"]: row["workflow_id"] for row in read_as(sql, person, SUGGESTED)}
    assert {item["customer_id"]: item["workflow_id"] for item in waiting if item["kind"] == "customer"} == suggested
    assert suggested
    assert len(set(states)) >= 3
