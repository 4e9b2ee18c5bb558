"""Today: the few things that matter, the book at a glance, and the runs to go on with."""

from datetime import UTC, datetime

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.text.local_time import to_local_time
from lib.ui import keys, page_cache, placeholders
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.today import dashboard

person = require_person()
services = build_services(current_client(), person)
action_state.run_pending_command(services)
now = to_local_time(datetime.now(UTC), person.time_zone)

dashboard.draw_greeting(person, now)
buttons.draw_flash_message()
try:
    with placeholders.show_skeleton(height=480):
        cached = page_cache.load(keys.TODAY_DASHBOARD, services.accounts.fetch_dashboard)
except ZenError as error:
    placeholders.draw_error(error, retry=lambda: page_cache.invalidate(keys.TODAY_DASHBOARD), key="today")
    st.stop()

if cached.value.customers:
    dashboard.draw_dashboard(cached, services.executions, person, now)
else:
    dashboard.draw_empty_dashboard(cached, person, now)
dialogs.draw_open_dialog(ActionSource.DASHBOARD)
