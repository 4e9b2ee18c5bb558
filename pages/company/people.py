"""The people of the company: who is here, who is invited, and whose book goes to whom."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.people import people_list
from lib.ui.people.people_dialogs import PEOPLE_DIALOGS

person = require_person()
services = build_services(get_client_of_person(), person)
action_state.run_pending_command(services)
people_list.open_prepared_invitation(person)

people_list.draw_people_title(person)
buttons.draw_flash_message()
try:
    team = page_cache.load_for_page(session_keys.PEOPLE, services.people.fetch_team, skeleton_height=480)
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(session_keys.PEOPLE), key="people")
    st.stop()

page_cache.draw_cache_error(session_keys.PEOPLE, team, what="the list", time_zone=person.time_zone)
people_list.draw_people(team.value, person)
people_list.draw_invitations(team.value, person)
people_list.draw_recent_handovers(team.value, person)
page_cache.draw_refresh_footer(session_keys.PEOPLE, team, time_zone=person.time_zone)
dialogs.draw_open_dialog(ActionSource.PEOPLE, page_dialogs=PEOPLE_DIALOGS)
