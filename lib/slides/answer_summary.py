"""The answers of a run's other slides as a table, for the summary and the brief."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from lib.content.model import Cell, Column, Table
from lib.slides import call_times, shared_sections
from lib.slides.model import SlideId, SlideInput
from lib.slides.own_questions import format_own_answer
from lib.slides.slide_address import format_slide_name
from lib.text.format import format_date, format_money, format_short_date, humanize_code, join_names
from lib.text.json_values import parse_date, parse_number, parse_rows, parse_text, parse_texts
from lib.text.truncate import single_line, truncate

AnswerFormatter = Callable[[SlideInput, Any], str | None]
MAX_ANSWER_LENGTH = 300


def _format_text_answer(_: SlideInput, value: Any) -> str | None:
    text = parse_text(value)
    return single_line(text[: 8 * MAX_ANSWER_LENGTH], max_length=MAX_ANSWER_LENGTH) if text else None


def _format_code_answer(_: SlideInput, value: Any) -> str | None:
    return humanize_code(value) if isinstance(value, str) and value else None


def _format_amount_answer(_: SlideInput, value: Any) -> str | None:
    number = parse_number(value)
    return f"{format_money(number)} a year" if number is not None else None


def _format_date_answer(_: SlideInput, value: Any) -> str | None:
    day = parse_date(value)
    return format_date(day) if day else None


def _format_contact_answer(slide_input: SlideInput, value: Any) -> str | None:
    contact = shared_sections.find_contact(slide_input.account, value)
    return single_line(contact.name, max_length=120) if contact else None


def _build_rows_formatter(key: str) -> AnswerFormatter:
    def format_names(_: SlideInput, value: Any) -> str | None:
        names = [single_line(text, max_length=80) for row in parse_rows(value) if (text := parse_text(row.get(key)))]
        return truncate(join_names(names), MAX_ANSWER_LENGTH) if names else None

    return format_names


def _format_list_answer(_: SlideInput, value: Any) -> str | None:
    names = [single_line(name, max_length=80) for name in parse_texts(value)]
    return truncate(join_names(names), MAX_ANSWER_LENGTH) if names else None


def _format_call_answer(slide_input: SlideInput, value: Any) -> str | None:
    """ "7 Dec, 10:00 New York time"; the day alone while the time is missing."""
    start = call_times.parse_call_start(slide_input.answers_of(SlideId.SCHEDULE_CALL))
    if start is None:
        return _format_date_answer(slide_input, value)
    return f"{format_short_date(start.date())}, {start:%H:%M} {call_times.format_zone_of_moment(start)}"


SUMMARIZED_ANSWERS: Mapping[SlideId, tuple[tuple[str, str, AnswerFormatter], ...]] = {
    SlideId.GREETING: (
        ("goal", "Goal for this run", _format_text_answer),
        ("concern", "Concern at the start", _format_text_answer),
    ),
    SlideId.REVIEW_ACCOUNT: (
        ("stands_out", "Stands out", _format_text_answer),
        ("data_wrong", "Wrong in our records", _format_text_answer),
    ),
    SlideId.CONTRACT_TERMS: (
        ("notice_intention", "Direction", _format_code_answer),
        ("signer", "Signatory", _format_text_answer),
        ("differences", "Not in our records", _format_text_answer),
    ),
    SlideId.ASSESS_RISK: (
        ("own_call", "Your risk assessment", _format_code_answer),
        ("reason", "Reason", _format_text_answer),
    ),
    SlideId.PRICING_STRATEGY: (
        ("chosen", "Scenario proposed", _format_text_answer),
        ("walk_away", "Walk-away point", _format_text_answer),
    ),
    SlideId.PREPARE_QUOTE: (
        ("lines", "Quote", _build_rows_formatter("item")),
        ("valid_until", "Valid until", _format_date_answer),
    ),
    SlideId.ASSESS_DEPARTURE: (
        ("who", "Who left", _format_contact_answer),
        ("who_else", "Who left", _format_text_answer),
        ("effect", "Effect on the decision", _format_code_answer),
    ),
    SlideId.IDENTIFY_REPLACEMENT: (
        ("choice", "New executive contact", _format_contact_answer),
        ("other", "New executive contact", _format_text_answer),
        ("first_step", "First step", _format_text_answer),
        ("by", "By", _format_date_answer),
    ),
    SlideId.STAKEHOLDER_MAP: (
        ("gaps", "Gaps", _format_text_answer),
        ("moves", "Next moves with", _build_rows_formatter("who")),
    ),
    SlideId.SET_GOALS: (
        ("goals", "Goals", _build_rows_formatter("goal")),
        ("agreed_with", "Agreed with", _format_text_answer),
    ),
    SlideId.GROWTH_PLAN: (
        ("modules", "Modules", _format_list_answer),
        ("amount", "Planned amount", _format_amount_answer),
        ("why", "Why now", _format_text_answer),
    ),
    SlideId.EXECUTIVE_BRIEF: (
        ("headline", "Brief", _format_text_answer),
        ("decision", "Decision needed", _format_text_answer),
    ),
    SlideId.DRAFT_EMAIL: (("to", "Email to", _format_text_answer), ("subject", "Subject", _format_text_answer)),
    SlideId.SCHEDULE_CALL: (("date", "Call", _format_call_answer),),
}


def build_answers_table(slide_input: SlideInput, title: str) -> Table:
    """One row for each answer, in the order of SUMMARIZED_ANSWERS, then those to own questions. Long ones are cut."""
    rows: list[dict[str, Cell]] = []
    for slide_id, entries in SUMMARIZED_ANSWERS.items():
        for address in slide_input.list_addresses_of(slide_id):
            at_address = replace(slide_input, address=address)
            for key, label, format_answer in entries:
                answer = format_answer(at_address, at_address.answers_of(slide_id).get(key))
                if answer is not None:
                    rows.append({"about": format_slide_name(label, address), "answer": answer})
    rows += _list_own_answer_rows(slide_input)
    return Table(
        title=title,
        columns=(Column(key="about", label="About"), Column(key="answer", label="Answer")),
        rows=tuple(rows),
        empty="No answers yet.",
        source="Answers saved in this run.",
    )


def _list_own_answer_rows(slide_input: SlideInput) -> Iterator[dict[str, Cell]]:
    """The answers to the company's own questions, in the order of the run."""
    for address in slide_input.addresses:
        for question in slide_input.questions.get(address, ()):
            value = slide_input.answers_at(address).get(question.key)
            answer = format_own_answer(question, value, slide_input.account)
            if answer is not None:
                yield {"about": question.label, "answer": answer}
