"""Today: the few things that matter, the book at a glance, and the runs to go on with."""

from datetime import UTC, datetime

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.text.local_time import to_local_time
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.today import today_page

person = require_person()
services = build_services(get_client_of_person(), person)
action_state.run_pending_command(services)
now = to_local_time(datetime.now(UTC), person.time_zone)

today_page.draw_today_greeting(person, now)
buttons.draw_flash_message()
try:
    cached = page_cache.load_for_page(
        session_keys.TODAY_DATA, services.accounts.fetch_today_overview, skeleton_height=480
    )
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(session_keys.TODAY_DATA), key="today")
    st.stop()

if cached.value.has_customers:
    today_page.draw_today(cached, services, now)
else:
    today_page.draw_today_without_customers(cached, services, now)
dialogs.draw_open_dialog(ActionSource.DASHBOARD)
