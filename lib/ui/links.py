"""Ways between pages, deep links included."""

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from lib.auth.cookies import make_sign_in_url
from lib.text.escape import escape_markdown
from lib.ui.inbox import url_state
from lib.ui.navigation import RUN_PAGE, run_query_params

PAGES = Path(__file__).resolve().parents[2] / "pages"
TODAY = PAGES / "today" / "today.py"
INBOX = PAGES / "work" / "inbox.py"
CONVERSATIONS = PAGES / "conversations" / "conversations.py"
CATALOGUE = PAGES / "workflows" / "catalogue.py"


def link_to_today(label: str = "Go to Today") -> None:
    st.page_link(TODAY, label=label, icon=":material/wb_twilight:")


def link_to_workflows(label: str = "Go to Workflows") -> None:
    st.page_link(CATALOGUE, label=label, icon=":material/checklist:")


def link_to_inbox(label: str, section: str, *, icon: str = ":material/inbox:", is_team: bool = False) -> None:
    """A part of one's own inbox, or of the team's, which only leaders are given."""
    st.page_link(INBOX, label=label, icon=icon, query_params=url_state.section_query_params(section, is_team=is_team))


def link_to_conversation(thread_id: str, label: str) -> None:
    st.page_link(CONVERSATIONS, label=label, icon=":material/forum:", query_params={"thread": thread_id})


def link_to_run(
    execution_id: str, label: str, *, icon: str = ":material/arrow_forward:", of: tuple[str, str] | None = None
) -> None:
    """The run, at its current slide. `of` is its workflow and customer, for those who hear the link out of its row."""
    tooltip = f"{label} {escape_markdown(of[0])} for {escape_markdown(of[1])}" if of else None
    st.page_link(RUN_PAGE, label=label, icon=icon, help=tooltip, query_params=run_query_params(execution_id))


def link_to_slide(execution_id: str, slide_id: str, label: str, thread_id: str | None = None) -> None:
    """The run, at one of its slides; with `thread_id` that conversation beside it."""
    address = {**run_query_params(execution_id), "slide": slide_id} | ({"thread": thread_id} if thread_id else {})
    st.page_link(RUN_PAGE, label=label, icon=":material/arrow_forward:", query_params=address)


def sign_in_url_of_this_run() -> str:
    """The sign-in page, and from there back to the run on screen."""
    return make_sign_in_url("/run", urlencode(st.query_params.to_dict()))
