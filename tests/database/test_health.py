from datetime import date
from typing import Any

import pytest

from tests.database.factories import REFERENCE_DAY, AccountFactory, days_before, fetch_rows


def health(account: AccountFactory, day: date = REFERENCE_DAY) -> dict[str, Any] | None:
    found = fetch_rows(account.sql, "select * from public.customer_health(%s, array[%s])", day, account.id)
    return found[0] if found else None


def score(account: AccountFactory) -> tuple[int | None, str | None]:
    found = health(account)
    assert found
    return found["score"], found["band"]


def part(account: AccountFactory, name: str, day: date = REFERENCE_DAY) -> int | None:
    found = health(account, day)
    assert found
    return found[f"{name}_points"]


@pytest.mark.parametrize(
    ("age", "active", "points"),
    [
        (182, 50, 40),  # the aim is 50 % in the first half year
        (182, 25, 20),
        (183, 50, 27),  # then 75 %
        (273, 75, 40),
        (274, 75, 38),  # then 80 %
        (274, 80, 40),
        (274, 110, 40),
        (274, 0, 0),
    ],
)
def test_usage_is_judged_against_an_aim_that_rises_with_age(new_account, age, active, points):
    account = new_account(age=age)
    account.insert_usage(active)
    assert part(account, "usage") == points


def test_the_latest_week_within_28_days_counts(new_account):
    account = new_account()
    account.insert_usage(80, ago=28)
    account.insert_usage(10, ago=29)
    account.insert_usage(10, ago=-1)
    assert part(account, "usage") == 40


def test_older_usage_is_no_data_and_never_nought(new_account):
    account = new_account()
    account.insert_usage(80, ago=29)
    account.insert_survey(10)
    found = health(account)
    assert found["usage_points"] is None
    assert found["utilisation"] is None
    assert found["usage_sentence"] == "No usage data in the last 28 days."


@pytest.mark.parametrize(("ago", "points"), [(0, 25), (14, 25), (15, 24), (37, 13), (59, 1), (60, 0), (400, 0)])
def test_engagement_falls_from_the_15th_day_to_the_60th(new_account, ago, points):
    account = new_account()
    account.insert_note("call", ago=ago)
    assert part(account, "engagement") == points


def test_a_plain_note_is_no_contact(new_account):
    account = new_account()
    account.insert_note("note", ago=1)
    found = health(account)
    assert found["engagement_points"] is None
    assert found["engagement_sentence"] == "No contact on record."


def test_the_last_contact_is_the_latest_of_notes_and_contacts(new_account):
    account = new_account()
    account.insert_note("meeting", ago=40)
    account.insert_contact(last_contact_on=days_before(20))
    assert health(account)["last_touch_on"] == days_before(20)
    account.insert_note("email", ago=1)
    assert health(account)["engagement_sentence"] == "Last contact 1 day ago."


@pytest.mark.parametrize(("recent", "points"), [(0, 20), (1, 20), (2, 16), (6, 0), (7, 0)])
def test_support_loses_four_for_each_ticket_of_30_days_beyond_the_first(new_account, recent, points):
    account = new_account()
    for _ in range(recent):
        account.insert_ticket(opened=29, solved=0)
    account.insert_ticket(opened=30, solved=0)
    assert part(account, "support") == points


@pytest.mark.parametrize(("open_p1", "points"), [(1, 14), (3, 2), (4, 0)])
def test_support_loses_six_for_each_open_p1(new_account, open_p1, points):
    account = new_account()
    for _ in range(open_p1):
        account.insert_ticket("p1", opened=60)
    account.insert_ticket("p1", opened=60, solved=1)
    assert part(account, "support") == points


def test_a_ticket_solved_later_was_open_that_day(new_account):
    account = new_account()
    account.insert_ticket("p1", opened=60, solved=-5)
    assert (part(account, "support"), part(account, "support", days_before(-5))) == (14, 20)
    assert part(account, "support", days_before(61)) == 20


@pytest.mark.parametrize(("scores", "points"), [([10], 15), ([0], 0), ([9, 4], 10), ([7, 7, 8], 11)])
def test_voice_is_the_average_answer(new_account, scores, points):
    account = new_account()
    for given in scores:
        account.insert_survey(given, ago=180)
    account.insert_survey(0, ago=181)
    found = health(account)
    assert found["voice_points"] == points
    assert f"from {len(scores)} survey answer" in found["voice_sentence"]


def test_no_answer_is_no_voice(new_account):
    account = new_account()
    account.insert_survey(10, ago=181)
    assert part(account, "voice") is None


def test_a_part_without_data_is_left_out_and_the_rest_scaled(new_account):
    account = new_account()
    account.insert_usage(40)  # 20 of 40, and support 20 of 20
    assert score(account) == (67, "yellow")
    account.insert_note("call", ago=60)  # 0 of 25 more
    assert score(account) == (47, "yellow")
    account.insert_survey(10)  # 15 of 15 more
    assert score(account) == (55, "yellow")


def test_a_score_without_usage_is_out_of_the_other_parts(new_account):
    account = new_account()
    account.insert_survey(10)  # 15 of 15, and support 20 of 20
    assert score(account) == (100, "green")
    account.insert_note("call", ago=60)  # 0 of 25 more
    assert score(account) == (58, "yellow")


def test_no_tickets_alone_is_no_health(new_account):
    found = health(new_account())
    assert (found["score"], found["band"], found["support_points"]) == (None, None, 20)


@pytest.mark.parametrize(("age", "expected"), [(59, None), (60, 100)])
def test_there_is_no_score_in_the_first_sixty_days(new_account, age, expected):
    account = new_account(age=age)
    account.insert_usage(80)
    found = health(account)
    assert found["score"] == expected
    assert found["usage_points"] == 40


@pytest.mark.parametrize(
    ("active", "expected"), [(44, (70, "green")), (42, (68, "yellow")), (14, (45, "yellow")), (12, (43, "red"))]
)
def test_green_from_70_yellow_from_45_red_below(new_account, active, expected):
    account = new_account()
    account.insert_usage(active)  # out of 60: 50 x utilisation, and 20 for support
    assert score(account) == expected


def test_a_churned_or_future_customer_has_no_health(new_account):
    assert health(new_account(status="churned")) is None
    assert health(new_account(age=-1)) is None
    assert health(new_account(age=0)) is not None


def test_health_is_asked_for_some_customers_or_for_all_one_may_see(new_account, books, strangers):
    account = new_account()
    mine = books.csm.client.rpc("customer_health", {}).execute().data
    assert str(account.id) in {row["customer_id"] for row in mine}
    one = {"among": [str(account.id)]}
    assert len(books.csm.client.rpc("customer_health", one).execute().data) == 1
    assert strangers.csm.client.rpc("customer_health", one).execute().data == []
