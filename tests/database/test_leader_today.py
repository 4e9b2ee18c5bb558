"""Today of a manager or admin: what waits for them, then what is stuck in the team, never a CSM's next step."""

from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Json

from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import call_rpc
from tests.database.test_dashboard import run_on
from tests.database.test_today_list import Book, today_of, waiting_for
from tests.support.companies import Company


@pytest.fixture
def book(sql, company) -> Book:
    return Book(sql, company, company.csm)


@pytest.fixture
def own(sql, company) -> Book:
    """Customers the manager owns."""
    return Book(sql, company, company.manager)


def kinds_for(who: Any) -> list[tuple[str, str]]:
    return [(item["customer_name"], item["kind"]) for item in call_rpc(who, "today_more", p_most=1000)["items"]]


def make_red(account: Any) -> Any:
    account.insert_usage(5)
    return account


def stuck_run(book: Book, name: str, *, arr: int, late_by: int = 5) -> Any:
    account = book.customer(name, arr=arr)
    return run_on(account, book.company, "running", due_on=book.day - timedelta(late_by))


def insert_price(book: Book, name: str, *, by: Any = None, hours_ago: int = 1) -> Any:
    """A price far below list, as it waits for a leader."""
    account = book.customer(name)
    run = run_on(account, book.company, "running", due_on=book.day + timedelta(100))
    return insert_row(
        book.sql, "price_approvals", company_id=book.company.id, execution_id=run, requested_by=(by or book.owner).id,
        off_list_percent=15, total=85_000, list_total=100_000, subject="scenario", figures=Json({}),
        approver_role="manager",
        created_at=fetch_value(book.sql, "select now() - %s * interval '1 hour'", hours_ago),
    )  # fmt: skip


def test_a_leaders_list_is_ordered_by_kind(company, book, own):
    own.customer("Own customer", notice_in=10, arr=900_000)
    make_red(book.customer("Red renewal", notice_in=12))
    stuck_run(book, "Stuck", arr=100_000)
    own.run("Own run")
    own.run("Own late run", due_in=-2)
    own.follow_up("Own follow-up")
    insert_price(book, "Price")
    book.escalation("Asked", by=company.csm, to=company.manager)
    assert kinds_for(company.manager) == [
        ("Asked", "escalation"),
        ("Price", "price"),
        ("Own follow-up", "follow_up"),
        ("Own late run", "run"),
        ("Own run", "run"),
        ("Stuck", "stuck"),
        ("Red renewal", "renewal"),
        ("Own customer", "customer"),
    ]


def test_a_csms_ordinary_next_step_waits_for_no_leader(company, book):
    book.customer("Large priority", notice_in=5, arr=900_000)
    book.customer("Deadline today", notice_in=0)
    book.run("Begun")
    book.run("Due today", due_in=0)
    book.back_from_a_snooze("Back")
    book.follow_up("Late to do", due_in=-3)
    book.handed_back("Decided")
    assert kinds_for(company.manager) == kinds_for(company.admin) == []
    assert len(kinds_for(company.csm)) == 7


def test_stuck_runs_come_by_arr_with_the_reason_and_whose_they_are(company, book):
    sizes = {"Small": 10_000, "Large": 900_000, "Mid": 50_000}
    runs = {name: stuck_run(book, name, arr=arr) for name, arr in sizes.items()}
    items = today_of(company.manager)["items"]
    assert [item["customer_name"] for item in items] == ["Large", "Mid", "Small"]
    first = items[0]
    assert first["execution_id"] == first["run"]["execution_id"] == str(runs["Large"])
    assert first["stuck"] == {
        "reason": "overdue", "since": str(book.day - timedelta(5)), "worker_name": company.csm.full_name,
        "about_name": None,
    }  # fmt: skip
    assert (first["urgency"], first["owner_name"], first["arr"]) == (None, company.csm.full_name, 900_000)


