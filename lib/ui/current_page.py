"""The page on screen: what was opened or reported on another one is dropped, and the browser tab is named after it."""

from collections.abc import Mapping

import streamlit as st

from lib.server.page_urls import PagePath
from lib.text.truncate import single_line, truncate
from lib.ui.actions.action_state import get_action_state
from lib.ui.session_keys import PAGE_TITLE

MAX_TITLE_LENGTH = 80
SUBJECT_PARAMS: Mapping[str, str] = {
    PagePath.RUN: "execution",
    PagePath.BUILDER: "draft",
    PagePath.CUSTOMER: "id",
    PagePath.WORKFLOWS: "workflow",
    PagePath.CONVERSATIONS: "thread",
    PagePath.INBOX: "customer",
    PagePath.IMPORT: "import",
    PagePath.HELP: "page",
}
"""The query parameter that says what a page is about."""


def enter_page_on_screen(address: str, title: str) -> None:
    """Call it before the page is run; `title` names the browser tab until the page knows better."""
    page = identify_page(address)
    get_action_state().drop_state_of_other_page(page)
    of_page, known_title = st.session_state.get(PAGE_TITLE, (None, ""))
    _set_browser_title(known_title if of_page == page else title)


def identify_page(address: str) -> str:
    """The page and what it is about: "run?execution=4f1c…"."""
    name = SUBJECT_PARAMS.get(address, "")
    subject = st.query_params.get(name)
    return f"{address}?{name}={subject}" if subject else address


def set_page_title(*parts: str) -> None:
    """Name the browser tab after what the page is about: "Copperfield Studios – Standard renewal · Zen"."""
    title = " – ".join(truncate(single_line(part), MAX_TITLE_LENGTH) for part in parts if part.strip())
    # Kept, so that the next run of the page begins with this title instead of flickering.
    st.session_state[PAGE_TITLE] = (get_action_state().page, title)
    _set_browser_title(title)


def _set_browser_title(title: str) -> None:
    st.set_page_config(page_title=f"{title} · Zen")
