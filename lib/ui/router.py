"""Configuration, gate, navigation, run. Anything else belongs to a page."""

from html import escape
from pathlib import Path

import streamlit as st

from lib.auth.gate import require_person
from lib.auth.model import Person
from lib.auth.process import current
from lib.ui import theme
from lib.ui.error_boundary import error_boundary

PAGES = Path(__file__).resolve().parents[2] / "pages"
ROLES = {"csm": "Customer-success manager", "manager": "Manager", "admin": "Admin"}

ICON = Path(__file__).with_name("zen.svg")
PERSON = """
<style>
  .person { line-height: 1.4; }
  .person p { margin: 0 0 .5rem; opacity: .8; font-size: .875rem; }
  .person button { font: inherit; font-size: .875rem; color: inherit; background: none; border: 0; padding: .25rem 0;
    cursor: pointer; text-decoration: underline; text-underline-offset: .2em; }
</style>
<form class="person" method="post" action="/auth/sign-out">
  <strong>%s</strong>
  <p>%s, %s%s</p>
  <button type="submit">Sign out</button>
</form>
"""


def person_block(person: Person) -> None:
    """Who is signed in, and the way out: a form, because signing out changes something."""
    with st.sidebar:
        st.html(PERSON % (escape(person.full_name), ROLES[person.role], escape(person.company_name), _zone(person)))
        if current().settings.is_local:
            st.badge("Local demo", color="gray", help="Zen runs on its own embedded Supabase, with invented data.")


def _zone(person: Person) -> str:
    """Whose clock the times are by, where it is not that of the browser."""
    if person.time_zone == st.context.timezone:
        return ""
    return f"<br>Times are in {escape(person.time_zone.replace('_', ' '))}"


st.set_page_config(page_title="Zen", page_icon=str(ICON), layout="wide")
theme.apply()
st.logo(str(ICON), size="large")
signed_in = require_person()
page = st.navigation(
    [
        st.Page(PAGES / "today" / "zen.py", title="Today", icon=":material/wb_twilight:", default=True),
        st.Page(PAGES / "work" / "inbox.py", title="Inbox", icon=":material/inbox:", url_path="inbox"),
        st.Page(
            PAGES / "workflows" / "catalogue.py", title="Workflows", icon=":material/checklist:", url_path="workflows"
        ),
        st.Page(
            PAGES / "history" / "chats.py", title="Conversations", icon=":material/forum:", url_path="conversations"
        ),
        st.Page(PAGES / "work" / "actions.py", title="Actions", icon=":material/bolt:", url_path="actions"),
        st.Page(PAGES / "workflows" / "run.py", title="Guided run", url_path="run", visibility="hidden"),
    ]
)
person_block(signed_in)
with error_boundary("page"):
    page.run()
