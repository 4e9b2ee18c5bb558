"""Two customers, or two contacts, become one; the undo makes them two again, as they were."""

import random
import uuid
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database.action_calls import escalate, snooze
from tests.database.chat_calls import begin_turn, finish_turn
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company

DAY = date(2026, 6, 1)
HOLDERS = (
    "contacts", "contracts", "usage_weeks", "tickets", "survey_responses", "notes", "workflow_executions",
    "saved_action_runs", "workflow_escalations", "workflow_snoozes", "follow_ups", "notices", "pending_owners",
)  # fmt: skip
BOOK = (
    "customers", *HOLDERS, "external_ids", "workflow_step_executions", "workflow_chat_threads",
    "workflow_chat_messages",
)  # fmt: skip


def read_book(sql, company):
    """Every row of the company that a merge touches, without its stamps."""
    statement = (
        "select id, to_jsonb(t) - '{{revision,updated_at}}'::text[] as row from public.{} t where company_id = %s"
    )
    return {(table, row["id"]): row["row"] for table in BOOK
            for row in fetch_rows(sql, statement.format(table), company.id)}  # fmt: skip


def insert_account(sql, company, owner, chance, **values):
    """A customer with something of each kind; weeks and ids at random, so that two have some in common."""
    customer = insert_customer(sql, company.id, owner.id, **values)
    of = {"company_id": company.id, "customer_id": customer}
    contacts = [insert_row(sql, "contacts", **of, name=f"Person {n}", role="user") for n in range(chance.randint(0, 2))]
    for contact in contacts[1:]:
        sql.execute(
            "update public.contacts set status = 'left', replaced_by = %s where id = %s", [contacts[0], contact]
        )
    for number in set(chance.choices(range(4), k=3)):
        week = {"week_starts_on": DAY + timedelta(weeks=number), "active_users": number, "seats": 9}
        insert_row(sql, "usage_weeks", **of, **week, logins=number, key_actions=1)
    for contact in contacts:
        insert_row(sql, "survey_responses", **of, contact_id=contact, score=7, responded_on=DAY)
    words = {"number": str(uuid.uuid4()), "title": "Slow", "priority": "p2", "status": "open", "opened_on": DAY}
    insert_row(sql, "tickets", **of, **words)
    insert_row(sql, "notes", **of, author_id=owner.id, body="Hi", happened_on=DAY)
    insert_row(sql, "follow_ups", **of, assigned_to=owner.id, created_by=owner.id, title="Call", due_on="2030-01-01")
    if chance.random() < 0.5:
        email = f"{uuid.uuid4()}@zen.test"
        insert_row(sql, "pending_owners", **of, email=email, owner_id=owner.id)
    pair = {"source": "crm", "table_name": "customers", "external_id": str(uuid.uuid4()), "row_id": customer}
    insert_row(sql, "external_ids", company_id=company.id, **pair)
    return customer


def start_run(sql, company, customer, workflow_id):
    owned = "select 1 from public.workflow_definitions where workflow_id = %s and company_id = %s"
    if not fetch_value(sql, owned, workflow_id, company.id):
        publish_workflow(sql, company.id, workflow_id)
    started = call_rpc(company.manager, "start_workflow", p_workflow_id=workflow_id, p_customer_id=str(customer))
    return started["execution_id"]


def merge(who, kept, removed, *taken, table="customers"):
    ids = {"p_kept_id": str(kept), "p_removed_id": str(removed)}
    return call_rpc(who, "merge_records", p_table=table, **ids, p_taken=list(taken))


def count_references(sql, customer):
    return {t: n for t in HOLDERS if (n := fetch_value(
        sql, f"select count(*) from public.{t} where customer_id = %s", customer))}  # fmt: skip


