"""Events that come late, twice, at the same time, or while a worker dies: the weeks are true in the end."""

import random
from datetime import timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from tests.database.event_calls import create_token, days_ago, ticket, usage
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.rpc import call_rpc, run_concurrently
from tests.database.test_events import monday_of, read_weeks, roll_up

RECEIVE = "select private.receive_events(%s, %s)"


@pytest.fixture
def acme(company, sql):
    customer = insert_customer(sql, company.id, company.csm.id, name="Acme", domain="acme.test")
    insert_seats(sql, company, customer)
    return customer


def insert_seats(sql, company, customer):
    week = {"week_starts_on": "2020-01-06", "active_users": 1, "seats": 7, "logins": 1, "key_actions": 1}
    insert_row(sql, "usage_weeks", company_id=company.id, customer_id=customer, **week)


def send(client, token, *events):
    return call_rpc(client, "receive_events", p_token=token, p_events=list(events))


def test_another_event_under_a_known_id_is_refused_and_changes_nothing(anyone, company, sql, acme):
    token = create_token(company)
    first = ticket(title="Slow export")
    send(anyone, token, first)
    answer = send(anyone, token, first | {"title": "Something else"}, dict(reversed(first.items())))
    assert (answer["accepted"], answer["duplicates"]) == (0, 1)
    assert answer["refused"] == [{"position": 1, "reason": "An event with this id and another content came before."}]
    assert fetch_value(sql, "select title from public.tickets where customer_id = %s", acme) == "Slow export"


def test_an_event_that_is_stored_while_its_week_is_rolled_up_counts(anyone, company, sql, stack, operator, acme):
    token = create_token(company)
    event = usage(logins=1)
    send(anyone, token, event)
    with psycopg.connect(stack.database_url) as slow:
        late = usage(logins=5, happened_at=event["happened_at"])
        slow.execute(RECEIVE, [token, Jsonb([late])])
        roll_up(operator)
    roll_up(operator)
    assert read_weeks(sql, acme)[monday_of(event["happened_at"])]["logins"] == 6


def test_a_worker_that_is_killed_loses_no_week(anyone, company, sql, stack, operator, acme):
    event = usage(logins=4)
    send(anyone, create_token(company), event)
    worker = psycopg.connect(stack.database_url)
    worker.execute("select private.roll_up_events(5000)")
    assert fetch_value(sql, "select pg_terminate_backend(%s, 10000)", worker.info.backend_pid)  # waits until it is gone
    worker.close()
    roll_up(operator)
    assert read_weeks(sql, acme)[monday_of(event["happened_at"])]["logins"] == 4


def test_requests_with_the_same_tickets_in_another_order_wait_for_each_other(anyone, company, sql, acme):
    tokens = [create_token(company), create_token(company)]
    numbers = [f"T-{n}" for n in range(60)]
    calls = [
        lambda token=token, order=order: send(anyone, token, *(ticket(number=n) for n in order))["accepted"]
        for token, order in zip(tokens * 2, (numbers, numbers[::-1], numbers, numbers[::-1]), strict=True)
    ]
    assert run_concurrently(calls) == [60, 60, 60, 60]
    assert fetch_value(sql, "select count(*) from public.tickets where customer_id = %s", acme) == 60


def test_a_week_is_written_once_its_seats_are_known(anyone, company, sql, operator):
    customer = insert_customer(sql, company.id, company.csm.id, name="Acme", domain="acme.test")
    event = usage(logins=2)
    send(anyone, create_token(company), event)
    roll_up(operator)
    assert read_weeks(sql, customer) == {}
    terms = {"starts_on": "2020-01-01", "ends_on": "2990-01-01", "term_months": 12, "notice_days": 60, "seats": 40}
    price = {"auto_renews": True, "annual_price_per_seat": 100}
    insert_row(sql, "contracts", company_id=company.id, customer_id=customer, **terms, **price)
    roll_up(operator)
    assert read_weeks(sql, customer)[monday_of(event["happened_at"])]["seats"] == 40


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_weeks_are_the_same_in_whatever_order_events_come(anyone, new_company, sql, operator, chance: random.Random):
    moments = [days_ago(days) for days in (27, 20, 19, 8, 3, 1)]
    events = [usage(happened_at=chance.choice(moments), user=f"u{chance.randint(1, 3)}", logins=chance.randint(0, 3))
              for _ in range(12)]  # fmt: skip
    weeks = []
    for late in (False, True):
        company = new_company()
        customer = insert_customer(sql, company.id, company.csm.id, name="Acme", domain="acme.test")
        insert_seats(sql, company, customer)
        token = create_token(company)
        order = chance.sample(events, len(events)) if late else events
        for start in range(0, len(order), 3 if late else len(order)):
            send(anyone, token, *order[start : start + (3 if late else len(order))], *order[: 2 if late else 0])
            roll_up(operator)
        weeks.append(read_weeks(sql, customer))
    assert weeks[0] == weeks[1]


def test_weeks_to_come_wait_until_they_begin(anyone, company, sql, operator, acme):
    send(anyone, create_token(company), usage(happened_at=days_ago(0)))
    roll_up(operator)
    waiting = fetch_rows(sql, "select week_starts_on from private.usage_rollups where customer_id = %s", acme)
    monday = monday_of(days_ago(0))
    assert {row["week_starts_on"] for row in waiting} == {monday + timedelta(weeks=n) for n in (1, 2, 3)}
    assert monday in read_weeks(sql, acme)
