"""The answers of a run's other slides as a table, for the summary and the brief."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from lib.content.model import Cell, Column, Table
from lib.slides import call_times, shared_sections
from lib.slides.model import SlideId, SlideInput
from lib.slides.own_questions import format_own_answer
from lib.slides.slide_address import format_slide_name, get_slide_id_of_address
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


class SummarizedAnswer(NamedTuple):
    """An answer worth repeating on other slides. Texts call it `variable`: of several so called, the first given."""

    key: str
    label: str
    format: AnswerFormatter
    variable: str


SUMMARIZED_ANSWERS: Mapping[SlideId, tuple[SummarizedAnswer, ...]] = {
    SlideId.GREETING: (
        SummarizedAnswer("goal", "Goal for this run", _format_text_answer, "goal"),
        SummarizedAnswer("concern", "Concern at the start", _format_text_answer, "concern"),
    ),
    SlideId.REVIEW_ACCOUNT: (
        SummarizedAnswer("stands_out", "Stands out", _format_text_answer, "stands_out"),
        SummarizedAnswer("data_wrong", "Wrong in our records", _format_text_answer, "wrong_data"),
    ),
    SlideId.CONTRACT_TERMS: (
        SummarizedAnswer("notice_intention", "Direction", _format_code_answer, "direction"),
        SummarizedAnswer("signer", "Signatory", _format_text_answer, "signatory"),
        SummarizedAnswer("differences", "Not in our records", _format_text_answer, "missing_terms"),
    ),
    SlideId.ASSESS_RISK: (
        SummarizedAnswer("own_call", "Your risk assessment", _format_code_answer, "risk"),
        SummarizedAnswer("reason", "Reason", _format_text_answer, "risk_reason"),
    ),
    SlideId.PRICING_STRATEGY: (
        SummarizedAnswer("chosen", "Scenario proposed", _format_text_answer, "scenario"),
        SummarizedAnswer("walk_away", "Walk-away point", _format_text_answer, "walk_away_point"),
    ),
    SlideId.PREPARE_QUOTE: (
        SummarizedAnswer("lines", "Quote", _build_rows_formatter("item"), "quote_items"),
        SummarizedAnswer("valid_until", "Valid until", _format_date_answer, "quote_valid_until"),
    ),
    SlideId.ASSESS_DEPARTURE: (
        SummarizedAnswer("who", "Who left", _format_contact_answer, "departed_contact"),
        SummarizedAnswer("who_else", "Who left", _format_text_answer, "departed_contact"),
        SummarizedAnswer("effect", "Effect on the decision", _format_code_answer, "departure_effect"),
    ),
    SlideId.IDENTIFY_REPLACEMENT: (
        SummarizedAnswer("choice", "New executive contact", _format_contact_answer, "new_contact"),
        SummarizedAnswer("other", "New executive contact", _format_text_answer, "unlisted_contact"),
        SummarizedAnswer("first_step", "First step", _format_text_answer, "first_step"),
        SummarizedAnswer("by", "By", _format_date_answer, "first_step_by"),
    ),
    SlideId.STAKEHOLDER_MAP: (
        SummarizedAnswer("gaps", "Gaps", _format_text_answer, "stakeholder_gaps"),
        SummarizedAnswer("moves", "Next moves with", _build_rows_formatter("who"), "next_moves_with"),
    ),
    SlideId.SET_GOALS: (
        SummarizedAnswer("goals", "Goals", _build_rows_formatter("goal"), "goals"),
        SummarizedAnswer("agreed_with", "Agreed with", _format_text_answer, "goals_agreed_with"),
    ),
    SlideId.GROWTH_PLAN: (
        SummarizedAnswer("modules", "Modules", _format_list_answer, "modules"),
        SummarizedAnswer("amount", "Planned amount", _format_amount_answer, "growth_amount"),
        SummarizedAnswer("why", "Why now", _format_text_answer, "why_now"),
    ),
    SlideId.EXECUTIVE_BRIEF: (
        SummarizedAnswer("headline", "Brief", _format_text_answer, "brief"),
        SummarizedAnswer("decision", "Decision needed", _format_text_answer, "decision_needed"),
    ),
    SlideId.DRAFT_EMAIL: (
        SummarizedAnswer("to", "Email to", _format_text_answer, "email_to"),
        SummarizedAnswer("subject", "Subject", _format_text_answer, "email_subject"),
    ),
    SlideId.SCHEDULE_CALL: (SummarizedAnswer("date", "Call", _format_call_answer, "call"),),
}


def read_summarized_answer(slide_input: SlideInput, variable: str) -> str | None:
    """What the slides before this one were answered, as text; of several such slides the nearest."""
    before = slide_input.list_addresses_before()
    for address in reversed(before):
        answers = slide_input.answers_at(address)
        if not answers:
            continue
        at_address = replace(slide_input, address=address)
        for entry in SUMMARIZED_ANSWERS.get(SlideId(get_slide_id_of_address(address)), ()):
            if entry.variable == variable:
                answer = entry.format(at_address, answers.get(entry.key))
                if answer is not None:
                    return answer
    return None


def build_answers_table(slide_input: SlideInput, title: str) -> Table:
    """One row for each answer, in the order of SUMMARIZED_ANSWERS, then those to own questions. Long ones are cut."""
    rows: list[dict[str, Cell]] = []
    for slide_id, entries in SUMMARIZED_ANSWERS.items():
        for address in slide_input.list_addresses_of(slide_id):
            answers = slide_input.answers_at(address)
            if not answers:
                continue
            at_address = replace(slide_input, address=address)
            for entry in entries:
                answer = entry.format(at_address, answers.get(entry.key))
                if answer is not None:
                    rows.append({"about": format_slide_name(entry.label, address), "answer": answer})
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
