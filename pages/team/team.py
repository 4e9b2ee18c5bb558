"""The team: what each member has, what is ahead, what is stuck and why."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.people.people_dialogs import PEOPLE_DIALOGS
from lib.ui.session_keys import TEAM
from lib.ui.team import team_filter, team_page
from lib.ui.team.team_url import parse_team_view

person = require_person()
services = build_services(get_client_of_person(), person)
team_name = team_filter.parse_team_param(st.query_params)
action_state.run_pending_command(services)

st.markdown("# Team")
buttons.draw_flash_message()
try:
    team = team_filter.load_team_overview(services, team_name)
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(TEAM), key="team")
    st.stop()

page_cache.draw_cache_error(TEAM, team, what="the team", time_zone=person.time_zone)
team_filter.draw_team_filter(team.value, team_name)
try:
    team_page.draw_team_members(team.value, parse_team_view(st.query_params), services)
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(TEAM), key="team_rows")
page_cache.draw_refresh_footer(TEAM, team, time_zone=person.time_zone)
dialogs.draw_open_dialog(ActionSource.TEAM, page_dialogs=PEOPLE_DIALOGS)
