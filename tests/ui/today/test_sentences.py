from datetime import UTC, datetime, timedelta

import pytest

from lib.accounts.model import PriorityReason
from lib.ui.today import sentences
from tests.ui.today.dashboards import TODAY, make_dashboard, make_open_run, make_priority


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "evening"), (4, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")]
)
def test_the_greeting_follows_the_hour(hour, words):
    assert sentences.format_greeting(datetime(2027, 2, 1, hour, tzinfo=UTC), "Zoë Łukasz") == f"Good {words}, Zoë."


def test_the_day_is_one_sentence():
    assert sentences.describe_day(make_dashboard()) == "Nothing is urgent today."
    assert sentences.describe_day(make_dashboard(priorities=(make_priority(),))) == "One thing matters today."
    three = make_dashboard(priorities=(make_priority(), make_priority(), make_priority()), waiting=9)
    assert sentences.describe_day(three) == "Three things matter today; 9 more can wait."


def test_other_customers_are_counted_and_add_up_to_all():
    full = make_dashboard(
        customers=27, priorities=(make_priority(),) * 3, waiting=9, calm=13, snoozed=1, next_deadline=TODAY
    )
    assert sentences.describe_other_customers(full) == (
        "9 can wait (next notice deadline 1 Feb 2027) · 2 in progress · 13 need nothing"
    )


def test_zero_counts_are_left_out():
    assert sentences.describe_other_customers(make_dashboard(calm=1, customers=1)) == "1 needs nothing"
    assert sentences.describe_other_customers(make_dashboard(customers=0, calm=0)) == ""


def test_a_priority_states_its_arr_and_notice_deadline():
    assert sentences.format_arr_and_deadline(make_priority()) == "$47,250 ARR · notice deadline in 6 days (7 Feb 2027)"
    passed = make_priority(notice_deadline=TODAY - timedelta(days=1), days_to_notice=-1)
    assert sentences.format_notice_deadline(passed) == "notice deadline passed 1 day ago (31 Jan 2027)"
    assert (
        sentences.format_notice_deadline(make_priority(notice_deadline=TODAY, days_to_notice=0))
        == "notice deadline today (1 Feb 2027)"
    )
    bare = make_priority(arr=None, notice_deadline=None, days_to_notice=None)
    assert sentences.format_arr_and_deadline(bare) == "no ARR on record · no notice deadline on record"


def test_why_names_the_two_strongest_reasons_but_never_the_size():
    assert (
        make_priority().reason_text
        == "The notice deadline is in 6 days. Dana Voss left 18 days ago; no successor is known."
    )
    quiet = make_priority(reasons=(PriorityReason(kind="arr", points=30, sentence="$9 of ARR."),))
    assert quiet.reason_text == "Nothing presses; it is the largest of the quiet ones."


def test_score_parts_are_ordered_by_points_and_add_up_to_the_score():
    found = sentences.select_score_parts(make_priority().reasons)
    assert [reason.points for reason in found] == [38, 25, 15]
    assert sum(reason.points for reason in found) == make_priority().score


def test_signals_over_the_cap_are_listed_apart_from_the_sum():
    reasons = (*make_priority().reasons, PriorityReason(kind="silence", points=0, sentence="Nobody called."))
    assert "silence" not in [reason.kind for reason in sentences.select_score_parts(reasons)]
    assert sentences.describe_signals_over_cap(reasons) == "Nobody called."


def test_a_deadline_without_points_is_still_listed():
    far = (PriorityReason(kind="deadline", points=0, sentence="The notice deadline is in 300 days."),)
    assert sentences.select_score_parts(far) == far
    assert sentences.describe_signals_over_cap(far) == ""


def test_a_run_states_its_progress():
    assert sentences.format_run_progress(make_open_run()) == "At “Contract terms”, 2 of 9 slides done"
    assert (
        sentences.format_run_progress(make_open_run(current_slide="gone-slide"))
        == "At “gone slide”, 2 of 9 slides done"
    )


def test_a_passed_due_date_reads_as_passed():
    assert sentences.format_due_date(TODAY + timedelta(days=2), TODAY) == "due in 2 days (3 Feb 2027)"
    assert sentences.format_due_date(TODAY - timedelta(days=1), TODAY) == "was due 1 day ago (31 Jan 2027)"
    assert sentences.format_due_date(None, TODAY) is None


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=12), "yesterday"),
        (timedelta(days=4), "4 days ago"),
    ],
)
def test_elapsed_time_goes_by_the_calendar(ago, words):
    now = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)
    assert sentences.format_elapsed(now - ago, now) == words
