"""docs/adopt.md as part of the first steps: from exports to Monday morning."""

import re
from functools import cache

import streamlit as st

from lib.ui.page_links import PAGES
from lib.ui.safe_text import draw_markdown
from lib.ui.session_keys import ADOPTION_GUIDE

GUIDE = PAGES.parent / "docs" / "adopt.md"
BRACKETED_LINK = re.compile(r" \(\[[^\]]+\]\([^)]+\)[^)]*\)")
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def draw_adoption_guide() -> None:
    """Closed at first; nothing where the app runs without its documentation."""
    text = read_guide()
    if not text:
        return
    guide = st.expander("From exports to Monday morning", type="compact", key=ADOPTION_GUIDE, on_change="rerun")
    if guide.open:
        with guide:
            draw_markdown(text)


@cache
def read_guide() -> str:
    """The text without its title and links, which lead to files the app does not serve; "" if there is none."""
    if not GUIDE.exists():
        return ""
    _, _, text = GUIDE.read_text(encoding="utf-8").partition("\n")
    return LINK.sub(r"\1", BRACKETED_LINK.sub("", text)).replace("\n## ", "\n#### ").strip()
