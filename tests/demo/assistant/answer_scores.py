"""Scores answers of the assistant without a model: right, misleading, or it says what it cannot tell.

Right names all that the records say (asked of the database, values.toml). An answer that does not, and does not say
that it cannot, is misleading: whoever reads it believes that they were answered.
"""

import re
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg

from lib.auth.model import Person, Role
from lib.chat.conversation import ChatPanel, Question
from lib.chat.message_tree import find_last_message_id
from lib.content.model import Text
from lib.db.client import Client
from lib.services import Services
from lib.text.format import format_date

FOLDER = Path(__file__).parent
WORKFLOW = "standard-renewal"
OPEN_RUN = """
select id from workflow_executions
where customer_id = %(customer)s and workflow_id = %(workflow)s and ended_at is null
"""
CANNOT = re.compile(
    r"\bI (?:cannot|can't|could not|did not understand|have no|know of no|found (?:no|nothing))\b"
    r"|\b(?:no|nothing on|not on|not in (?:our|the)) records?\b|\bno data\b|\bis not known\b",
    re.IGNORECASE,
)
Connection = psycopg.Connection[tuple[object, ...]]


class Score(StrEnum):
    RIGHT = "right"
    CANNOT = "says it cannot"
    MISLEADING = "misleading"


@dataclass(frozen=True, kw_only=True)
class GoldQuestion:
    """A question and what a right answer names; the fields are the keys of questions.toml."""

    kind: str
    at: tuple[str, str]
    ask: tuple[str, ...]
    by: str = "alice"
    names: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    opens: str | None = None
    cannot: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScoredAnswer:
    question: GoldQuestion
    score: Score
    words: str
    missing: tuple[str, ...]
    seconds: float


def load_questions(name: str) -> tuple[GoldQuestion, ...]:
    rows = tomllib.loads((FOLDER / name).read_text())["question"]
    return tuple(
        GoldQuestion(
            by=row.pop("as", "alice"),
            **{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()},
        )
        for row in rows
    )


def load_person(client: Client, name: str) -> Person:
    """A person of the demo book by their first name."""
    row = client.table("profiles").select("*").ilike("full_name", f"{name} %").execute().data[0]
    return Person(
        id=row["id"],
        full_name=row["full_name"],
        email=f"{name}@larkfield.example",
        role=Role(row["role"]),
        time_zone="UTC",
        company_id=row["company_id"],
        company_name="Larkfield Software",
    )


def ask_and_score(question: GoldQuestion, services: Services, sql: Connection) -> ScoredAnswer:
    """Ask all of `ask` in a new conversation on the slide; the last answer is scored. `seconds` is that turn's."""
    customer = str(fetch_one(sql, "select id from customers where name = %(name)s", {"name": question.at[0]}))
    run = find_or_start_run(services, sql, customer)
    chats = services.chat
    chat = chats.start_chat(run, question.at[1])
    panel: ChatPanel = replace(chat.panel, thread=None, messages=(), tool_calls=())
    for text in question.ask:
        began = time.perf_counter()
        ended = chats.chat(chat.context, panel, Question(text=text, parent_id=find_last_message_id(panel.messages)))
        seconds = time.perf_counter() - began
        panel = ended.panel
    words = "\n".join(_list_words(ended.messages))
    waiting = [str(call.arguments.get("action")) for call in panel.tool_calls if call.is_waiting_for_approval]
    keys = {"customer": customer, "run": run, "me": services.person.id}
    missing = tuple(_find_missing(question, words, waiting, sql, keys))
    return ScoredAnswer(
        question=question,
        score=_choose_score(question, words, missing),
        words=words,
        missing=missing,
        seconds=seconds,
    )


def find_or_start_run(services: Services, sql: Connection, customer: str) -> str:
    """The open standard renewal of a customer, started if there is none."""
    services.book.start_workflow(WORKFLOW, customer)
    keys = {"customer": customer, "workflow": WORKFLOW}
    return str(fetch_one(sql, OPEN_RUN, keys))


def format_report(answers: Sequence[ScoredAnswer]) -> str:
    """How many of each, then every answer that is not right, with what is missing in it."""
    counts = {score: sum(answer.score is score for answer in answers) for score in Score}
    slowest = max(answer.seconds for answer in answers)
    lines = [", ".join(f"{count} {score}" for score, count in counts.items()) + f"; slowest {slowest * 1000:.0f} ms"]
    for answer in answers:
        if answer.score is not Score.RIGHT:
            asked = " / ".join(answer.question.ask)
            lines.append(f"[{answer.score}] {answer.question.at[0]}: {asked}\n    {answer.words[:400]!r}")
            lines.append(f"    missing: {', '.join(answer.missing)}")
    return "\n".join(lines)


def fetch_one(sql: Connection, statement: str, keys: dict[str, Any]) -> object:
    row = sql.execute(statement, keys).fetchone()
    assert row is not None, statement
    return row[0]


def _list_words(messages: Sequence[Any]) -> Iterator[str]:
    """The words of an answer and the quotes it cites; tables and charts answer nothing by themselves."""
    for message in messages:
        if isinstance(message.block, Text):
            yield message.block.markdown
            yield from (citation.quote for citation in message.block.citations)


def _find_missing(
    question: GoldQuestion, words: str, waiting: Sequence[str], sql: Connection, keys: dict[str, Any]
) -> Iterator[str]:
    if question.opens and waiting != [question.opens]:
        yield f"opens {question.opens}"
    if question.cannot and not (CANNOT.search(words) and re.search(question.cannot, words, re.IGNORECASE)):
        yield f"cannot: {question.cannot}"
    plain = words.replace("\\", "")
    for pattern in (each for name in question.names for each in _fill_in(name, sql, keys)):
        if not re.search(pattern, plain, re.IGNORECASE):
            yield pattern
    yield from (f"not: {word}" for word in question.never if re.search(word, plain, re.IGNORECASE))


def _fill_in(pattern: str, sql: Connection, keys: dict[str, Any]) -> Iterator[str]:
    """The pattern with the values of its braces; one for each row where its value has several."""
    values = tomllib.loads((FOLDER / "values.toml").read_text())
    names = re.findall(r"\{([a-z]\w+)\}", pattern)
    if not names:
        yield pattern
        return
    rows = {name: sql.execute(values[name], keys).fetchall() for name in names}
    assert all(rows.values()), f"the records hold nothing for {pattern}"
    for place in range(max(map(len, rows.values()))):
        filled = pattern
        for name, found in rows.items():
            value = found[min(place, len(found) - 1)][0]
            text = format_date(value) if hasattr(value, "year") else str(value)
            filled = filled.replace(f"{{{name}}}", re.escape(text))
        yield filled


def _choose_score(question: GoldQuestion, words: str, missing: Sequence[str]) -> Score:
    """What the records do not hold cannot be answered: the best score of such a question is CANNOT."""
    if not missing and not question.cannot:
        return Score.RIGHT
    has_wrong_words = any(fault.startswith("not: ") for fault in missing)
    return Score.MISLEADING if has_wrong_words or not CANNOT.search(words) else Score.CANNOT
