"""Page configuration, gate, navigation, run. Anything else belongs to a page."""

from html import escape

import streamlit as st

from lib.app_context import get_app_context
from lib.auth.gate import require_person
from lib.auth.model import Person
from lib.log_context import begin_request_log_context
from lib.server.page_urls import PagePath
from lib.text.local_time import format_time_zone
from lib.ui import theme
from lib.ui.browser_scripts import send_page_identity_to_scripts
from lib.ui.current_page import enter_page_on_screen, identify_page
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.find.find_bar import draw_find_bar
from lib.ui.help.help_url import build_help_link_of_page
from lib.ui.menu_refresh import rerun_if_inbox_count_changed
from lib.ui.page_menu import build_menu, choose_browser_title, list_page_titles
from lib.ui.run.unsaved_answers import keep_lost_answers_in_tab

SIDEBAR_WIDTH = 232  # pixels; a person can drag it
ROLE_LABELS = {"csm": "Customer success manager", "manager": "Manager", "admin": "Admin"}

ACCOUNT_HTML = """
<form class="person zen-density-%s" method="post" action="/auth/sign-out">
  <strong>%s</strong>
  <p>%s, %s%s</p>
  <p><a class="zen-link" href="%s" target="_self">%s</a></p>
  <p><a href="/auth/profile" target="_self">Your profile</a>, <a href="/auth/password" target="_self">password</a></p>
  <button type="submit">Sign out</button>
</form>
"""


def draw_account_menu(person: Person, address: str) -> None:
    """Who is signed in, help with the page at `address`, and a form to sign out, which changes state: a POST."""
    with st.sidebar:
        st.html(
            ACCOUNT_HTML
            % (
                person.density,
                escape(person.full_name),
                ROLE_LABELS[person.role],
                escape(person.company_name),
                _format_time_zone_note(person),
                build_help_link_of_page(address),
                "All help" if address == PagePath.HELP else "Help with this page",
            )
        )
        if get_app_context().settings.is_local:
            st.badge("Local demo", color="gray", help="Zen runs on its own embedded Supabase, with invented data.")


def _format_time_zone_note(person: Person) -> str:
    """The person's time zone, if the browser has another."""
    if person.time_zone == st.context.timezone:
        return ""
    return f"<br>Times are in {escape(format_time_zone(person.time_zone))}"


begin_request_log_context()
st.set_page_config(page_icon=theme.ICON_URL, layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
theme.apply_theme()
st.logo(theme.ICON_URL, size="large")
signed_in = require_person(before_it_ends=keep_lost_answers_in_tab)
menu = build_menu(signed_in)
page = st.navigation(menu, expanded=True)
with st.sidebar:
    draw_find_bar(list_page_titles(menu))
draw_account_menu(signed_in, page.url_path)
enter_page_on_screen(page.url_path, choose_browser_title(page))
send_page_identity_to_scripts(signed_in, identify_page(page.url_path))
with error_boundary("page"):
    page.run()
rerun_if_inbox_count_changed(signed_in)
