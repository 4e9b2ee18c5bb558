"""Text of people and models on the page, exactly as it is: nothing in it loads, links, runs, hides or is a directive.

Streamlit's own Markdown gives meaning to more than Markdown does (`lib.text.escape`), and each call of it is an element
that costs time. What is drawn here is one element of HTML; its look is in `static/zen.css`.
"""

from typing import Literal

import streamlit as st

from lib.text.html import Html, clean_html, markdown_to_html

Width = int | Literal["stretch", "content"]


def draw_text(text: str, *, width: Width = "stretch") -> None:
    """Text as it was written, line breaks and blanks included."""
    draw_html(Html('<p dir="auto">{}</p>').format(text), width=width)


def draw_markdown(source: str, *, width: Width = "stretch") -> None:
    """Markdown of a model, of a template or of ours: paragraphs, lists, tables, emphasis, code."""
    _draw(Html('<div class="zen-text zen-markdown" dir="auto">{}</div>').format(markdown_to_html(source)), width)


def draw_html(html: Html, *, width: Width = "stretch") -> None:
    """HTML put together here. Leave no blanks between its blocks: texts keep their blanks."""
    _draw(Html('<div class="zen-text">{}</div>').format(html), width)


def _draw(html: Html, width: Width) -> None:
    st.html(clean_html(html), width=width)
