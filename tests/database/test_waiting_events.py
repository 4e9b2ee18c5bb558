"""Events of customers nobody knows wait, are named, and count once there is such a customer."""

import pytest

from tests.database.event_calls import create_token, days_ago, ticket, usage
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.database.test_events import NOTHING, match_waiting, monday_of, read_weeks, roll_up

BOLT = {"customer_domain": "Bolt.test"}


@pytest.fixture
def send(anyone, company):
    token = create_token(company)
    return lambda *events: call_rpc(anyone, "receive_events", p_token=token, p_events=list(events))


def insert_known_customer(sql, company, **values):
    """With a week of long ago, so that its seats are known."""
    customer = insert_customer(sql, company.id, company.csm.id, **values)
    week = {"week_starts_on": "2020-01-06", "active_users": 1, "seats": 7, "logins": 1, "key_actions": 1}
    insert_row(sql, "usage_weeks", company_id=company.id, customer_id=customer, **week)
    return customer


def read_unknown(company):
    return call_rpc(company.admin, "list_unknown_event_customers")["customers"]


def test_events_of_an_unknown_customer_wait_are_named_and_count_once_it_is_known(send, sql, operator, company):
    first, newer = ticket(**BOLT, happened_at=days_ago(3)), ticket(**BOLT, happened_at=days_ago(2), priority="p1")
    visit = usage(**BOLT, logins=3)
    answer = send(newer, first, visit)
    assert answer == NOTHING | {"waiting": 3, "unknown_customers": [{"customer_domain": "bolt.test"}]}
    assert send(visit) == NOTHING | {"duplicates": 1}
    (unknown,) = read_unknown(company)
    assert (unknown["customer_domain"], unknown["events"], unknown["customers_of_domain"]) == ("bolt.test", 3, 0)
    customer = insert_known_customer(sql, company, domain="bolt.test")
    match_waiting(operator)
    roll_up(operator)
    assert read_unknown(company) == []
    assert fetch_rows(sql, "select number, priority from public.tickets where customer_id = %s", customer) == [
        {"number": "T-1", "priority": "p1"}
    ]
    week = read_weeks(sql, customer)[monday_of(visit["happened_at"])]
    assert week == {"active_users": 1, "seats": 7, "logins": 3, "key_actions": 0}
    assert send(visit) == NOTHING | {"duplicates": 1}


def test_events_of_a_domain_that_two_have_count_once_these_are_one(send, sql, operator, company):
    pair = [insert_known_customer(sql, company, name=name, domain="bolt.test") for name in ("Bolt", "Bolt Inc.")]
    assert send(usage(**BOLT))["waiting"] == 1
    match_waiting(operator)
    assert read_unknown(company)[0]["customers_of_domain"] == 2
    ids = {"p_kept_id": str(pair[0]), "p_removed_id": str(pair[1])}
    call_rpc(company.manager, "merge_records", p_table="customers", **ids, p_taken=[])
    match_waiting(operator)
    roll_up(operator)
    assert read_unknown(company) == []
    assert monday_of(days_ago(1)) in read_weeks(sql, pair[0])


def test_a_waiting_event_keeps_no_name_of_a_user(send, sql, company):
    send(usage(**BOLT, user="ann@bolt.test"))
    (row,) = fetch_rows(sql, "select to_jsonb(r)::text as row from private.received_events r where company_id = %s",
                        company.id)  # fmt: skip
    assert "ann" not in row["row"]


def test_at_most_20000_events_wait(send, sql, company):
    columns = "company_id, event_id, content_hash, kind, waiting_event, happened_at, user_hash, logins, key_actions"
    values = "%s, n::text, sha256('x'), 'usage', '{\"customer_domain\": \"x.test\"}', now(), sha256('y'), 1, 1"
    rows = f"select {values} from generate_series(1, 19999) n"
    sql.execute(f"insert into private.received_events ({columns}) {rows}", [company.id])
    answer = send(usage(**BOLT), usage(**BOLT))
    assert (answer["waiting"], answer["refused"][0]["position"]) == (1, 2)
    assert "too many events wait" in answer["refused"][0]["reason"]


def test_only_admins_of_the_company_see_what_waits(send, company, new_company):
    send(usage(**BOLT))
    assert read_unknown(new_company()) == []
    for member in (company.csm, company.manager):
        with assert_refused("PT403"):
            call_rpc(member, "list_unknown_event_customers")


def test_beyond_fifty_unknown_customers_are_counted_and_reached(sql, new_company):
    company = new_company()
    columns = "company_id, event_id, content_hash, kind, waiting_event, happened_at, user_hash, logins, key_actions"
    name = "jsonb_build_object('customer_domain', 'x' || mod(n, 60) || '.test')"
    values = f"%s, n::text, sha256('x'), 'usage', {name}, now(), sha256('y'), 1, 1"
    sql.execute(f"insert into private.received_events ({columns}) select {values} from generate_series(1, 119) n",
                [company.id])  # fmt: skip
    pages = [call_rpc(company.admin, "list_unknown_event_customers", p_first=first) for first in (0, 50)]
    assert [(page["total"], len(page["customers"])) for page in pages] == [(60, 50), (60, 10)]
    domains = [each["customer_domain"] for page in pages for each in page["customers"]]
    assert len(set(domains)) == 60
    assert domains[-1] == "x0.test", "the one with the fewest events is the last"


def test_an_event_of_an_archived_customer_waits(send, sql, operator, company):
    customer = insert_known_customer(sql, company, domain="bolt.test", status="archived")
    assert send(usage(**BOLT))["waiting"] == 1
    match_waiting(operator)
    assert fetch_value(sql, "select count(*) from private.usage_rollups where customer_id = %s", customer) == 0
