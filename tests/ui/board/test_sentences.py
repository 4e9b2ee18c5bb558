from datetime import UTC, datetime, timedelta

import pytest

from lib.accounts.model import Reason
from lib.ui.board import sentences
from tests.ui.board.boards import TODAY, board, open_run, thing


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "evening"), (4, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")]
)
def test_the_greeting_follows_the_hour(hour, words):
    assert sentences.greeting(datetime(2027, 2, 1, hour, tzinfo=UTC), "Zoë Łukasz") == f"Good {words}, Zoë."


def test_the_day_is_one_sentence():
    assert sentences.state_of_the_day(board()) == "Nothing presses today."
    assert sentences.state_of_the_day(board(things=(thing(),))) == "One thing matters today."
    three = board(things=(thing(), thing(), thing()), waiting=9)
    assert sentences.state_of_the_day(three) == "Three things matter today; 9 more can wait."


def test_the_rest_is_counted_and_adds_up_to_all_customers():
    full = board(customers=27, things=(thing(),) * 3, waiting=9, calm=13, snoozed=1, next_deadline=TODAY)
    assert sentences.the_rest(full) == (
        "9 more can wait; the next notice deadline among them is 1 Feb 2027. 2 customers are in hand. "
        "13 customers are calm."
    )


def test_nothing_is_counted_that_is_not_there():
    assert sentences.the_rest(board(calm=1, customers=1)) == "1 customer is calm."
    assert sentences.the_rest(board(customers=0, calm=0)) == ""


def test_a_thing_says_its_arr_and_its_last_day_to_act():
    assert sentences.thing_facts(thing()) == "$47,250 ARR · notice deadline in 6 days (7 Feb 2027)"
    passed = thing(notice_deadline=TODAY - timedelta(days=1), days_to_notice=-1)
    assert sentences.notice(passed) == "notice deadline passed 1 day ago (31 Jan 2027)"
    assert sentences.notice(thing(notice_deadline=TODAY, days_to_notice=0)) == "notice deadline today (1 Feb 2027)"
    bare = thing(arr=None, notice_deadline=None, days_to_notice=None)
    assert sentences.thing_facts(bare) == "no ARR on record · no notice deadline on record"


def test_why_names_the_two_strongest_reasons_but_never_the_size():
    assert thing().why == "The notice deadline is in 6 days. Dana Voss left 18 days ago; no successor is known."
    quiet = thing(reasons=(Reason(kind="arr", points=30, sentence="$9 of ARR."),))
    assert quiet.why == "Nothing presses; it is the largest of the quiet ones."


def test_addends_stand_heaviest_first_and_add_up_to_the_score():
    found = sentences.addends(thing().reasons)
    assert [reason.points for reason in found] == [38, 25, 15]
    assert sum(reason.points for reason in found) == thing().score


def test_signals_beyond_the_ceiling_are_named_apart_from_the_sum():
    reasons = (*thing().reasons, Reason(kind="silence", points=0, sentence="Nobody called."))
    assert "silence" not in [reason.kind for reason in sentences.addends(reasons)]
    assert sentences.beyond_the_ceiling(reasons) == "Nobody called."


def test_a_deadline_that_gives_nothing_still_stands_in_the_sum():
    far = (Reason(kind="deadline", points=0, sentence="The notice deadline is in 300 days."),)
    assert sentences.addends(far) == far
    assert sentences.beyond_the_ceiling(far) == ""


def test_a_run_says_where_it_stands():
    assert sentences.run_progress(open_run()) == "At “Contract terms”, 2 of 9 slides done"
    assert sentences.run_progress(open_run(current_slide="gone-slide")) == "At “gone slide”, 2 of 9 slides done"


def test_a_due_day_that_passed_is_said_as_passed():
    assert sentences.due(TODAY + timedelta(days=2), TODAY) == "due in 2 days (3 Feb 2027)"
    assert sentences.due(TODAY - timedelta(days=1), TODAY) == "was due 1 day ago (31 Jan 2027)"
    assert sentences.due(None, TODAY) is None


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
def test_how_long_ago_goes_by_the_calendar(ago, words):
    now = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)
    assert sentences.how_long_ago(now - ago, now) == words
