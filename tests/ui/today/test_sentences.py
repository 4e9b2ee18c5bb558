from datetime import UTC, datetime, timedelta

import pytest

from lib.customers.model import PriorityReason
from lib.customers.today_items import TodayItemKind, Urgency
from lib.executions import today_sentences
from lib.ui.today import sentences
from tests.ui.today.dashboards import (
    TODAY,
    make_dashboard,
    make_escalation,
    make_follow_up,
    make_item,
    make_open_run,
)


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "evening"), (4, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")]
)
def test_the_greeting_follows_the_hour(hour, words):
    assert sentences.format_greeting(datetime(2027, 2, 1, hour, tzinfo=UTC), "Zoë Łukasz") == f"Good {words}, Zoë."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Nothing is urgent today."),
        ({"listed": 3}, "That is all for today."),
        ({"listed": 3, "pressing": 4}, "Your list is done. 4 more cannot wait."),
        ({"pressing": 4}, "Your list is done. 4 more cannot wait."),
        ({"items": (make_item(),), "listed": 3}, "One thing matters today."),
        ({"items": (make_item(),) * 3, "more": 9}, "Three things matter today."),
        ({"items": (make_item(),) * 5, "pressing": 2}, "5 things matter today. 2 more cannot wait."),
    ],
)
def test_the_day_is_one_sentence_and_never_hides_what_cannot_wait(given, sentence):
    assert sentences.describe_today(make_dashboard(**given)) == sentence


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"urgency": Urgency.ESCALATED, "escalation": make_escalation()}, "Escalated to you by Alice Moreau"),
        ({"urgency": Urgency.HANDED_BACK, "escalation": make_escalation()}, "Handed back by Carol Adeyemi"),
        (
            {"urgency": Urgency.OVERDUE, "run": make_open_run(due_on=TODAY - timedelta(days=60))},
            "Overdue by 60 days (3 Dec 2026)",
        ),
        (
            {"urgency": Urgency.OVERDUE, "follow_up": make_follow_up(due_on=TODAY - timedelta(days=1))},
            "Overdue by 1 day (31 Jan 2027)",
        ),
        ({"kind": TodayItemKind.FOLLOW_UP, "urgency": Urgency.DUE_TODAY, "follow_up": make_follow_up()}, "Due today"),
        ({"urgency": Urgency.DUE_TODAY}, "Notice deadline today"),
        ({"urgency": None}, None),
    ],
)
def test_an_item_says_why_it_cannot_wait(given, sentence):
    assert today_sentences.describe_urgency(make_item(**given), TODAY) == sentence


def test_a_score_says_what_it_is():
    assert sentences.format_priority(make_item(score=78)) == "Priority 78 of 100"
    assert sentences.format_priority(make_item(score=None)) is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"planned_for": TODAY}, "Back today, as planned. Snoozed because: A fair."),
        ({"planned_for": TODAY, "planned_by_name": "Bob"}, "Back today, as Bob planned. Snoozed because: A fair."),
        ({"planned_for": TODAY - timedelta(days=2)}, "Back since 30 Jan 2027, as planned. Snoozed because: A fair."),
        ({"woke_because": "Health is 40, below 50."}, "Back: Health is 40, below 50. Snoozed because: A fair."),
    ],
)
def test_a_run_that_is_back_says_since_when_and_why(given, sentence):
    item = make_item(**{"woke_because": "You planned this.", "snooze_reason": "A fair."} | given)
    assert today_sentences.describe_return_from_snooze(item, TODAY) == sentence


def test_other_customers_are_counted():
    full = make_dashboard(customers=27, can_wait=9, in_progress=2, calm=13, next_deadline=TODAY)
    assert sentences.describe_other_customers(full) == (
        "9 can wait (next notice deadline 1 Feb 2027) · 2 in progress · 13 need nothing"
    )


def test_zero_counts_are_left_out():
    assert sentences.describe_other_customers(make_dashboard(calm=1, customers=1)) == "1 needs nothing"
    assert sentences.describe_other_customers(make_dashboard(customers=0, calm=0)) == ""


def test_a_priority_states_its_arr_and_notice_deadline():
    run = make_item(kind=TodayItemKind.RUN)
    assert sentences.format_arr_and_deadline(run) == "$47,250 ARR · notice deadline in 6 days (7 Feb 2027)"
    passed = make_item(notice_deadline=TODAY - timedelta(days=1), days_to_notice=-1)
    assert sentences.format_notice_deadline(passed) == "notice deadline passed 1 day ago (31 Jan 2027)"
    assert (
        sentences.format_notice_deadline(make_item(notice_deadline=TODAY, days_to_notice=0))
        == "notice deadline today (1 Feb 2027)"
    )
    bare = make_item(arr=None, notice_deadline=None, days_to_notice=None)
    assert sentences.format_arr_and_deadline(bare) == "no ARR on record · no notice deadline on record"


def test_why_names_the_two_strongest_reasons_but_never_the_size():
    assert (
        make_item().reason_text
        == "The notice deadline is in 6 days. Dana Voss left 18 days ago; no successor is known."
    )
    quiet = make_item(reasons=(PriorityReason(kind="arr", points=30, sentence="$9 of ARR."),))
    assert quiet.reason_text == "Nothing urgent; it is the largest of the rest."


def test_score_parts_are_ordered_by_points_and_add_up_to_the_score():
    found = sentences.select_score_parts(make_item().reasons)
    assert [reason.points for reason in found] == [38, 25, 15]
    assert sum(reason.points for reason in found) == make_item().score


def test_signals_over_the_cap_are_listed_apart_from_the_sum():
    reasons = (*make_item().reasons, PriorityReason(kind="silence", points=0, sentence="Nobody called."))
    assert "silence" not in [reason.kind for reason in sentences.select_score_parts(reasons)]
    assert sentences.describe_signals_over_cap(reasons) == "Nobody called."


def test_a_deadline_without_points_is_still_listed():
    far = (PriorityReason(kind="deadline", points=0, sentence="The notice deadline is in 300 days."),)
    assert sentences.select_score_parts(far) == far
    assert sentences.describe_signals_over_cap(far) == ""


def test_a_run_states_its_progress():
    assert today_sentences.format_run_progress(make_open_run()) == "At “Contract terms”, 2 of 9 slides done"
    assert (
        today_sentences.format_run_progress(make_open_run(current_slide="gone-slide"))
        == "At “Gone slide”, 2 of 9 slides done"
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