@pytest.fixture
def pair(sql, company):
    chance = random.Random(1)
    first = insert_account(sql, company, company.csm, chance, name="Acme", domain="acme.test", summary="Old.")
    second = insert_account(sql, company, company.other_csm, chance, name="Acme Inc.", industry="Wind")
    return first, second


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_undo_leaves_the_book_as_it_was(sql, stack, chance):
    company = Company.create(sql, "Northwind Analytics")
    people = [company.csm, company.other_csm, company.manager]
    first, second, _other = (
        insert_account(sql, company, chance.choice(people), chance, name=f"Acme {n}", domain=f"a{n}.test")
        for n in range(3)
    )
    for number, customer in enumerate(chance.choices([first, second], k=chance.randint(0, 3))):
        run = start_run(sql, company, customer, f"run-{number}")
        if chance.random() < 0.5:
            assign = (
                "update public.workflow_executions e set assigned_to = nullif(%s, owner_id), revision = revision + 1"
            )
            sql.execute(f"{assign} where id = %s", [chance.choice(people).id, run])
        finish_turn(company.manager, begin_turn(company.manager, run, p_model="rules"))
        chance.choice([snooze, lambda who, run: escalate(who, run, company.admin), lambda who, run: None])(
            company.manager, run
        )
    before = read_book(sql, company)
    columns = ["owner_id", "name", "domain", "industry", "segment", "summary", "status", "customer_since"]
    taken = chance.sample(columns, chance.randint(0, len(columns)))
    made = merge(company.manager, first, second, *taken)
    assert count_references(sql, second) == {}
    assert fetch_value(sql, "select 1 from public.customers where id = %s", second) is None
    merged = read_book(sql, company)
    assert {key for key in before if key not in merged and key[0] not in ("usage_weeks", "pending_owners")} == {
        ("customers", second)
    }
    for name in taken:
        assert merged["customers", first][name] == before["customers", second][name]
    owners = "select count(*) from public.workflow_executions e join public.customers c on c.id = e.customer_id"
    assert fetch_value(sql, f"{owners} where c.company_id = %s and c.owner_id <> e.owner_id", company.id) == 0
    assert call_rpc(company.manager, "undo_merge", p_merge_id=made) == {"left_alone": []}
    assert read_book(sql, company) == before


def test_the_kept_customer_has_everything_and_the_chosen_fields(sql, company, pair):
    made = merge(company.manager, *pair, "industry", "owner_id")
    (row,) = fetch_rows(sql, "select name, industry, owner_id, summary from public.customers where id = %s", pair[0])
    assert row == {"name": "Acme", "industry": "Wind", "owner_id": company.other_csm.id, "summary": "Old."}
    ids = "select count(*) from public.external_ids where row_id = %s"
    assert (fetch_value(sql, ids, pair[0]), fetch_value(sql, ids, pair[1])) == (2, 0)
    sources = "select distinct source from public.row_changes where source_id = %s"
    assert [row["source"] for row in fetch_rows(sql, sources, made)] == ["merge"]


def test_a_week_both_have_keeps_the_counts_of_the_kept_customer(sql, company):
    first, second = (insert_customer(sql, company.id, company.csm.id, name=name) for name in ("A", "B"))
    for customer, logins in ((first, 1), (second, 2)):
        week = {"week_starts_on": DAY, "active_users": 1, "seats": 9, "logins": logins, "key_actions": 0}
        insert_row(sql, "usage_weeks", company_id=company.id, customer_id=customer, **week)
    merge(company.manager, first, second)
    rows = fetch_rows(sql, "select customer_id, logins from public.usage_weeks where company_id = %s", company.id)
    assert rows == [{"customer_id": first, "logins": 1}]


def test_runs_and_their_chats_move_and_are_found_under_the_kept_customer(sql, company, pair):
    run = start_run(sql, company, pair[1], "our-renewal")
    answer = finish_turn(company.other_csm, begin_turn(company.other_csm, run, p_model="rules"))
    message = answer["messages"][0]["id"]
    facets = "select words::text from private.chat_index where message_id = %s"
    made = merge(company.manager, *pair)
    assert f"'=customer={pair[0]}'" in fetch_value(sql, facets, message)
    (moved,) = fetch_rows(sql, "select customer_id, owner_id from public.workflow_executions where id = %s", run)
    assert moved == {"customer_id": pair[0], "owner_id": company.csm.id}
    call_rpc(company.manager, "undo_merge", p_merge_id=made)
    assert f"'=customer={pair[1]}'" in fetch_value(sql, facets, message)


