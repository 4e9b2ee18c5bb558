"""One way of drawing text, asked for in the address, used on every sample."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown, escape_plain_markdown
from lib.ui import theme
from lib.ui.conversations.search_results import build_excerpt_html
from lib.ui.safe_text import draw_html, draw_markdown, draw_text
from tests.pages.test_conversations import make_hit

WAYS: Mapping[str, Callable[[str, str], object]] = {
    "text": lambda text, _: draw_text(text),
    "html": lambda text, _: draw_html(Html("<h3>{}</h3>").format(text)),
    "excerpt": lambda text, _: draw_html(Html("<p>{}</p>").format(build_excerpt_html(make_hit(text, text[:3])))),
    "markdown": lambda text, _: draw_markdown(escape_plain_markdown(text)),
    "streamlit": lambda text, _: st.markdown(escape_markdown(text)),
    "bold": lambda text, _: st.markdown(f"**{escape_markdown(text)}**"),
    "small": lambda text, _: st.markdown(f":small[:gray[{escape_markdown(text)}]]"),
    "caption": lambda text, _: st.caption(escape_markdown(text)),
    "button": lambda text, key: st.button(escape_markdown(text), key=key),
    "label": lambda text, key: st.text_input(escape_markdown(text), key=key),
    "option": lambda text, key: st.segmented_control("Options", [text], format_func=escape_markdown, key=key),
}

theme.apply_theme()
samples = json.loads(Path(os.environ["ZEN_TEXT_SAMPLES"]).read_text(encoding="utf-8"))
draw = WAYS[st.query_params["way"]]
for number, sample in enumerate(samples):
    with st.container(key=f"sample_{number}"):
        draw(sample, f"widget_{number}")
st.markdown("All samples are drawn.")
