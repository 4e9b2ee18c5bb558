"""Company actions: everybody reads them, managers edit them."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.actions import action_state, buttons
from lib.ui.company_actions import action_editor, action_list
from lib.ui.company_actions.action_draft import get_action_draft

person = require_person()
services = build_services(get_client_of_person(), person)
action_state.run_pending_command(services)
draft = get_action_draft() if person.role.leads_team else None

st.markdown("# Actions")
buttons.draw_flash_message()
try:
    if draft is not None:
        action_editor.draw_action_editor(draft, services)
        st.stop()
    actions = page_cache.load_for_page(
        session_keys.ALL_ACTIONS, services.actions.fetch_all_actions, skeleton_height=400
    )
except ZenError as error:
    empty_and_error_states.draw_error(
        error, retry=lambda: page_cache.invalidate(session_keys.ALL_ACTIONS), key="actions"
    )
    st.stop()

page_cache.draw_cache_error(session_keys.ALL_ACTIONS, actions, what="the list", time_zone=person.time_zone)
action_list.draw_action_list(actions.value, may_edit=person.role.leads_team)
page_cache.draw_refresh_footer(session_keys.ALL_ACTIONS, actions, time_zone=person.time_zone)