def test_the_list_of_a_leader_is_the_days_and_a_run_that_moves_leaves_it(company, book, sql):
    sizes = {"A": 90_000, "B": 80_000, "C": 70_000, "D": 60_000}
    runs = [stuck_run(book, name, arr=arr) for name, arr in sizes.items()]
    assert [item["customer_name"] for item in today_of(company.manager)["items"]] == ["A", "B", "C"]
    sql.execute(
        "update public.workflow_executions set due_on = due_on + 90, revision = revision + 1 where id = %s", [runs[0]]
    )
    found = today_of(company.manager)
    assert ([item["customer_name"] for item in found["items"]], found["more"]) == (["B", "C"], 1)
    stuck_run(book, "Larger", arr=900_000)
    assert [item["customer_name"] for item in today_of(company.manager)["items"]] == ["B", "C"]
    book.escalation("Asked", by=company.csm, to=company.manager)
    assert [item["customer_name"] for item in today_of(company.manager)["items"]] == ["Asked", "B", "C"]


def test_a_leaders_own_late_run_is_their_own_and_listed_once(company, own):
    own.run("Own late run", due_in=-3)
    assert waiting_for(company.manager) == [("Own late run", "overdue")]


def test_an_unanswered_escalation_is_the_askeds_and_for_other_leaders_stuck(company, book):
    book.escalation("Asked", by=company.csm, to=company.manager, hours=-48)
    assert kinds_for(company.manager) == [("Asked", "escalation")]
    assert kinds_for(company.admin) == [("Asked", "stuck")]
    (item,) = today_of(company.admin)["items"]
    assert (item["stuck"]["reason"], item["stuck"]["about_name"]) == ("no_answer", company.manager.full_name)


@pytest.mark.parametrize(
    ("notice_in", "is_red", "is_listed"),
    [(0, True, True), (30, True, True), (31, True, False), (-1, True, False), (12, False, False)],
)
def test_red_renewals_near_their_deadline_that_nobody_has_begun(company, book, notice_in, is_red, is_listed):
    account = book.customer("Renewal", notice_in=notice_in)
    account.insert_usage(5 if is_red else 95)
    assert [kind for _, kind in kinds_for(company.manager)] == ["renewal"] * is_listed
    run_on(account, company)
    assert kinds_for(company.manager) == []


def test_a_price_waits_for_who_may_decide_on_it_once_and_is_news_during_the_day(company, book):
    stuck_run(book, "Stuck", arr=100_000)
    assert [item["kind"] for item in today_of(company.manager)["items"]] == ["stuck"]
    price = insert_price(book, "Price", hours_ago=80)
    found = today_of(company.manager)
    assert [(item["kind"], item["urgency"]) for item in found["items"]] == [("price", "approval"), ("stuck", None)]
    assert found["items"][0]["price"]["id"] == str(price)
    assert found["items"][0]["price"]["requested_by_name"] == company.csm.full_name
    assert (found["price_approvals"], found["price_approval_count"], found["more"]) == ([], 0, 0)


def test_a_leader_has_the_figures_of_the_team_and_sums_of_their_own_book_only(company, book, own):
    make_red(book.customer("Red"))
    stuck_run(book, "Stuck", arr=100_000)
    book.run("Begun")
    book.escalation("Asked", by=company.csm, to=company.manager)
    own.customer("Own")
    found = today_of(company.manager)
    assert found["team"] == {
        "customers": 5, "at_risk": 1, "arr_at_risk": 100_000, "open_runs": 3, "overdue_runs": 1, "stuck_runs": 1,
        "escalations": 1,
    }  # fmt: skip
    assert (found["customers"], found["trend"][-1]["arr"]) == (1, 100_000)
    assert today_of(company.csm)["team"] is None
    assert len(found["customer_choices"]) == 5


def test_leaders_of_another_company_see_nothing_of_it(sql, book):
    strangers = Company.create(sql, "Someone Else")
    stuck_run(book, "Stuck", arr=100_000)
    make_red(book.customer("Red", notice_in=10))
    insert_price(book, "Price")
    found = today_of(strangers.manager)
    assert (found["items"], found["more"], found["price_approvals"], found["team"]["customers"]) == ([], 0, [], 0)
