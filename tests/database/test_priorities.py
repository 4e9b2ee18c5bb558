from typing import Any

import pytest

from tests.database.factories import REFERENCE_DAY, AccountFactory, days_before, fetch_rows, fetch_value


def priority(account: AccountFactory) -> dict[str, Any]:
    return fetch_rows(
        account.sql, "select * from public.customer_priorities(%s, array[%s])", REFERENCE_DAY, account.id
    )[0]


def reason(account: AccountFactory, kind: str) -> tuple[int, str]:
    found = next(reason for reason in priority(account)["reasons"] if reason["kind"] == kind)
    return found["points"], found["sentence"]


@pytest.mark.parametrize(
    ("arr", "points"),
    [(None, 0), (0, 0), (10_000, 6), (100_000, 21), (299_999, 30), (300_000, 30), (9_000_000, 30)],
)
def test_arr_is_up_to_30_points_on_a_logarithmic_scale(sql, arr, points):
    assert fetch_value(sql, "select private.arr_points(%s::numeric)", arr) == points


@pytest.mark.parametrize(
    ("notice_in", "renewal_in", "is_red", "points"),
    [
        (None, None, False, 0),
        (121, 181, False, 0),
        (120, 180, False, 0),
        (60, 120, False, 20),
        (1, 61, False, 40),
        (0, 60, False, 40),
        (-1, 59, False, 40),
        (-14, 46, False, 40),
        (-15, 45, False, 20),
        (-60, 0, False, 20),
        (-90, -30, False, 20),
        (-91, -31, False, 0),
        (0, 0, False, 40),
        (121, 181, True, 13),
        (180, 240, True, 0),
        (60, 120, True, 27),
        (60, 120, None, 20),
    ],
)
def test_the_notice_deadline_is_up_to_40_points(sql, notice_in, renewal_in, is_red, points):
    assert fetch_value(sql, "select private.deadline_points(%s, %s, %s)", notice_in, renewal_in, is_red) == points


@pytest.mark.parametrize(
    ("notice_in", "notice_days", "sentence"),
    [
        (48, 60, "The notice deadline is in 48 days."),
        (1, 60, "The notice deadline is in 1 day."),
        (0, 60, "The notice deadline is today."),
        (-1, 61, "The notice deadline passed 1 day ago; the term ends in 60 days."),
        (-60, 61, "The notice deadline passed 60 days ago; the term ends tomorrow."),
        (-60, 60, "The notice deadline passed 60 days ago; the term ends today."),
        (-61, 60, "The renewal date passed 1 day ago."),
        (-70, 60, "The renewal date passed 10 days ago."),
    ],
)
def test_the_deadline_is_told_in_a_sentence(new_account, notice_in, notice_days, sentence):
    account = new_account()
    account.insert_contract(notice_in=notice_in, notice_days=notice_days)
    assert reason(account, "deadline")[1] == sentence


def test_without_a_contract_that_is_said_and_counts_nothing(new_account):
    account = new_account()
    found = priority(account)
    assert found["score"] == 0
    assert (found["arr"], found["notice_deadline"], found["days_to_notice"]) == (None, None, None)
    assert reason(account, "deadline") == (0, "No contract on record.")
    assert reason(account, "arr") == (0, "No ARR on record.")


def test_the_contract_in_force_counts_not_the_one_to_come(new_account):
    account = new_account()
    account.insert_contract(notice_in=30, seats=1000)
    account.insert_contract(notice_in=400, began=-1)
    (found,) = (one for one in priority(account)["reasons"] if one["kind"] == "arr")
    assert (float(found["amount"]), found.get("sentence")) == (100_000, None)
    assert priority(account)["days_to_notice"] == 30


def test_once_the_next_term_is_agreed_the_deadline_asks_for_nothing(new_account):
    account = new_account()
    account.insert_contract(notice_in=10)
    assert reason(account, "deadline")[0] == 37
    account.insert_contract(notice_in=400, began=-70)
    assert reason(account, "deadline") == (0, "The next term is agreed and begins on 24 August 2026.")


def test_a_red_account_is_seen_from_180_days(new_account):
    account = new_account()
    account.insert_contract(notice_in=90)
    account.insert_usage(40)
    assert reason(account, "deadline")[0] == 10
    account.insert_note("call", ago=70)
    account.insert_ticket("p1", opened=50)
    assert priority(account)["health_band"] == "red"
    assert reason(account, "deadline")[0] == 20


def test_signals_count_strongest_first_until_30_points_are_reached(new_account):
    account = new_account(competitor="Rivalry Ltd")
    account.insert_contact("executive_sponsor", status="left", left_on=days_before(3))
    account.insert_note("call", ago=90)
    points = [(reason["kind"], reason["points"]) for reason in priority(account)["reasons"]]
    assert points == [("deadline", 0), ("arr", 0), ("sponsor_left", 25), ("competitor", 5), ("silence", 0)]
    assert priority(account)["leading_signal"] == "sponsor_left"


def test_the_reasons_add_up_to_the_score(new_account):
    account = new_account(competitor="Rivalry Ltd")
    account.insert_contract(notice_in=17, seats=731, annual_price_per_seat="133.10")
    account.insert_ticket("p1")
    account.insert_usage(30)
    account.insert_survey(2)
    found = priority(account)
    assert found["score"] == sum(reason["points"] for reason in found["reasons"])
    assert found["score"] > 40


def test_nothing_is_above_100(new_account):
    account = new_account(competitor="Rivalry Ltd")
    account.insert_contract(notice_in=0, seats=100_000)
    account.insert_contact("executive_sponsor", status="left", left_on=REFERENCE_DAY)
    assert priority(account)["score"] == 100
