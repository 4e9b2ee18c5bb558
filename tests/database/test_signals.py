from typing import Any

import pytest

from tests.database.factories import REFERENCE_DAY, AccountFactory, days_before, fetch_rows


def signals(account: AccountFactory) -> dict[str, tuple[int, str]]:
    found = fetch_rows(account.sql, "select * from public.customer_signals(%s, array[%s])", REFERENCE_DAY, account.id)
    return {row["kind"]: (row["points"], row["sentence"]) for row in found}


def kinds(account: AccountFactory) -> set[str]:
    return set(signals(account))


def left(account: AccountFactory, role: str, ago: int = 12, **changes: Any) -> None:
    account.insert_contact(role, status="left", left_on=days_before(ago), **changes)


def test_a_customer_of_whom_nothing_is_known_gives_no_signal(new_account):
    assert signals(new_account()) == {}


@pytest.mark.parametrize("role", ["executive_sponsor", "economic_buyer"])
def test_a_sponsor_who_left_without_successor_is_25_points(new_account, role):
    account = new_account()
    left(account, role)
    sentence = f"Ines Ortega, {role.replace('_', ' ')}, left 12 days ago; no successor is known."
    assert signals(account) == {"sponsor_left": (25, sentence)}


def test_a_champion_who_left_is_15_points_unless_a_sponsor_left_too(new_account):
    account = new_account()
    left(account, "champion", ago=1)
    assert signals(account)["champion_left"] == (15, "Ines Ortega, champion, left 1 day ago; no successor is known.")
    left(account, "economic_buyer", ago=100)
    assert kinds(account) == {"sponsor_left"}


def test_others_who_left_and_those_replaced_give_no_signal(new_account):
    account = new_account()
    left(account, "user")
    left(account, "executive_sponsor", replaced_by=account.insert_contact("executive_sponsor"))
    assert kinds(account) == set()


@pytest.mark.parametrize(
    ("ago", "expected"), [(0, {"sponsor_left"}), (180, {"sponsor_left"}), (181, set()), (-1, set())]
)
def test_a_departure_counts_for_180_days(new_account, ago, expected):
    account = new_account()
    left(account, "executive_sponsor", ago=ago)
    assert kinds(account) == expected


@pytest.mark.parametrize(
    ("active", "age", "expected"), [(49, 90, {"low_usage"}), (50, 90, set()), (49, 89, set()), (90, 90, set())]
)
def test_less_than_half_of_the_seats_after_90_days_is_low_usage(new_account, active, age, expected):
    account = new_account(age=age)
    account.insert_usage(active)
    assert kinds(account) == expected


@pytest.mark.parametrize(("active", "expected"), [(91, {"seats_full"}), (90, set())])
def test_more_than_nine_tenths_of_the_seats_is_room_to_grow(new_account, active, expected):
    account = new_account()
    account.insert_usage(active)
    assert kinds(account) == expected


@pytest.mark.parametrize(("recent", "expected"), [(64, {"usage_falling"}), (65, set())])
def test_a_fifth_less_usage_than_before_is_falling(new_account, recent, expected):
    account = new_account()
    account.insert_usage(recent, ago=27)
    account.insert_usage(80, ago=28)
    account.insert_usage(80, ago=84)
    account.insert_usage(0, ago=85)
    assert kinds(account) == expected


def test_usage_that_stopped_being_reported_is_not_falling(new_account):
    account = new_account()
    account.insert_usage(80, ago=40)
    assert kinds(account) == set()


@pytest.mark.parametrize(("open_p1", "points"), [(1, 10), (2, 20), (3, 20)])
def test_each_open_p1_is_10_points_up_to_20(new_account, open_p1, points):
    account = new_account()
    for _ in range(open_p1):
        account.insert_ticket("p1")
    assert signals(account)["p1_open"][0] == points


@pytest.mark.parametrize(("ago", "points"), [(29, None), (30, 10), (59, 10), (60, 15)])
def test_silence_is_10_points_from_30_days_and_15_from_60(new_account, ago, points):
    account = new_account()
    account.insert_note("call", ago=ago)
    assert signals(account).get("silence", (None, ""))[0] == points


@pytest.mark.parametrize(("given", "ago", "expected"), [(6, 90, {"detractor"}), (7, 1, set()), (0, 91, set())])
def test_a_detractor_of_90_days_is_a_signal(new_account, given, ago, expected):
    account = new_account()
    account.insert_survey(given, ago=ago)
    assert kinds(account) == expected


def test_a_detractor_is_named_where_known(new_account):
    account = new_account()
    account.insert_survey(3, ago=2)
    assert signals(account)["detractor"] == (10, "Someone answered 3 out of 10 in a survey.")
    account.insert_survey(2, ago=1, contact_id=account.insert_contact(name="Bea <b>Quist</b> 100 %"))
    assert signals(account)["detractor"] == (10, "Bea <b>Quist</b> 100 % answered 2 out of 10 in a survey.")


def test_a_competitor_is_15_points(new_account):
    account = new_account(competitor="Rivalry Ltd")
    assert signals(account) == {"competitor": (15, "They are evaluating Rivalry Ltd.")}


def test_a_churned_customer_gives_no_signal(new_account):
    assert signals(new_account(status="churned", competitor="Rivalry Ltd")) == {}
