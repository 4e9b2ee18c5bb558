"""The menu at the side: every page with its section, title, icon and address."""

from pathlib import Path

import streamlit as st

from lib.auth.model import Person
from lib.server.page_urls import PagePath

INBOX_TITLE = "Inbox"
MOST_SHOWN = 99
PAGES_DIR = Path(__file__).resolve().parents[2] / "pages"


def build_menu(person: Person) -> dict[str, list[st.Page]]:
    """Pages by section, for `st.navigation`. A CSM's menu leaves out the pages of leaders; the database decides."""
    return {
        "": [
            st.Page(PAGES_DIR / "today/today.py", title="Today", icon=":material/wb_twilight:", default=True),
            _create_page("work/inbox.py", build_inbox_label(person.inbox_count), "inbox", PagePath.INBOX),
            _create_page("workflows/catalogue.py", "Workflows", "checklist", PagePath.WORKFLOWS),
            _create_page("conversations/conversations.py", "Conversations", "forum", PagePath.CONVERSATIONS),
            _create_page("work/company_actions.py", "Actions", "bolt", PagePath.ACTIONS),
            _create_page("workflows/run.py", "Guided run", None, PagePath.RUN, in_menu=False),
            _create_page("workflows/builder.py", "Builder", None, PagePath.BUILDER, in_menu=False),
            _create_page("customers/customer.py", "Customer", None, PagePath.CUSTOMER, in_menu=False),
            _create_page("help/help.py", "Help", None, PagePath.HELP, in_menu=False),
        ],
        "Customers": [
            _create_page("customers/book.py", "Book", "table_rows", PagePath.BOOK),
            _create_page("team/forecast.py", "Forecast", "query_stats", PagePath.FORECAST),
            _create_page("team/team.py", "Team", "groups", PagePath.TEAM, in_menu=person.role.leads_team),
        ],
        "Company": [
            _create_page("company/people.py", "People", "group", PagePath.PEOPLE),
            _create_page("company/import.py", "Import", "upload_file", PagePath.IMPORT, in_menu=person.role.leads_team),
            _create_page("company/settings.py", "Settings", "tune", PagePath.SETTINGS),
            _create_page("company/audit.py", "Audit", "history", PagePath.AUDIT),
            _create_page("company/privacy.py", "Privacy", "shield_person", PagePath.PRIVACY),
        ],
    }


def list_page_titles(menu: dict[str, list[st.Page]]) -> dict[str, str]:
    """Titles of the pages in the menu by their address."""
    return {
        page.url_path: choose_browser_title(page)
        for pages in menu.values()
        for page in pages
        if page.visibility == "visible"
    }


def choose_browser_title(page: st.Page) -> str:
    """The title of a page for the browser tab: without the number that stands beside it in the menu."""
    return INBOX_TITLE if page.url_path == PagePath.INBOX else page.title


def build_inbox_label(count: int) -> str:
    """ "Inbox 3"; the name alone where nothing waits."""
    shown = f"{MOST_SHOWN}+" if count > MOST_SHOWN else count
    return f"{INBOX_TITLE} :gray-badge[{shown}]" if count else INBOX_TITLE


def _create_page(file: str, title: str, icon: str | None, address: PagePath, *, in_menu: bool = True) -> st.Page:
    """`file` is a path below pages/, `icon` the name of a Material symbol."""
    return st.Page(
        PAGES_DIR / file,
        title=title,
        icon=f":material/{icon}:" if icon else None,
        url_path=address,
        visibility="visible" if in_menu else "hidden",
    )
