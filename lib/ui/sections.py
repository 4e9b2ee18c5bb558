"""Sections on the page: one `match` over the closed union of `lib.slides.model`. A new kind of section costs a case."""

import streamlit as st

from lib.content.model import Callout, Chart, Fact, Facts, Table, Text, Tone
from lib.slides.model import Document, Section
from lib.text.escape import escape_markdown
from lib.text.format import NO_DATA
from lib.ui import charts, tables
from lib.ui.theme import TONE_ICONS, color_text

WIDE_VALUE_CHARS = 44
READING_WIDTH = 720


def draw_sections(sections: tuple[Section, ...], *, key: str) -> None:
    """All of them, in order. `key` tells apart the same section drawn in two places."""
    for place, section in enumerate(sections):
        draw_section(section, key=f"{key}.{place}")


def draw_section(section: Section, *, key: str) -> None:
    match section:
        case Text():
            st.markdown(section.markdown, width=READING_WIDTH)
        case Callout():
            draw_callout(section)
        case Facts():
            draw_facts(section)
        case Table():
            tables.draw_table(section, key=key)
        case Chart():
            charts.draw_chart(section, key=key)
        case unknown:
            raise NotImplementedError(f"No way to draw a section of {type(unknown).__name__}.")


def draw_callout(section: Callout) -> None:
    text, icon = escape_markdown(section.text), TONE_ICONS[section.tone]
    match section.tone:
        case Tone.GOOD:
            st.success(text, icon=icon)
        case Tone.WARNING:
            st.warning(text, icon=icon)
        case Tone.BAD:
            st.error(text, icon=icon)
        case _:
            st.info(text, icon=icon)


def draw_facts(section: Facts) -> None:
    """Label, value, note; as many side by side as fit. A long value takes the room of two."""
    with st.container(gap="small"):
        st.markdown(f"##### {escape_markdown(section.title)}")
        grid = st.grid(4, min_column_width=150, gap="small")
        for fact in section.items:
            span = 2 if len(fact.value or "") > WIDE_VALUE_CHARS or len(fact.note or "") > 2 * WIDE_VALUE_CHARS else 1
            with grid.cell(column_span=span):
                st.markdown(_format_fact(fact))


def _format_fact(fact: Fact) -> str:
    if fact.value is None:
        value = f":gray[{NO_DATA}]"
    else:
        mark = "" if fact.tone is Tone.NEUTRAL else f" {TONE_ICONS[fact.tone]}"
        text = color_text(fact.value, fact.tone)
        value = f"**{text}**{mark}" if len(fact.value) <= WIDE_VALUE_CHARS else f"{text}{mark}"
    note = f"  \n:small[:gray[{escape_markdown(fact.note)}]]" if fact.note else ""
    return f":small[:gray[{escape_markdown(fact.label)}]]  \n{value}{note}"


def draw_downloads(made: tuple[Document, ...], *, key: str) -> None:
    """What can be taken away, as buttons that do not disturb the page."""
    if not made:
        return
    with st.container(horizontal=True):
        for place, document in enumerate(made):
            st.download_button(
                document.label,
                document.content,
                document.filename,
                document.media_type,
                key=f"{key}.{place}",
                icon=":material/download:",
                on_click="ignore",
            )
