"""Sections of a slide on the page: one `match` over the closed union of `lib.slides.model`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import streamlit as st

from lib.content.model import Callout, Chart, Fact, Facts, PlainText, Table, Text, Tone
from lib.slides import slide_builder
from lib.slides.model import Document, MailLink, Section, Slide, SlideInput, SlideOutput, TextToCopy
from lib.text.format import NO_DATA
from lib.text.html import Html, build_icon_html
from lib.text.markdown_escape import escape_markdown
from lib.ui import charts, tables
from lib.ui.safe_text import build_markdown_html, build_text_html, draw_html_blocks
from lib.ui.session_keys import RUN_SLIDE_BLOCKS
from lib.ui.theme import TONE_ICONS, build_toned_html

WIDE_VALUE_CHARS = 44


DrawableSection = Html | Section
"""A section as HTML, or one that Streamlit draws."""


@dataclass(frozen=True, kw_only=True)
class _SlideBlocks:
    """The blocks of the slide on screen, and what they were built from."""

    slide: Slide
    slide_input: SlideInput
    blocks: tuple[DrawableSection, ...]


def load_slide_blocks(slide: Slide, slide_input: SlideInput) -> tuple[DrawableSection, ...]:
    """The sections above the form, built again only when what they are built from has changed."""
    cached: _SlideBlocks | None = st.session_state.get(RUN_SLIDE_BLOCKS)
    # Comparing is cheap: the account, by far the largest part, is the same object until it is loaded again.
    if cached is None or cached.slide is not slide or cached.slide_input != slide_input:
        blocks = build_section_blocks(slide_builder.build_slide_sections(slide, slide_input))
        cached = _SlideBlocks(slide=slide, slide_input=slide_input, blocks=blocks)
        st.session_state[RUN_SLIDE_BLOCKS] = cached
    return cached.blocks


def draw_slide_sections(sections: tuple[Section, ...], *, key: str) -> None:
    """Draw sections in order. `key` tells apart the same section drawn in two places."""
    draw_section_blocks(build_section_blocks(sections), key=key)


def build_section_blocks(sections: tuple[Section, ...]) -> tuple[DrawableSection, ...]:
    return tuple(_build_section_html(section) or section for section in sections)


def draw_section_blocks(blocks: tuple[DrawableSection, ...], *, key: str) -> None:
    """Draw blocks in order; neighbours that are HTML as one element, because each element costs time."""
    for is_html, group in groupby(enumerate(blocks), key=lambda each: isinstance(each[1], Html)):
        if is_html:
            draw_html_blocks([block for _, block in group if isinstance(block, Html)])
            continue
        for place, section in group:
            _draw_drawable_section(section, key=f"{key}.{place}")


def _build_section_html(section: Section) -> Html | None:
    """The section as HTML; None for one that Streamlit draws."""
    match section:
        case Text():
            return Html('<div class="zen-reading">{}</div>').format(build_markdown_html(section.markdown))
        case PlainText():
            text = Html('<p dir="auto">{}</p>').format(section.text)
            return Html('<div class="zen-reading">{}</div>').format(build_text_html(text))
        case Facts():
            return build_text_html(_build_facts_html(section))
        case Table() if len(section.rows) <= tables.MAX_STATIC_ROWS:
            return build_text_html(tables.build_table_html(section))
        case _:
            return None


def _draw_drawable_section(section: DrawableSection, *, key: str) -> None:
    match section:
        case Callout():
            draw_callout(section)
        case Table():
            tables.draw_table(section, key=key)
        case Chart():
            charts.draw_chart(section, key=key)
        case unknown:
            raise NotImplementedError(f"No way to draw a section of {type(unknown).__name__}.")


def draw_callout(section: Callout) -> None:
    text, mark = escape_markdown(section.text), TONE_ICONS[section.tone]
    match section.tone:
        case Tone.GOOD:
            st.success(text, icon=mark)
        case Tone.WARNING:
            st.warning(text, icon=mark)
        case Tone.BAD:
            st.error(text, icon=mark)
        case _:
            st.info(text, icon=mark)


def _build_facts_html(section: Facts) -> Html:
    """Label, value, note; as many side by side as fit. A long value takes the room of two."""
    items = Html("").join(_build_fact_html(fact) for fact in section.items)
    return Html('<h5>{}</h5><div class="zen-facts">{}</div>').format(section.title, items)


def _build_fact_html(fact: Fact) -> Html:
    is_wide = len(fact.value or "") > WIDE_VALUE_CHARS or len(fact.note or "") > 2 * WIDE_VALUE_CHARS
    label = Html('<p class="zen-small zen-muted">{}</p>').format(fact.label)
    note = Html('<p class="zen-small zen-muted">{}</p>').format(fact.note) if fact.note else ""
    return Html('<div class="{}">{}{}{}</div>').format(
        "zen-wide" if is_wide else "", label, _build_fact_value_html(fact), note
    )


def _build_fact_value_html(fact: Fact) -> Html:
    if fact.value is None:
        return Html('<p class="zen-muted">{}</p>').format(NO_DATA)
    mark = "" if fact.tone is Tone.NEUTRAL else build_icon_html(TONE_ICONS[fact.tone])
    value = Html("{}{}").format(mark, build_toned_html(fact.value, fact.tone))
    return Html("<p>{}</p>" if len(fact.value) > WIDE_VALUE_CHARS else "<p><strong>{}</strong></p>").format(value)


def draw_slide_outputs(
    outputs: tuple[SlideOutput, ...], *, key: str, record_file: Callable[[str], None] | None = None
) -> None:
    """What a slide made as buttons that do not rerun the page. A file is made when it is asked for.

    `record_file` is called with the name of each file that was made, in another thread.
    """
    if not outputs:
        return
    with st.container(horizontal=True):
        for place, output in enumerate(outputs):
            _draw_slide_output(output, key=f"{key}.{place}", record_file=record_file)


def _draw_slide_output(output: SlideOutput, *, key: str, record_file: Callable[[str], None] | None) -> None:
    match output:
        case Document():
            st.download_button(
                output.label,
                partial(build_and_record_file, output, record_file),
                output.filename,
                output.media_type,
                key=key,
                icon=":material/download:",
                on_click="ignore",
            )
        case MailLink():
            st.link_button(output.label, output.url, icon=":material/mail:")
        case TextToCopy():
            with st.popover(output.label, icon=":material/content_copy:"):
                st.code(output.text, language=None, wrap_lines=True)
        case unknown:
            raise NotImplementedError(f"No way to offer a {type(unknown).__name__}.")


def build_and_record_file(document: Document, record_file: Callable[[str], None] | None) -> bytes:
    """The content of a file, recorded once it is made. Raises Unavailable."""
    content = slide_builder.build_document_content(document)
    if record_file is not None:
        record_file(document.filename)
    return content
