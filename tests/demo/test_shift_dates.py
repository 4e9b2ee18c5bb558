from collections.abc import Iterator
from datetime import timedelta

import pytest

from lib.db.row_signatures import RowSigner
from lib.demo.date_shift import shift_demo_dates
from lib.demo.demo_data import TABLES, build_demo_data
from lib.demo.demo_loader import Connection, fetch_database_day, fetch_demo_anchor, insert_demo_data
from tests.demo.conftest import Demo

SIGNER = RowSigner(("a secret of the demo's tests, long enough",))
SHARED = ("saved_actions",)
"""Tables that hold rows of no company besides."""


@pytest.fixture
def aged(demo: Demo) -> Iterator[Connection]:
    """The demo as if it had been seeded ten days ago; put back afterwards."""
    with demo.sql.transaction(force_rollback=True):
        for table in reversed(TABLES[1:]):
            demo.sql.execute(f"delete from {table}" + (" where company_id is not null" if table in SHARED else ""))
        demo.sql.execute("delete from private.demo_anchor")
        insert_demo_data(
            demo.sql, build_demo_data(fetch_database_day(demo.sql) - timedelta(days=10)), "an edition", SIGNER
        )
        yield demo.sql


def one(connection: Connection, question: str) -> object:
    row = connection.execute(question).fetchone()
    assert row
    return row[0]


def test_a_book_younger_than_a_week_stays(demo: Demo) -> None:
    with demo.sql.transaction():
        assert shift_demo_dates(demo.sql, SIGNER) == 0


def test_all_dates_move_together_by_whole_weeks(aged: Connection) -> None:
    deadline = "select max(notice_deadline) from contracts"
    note = "select max(happened_on) from notes where body like 'Bridget left%'"
    week = "select max(week_starts_on) from usage_weeks"
    before = {question: one(aged, question) for question in (deadline, note, week)}
    started = one(aged, "select max(started_at) from workflow_executions")
    told = one(aged, "select sum(extract(epoch from created_at)) from workflow_execution_events")
    events = one(aged, "select count(*) from workflow_execution_events")
    assert shift_demo_dates(aged, SIGNER) == 7
    for question, day in before.items():
        assert one(aged, question) == day + timedelta(days=7), question
    assert one(aged, "select max(started_at) from workflow_executions") == started + timedelta(days=7)
    later = one(aged, "select sum(extract(epoch from created_at)) from workflow_execution_events")
    assert later == told + events * 7 * 86400


def test_days_inside_answers_and_events_move_too(aged: Connection) -> None:
    question = (
        "select min((payload ->> 'until')::date) from workflow_execution_events where payload ? 'until' "
        "and (payload ->> 'until')::date > current_date - 30"
    )
    before = one(aged, question)
    shift_demo_dates(aged, SIGNER)
    assert one(aged, question) == before + timedelta(days=7)


def test_moments_move_with_the_days_plans_and_what_events_tell_alike(aged: Connection) -> None:
    questions = (
        "select max(until_at) from workflow_snoozes where not is_backstop",
        "select max(respond_by) from workflow_escalations where ended_at is null",
        "select max(acknowledged_at) from workflow_escalations where ended_at is null",
        "select max((payload ->> 'until')::timestamptz) from workflow_execution_events",
        "select max((context_pack ->> 'as_of')::timestamptz) from workflow_escalations",
        "select max(due_on)::timestamptz from follow_ups",
    )
    before = [one(aged, question) for question in questions]
    shift_demo_dates(aged, SIGNER)
    assert [one(aged, question) for question in questions] == [when + timedelta(days=7) for when in before]


def test_what_people_did_since_keeps_its_order_and_is_never_in_the_future(aged: Connection) -> None:
    customer = "(select id from customers where name = 'Kestrel Dental')"
    for hours in (50, 30, 2):
        aged.execute(
            "insert into notes (company_id, customer_id, author_id, kind, body, happened_on, created_at) "
            f"select company_id, id, owner_id, 'call', 'since {hours:02}', current_date - {hours // 24}, "
            f"now() - interval '{hours} hours' from customers where id = {customer}"
        )
    shift_demo_dates(aged, SIGNER)
    rows = aged.execute(
        "select body, happened_on <= current_date, created_at <= now() from notes "
        "where body like 'since%' order by created_at"
    ).fetchall()
    assert rows == [("since 50", True, True), ("since 30", True, True), ("since 02", True, True)]


def test_another_company_stays_where_it_is(aged: Connection) -> None:
    aged.execute("insert into companies (id, name) values ('00000000-0000-4000-8000-000000000001', 'Someone else')")
    aged.execute(
        "insert into modules (company_id, name, annual_price_per_seat, created_at) "
        "values ('00000000-0000-4000-8000-000000000001', 'Theirs', 1, '2026-01-05')"
    )
    shift_demo_dates(aged, SIGNER)
    assert one(aged, "select created_at::date::text from modules where name = 'Theirs'") == "2026-01-05"


def test_freshening_writes_no_events_and_leaves_the_triggers_on(aged: Connection) -> None:
    before = one(aged, "select count(*) from workflow_execution_events")
    shift_demo_dates(aged, SIGNER)
    assert one(aged, "select count(*) from workflow_execution_events") == before
    assert one(aged, "select count(*) from pg_trigger where not tgisinternal and tgenabled = 'D'") == 0


def test_a_second_freshening_on_the_same_day_does_nothing(aged: Connection) -> None:
    assert shift_demo_dates(aged, SIGNER) == 7
    assert shift_demo_dates(aged, SIGNER) == 0


def test_seeding_after_freshening_adds_nothing(aged: Connection) -> None:
    shift_demo_dates(aged, SIGNER)
    anchor = fetch_demo_anchor(aged)
    assert anchor
    assert insert_demo_data(aged, build_demo_data(anchor[0]), anchor[1], SIGNER) == 0


def test_a_list_of_an_earlier_day_does_not_become_todays(aged: Connection) -> None:
    person = "select id, company_id from profiles where full_name = 'Alice Moreau'"
    aged.execute(
        "insert into today_lists (person_id, company_id, day, items) "
        f"select p.id, p.company_id, current_date - 7, '{{customer:old}}' from ({person}) p"
    )
    shift_demo_dates(aged, SIGNER)
    assert one(aged, "select current_date - day from today_lists where items = '{customer:old}'") == 7


def test_what_zen_signed_is_signed_again_and_what_somebody_inserted_is_not(aged: Connection) -> None:
    genuine = "select to_jsonb(m) from workflow_chat_messages m where message_type = 'chart'"
    forge = (
        "insert into workflow_chat_messages (company_id, thread_id, role, content, signature)"
        " select company_id, thread_id, role, content, signature from workflow_chat_messages"
        " where message_type = 'chart' returning id"
    )
    forged = one(aged, forge)
    before = [row for (row,) in aged.execute(genuine).fetchall()]
    assert {row["id"] for row in before if SIGNER.is_message_authentic(row)} == {
        row["id"] for row in before if row["id"] != str(forged)
    }
    shift_demo_dates(aged, SIGNER)
    after = {row["id"]: row for (row,) in aged.execute(genuine).fetchall()}
    assert any(row["content"] != after[row["id"]]["content"] for row in before)
    for row in before:
        assert SIGNER.is_message_authentic(after[row["id"]]) == (row["id"] != str(forged))
    calls = [row for (row,) in aged.execute("select to_jsonb(c) from workflow_llm_tool_calls c").fetchall()]
    assert calls
    assert all(SIGNER.is_tool_call_authentic(row) for row in calls)
