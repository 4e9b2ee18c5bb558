"""The settings of the company: working days, the rules of health and priority, codes and limits."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.auth.model import Role
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.actions import action_state, buttons
from lib.ui.settings.settings_sections import SECTIONS, choose_section, load_settings

person = require_person()
services = build_services(get_client_of_person(), person)
action_state.run_pending_command(services)

st.markdown("# Settings")
buttons.draw_flash_message()
try:
    loaded = load_settings(services)
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(session_keys.SETTINGS), key="settings")
    st.stop()

page_cache.draw_cache_error(session_keys.SETTINGS, loaded, what="the settings", time_zone=person.time_zone)
section = choose_section()
SECTIONS[section](loaded.value, services, may_edit=person.role is Role.ADMIN, time_zone=person.time_zone)
page_cache.draw_refresh_footer(session_keys.SETTINGS, loaded, time_zone=person.time_zone)
