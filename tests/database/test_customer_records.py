"""The records of a customer beyond the first ones: each is reached once, counted, and found by a search."""

from datetime import timedelta
from typing import Any

import pytest

from tests.database.factories import AccountFactory, fetch_value
from tests.database.rpc import assert_refused, call_rpc
from tests.database.test_dashboard import run_on


@pytest.fixture
def account(company, sql, today) -> AccountFactory:
    return AccountFactory(sql, company.id, company.csm.id, day=today)


def insert_notes(sql, company, account, number: int, **given: Any) -> None:
    """Notes of one day and one moment, as an import leaves them."""
    sql.execute(
        "insert into public.notes (company_id, customer_id, author_id, body, happened_on)"
        " select %s, %s, %s, coalesce(%s, 'No. ' || n), %s from generate_series(1, %s) n",
        [company.id, account.id, company.csm.id, given.get("body"), given.get("day", account.day), number],
    )


def read_all(who: Any, account: AccountFactory, kind: str, most: int = 20) -> list[Any]:
    found: list[Any] = []
    while page := call_rpc(
        who, "customer_records", p_customer_id=str(account.id), p_kind=kind,
        p_after=found[-1]["id"] if found else None, p_most=most,
    ):  # fmt: skip
        found += page
    return found


def test_every_note_is_reached_once_also_those_of_one_moment(company, sql, account):
    insert_notes(sql, company, account, 130)
    found = read_all(company.csm, account, "notes")
    assert sorted(note["body"] for note in found) == sorted(f"No. {number}" for number in range(1, 131))
    read = call_rpc(company.csm, "customer_account", p_customer_id=str(account.id))
    assert (len(read["notes"]), read["note_count"]) == (50, 130)
    assert [note["id"] for note in read["notes"]] == [note["id"] for note in found[:50]]


def test_every_ticket_is_reached_once_the_open_ones_first(company, sql, account):
    for number in range(25):
        account.insert_ticket("p3", opened=300 - number // 2, solved=None if number % 5 == 0 else 1)
    found = read_all(company.csm, account, "tickets", most=7)
    assert len({ticket["id"] for ticket in found}) == len(found) == 25
    assert [ticket["solved_on"] is None for ticket in found] == [True] * 5 + [False] * 20
    read = call_rpc(company.csm, "customer_account", p_customer_id=str(account.id))
    assert (read["ticket_count"], read["open_ticket_count"]) == (25, 5)


def test_all_open_tickets_are_read_with_the_account(company, sql, account):
    for _ in range(120):
        account.insert_ticket("p2", opened=9)
    read = call_rpc(company.csm, "customer_account", p_customer_id=str(account.id))
    assert (len(read["tickets"]), read["open_ticket_count"]) == (120, 120)


def test_every_survey_answer_and_past_run_is_reached_once(company, sql, account, today):
    sql.execute(
        "insert into public.survey_responses (company_id, customer_id, score, responded_on)"
        " select %s, %s, n %% 11, %s::date - n / 3 from generate_series(1, 61) n",
        [company.id, account.id, today],
    )
    ended = {"status": "skipped", "skip_reason": "not_relevant", "ended_at": today}
    for number in range(22):
        run_on(account, company, f"workflow-{number}", **ended)
    assert len({row["id"] for row in read_all(company.csm, account, "surveys")}) == 61
    assert len({row["id"] for row in read_all(company.csm, account, "past_runs", most=9)}) == 22
    read = call_rpc(company.csm, "customer_account", p_customer_id=str(account.id))
    assert (len(read["surveys"]), read["survey_count"]) == (50, 61)


def test_records_of_another_company_and_of_no_kind_are_refused(company, new_company, account):
    with assert_refused("PT404"):
        call_rpc(new_company().manager, "customer_records", p_customer_id=str(account.id), p_kind="notes")
    with assert_refused("PT400", "There are no records of this kind."):
        call_rpc(company.csm, "customer_records", p_customer_id=str(account.id), p_kind="contracts")


def test_an_old_note_is_found_by_its_words(company, new_company, sql, account, today):
    insert_notes(sql, company, account, 1, body="Die Einkäuferin will das Auditlog.", day=today - timedelta(900))
    insert_notes(sql, company, account, 60)
    account.insert_ticket("p1", opened=300, solved=200)
    find = {"p_customer_id": str(account.id), "p_terms": ["einkaufer", "auditlog"]}
    (note,) = call_rpc(company.csm, "find_customer_records", **find)["notes"]
    assert note["body"].startswith("Die Einkäuferin")
    assert call_rpc(new_company().csm, "find_customer_records", **find) == {"notes": [], "tickets": []}


def test_every_event_of_a_run_is_reached_once(company, new_company, sql, new_run):
    run = new_run(company)
    sql.execute(
        "insert into public.workflow_execution_events (company_id, execution_id, kind)"
        " select %s, %s, 'step_saved' from generate_series(1, 119)",
        [company.id, run],
    )
    read = call_rpc(company.csm, "workflow_run", p_execution_id=run)
    assert (len(read["events"]), read["event_count"]) == (50, 120)
    found = [event["id"] for event in read["events"]]
    while page := call_rpc(company.csm, "run_events", p_execution_id=run, p_before=found[-1], p_most=50):
        found += [event["id"] for event in page]
    stored = "select count(*) from public.workflow_execution_events where execution_id = %s"
    assert len(set(found)) == len(found) == fetch_value(sql, stored, run)
    with assert_refused("PT404"):
        call_rpc(new_company().csm, "run_events", p_execution_id=run)
