"""Asking the book in words: the filters and the order a question means, and what of it was not understood."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from lib.book.book_question import MAX_QUESTION_CHARS, BookReading, read_book_question
from lib.book.model import BookOwner, BookPage, BookSort, BookView
from lib.text.format import join_names
from lib.text.html import Html
from lib.text.truncate import single_line
from lib.ui.book.book_url import BookUrl, build_book_query_params, parse_book_url
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import BOOK_QUESTION, book_button_key, book_filter_key

EXAMPLES = (
    "Which of mine are at risk?",
    "Enterprise with a notice deadline in the next 60 days",
    "Over $100k without an open run",
    "Renewing in March",
)
ABILITIES = "Ask by owner, health, segment, ARR, notice deadline, month of the renewal, open run or status."
ORDER_WORDS = {
    (BookSort.ARR, True): "the most ARR first",
    (BookSort.ARR, False): "the least ARR first",
    (BookSort.HEALTH, False): "the lowest health first",
    (BookSort.HEALTH, True): "the highest health first",
    (BookSort.PRIORITY, True): "the most urgent first",
    (BookSort.DEADLINE, False): "the next notice deadline first",
    (BookSort.LAST_CONTACT, False): "the longest without contact first",
}


@dataclass(frozen=True, kw_only=True)
class AskedBookQuestion:
    """The question that was asked last, and the address it led to; `count` tells one from the next."""

    text: str
    question: BookReading
    params: dict[str, str]
    count: int


def draw_question_field(book: BookPage, *, leads_team: bool) -> None:
    """The field, behind a button. It costs no request: the table that answers does, as for any filter."""
    asked: AskedBookQuestion | None = st.session_state.get(BOOK_QUESTION)
    count = asked.count if asked else 0
    # Named after the question, so that asking closes it.
    with st.popover("Ask", icon=":material/forum:", key=book_button_key("ask", str(count))):
        key = book_filter_key(f"question.{count}")
        st.text_input(
            "Which customers do you want to see?",
            key=key,
            max_chars=MAX_QUESTION_CHARS,
            placeholder=EXAMPLES[0],
            width=420,
            on_change=_ask_book,
            args=(key, count + 1, book.owners, book.today, leads_team),
        )
        st.caption(f"{ABILITIES}\n\nFor example: {'; '.join(EXAMPLES[1:])}.")


def draw_asked_question(address: BookUrl, *, leads_team: bool) -> None:
    """How the question was read, for as long as the book shows what it led to."""
    asked: AskedBookQuestion | None = st.session_state.get(BOOK_QUESTION)
    if asked is None or _drop_place(build_book_query_params(address, leads_team=leads_team)) != asked.params:
        return
    question = asked.question
    order = f" Sorted: {ORDER_WORDS[question.sort, question.descending]}." if question.sort is not None else ""
    told = Html('<p class="zen-small zen-muted">You asked: “{}”.{}</p>').format(single_line(asked.text), order)
    left_out = [*question.hints]
    if question.unread:
        left_out.append(f"Not understood: {join_names(f'“{word}”' for word in question.unread[:8])}.")
    if not question.is_understood:
        left_out.append(f"The book is shown as it was. {ABILITIES}")
    warning = Html('<p class="zen-warning">{}</p>').format(" ".join(left_out)) if left_out else Html("")
    draw_html(Html("{}{}").format(told, warning))


def _ask_book(key: str, count: int, owners: Sequence[BookOwner], today: date, leads_team: bool) -> None:
    """A callback: the filters and the order of the question in place of those of the address; the owner if it says."""
    text = str(st.session_state[key]).strip()
    if not text:
        return
    question = read_book_question(text, today=today, owners=owners)
    address = parse_book_url(st.query_params, leads_team=leads_team)
    if question.is_understood:
        address = _build_address(address, question)
        st.query_params.from_dict(build_book_query_params(address, leads_team=leads_team))
    params = _drop_place(build_book_query_params(address, leads_team=leads_team))
    st.session_state[BOOK_QUESTION] = AskedBookQuestion(text=text, question=question, params=params, count=count)


def _build_address(address: BookUrl, question: BookReading) -> BookUrl:
    shown = replace(question.filter, owner=question.filter.owner or address.view.filter.owner)
    order = BookView() if question.sort is None else BookView(sort=question.sort, descending=question.descending)
    return BookUrl(view=replace(order, filter=shown, columns=address.view.columns))


def _drop_place(params: dict[str, str]) -> dict[str, str]:
    """The parameters that say which customers, in which order: turning a page keeps the question."""
    return {name: value for name, value in params.items() if name not in ("from", "columns", "show")}
