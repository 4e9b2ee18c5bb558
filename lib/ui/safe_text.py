"""Text of people and models on the page, exactly as it is: nothing in it loads, links, runs, hides or is a directive.

Streamlit's own Markdown gives meaning to more than Markdown does (`lib.text.markdown_escape`), and each call of it is
an element that costs time. What is drawn here is one element of HTML; its look is in `static/zen.css`.
"""

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.text.html import Html, clean_html, mark_texts, markdown_to_html
from lib.text.markdown_escape import escape_markdown

ROW_KEY_PREFIX = "list_row."
Width = int | Literal["stretch", "content"]


def draw_text(text: str, *, width: Width = "stretch") -> None:
    """Text as it was written, line breaks and blanks included."""
    draw_html(Html('<p dir="auto">{}</p>').format(text), width=width)


def draw_markdown(source: str, *, width: Width = "stretch", marked: Sequence[str] = ()) -> None:
    """Markdown of a model, of a template or of ours: paragraphs, lists, tables, emphasis, code.

    What is `marked` is told apart wherever it stands: words of an answer that are not in the records."""
    _draw_clean_html(build_markdown_html(source, marked), width)


def build_markdown_html(source: str, marked: Sequence[str] = ()) -> Html:
    body = mark_texts(markdown_to_html(source), marked, "zen-unknown")
    return Html('<div class="zen-text zen-markdown" dir="auto">{}</div>').format(body)


def draw_html(html: Html, *, width: Width = "stretch") -> None:
    """HTML put together here. Leave no blanks between its blocks: texts keep their blanks."""
    _draw_clean_html(build_text_html(html), width)


def build_text_html(html: Html) -> Html:
    return Html('<div class="zen-text">{}</div>').format(html)


def draw_html_blocks(blocks: Sequence[Html]) -> None:
    """Draw several blocks of `build_text_html` as one element, as far apart as elements are."""
    _draw_clean_html(Html('<div class="zen-blocks">{}</div>').format(Html("").join(blocks)), "stretch")


def draw_row_with_buttons(html: Html, *, key: str, checkbox: tuple[str, str] | None = None) -> DeltaGenerator:
    """Draw the text of a row and return the container of its buttons, which stands at its right.

    `zen.css` keeps both on one line where there is room. `checkbox` is the key of a checkbox before the text, and
    what it selects, for those who hear it.
    """
    with st.container(horizontal=True, gap="medium", key=f"{ROW_KEY_PREFIX}{key}"):
        if checkbox is not None:
            key_of_box, selected = checkbox
            label = f"Select {escape_markdown(selected)}"
            st.checkbox(label, key=key_of_box, label_visibility="collapsed", width="content")
        draw_html(html)
        return st.container(
            horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall", width="content"
        )


def _draw_clean_html(html: Html, width: Width) -> None:
    st.html(clean_html(html), width=width)
