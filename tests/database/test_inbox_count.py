"""The number in the menu is that of the inbox: by what it lists, for each kind of what waits."""

from datetime import timedelta
from typing import Any

import pytest

from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import call_rpc
from tests.database.test_today_list import Book
from tests.support.companies import Company, Member


@pytest.fixture
def book(sql, company) -> Book:
    return Book(sql, company, company.csm)


def count_in_menu(sql, who: Member) -> int:
    return fetch_value(sql, "select private.count_waiting(p) from public.profiles p where p.id = %s", who.id)


def list_waiting(who: Member) -> list[Any]:
    """The rows of the first section of the inbox."""
    found = call_rpc(who, "inbox")
    decided = [each for each in found["escalations"] if each["is_unseen_decision"]]
    to_me = [each for each in found["escalations"] if each["ended_at"] is None and each["to_me"]]
    assert found["counts"]["waiting"] == sum(
        found["counts"][kind] for kind in ("woken", "to_me", "decided", "follow_ups", "notices")
    )
    return [*found["woken"], *to_me, *decided, *found["follow_ups"], *found["notices"]]


def fill(sql, company: Company, book: Book) -> None:
    """Eight things wait for the CSM, others do not."""
    book.back_from_a_snooze("Back")
    book.escalation("Asked", by=company.manager, to=company.csm)
    book.handed_back("Decided")
    book.follow_up("Late to do", due_in=-3)
    book.follow_up("To do later", due_in=9)
    run = book.run("Signalled", status="snoozed")
    customer = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run)
    insert_row(
        sql, "workflow_snoozes", company_id=company.id, execution_id=run, customer_id=customer,
        snoozed_by=company.csm.id, reason="A test.", signal={"kind": "new_ticket", "value": "p1"},
        created_at="2026-01-01",
    )  # fmt: skip
    insert_row(
        sql, "tickets", company_id=company.id, customer_id=customer, number="1", title="Slow", priority="p1",
        status="open", opened_on="2026-02-01",
    )  # fmt: skip
    woken = book.back_from_a_snooze("Woken")
    call_rpc(company.csm, "wake_execution", p_execution_id=str(woken))
    insert_row(sql, "notices", company_id=company.id, person_id=company.csm.id, body="Look.")
    # Not waiting: read, for somebody else, snoozed until later, answered by whoever was asked.
    insert_row(sql, "notices", company_id=company.id, person_id=company.csm.id, body="Read.", read_at="2026-11-01")
    book.escalation("Asked the manager", by=company.csm, to=company.manager)
    later = book.run("Later", status="snoozed")
    of = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", later)
    insert_row(
        sql, "workflow_snoozes", company_id=company.id, execution_id=later, customer_id=of,
        snoozed_by=company.csm.id, reason="Later.", until_at="2900-01-01",
    )  # fmt: skip


def test_each_counts_what_their_inbox_lists(sql, company, book):
    fill(sql, company, book)
    assert len(list_waiting(company.csm)) >= 7
    for who in (company.csm, company.other_csm, company.manager, company.admin):
        assert count_in_menu(sql, who) == len(list_waiting(who)) == call_rpc(who, "inbox")["counts"]["waiting"]


def test_a_deputy_counts_what_is_theirs_to_do_meanwhile(sql, company, book):
    fill(sql, company, book)
    before = count_in_menu(sql, company.other_csm)
    insert_row(
        sql, "absences", company_id=company.id, person_id=company.csm.id, deputy_id=company.other_csm.id,
        starts_on=book.day - timedelta(1), ends_on=book.day + timedelta(1), created_by=company.csm.id,
    )  # fmt: skip
    assert count_in_menu(sql, company.other_csm) == len(list_waiting(company.other_csm)) > before


def test_nobody_counts_what_is_another_companys(sql, company, strangers, book):
    fill(sql, company, book)
    assert count_in_menu(sql, strangers.csm) == len(list_waiting(strangers.csm)) == 0


def test_nobody_counts_what_waits_for_another(sql):
    for role in ("anon", "authenticated"):
        granted = "select has_function_privilege(%s, 'private.count_waiting(public.profiles)', 'execute')"
        assert not fetch_value(sql, granted, role)
