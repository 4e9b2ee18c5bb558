"""A question in words becomes filters and an order of the book; what is not understood is told."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.book.book_question import BookReading, read_book_question
from lib.book.book_question_words import NO_CONTACT_FILTER, NO_RENEWAL_RANGE
from lib.book.model import BookOwner, BookSort

TODAY = date(2026, 12, 1)
OWNERS = (
    BookOwner(id="a", name="Alice Moreau"),
    BookOwner(id="b", name="Bob Tanaka"),
    BookOwner(id="c", name="Bob Ivers"),
)


def read(text: str) -> BookReading:
    return read_book_question(text, today=TODAY, owners=OWNERS)


FILTERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Which of mine are at risk?", {"owner": "mine", "bands": ["red"]}),
    ("Show me all red and yellow customers", {"bands": ["red", "yellow"]}),
    ("Who is at risk in enterprise?", {"bands": ["red"], "segments": ["enterprise"]}),
    ("mid-market without an open run", {"segments": ["mid"], "has_run": False}),
    ("Which customers have an open run?", {"has_run": True}),
    ("whose notice deadline is in the next 30 days?", {"days_from": 0, "days_to": 30}),
    ("notice deadline within 2 weeks", {"days_from": 0, "days_to": 14}),
    ("Who can cancel in the next quarter?", {"days_from": 0, "days_to": 91}),
    ("Whose notice deadline has passed?", {"days_to": -1}),
    ("Which of my renewals are overdue?", {"owner": "mine", "days_to": -1}),
    ("How many renew in March?", {"end_month": "2027-03"}),
    ("contracts ending in december", {"end_month": "2026-12"}),
    ("renewing in Jan 2028", {"end_month": "2028-01"}),
    ("notice deadlines in February", {"deadline_month": "2027-02"}),
    ("customers over $100k", {"arr_from": 100_000}),
    ("more than 1.5 million", {"arr_from": 1_500_000}),
    ("ARR between 25,000 and 100,000", {"arr_from": 25_000, "arr_to": 100_000}),
    ("below 50k in SMB", {"arr_to": 50_000, "segments": ["smb"]}),
    ("Alice's customers at risk", {"owner": "a", "bands": ["red"]}),
    ("customers of Bob Tanaka without health score", {"owner": "b", "bands": ["none"]}),
    ("churned customers of the team", {"owner": "team", "status": "churned"}),
    ("healthy accounts", {"bands": ["green"]}),
)
ORDERS = (
    ("Who are our largest customers?", BookSort.ARR, True),
    ("unhealthiest first", BookSort.HEALTH, False),
    ("who is most urgent", BookSort.PRIORITY, True),
    ("which deadline is due next?", BookSort.DEADLINE, False),
    ("Who has not been contacted for 30 days?", BookSort.LAST_CONTACT, False),
)


@pytest.mark.parametrize(("text", "expected"), FILTERS)
def test_a_question_becomes_filters(text: str, expected: dict[str, Any]) -> None:
    question = read(text)
    assert question.filter.to_json() == expected
    assert question.unread == ()
    assert question.is_understood


@pytest.mark.parametrize(("text", "sort", "descending"), ORDERS)
def test_a_question_becomes_an_order(text: str, sort: BookSort, descending: bool) -> None:
    question = read(text)
    assert (question.sort, question.descending) == (sort, descending)
    assert question.unread == ()


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("largest ARR in Germany", ("germany",)),
        ("customers of Bob", ("bob",)),  # two of them
        ("who complained about invoices and is red", ("complained", "invoices")),
        ("顧客", ("顧客",)),
    ],
)
def test_what_is_not_understood_is_told(text: str, unread: tuple[str, ...]) -> None:
    assert read(text).unread == unread


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Which of mine renew before March?", NO_RENEWAL_RANGE),
        ("renewals in the next 90 days", NO_RENEWAL_RANGE),
        ("who was not contacted for 2 months", NO_CONTACT_FILTER),
    ],
)
def test_what_the_book_cannot_filter_is_said_and_not_guessed(text: str, hint: str) -> None:
    question = read(text)
    assert question.hints == (hint,)
    assert not question.filter.to_json().keys() - {"owner"}


@pytest.mark.parametrize(
    "text",
    [
        "Which are not at risk?",
        "everyone except enterprise",
        "red or enterprise",  # the filters of the book all hold at once
        "who has no executive contact?",
        "which deadlines are more than 60 days away?",
        "notice deadline over 60 days from now",
    ],
)
def test_what_would_be_read_the_wrong_way_round_changes_nothing(text: str) -> None:
    question = read(text)
    assert not question.is_understood
    assert question.unread


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("red customers from 2025", ("2025",)),
        ("at risk with more than 3 tickets", ("3", "tickets")),
        ("red and waiting over 30 days", ("waiting", "30", "days")),
        ("new customers at risk", ("new",)),
        ("red ones that alice will call", ("alice", "call")),
    ],
)
def test_a_number_or_a_word_of_something_else_is_left_out_and_told(text: str, unread: tuple[str, ...]) -> None:
    question = read(text)
    assert question.filter.to_json() == {"bands": ["red"]}
    assert set(unread) <= set(question.unread)


def test_my_team_is_not_me() -> None:
    assert read("at risk in my team").filter.to_json() == {"owner": "team", "bands": ["red"]}
    assert read("notice deadline in the next two months").filter.to_json() == {"days_from": 0, "days_to": 60}


def test_words_that_ask_for_nothing_are_no_question() -> None:
    assert not read("Germany, please").is_understood


@given(st.text(max_size=400) | st.lists(st.sampled_from([text for text, _ in FILTERS])).map(" ".join))
def test_any_text_is_a_question_or_none(text: str) -> None:
    json = read(text).filter.to_json()
    assert all(value not in ("", ()) for value in json.values())