def test_two_open_runs_of_one_workflow_must_become_one_first(sql, company, pair):
    for customer in pair:
        start_run(sql, company, customer, "our-renewal")
    before = read_book(sql, company)
    with assert_refused("PT409", "Both have an open run of"):
        merge(company.manager, *pair)
    assert read_book(sql, company) == before


def test_what_somebody_changed_since_is_named_and_what_was_added_since_stays(sql, company, pair):
    made = merge(company.manager, *pair, "industry", "name")
    sql.execute("update public.customers set industry = 'Solar' where id = %s", [pair[0]])
    words = {"author_id": company.csm.id, "body": "Later", "happened_on": DAY}
    note = insert_row(sql, "notes", company_id=company.id, customer_id=pair[0], **words)
    assert call_rpc(company.manager, "undo_merge", p_merge_id=made) == {"left_alone": ["industry"]}
    (row,) = fetch_rows(sql, "select name, industry from public.customers where id = %s", pair[0])
    assert row == {"name": "Acme", "industry": "Solar"}
    assert fetch_value(sql, "select customer_id from public.notes where id = %s", note) == pair[0]


def test_merges_are_undone_in_the_order_they_stand_on_each_other(sql, company, pair):
    third = insert_customer(sql, company.id, company.csm.id, name="Acme Holding")
    before = read_book(sql, company)
    first = merge(company.manager, *pair)
    second = merge(company.manager, third, pair[0])
    with assert_refused("PT409", "Acme was merged after that."):
        call_rpc(company.manager, "undo_merge", p_merge_id=first)
    for made in (second, first):
        call_rpc(company.manager, "undo_merge", p_merge_id=made)
    assert read_book(sql, company) == before
    with assert_refused("PT409", "undone already"):
        call_rpc(company.manager, "undo_merge", p_merge_id=first)


def test_both_directions_at_once_merge_once(sql, company, pair):
    calls = [lambda: merge(company.manager, *pair), lambda: merge(company.admin, *reversed(pair))]
    outcomes = run_concurrently(calls)
    assert sum(outcome == "PT404" for outcome in outcomes) == 1
    assert fetch_value(sql, "select count(*) from public.customers where company_id = %s", company.id) == 1


def test_contacts_merge_with_their_answers_and_successors(sql, company, pair):
    of = {"company_id": company.id, "customer_id": pair[0], "role": "user"}
    kept, removed, gone = (insert_row(sql, "contacts", **of, name=name) for name in ("Ann", "Ann Lee", "Bob"))
    sql.execute("update public.contacts set email = 'ann@acme.test', replaced_by = %s where id = %s", [kept, removed])
    sql.execute("update public.contacts set status = 'left', replaced_by = %s where id = %s", [removed, gone])
    answered = {"contact_id": removed, "score": 9, "responded_on": DAY}
    answer = insert_row(sql, "survey_responses", company_id=company.id, customer_id=pair[0], **answered)
    before = read_book(sql, company)
    made = merge(company.manager, kept, removed, "email", table="contacts")
    assert fetch_value(sql, "select contact_id from public.survey_responses where id = %s", answer) == kept
    assert fetch_value(sql, "select replaced_by from public.contacts where id = %s", gone) == kept
    assert fetch_value(sql, "select email from public.contacts where id = %s", kept) == "ann@acme.test"
    call_rpc(company.manager, "undo_merge", p_merge_id=made)
    assert read_book(sql, company) == before


def test_contacts_of_two_customers_are_not_merged(sql, company, pair):
    contacts = [
        insert_row(sql, "contacts", company_id=company.id, customer_id=customer, name="Ann", role="user")
        for customer in pair
    ]
    with assert_refused("PT409", "contacts of different customers"):
        merge(company.manager, *contacts, table="contacts")
