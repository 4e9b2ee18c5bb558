"""What is handed over with an escalation: facts, answers and chat of the run."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from lib.chat.conversation import describe_missing_signature
from lib.customers.model import HEALTH_BAND_LABELS, Account
from lib.db.row_signatures import RowSigner
from lib.errors import InvalidInput
from lib.forms.model import Answers, Field
from lib.services import create_row_signer
from lib.slides import slide_builder
from lib.slides.library import get_default_slide_title, get_slide_of_address
from lib.slides.model import SlideInput
from lib.text.format import format_count, format_date, format_money, format_yes_no, humanize_code
from lib.text.json_values import parse_date, parse_moment, parse_number
from lib.text.markdown_escape import escape_markdown, escape_markdown_lines
from lib.text.truncate import single_line
from lib.ui import theme
from lib.ui.answer_text import format_answer
from lib.workflows.model import Category

MAX_TEXT_LENGTH = 400
MAX_ROWS = 5
FACT_LABELS: Mapping[str, str] = {
    "arr": "ARR",
    "renewal_date": "Renewal date",
    "notice_deadline": "Notice deadline",
    "auto_renews": "Auto-renews",
    "health": "Health",
    "open_tickets": "Open tickets",
    "open_p1": "Open P1 tickets",
    "competitor": "Competitor",
}
SPEAKERS = {"user": "Asked", "assistant": "Answered"}


def draw_escalation_context(context: Mapping[str, Any], time_zone: str, account: Account | None = None) -> None:
    """Facts, answers and chat as of the escalation. `context` is JSON from the database with text people typed.

    With `account` answers are shown by their questions, choices by their labels.
    """
    if not context:
        st.markdown(":gray[Nothing is on record yet.]")
        return
    if as_of := parse_moment(context.get("as_of")):
        st.caption(f"As of {theme.format_timestamp(as_of, time_zone)}.")
    st.markdown("##### Facts")
    st.markdown("  \n".join(_format_fact_lines(context)) or ":gray[No facts.]")
    st.markdown("##### Answers so far")
    slides = list(context.get("answers") or ())
    if not slides:
        st.markdown(":gray[No answers yet.]")
    answers_by_slide = {str(slide.get("slide_id")): slide.get("answers") or {} for slide in slides}
    for slide_id, slide in zip(answers_by_slide, slides, strict=False):
        category = str(context.get("category") or Category.RENEWAL)
        _draw_escalated_answers(slide, _index_slide_fields(slide_id, answers_by_slide, category, account))
    _draw_chat_extract(list(context.get("chat") or ()), time_zone)


def _format_fact_lines(context: Mapping[str, Any]) -> Iterator[str]:
    facts = context.get("facts") or {}
    for key, label in FACT_LABELS.items():
        if facts.get(key) is not None:
            yield f":gray[{label}:] {escape_markdown(_format_escalation_fact(key, facts[key], facts))}"


def _format_escalation_fact(key: str, value: Any, facts: Mapping[str, Any]) -> str:
    match key:
        case "arr":
            return f"{format_money(parse_number(value))} a year"
        case "renewal_date" | "notice_deadline":
            return format_date(parse_date(value))
        case "auto_renews":
            return format_yes_no(bool(value))
        case "health":
            band = HEALTH_BAND_LABELS.get(str(facts.get("health_band")))
            return f"{value}, {band}" if band else str(value)
        case _:
            return str(value)


def _draw_escalated_answers(slide: Mapping[str, Any], fields: Mapping[str, Field]) -> None:
    """The answers to a slide under its title, by question and label where its form is known."""
    answers = slide.get("answers") or {}
    lines = [
        _format_answer_line(key, value, fields.get(key))
        for key, value in answers.items()
        if _is_stored_answer_filled(value)
    ]
    if slide.get("is_too_long"):
        lines = [":gray[Too long to hand over. Open the slide to read it.]"]
    if lines:
        title = get_default_slide_title(str(slide.get("slide_id")))
        st.markdown(f"**{escape_markdown(title)}**  \n" + "  \n".join(lines))


def _format_answer_line(key: str, value: Any, field: Field | None) -> str:
    if field is None:
        name = humanize_code(key.removeprefix("own_")).capitalize()
        return f":gray[{escape_markdown(name)}:] {format_stored_answer(value)}"
    question = single_line(field.label)
    colon = "" if question.endswith("?") else ":"
    return f":gray[{escape_markdown(question)}{colon}] {format_answer(field, value)}"


def _index_slide_fields(
    slide_id: str, answers_by_slide: Mapping[str, Answers], category: str, account: Account | None
) -> Mapping[str, Field]:
    """The questions of a slide by key; none where the account or the slide is not known."""
    slide = get_slide_of_address(slide_id)
    if account is None or slide is None:
        return {}
    slide_input = SlideInput(
        account=account,
        address=slide_id,
        context=slide.defaults,
        category=category,
        person_name="",
        answers=answers_by_slide,
    )
    try:
        return {field.key: field for field in slide_builder.build_slide_form(slide, slide_input).fields}
    except InvalidInput:
        return {}


def format_stored_answer(value: Any) -> str:
    """A stored answer in one escaped line; its question's form is not known here."""
    match value:
        case bool():
            return format_yes_no(value)
        case int() | float():
            return format_count(value)
        case list():
            shown = "; ".join(_format_answer_row(item) for item in value[:MAX_ROWS])
            return escape_markdown(
                single_line(f"{shown}{f'; and {len(value) - MAX_ROWS} more' if len(value) > MAX_ROWS else ''}")
            )
        case dict():
            return escape_markdown(_format_answer_row(value))
        case _:
            return escape_markdown(single_line(str(value), max_length=MAX_TEXT_LENGTH))


def _format_answer_row(item: Any) -> str:
    cells = item.values() if isinstance(item, dict) else (item,)
    return single_line(", ".join(str(cell) for cell in cells if cell is not None), max_length=MAX_TEXT_LENGTH)


def _is_stored_answer_filled(value: Any) -> bool:
    return value not in (None, "", [], {})


def describe_speaker(message: Mapping[str, Any], signer: RowSigner) -> str:
    """Who said it; an answer is Zen's where its signature, stored with it, is valid."""
    who = SPEAKERS.get(str(message.get("role")), "Said")
    if message.get("role") == "user":
        return who
    signed = message.get("signed")
    if not isinstance(signed, Mapping):
        return f"{who}, as stored,"
    return who if signer.is_message_authentic(signed) else describe_missing_signature(signed.get("redacted_at"))


def _draw_chat_extract(messages: list[Mapping[str, Any]], time_zone: str) -> None:
    if not messages:
        return
    st.markdown("##### From the chat")
    signer = create_row_signer()
    for each in messages:
        who = describe_speaker(each, signer)
        said_at = parse_moment(each.get("at"))
        at = theme.format_timestamp(said_at, time_zone) if said_at else ""
        where = escape_markdown(get_default_slide_title(str(each.get("slide_id") or "")))
        text = escape_markdown_lines(single_line(str(each.get("text") or ""), max_length=MAX_TEXT_LENGTH))
        st.markdown(f":small[:gray[{who} on {where}, {at}]]  \n{text}")
