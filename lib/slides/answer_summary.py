"""What the other slides of a run were answered with, in the words of somebody reading it later."""

from collections.abc import Callable, Mapping
from typing import Any

from lib.content.model import Cell, Column, Table
from lib.slides import shared_sections
from lib.slides.model import SlideId, SlideInput
from lib.text.format import format_date, format_money, humanize_code, join_names
from lib.text.json_values import parse_date, parse_number, parse_rows, parse_text, parse_texts
from lib.text.truncate import single_line, truncate

AnswerFormatter = Callable[[SlideInput, Any], str | None]
MAX_ANSWER_LENGTH = 300


def _format_text(_: SlideInput, value: Any) -> str | None:
    text = parse_text(value)
    return single_line(text[: 8 * MAX_ANSWER_LENGTH], max_length=MAX_ANSWER_LENGTH) if text else None


def _format_code(_: SlideInput, value: Any) -> str | None:
    return humanize_code(value) if isinstance(value, str) and value else None


def _format_amount(_: SlideInput, value: Any) -> str | None:
    number = parse_number(value)
    return f"{format_money(number)} a year" if number is not None else None


def _format_day(_: SlideInput, value: Any) -> str | None:
    when = parse_date(value)
    return format_date(when) if when else None


def _format_contact(inp: SlideInput, value: Any) -> str | None:
    contact = shared_sections.find_contact(inp.account, value)
    return single_line(contact.name, max_length=120) if contact else None


def _format_rows(key: str) -> AnswerFormatter:
    def reader(_: SlideInput, value: Any) -> str | None:
        names = [single_line(text, max_length=80) for row in parse_rows(value) if (text := parse_text(row.get(key)))]
        return truncate(join_names(names), MAX_ANSWER_LENGTH) if names else None

    return reader


def _format_list(_: SlideInput, value: Any) -> str | None:
    names = [single_line(name, max_length=80) for name in parse_texts(value)]
    return truncate(join_names(names), MAX_ANSWER_LENGTH) if names else None


SUMMARIZED_ANSWERS: Mapping[SlideId, tuple[tuple[str, str, AnswerFormatter], ...]] = {
    SlideId.GREETING: (("goal", "Goal for this run", _format_text), ("concern", "Worry at the start", _format_text)),
    SlideId.REVIEW_ACCOUNT: (
        ("stands_out", "Stands out", _format_text),
        ("data_wrong", "Wrong in the data", _format_text),
    ),
    SlideId.CONTRACT_TERMS: (
        ("notice_intention", "Heading", _format_code),
        ("signer", "Signs", _format_text),
        ("differences", "Not in the data", _format_text),
    ),
    SlideId.ASSESS_RISK: (("own_call", "Risk, your call", _format_code), ("reason", "Because", _format_text)),
    SlideId.PRICING_STRATEGY: (("chosen", "Scenario proposed", _format_text), ("walk_away", "Not below", _format_text)),
    SlideId.PREPARE_QUOTE: (
        ("lines", "Quote", _format_rows("item")),
        ("valid_until", "Valid until", _format_day),
        ("agreed_by", "Discount agreed by", _format_text),
    ),
    SlideId.ASSESS_DEPARTURE: (
        ("who", "Who left", _format_contact),
        ("who_else", "Who left", _format_text),
        ("effect", "Effect on the decision", _format_code),
    ),
    SlideId.IDENTIFY_REPLACEMENT: (
        ("choice", "Person to win", _format_contact),
        ("other", "Person to win", _format_text),
        ("first_step", "First step", _format_text),
        ("by", "By", _format_day),
    ),
    SlideId.STAKEHOLDER_MAP: (("gaps", "Gaps", _format_text), ("moves", "Next moves with", _format_rows("who"))),
    SlideId.SET_GOALS: (("goals", "Goals", _format_rows("goal")), ("agreed_with", "Agreed with", _format_text)),
    SlideId.GROWTH_PLAN: (
        ("modules", "Modules", _format_list),
        ("amount", "Amount planned with", _format_amount),
        ("why", "Why now", _format_text),
    ),
    SlideId.EXECUTIVE_BRIEF: (("headline", "Brief", _format_text), ("decision", "Decision needed", _format_text)),
    SlideId.DRAFT_EMAIL: (("to", "E-mail to", _format_text), ("subject", "Subject", _format_text)),
    SlideId.SCHEDULE_CALL: (
        ("date", "Call on", _format_day),
        ("time", "At", _format_text),
        ("time_zone", "In", _format_text),
    ),
}


def summarize_answers(inp: SlideInput, title: str) -> Table:
    """One row an answer, in the order above; long ones are cut."""
    rows: list[dict[str, Cell]] = []
    for slide, entries in SUMMARIZED_ANSWERS.items():
        answers = inp.answers_of(slide)
        for key, label, reader in entries:
            said = reader(inp, answers.get(key))
            if said is not None:
                rows.append({"about": label, "answer": said})
    return Table(
        title=title,
        columns=(Column(key="about", label="About"), Column(key="answer", label="Answer")),
        rows=tuple(rows),
        empty="Nothing has been answered yet.",
        source="Answers kept in this run.",
    )
