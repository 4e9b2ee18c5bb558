"""Events of a company's systems: each is stored once, tickets at once, usage by week."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.database.event_calls import create_token, days_ago, ticket, usage
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.rpc import assert_refused, call_rpc, run_concurrently

NOTHING = {"accepted": 0, "waiting": 0, "duplicates": 0, "unknown_customers": [], "refused": []}


@pytest.fixture
def acme(company, sql):
    customer = insert_customer(sql, company.id, company.csm.id, name="Acme", domain="acme.test")
    terms = {"starts_on": "2020-01-01", "ends_on": "2990-01-01", "term_months": 12, "notice_days": 60, "seats": 40}
    price = {"auto_renews": True, "annual_price_per_seat": 100}
    insert_row(sql, "contracts", company_id=company.id, customer_id=customer, **terms, **price)
    return customer


@pytest.fixture
def send(anyone, company, acme):
    token = create_token(company)
    return lambda *events: call_rpc(anyone, "receive_events", p_token=token, p_events=list(events))


def roll_up(operator):
    while call_rpc(operator, "roll_up_events", p_most=5000):
        pass


def match_waiting(operator):
    while call_rpc(operator, "match_waiting_events", p_most=500):
        pass


def read_weeks(sql, customer):
    columns = "week_starts_on, active_users, seats, logins, key_actions"
    rows = fetch_rows(
        sql, f"select {columns} from public.usage_weeks where customer_id = %s order by week_starts_on", customer
    )
    return {row.pop("week_starts_on"): row for row in rows}


def monday_of(text: str) -> date:
    day = datetime.fromisoformat(text).astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def test_usage_becomes_weeks_with_people_of_28_days(send, sql, operator, acme):
    first, later = days_ago(20), days_ago(13)
    events = [
        usage(happened_at=first, user="ann", logins=2, key_actions=5),
        usage(happened_at=later, user="ann"),
        usage(happened_at=later, user="bob", logins=3, key_actions=1),
    ]
    assert send(*events) == NOTHING | {"accepted": 3}
    roll_up(operator)
    weeks = read_weeks(sql, acme)
    assert weeks[monday_of(first)] == {"active_users": 1, "seats": 40, "logins": 2, "key_actions": 5}
    assert weeks[monday_of(later)] == {"active_users": 2, "seats": 40, "logins": 4, "key_actions": 1}
    assert min(weeks) == monday_of(first)
    assert max(weeks) == monday_of(days_ago(0))


def test_an_event_that_comes_again_counts_once_however_often_it_is_rolled_up(send, sql, operator, acme):
    event = usage(logins=7)
    send(event)
    roll_up(operator)
    assert send(event, event) == NOTHING | {"duplicates": 2}
    send(usage(logins=1, happened_at=event["happened_at"]))
    roll_up(operator)
    assert read_weeks(sql, acme)[monday_of(event["happened_at"])]["logins"] == 8


def test_the_same_events_sent_at_the_same_time_count_once(send, sql, acme):
    events = [usage(id=str(number)) for number in range(20)]
    answers = run_concurrently([lambda: send(*events), lambda: send(*reversed(events))])
    assert sorted(answer["accepted"] + answer["duplicates"] for answer in answers) == [20, 20]
    assert sum(answer["accepted"] for answer in answers) == 20
    assert fetch_value(sql, "select count(*) from private.received_events where customer_id = %s", acme) == 20


def test_a_week_that_a_file_brought_never_gets_smaller(send, sql, operator, company, acme):
    event = usage(logins=3, key_actions=9)
    known = {"week_starts_on": monday_of(event["happened_at"]), "active_users": 30, "seats": 50}
    insert_row(sql, "usage_weeks", company_id=company.id, customer_id=acme, **known, logins=200, key_actions=4)
    send(event)
    roll_up(operator)
    assert read_weeks(sql, acme)[known["week_starts_on"]] == {
        "active_users": 30, "seats": 50, "logins": 200, "key_actions": 9,
    }  # fmt: skip


def test_an_older_state_of_a_ticket_does_not_replace_a_later_one(send, sql, acme):
    solved = {"status": "solved", "solved_on": "2026-11-03", "satisfied": True}
    send(ticket(happened_at=days_ago(1), **solved))
    send(ticket(happened_at=days_ago(2), title="Slow"))
    (row,) = fetch_rows(sql, "select title, status, satisfied from public.tickets where customer_id = %s", acme)
    assert row == {"title": "Slow export", "status": "solved", "satisfied": True}
    (change,) = fetch_rows(
        sql, "select source, changed_by from public.row_changes where customer_id = %s and table_name = 'tickets'", acme
    )
    assert change == {"source": "event", "changed_by": None}


def test_a_customer_is_found_by_the_id_of_the_source(send, sql, company, acme):
    pair = {"source": "billing", "table_name": "customers", "external_id": "c-7", "row_id": acme}
    insert_row(sql, "external_ids", company_id=company.id, **pair)
    named = {"customer_domain": None, "customer_id": "c-7"}
    assert send(usage(**named, source="billing"))["accepted"] == 1
    assert send(usage(**named, source="crm")) == NOTHING | {
        "waiting": 1, "unknown_customers": [{"source": "crm", "customer_id": "c-7"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (usage(id=""), "id is a text"),
        (usage(type="login"), "type is usage or ticket"),
        (usage(happened_at="2026-11-02"), "happened_at is a moment"),
        (usage(happened_at=days_ago(29)), "in the last 28 days"),
        (usage(happened_at=days_ago(-2)), "in the last 28 days"),
        (usage(logins=-1), "whole numbers"),
        (usage(logins=10**7), "whole numbers"),
        (usage(user=None), "user is a text"),
        (usage(user={"a": 1}), "Its fields are texts"),
        (usage(company_id="x"), "a field that no event has"),
        (usage(key_action=1), "a field that no event has"),
        (ticket(priority="urgent"), "priority is"),
        (ticket(status="solved"), "solved_on is a day of a solved ticket"),
        (ticket(status="solved", solved_on="2026-11-01"), "not before opened_on"),
        (ticket(title=" "), "title is a text"),
        (ticket(title="x" * 501), "Its fields are texts"),
        (ticket(opened_on="infinity"), "opened_on is a day"),
        (usage(customer_domain=None), "Name the customer"),
        (usage(customer_domain="", customer_id="7"), "Name the customer"),
        (ticket(customer_domain=None, source="crm"), "Name the customer"),
        ([], "An event is an object"),
        (None, "An event is an object"),
    ],
)
def test_a_wrong_event_is_named_and_the_others_are_stored(send, event, reason):
    answer = send(usage(), event, ticket())
    assert (answer["accepted"], [each["position"] for each in answer["refused"]]) == (2, [2])
    assert reason in answer["refused"][0]["reason"]


def test_a_token_has_an_allowance(send, sql, company):
    spent = "update private.event_token_keys k set full_at = now() + interval '1 hour' from public.event_tokens t"
    sql.execute(f"{spent} where t.id = k.token_id and t.company_id = %s", [company.id])
    with assert_refused("PT429"):
        send(usage())


def test_old_events_are_deleted(send, sql, operator, acme):
    send(usage(), usage())
    sql.execute(
        "update private.received_events set received_at = now() - interval '61 days' where customer_id = %s", [acme]
    )
    send(usage())
    while call_rpc(operator, "delete_old_events", p_most=5000) == 5000:
        pass
    assert fetch_value(sql, "select count(*) from private.received_events where customer_id = %s", acme) == 1


def test_a_revoked_token_sends_nothing_and_may_be_revoked_again(anyone, company, acme):
    token = create_token(company)
    (listed,) = call_rpc(company.admin, "list_event_tokens")
    for _ in range(2):
        call_rpc(company.admin, "revoke_event_token", p_token_id=listed["id"])
    assert call_rpc(company.admin, "list_event_tokens") == []
    with assert_refused("PT403", "This token is not valid."):
        call_rpc(anyone, "receive_events", p_token=token, p_events=[usage()])
