"""The book: filters, sorting, pages, counts and sums, all in the database."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.database.factories import AccountFactory, publish_workflow
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company, Member

SORTS = ("name", "owner", "segment", "arr", "health", "deadline", "last_contact", "priority")


@pytest.fixture
def add(company: Company, sql: Any, today: date) -> Callable[..., AccountFactory]:
    """Each call adds a customer with a contract: `add("Bolt", notice_in=20, arr=5000)`; health by `active` of 100."""

    def add_customer(
        name: str, *, notice_in: int = 200, arr: int = 10_000, active: int | None = None, **changes: Any
    ) -> AccountFactory:
        owner = changes.pop("owner", company.csm)
        account = AccountFactory(sql, company.id, owner.id, day=today, name=name, **changes)
        account.insert_contract(notice_in=notice_in, seats=1, annual_price_per_seat=arr)
        if active is not None:
            account.insert_usage(active)
        return account

    return add_customer


def read_book(who: Member, filter: dict[str, Any] | None = None, sort: str = "name", **more: Any) -> dict[str, Any]:
    window = {f"p_{name}": value for name, value in more.items()}
    return call_rpc(who, "book", p_filter=filter or {}, p_sort=sort, **window)


def names(book: dict[str, Any]) -> list[str]:
    return [row["name"] for row in book["rows"]]


def test_an_empty_book_has_no_rows_and_no_sums(company):
    book = read_book(company.csm)
    assert (book["rows"], book["total"], book["arr"], book["at_risk"]) == ([], 0, None, 0)


def test_a_row_has_what_the_page_shows(company, sql, add, today):
    publish_workflow(sql, company.id, "our-renewal")
    account = add("Bolt", notice_in=20, arr=5000, active=10)
    account.insert_note("call", ago=3)
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="our-renewal", p_customer_id=str(account.id))
    [row] = read_book(company.csm)["rows"]
    shown = {name: row[name] for name in ("name", "owner_name", "segment", "days_left", "health_band")}
    assert shown == {
        "name": "Bolt", "owner_name": company.csm.full_name, "segment": "mid", "days_left": 20, "health_band": "yellow",
    }  # fmt: skip
    assert float(row["arr"]) == 5000
    assert row["last_contact_on"] == account.days_before(3).isoformat()
    assert row["run"]["execution_id"] == run["execution_id"]
    assert row["run"]["others"] == 0
    assert row["risk"] == "10% of seats in use (last 28 days)."


def test_counts_and_sums_are_of_all_that_match_and_not_of_the_page(company, add):
    for number in range(5):
        add(f"Customer {number}", arr=1000, active=5)
    add("Calm", arr=7000, active=95)
    book = read_book(company.csm, most=2)
    assert (len(book["rows"]), book["total"], float(book["arr"])) == (2, 6, 12_000)
    assert (book["at_risk"], float(book["arr_at_risk"])) == (5, 5000)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_customer_is_on_one_page_in_every_order(company, add, sort, descending):
    for number in range(7):
        add(f"Same {number % 2}", notice_in=100 + number % 3, active=10 * number if number % 2 else None)
    pages = [read_book(company.csm, sort=sort, descending=descending, first=first, most=3) for first in (0, 3, 6)]
    ids = [row["id"] for page in pages for row in page["rows"]]
    assert len(ids) == len(set(ids)) == 7


def test_what_has_no_value_comes_last_in_both_directions(company, sql, add, today):
    add("Late", notice_in=90)
    add("Soon", notice_in=5)
    AccountFactory(sql, company.id, company.csm.id, day=today, name="No contract")
    assert names(read_book(company.csm, sort="deadline")) == ["Soon", "Late", "No contract"]
    assert names(read_book(company.csm, sort="deadline", descending=True)) == ["Late", "Soon", "No contract"]


def test_each_filter_leaves_what_it_says(company, sql, add):
    publish_workflow(sql, company.id, "our-renewal")
    bolt = add("Bolt", notice_in=20, arr=5000, active=5, segment="smb")
    add("Cora", notice_in=80, arr=90_000, active=95, segment="enterprise", owner=company.other_csm)
    add("Passed", notice_in=-10, arr=20_000)
    call_rpc(company.csm, "start_workflow", p_workflow_id="our-renewal", p_customer_id=str(bolt.id))
    expected = {
        "Bolt": [
            {"segments": ["smb"]}, {"bands": ["red"]}, {"days_from": 0, "days_to": 30}, {"arr_to": 5000},
            {"has_run": True}, {"name": "OLT"}, {"name": "bolt", "segments": ["smb", "mid"]},
        ],
        "Cora": [{"owner": str(company.other_csm.id)}, {"bands": ["green"]}, {"arr_from": 20_001}, {"days_from": 21}],
        "Passed": [{"days_to": -1}, {"bands": ["none"]}, {"segments": ["mid"]}],
        "Bolt Passed": [{"owner": "mine"}],
        "Cora Passed": [{"has_run": False}],
        "Bolt Cora Passed": [{}, {"owner": "team"}, {"segments": []}, {"name": ""}, {"bands": None}],
        "": [{"status": "churned"}, {"name": "%"}, {"name": "_"}, {"name": "'"}, {"name": "🦊"}],
    }  # fmt: skip
    found = {
        who: [" ".join(names(read_book(company.csm, each))) for each in each_of] for who, each_of in expected.items()
    }
    assert found == {who: [who] * len(each_of) for who, each_of in expected.items()}


def test_a_name_is_found_by_the_characters_it_has(company, add):
    for name in ("100% Cotton", "O'Brien", "Fuchs 🦊", "Ümlaut"):
        add(name)
    for part, name in (("%", "100% Cotton"), ("o'b", "O'Brien"), ("🦊", "Fuchs 🦊"), ("üm", "Ümlaut")):
        assert names(read_book(company.csm, {"name": part})) == [name]


def test_a_month_leaves_its_deadlines_or_its_ends(company, add, today):
    account = add("Bolt", notice_in=40)
    deadline = date.fromordinal(today.toordinal() + 40)
    month = deadline.isoformat()[:7]
    assert names(read_book(company.csm, {"deadline_month": month})) == ["Bolt"]
    assert names(read_book(company.csm, {"deadline_month": "2019-01"})) == []
    ends = date.fromordinal(today.toordinal() + 100)
    assert names(read_book(company.csm, {"end_month": ends.isoformat()[:7]})) == ["Bolt"]
    assert account.id


@pytest.mark.parametrize(
    ("filter", "words"),
    [
        ({"colour": "red"}, "no filter “colour”"),
        ({"owner": "x"}, "“owner”"),
        ({"segments": ["huge"]}, "“segments”"),
        ({"segments": "smb"}, "“segments”"),
        ({"bands": [None]}, "“bands”"),
        ({"bands": [["red"]]}, "“bands”"),
        ({"has_run": "yes"}, "“has_run”"),
        ({"status": "archived"}, "“status”"),
        ({"days_to": "30"}, "“days_to”"),
        ({"days_to": 1e9}, "“days_to”"),
        ({"arr_from": -1}, "“arr_from”"),
        ({"deadline_month": "2027-13"}, "“deadline_month”"),
        ({"end_month": 202701}, "“end_month”"),
        ({"name": "x" * 10_000}, "200 characters"),
        ({"name": 5}, "200 characters"),
        ([], "cannot be read"),
    ],
)
def test_a_filter_that_is_unknown_is_refused_in_a_sentence(company, filter, words):
    with assert_refused("PT400", words):
        call_rpc(company.csm, "book", p_filter=filter)


def test_an_unknown_order_is_refused_in_a_sentence(company):
    with assert_refused("PT400", "sorted by “colour”"):
        read_book(company.csm, sort="colour")


def test_another_company_is_never_in_the_book(company, add, strangers):
    add("Bolt")
    assert read_book(strangers.manager)["total"] == 0
    assert read_book(strangers.manager, {"owner": str(company.csm.id)})["total"] == 0


def test_a_signed_in_person_without_a_company_has_no_book(uninvited):
    with assert_refused("PT403"):
        call_rpc(uninvited, "book")


def test_owners_are_those_who_own_customers(company, add):
    add("Bolt")
    add("Cora", owner=company.other_csm)
    assert company.manager
    assert {each["id"] for each in read_book(company.csm)["owners"]} == {
        str(company.csm.id), str(company.other_csm.id),
    }  # fmt: skip


def test_an_owner_of_mine_is_also_whom_i_stand_in_for(company, add, sql, today):
    add("Cora", owner=company.other_csm)
    sql.execute(
        "insert into public.absences (company_id, person_id, deputy_id, starts_on, ends_on, created_by)"
        " values (%s, %s, %s, current_date - 1, current_date + 2, %s)",
        [company.id, company.other_csm.id, company.csm.id, company.other_csm.id],
    )
    assert names(read_book(company.csm, {"owner": "mine"})) == ["Cora"]


def test_an_unknown_owner_has_no_customers(company, add):
    add("Bolt")
    assert read_book(company.csm, {"owner": str(uuid.uuid4())})["total"] == 0


def test_a_page_beyond_the_end_is_empty_and_keeps_the_count(company, add):
    add("Bolt")
    book = read_book(company.csm, first=1000)
    assert (book["rows"], book["total"]) == ([], 1)


def test_renewals_are_counted_by_month_of_deadline_and_of_end(company, add, today):
    add("Bolt", notice_in=40, arr=5000, active=5)
    add("Cora", notice_in=40, arr=7000, active=95)
    add("Late", notice_in=5000)
    add("Passed", notice_in=-60)
    calendar = call_rpc(company.csm, "book_renewals", p_filter={}, p_months=12)
    deadline = date.fromordinal(today.toordinal() + 40)
    found = next(each for each in calendar["months"] if each["month"] == deadline.isoformat()[:7])["deadlines"]
    assert (found["customers"], float(found["arr"]), found["at_risk"], float(found["arr_at_risk"])) == (
        2,
        12_000,
        1,
        5000,
    )
    assert (calendar["earlier"], calendar["later"], len(calendar["months"])) == (1, 1, 12)
    ends = [each["ends"]["customers"] for each in calendar["months"] if each["ends"]]
    assert sum(ends) == 3


def test_months_and_rows_have_the_fiscal_quarters_of_the_company(company, add, today, sql):
    add("Bolt", notice_in=40)
    first_month = today.month % 12 + 1  # the year that begins next month: this one is the last of its fourth quarter
    sql.execute(
        "update public.company_settings set fiscal_year_start_month = %s where company_id = %s",
        [first_month, company.id],
    )
    quarters = call_rpc(company.csm, "book_renewals", p_filter={}, p_months=12)["quarters"]
    labels = [each["label"] for each in quarters]
    assert len(labels) == 5
    assert [label.partition(" ")[2] for label in labels] == ["Q4", "Q1", "Q2", "Q3", "Q4"]
    assert labels[1] == f"FY{(today.year + 1) % 100:02} Q1"
    assert read_book(company.csm)["rows"][0]["renewal_quarter"] in labels


def test_the_calendar_of_another_company_is_empty(company, add, strangers):
    add("Bolt", notice_in=40)
    calendar = call_rpc(strangers.manager, "book_renewals", p_filter={"owner": str(company.csm.id)})
    assert all(each["deadlines"] is None for each in calendar["months"])


def test_a_calendar_refuses_an_unknown_filter(company):
    with assert_refused("PT400", "no filter “colour”"):
        call_rpc(company.csm, "book_renewals", p_filter={"colour": 1})
