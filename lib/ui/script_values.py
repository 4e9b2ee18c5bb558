"""Values from the server for the scripts in `static/`, as data: a page holds no script (docs/decisions/0021)."""

import json
from collections.abc import Sequence
from enum import StrEnum
from html import escape
from typing import Any

import streamlit as st

from lib.ui import theme

_AS_JSON_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e"})


class PageValue(StrEnum):
    """Names of the values, as `static/page_values.js` knows them: it sets `window[name]`, then dispatches an event."""

    PAGE = "zenPage"
    FORM = "zenForm"
    LOST_ANSWERS = "zenLostAnswers"
    SCROLL_TARGET = "zenScroll"
    FIND_ANSWER = "zenFindAnswer"
    SHORTCUTS = "zenShortcuts"
    OUTLINE = "zenOutline"
    PLACEHOLDERS = "zenPlaceholders"


def send_value_to_scripts(name: PageValue, value: Any, *, number: int = 0, scripts: Sequence[str] = ()) -> None:
    """Set a value in the browser, again when it changes or `number` does, and load `scripts` of `static/`."""
    # Streamlit's cleaner of HTML takes an attribute away that holds "-->" or "</title>", which a customer's text may.
    text = escape(json.dumps(value).translate(_AS_JSON_ESCAPES))
    html = f'<div hidden data-zen-name="{name}" data-zen-number="{number}" data-zen-value="{text}"></div>'
    st.html(html + _build_script_tags(scripts), unsafe_allow_javascript=bool(scripts))


def load_page_script(name: str) -> None:
    """Load a script of `static/`. Each sees to it that it runs once per tab."""
    st.html(_build_script_tags([name]), unsafe_allow_javascript=True)


def _build_script_tags(names: Sequence[str]) -> str:
    return "".join(theme.build_script_tag(name) for name in names)
