"""What goes with an escalation, as it was in that moment: facts, answers so far, an extract of the asker's chat."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from lib.db.rows import to_date
from lib.slides import words
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.slides.words import escape, escape_lines, plain, spoken
from lib.ui import theme

LONGEST = 400
MOST_ROWS = 5
FACTS: Mapping[str, str] = {
    "arr": "ARR",
    "renewal_date": "Renewal date",
    "notice_deadline": "Notice deadline",
    "auto_renews": "Renews by itself",
    "health": "Health",
    "open_tickets": "Open tickets",
    "open_p1": "Open P1 tickets",
    "competitor": "Competitor",
}
SPEAKERS = {"user": "Asked", "assistant": "Answered"}


def draw(found: Mapping[str, Any], time_zone: str) -> None:
    """`found` is plain JSON, made by the database; nothing in it is trusted to be what it says."""
    if not found:
        st.markdown(":gray[Nothing is on record yet.]")
        return
    if found.get("as_of"):
        st.caption(f"As of {theme.stamp(datetime.fromisoformat(str(found['as_of'])), time_zone)}.")
    st.markdown("##### Facts")
    st.markdown("  \n".join(_facts(found)) or ":gray[No facts.]")
    st.markdown("##### Answers so far")
    slides = list(found.get("answers") or ())
    if not slides:
        st.markdown(":gray[Nothing has been answered yet.]")
    for slide in slides:
        _answers(slide)
    _chat(list(found.get("chat") or ()), time_zone)


def _facts(found: Mapping[str, Any]) -> Iterator[str]:
    facts = found.get("facts") or {}
    for key, label in FACTS.items():
        if facts.get(key) is not None:
            yield f":gray[{label}:] {escape(_fact(key, facts[key], facts))}"


def _fact(key: str, value: Any, facts: Mapping[str, Any]) -> str:
    match key:
        case "arr":
            return f"{words.money(float(value))} a year"
        case "renewal_date" | "notice_deadline":
            return words.day(to_date(str(value)))
        case "auto_renews":
            return words.yes_no(bool(value))
        case "health":
            band = words.BANDS.get(str(facts.get("health_band")))
            return f"{value}, {band}" if band else str(value)
        case _:
            return str(value)


def _answers(slide: Mapping[str, Any]) -> None:
    slide_id = str(slide.get("slide_id"))
    known = slide_id in LIBRARY
    title = LIBRARY[SlideId(slide_id)].title if known else spoken(slide_id).capitalize()
    answers = slide.get("answers") or {}
    lines = [
        f":gray[{escape(spoken(key).capitalize())}:] {said(value)}" for key, value in answers.items() if _is(value)
    ]
    if lines:
        st.markdown(f"**{escape(title)}**  \n" + "  \n".join(lines))


def said(value: Any) -> str:
    """An answer as kept, in one inert line: what its question was called is not known here."""
    match value:
        case bool():
            return words.yes_no(value)
        case int() | float():
            return words.count(value)
        case list():
            shown = "; ".join(_row(item) for item in value[:MOST_ROWS])
            return escape(plain(f"{shown}{f'; and {len(value) - MOST_ROWS} more' if len(value) > MOST_ROWS else ''}"))
        case dict():
            return escape(_row(value))
        case _:
            return escape(plain(str(value), most=LONGEST))


def _row(item: Any) -> str:
    cells = item.values() if isinstance(item, dict) else (item,)
    return plain(", ".join(str(cell) for cell in cells if cell is not None), most=LONGEST)


def _is(value: Any) -> bool:
    return value not in (None, "", [], {})


def _chat(messages: list[Mapping[str, Any]], time_zone: str) -> None:
    if not messages:
        return
    st.markdown("##### From the chat")
    for each in messages:
        who = SPEAKERS.get(str(each.get("role")), "Said")
        at = theme.stamp(datetime.fromisoformat(str(each["at"])), time_zone) if each.get("at") else ""
        where = escape(spoken(str(each.get("slide_id") or "")))
        text = escape_lines(plain(str(each.get("text") or ""), most=LONGEST))
        st.markdown(f":small[:gray[{who} on {where}, {at}]]  \n{text}")
