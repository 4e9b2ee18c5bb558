"""What goes with an escalation, as of that moment: facts, answers so far, an extract of the chat."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from lib.accounts.model import HEALTH_BAND_LABELS
from lib.db.rows import to_date
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.text.escape import escape_markdown, escape_markdown_lines
from lib.text.format import format_count, format_date, format_money, format_yes_no, humanize_code
from lib.text.truncate import single_line
from lib.ui import theme

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


def draw_escalation_context(context: Mapping[str, Any], time_zone: str) -> None:
    """`context` is JSON made by the database; it may hold text people typed, so all of it is escaped."""
    if not context:
        st.markdown(":gray[Nothing is on record yet.]")
        return
    if context.get("as_of"):
        st.caption(f"As of {theme.format_timestamp(datetime.fromisoformat(str(context['as_of'])), time_zone)}.")
    st.markdown("##### Facts")
    st.markdown("  \n".join(_fact_lines(context)) or ":gray[No facts.]")
    st.markdown("##### Answers so far")
    slides = list(context.get("answers") or ())
    if not slides:
        st.markdown(":gray[Nothing has been answered yet.]")
    for slide in slides:
        _draw_answers(slide)
    _draw_chat_extract(list(context.get("chat") or ()), time_zone)


def _fact_lines(context: Mapping[str, Any]) -> Iterator[str]:
    facts = context.get("facts") or {}
    for key, label in FACT_LABELS.items():
        if facts.get(key) is not None:
            yield f":gray[{label}:] {escape_markdown(_format_fact(key, facts[key], facts))}"


def _format_fact(key: str, value: Any, facts: Mapping[str, Any]) -> str:
    match key:
        case "arr":
            return f"{format_money(float(value))} a year"
        case "renewal_date" | "notice_deadline":
            return format_date(to_date(str(value)))
        case "auto_renews":
            return format_yes_no(bool(value))
        case "health":
            band = HEALTH_BAND_LABELS.get(str(facts.get("health_band")))
            return f"{value}, {band}" if band else str(value)
        case _:
            return str(value)


def _draw_answers(slide: Mapping[str, Any]) -> None:
    slide_id = str(slide.get("slide_id"))
    known = slide_id in LIBRARY
    title = LIBRARY[SlideId(slide_id)].title if known else humanize_code(slide_id).capitalize()
    answers = slide.get("answers") or {}
    lines = [
        f":gray[{escape_markdown(humanize_code(key).capitalize())}:] {format_stored_answer(value)}"
        for key, value in answers.items()
        if _is_answered(value)
    ]
    if lines:
        st.markdown(f"**{escape_markdown(title)}**  \n" + "  \n".join(lines))


def format_stored_answer(value: Any) -> str:
    """A stored answer in one escaped line; its question's form is not known here."""
    match value:
        case bool():
            return format_yes_no(value)
        case int() | float():
            return format_count(value)
        case list():
            shown = "; ".join(_format_row(item) for item in value[:MAX_ROWS])
            return escape_markdown(
                single_line(f"{shown}{f'; and {len(value) - MAX_ROWS} more' if len(value) > MAX_ROWS else ''}")
            )
        case dict():
            return escape_markdown(_format_row(value))
        case _:
            return escape_markdown(single_line(str(value), max_length=MAX_TEXT_LENGTH))


def _format_row(item: Any) -> str:
    cells = item.values() if isinstance(item, dict) else (item,)
    return single_line(", ".join(str(cell) for cell in cells if cell is not None), max_length=MAX_TEXT_LENGTH)


def _is_answered(value: Any) -> bool:
    return value not in (None, "", [], {})


def _draw_chat_extract(messages: list[Mapping[str, Any]], time_zone: str) -> None:
    if not messages:
        return
    st.markdown("##### From the chat")
    for each in messages:
        who = SPEAKERS.get(str(each.get("role")), "Said")
        at = theme.format_timestamp(datetime.fromisoformat(str(each["at"])), time_zone) if each.get("at") else ""
        where = escape_markdown(humanize_code(str(each.get("slide_id") or "")))
        text = escape_markdown_lines(single_line(str(each.get("text") or ""), max_length=MAX_TEXT_LENGTH))
        st.markdown(f":small[:gray[{who} on {where}, {at}]]  \n{text}")
