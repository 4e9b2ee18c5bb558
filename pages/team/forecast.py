"""The forecast: what renews in four quarters, by what was seen before, by the CSM and by the manager."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.forecast import forecast_page
from lib.ui.forecast.forecast_call_dialog import CALL_DIALOGS
from lib.ui.forecast.forecast_url import parse_forecast_url
from lib.ui.session_keys import FORECAST

person = require_person()
services = build_services(get_client_of_person(), person)
address = parse_forecast_url(st.query_params, leads_team=person.role.leads_team)
action_state.run_pending_command(services)

st.markdown("# Forecast")
buttons.draw_flash_message()
forecast_page.draw_unread_forecast_url(address)
try:
    forecast = forecast_page.load_forecast(services, address)
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(FORECAST), key="forecast")
    st.stop()

page_cache.draw_cache_error(FORECAST, forecast, what="the forecast", time_zone=person.time_zone)
forecast_page.draw_forecast(forecast.value, address, services)
page_cache.draw_refresh_footer(FORECAST, forecast, time_zone=person.time_zone)
dialogs.draw_open_dialog(ActionSource.FORECAST, page_dialogs=CALL_DIALOGS)
