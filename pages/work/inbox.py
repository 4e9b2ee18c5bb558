"""What waits for the signed-in person, and what became of what they put away or handed on."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.inbox import inbox_filters, inbox_sections

person = require_person()
services = build_services(get_client_of_person(), person)
view = inbox_filters.parse_inbox_view(st.query_params, leads_team=person.role.leads_team)
key = inbox_sections.get_inbox_key(view)
action_state.run_pending_command(services)

st.markdown("# Inbox")
buttons.draw_flash_message()
try:
    inbox = inbox_sections.load_inbox(services, view)
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(key), key="inbox")
    st.stop()

page_cache.draw_cache_error(key, inbox, what="the inbox", time_zone=person.time_zone)
inbox_filters.draw_inbox_filters(inbox.value, view, person)
try:
    rows = inbox_sections.load_rows_of_customer(services, view, inbox.value)
    inbox_sections.draw_inbox_section(rows, view, person)
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(key), key="inbox")
page_cache.draw_refresh_footer(key, inbox, time_zone=person.time_zone)
dialogs.draw_open_dialog(ActionSource.INBOX)
