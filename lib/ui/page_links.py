"""Links to the pages and their deep links."""

from pathlib import Path
from typing import NoReturn

import streamlit as st

from lib.text.markdown_escape import escape_markdown
from lib.ui.inbox.inbox_filters import build_section_query_params
from lib.ui.session_keys import CATALOGUE_SHOWN

PAGES = Path(__file__).resolve().parents[2] / "pages"
TODAY = PAGES / "today" / "today.py"
INBOX = PAGES / "work" / "inbox.py"
CONVERSATIONS = PAGES / "conversations" / "conversations.py"
CATALOGUE = PAGES / "workflows" / "catalogue.py"
RUN_PAGE = PAGES / "workflows" / "run.py"
BUILDER = PAGES / "workflows" / "builder.py"
CUSTOMER_PAGE = PAGES / "customers" / "customer.py"
TEAM = PAGES / "team" / "team.py"
PEOPLE = PAGES / "company" / "people.py"
IMPORT = PAGES / "company" / "import.py"
SETTINGS = PAGES / "company" / "settings.py"
GHOST_RUN_TAB = "Ghost run"


def draw_today_link(label: str = "Go to Today") -> None:
    st.page_link(TODAY, label=label, icon=":material/wb_twilight:")


def draw_workflows_link(label: str = "Go to Workflows") -> None:
    st.page_link(CATALOGUE, label=label, icon=":material/checklist:")


def draw_workflow_link(workflow_id: str, label: str, *, icon: str = ":material/checklist:") -> None:
    st.page_link(CATALOGUE, label=label, icon=icon, query_params={"workflow": workflow_id})


def draw_ghost_run_link(workflow_id: str) -> None:
    """The page of a workflow or draft, where it is composed over real customers."""
    shown = {"workflow": workflow_id, CATALOGUE_SHOWN: GHOST_RUN_TAB}
    st.page_link(CATALOGUE, label=GHOST_RUN_TAB, icon=":material/visibility:", query_params=shown)


def draw_builder_link(draft_id: str, label: str, *, icon: str = ":material/edit:") -> None:
    st.page_link(BUILDER, label=label, icon=icon, query_params={"draft": draft_id})


def draw_comment_link(draft_id: str, slide: str, label: str, *, icon: str = ":material/comment:") -> None:
    """The comments on a slide of a draft."""
    st.page_link(BUILDER, label=label, icon=icon, query_params={"draft": draft_id, "slide": slide, "comments": "open"})


def draw_team_link(label: str, *, icon: str = ":material/groups:") -> None:
    st.page_link(TEAM, label=label, icon=icon)


def draw_inbox_link(label: str, section: str, *, icon: str = ":material/inbox:") -> None:
    """A section of one's own inbox."""
    st.page_link(INBOX, label=label, icon=icon, query_params=build_section_query_params(section, is_team=False))


def draw_conversation_link(thread_id: str, label: str) -> None:
    st.page_link(CONVERSATIONS, label=label, icon=":material/forum:", query_params={"thread": thread_id})


def draw_conversations_of_slide_link(customer_id: str, slide_id: str, label: str) -> None:
    """The page Conversations, with those about a slide of a customer."""
    address = {"customer": customer_id, "slide": slide_id}
    st.page_link(CONVERSATIONS, label=label, icon=":material/forum:", query_params=address)


def draw_run_link(
    execution_id: str,
    label: str,
    *,
    slide_id: str | None = None,
    icon: str = ":material/arrow_forward:",
    of: tuple[str, str] | None = None,
) -> None:
    """The run at its current slide, `slide_id` where the page knows it.

    `of` is its workflow and customer, for those who hear the link out of its row.
    """
    tooltip = f"{label} {escape_markdown(of[0])} for {escape_markdown(of[1])}" if of else None
    st.page_link(
        RUN_PAGE, label=label, icon=icon, help=tooltip, query_params=build_run_query_params(execution_id, slide_id)
    )


def draw_slide_link(execution_id: str, slide_id: str, label: str, thread_id: str | None = None) -> None:
    """The run at one of its slides; with `thread_id` that conversation beside it."""
    address = {**build_run_query_params(execution_id, slide_id), **({"thread": thread_id} if thread_id else {})}
    st.page_link(RUN_PAGE, label=label, icon=":material/arrow_forward:", query_params=address)


def switch_to_import(import_id: str) -> NoReturn:
    """Switch to the page of an import."""
    st.switch_page(IMPORT, query_params={"import": import_id})


def switch_to_run_page(execution_id: str, slide_id: str | None = None) -> NoReturn:
    """Switch to the run's page, at its current slide, `slide_id` where the page knows it."""
    st.switch_page(RUN_PAGE, query_params=build_run_query_params(execution_id, slide_id))


def switch_to_peek(workflow_id: str, customer_id: str) -> NoReturn:
    """Switch to the open run of a workflow for a customer, or to what it would begin with. Starts nothing."""
    st.switch_page(RUN_PAGE, query_params=build_peek_query_params(workflow_id, customer_id))


def switch_to_builder(draft_id: str) -> NoReturn:
    """Switch to the builder with a draft."""
    st.switch_page(BUILDER, query_params={"draft": draft_id})


def build_run_query_params(execution_id: str, slide_id: str | None = None) -> dict[str, str]:
    """Query parameters of the run's page; without a slide it opens at the current one."""
    return {"execution": execution_id} | ({"slide": slide_id} if slide_id else {})


def build_peek_query_params(workflow_id: str, customer_id: str, slide_id: str | None = None) -> dict[str, str]:
    """Query parameters of the run's page before there is a run."""
    return {"workflow": workflow_id, "customer": customer_id} | ({"slide": slide_id} if slide_id else {})
