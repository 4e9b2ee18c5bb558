"""The page of the forecast, from top to bottom."""

import streamlit as st

from lib.errors import ZenError
from lib.forecasts.model import Forecast
from lib.services import Services
from lib.ui import empty_and_error_states, page_cache
from lib.ui.forecast import (
    export_button,
    forecast_filters,
    moves_section,
    quarter_summary,
    renewal_rows,
    retention_section,
    track_record_section,
)
from lib.ui.forecast.forecast_url import ForecastUrl
from lib.ui.page_cache import Cached
from lib.ui.session_keys import FORECAST, FORECAST_MOVES, FORECAST_RECORD, FORECAST_RETENTION
from lib.ui.url_pager import draw_unread_parts

PART_KEYS = {"moves": FORECAST_MOVES, "record": FORECAST_RECORD, "retention": FORECAST_RETENTION}


def load_forecast(services: Services, address: ForecastUrl) -> Cached[Forecast]:
    """The quarters and rows of an address. One request, none within a minute."""
    page_cache.drop_value_of_other_subject(FORECAST, (address.view, address.first))
    fetch = lambda: services.forecasts.fetch_forecast(address.view, first=address.first)  # noqa: E731
    return page_cache.load_for_page(FORECAST, fetch, skeleton_height=640)


def draw_unread_forecast_url(address: ForecastUrl) -> None:
    """What of the address could not be read, in a sentence."""
    draw_unread_parts(address.unread, "the forecast")


def draw_forecast(forecast: Forecast, address: ForecastUrl, services: Services) -> None:
    """Whose, which part of it, and that part."""
    leads_team = services.person.role.leads_team
    forecast_filters.draw_forecast_tabs(address, leads_team=leads_team)
    forecast_filters.draw_forecast_filters(forecast, address, leads_team=leads_team)
    try:
        _draw_chosen_tab(forecast, address, services)
    except ZenError as error:
        retry = lambda: page_cache.invalidate(PART_KEYS.get(address.tab, FORECAST))  # noqa: E731
        empty_and_error_states.draw_error(error, retry=retry, key="forecast_part")


def _draw_chosen_tab(forecast: Forecast, address: ForecastUrl, services: Services) -> None:
    leads_team = services.person.role.leads_team
    match address.tab:
        case "renewals":
            _draw_renewals(forecast, address, services)
        case "moves":
            moves = moves_section.load_forecast_moves(services, address)
            moves_section.draw_forecast_moves(moves, address, leads_team=leads_team)
        case "record":
            track_record_section.draw_track_record(track_record_section.load_track_record(services, address.view.owner))
        case "retention":
            retention_section.draw_retention(retention_section.load_retention(services, address.view.owner))


def _draw_renewals(forecast: Forecast, address: ForecastUrl, services: Services) -> None:
    """The quarters, the rows of those chosen, and how the computed call is made."""
    leads_team = services.person.role.leads_team
    if not any(quarter.renewals for quarter in forecast.quarters):
        text = "Customers whose contract ends within four fiscal quarters appear here."
        empty_and_error_states.draw_empty_state("Nothing is due", text, icon=":material/event_available:")
        return
    quarter_summary.draw_quarter_summary(forecast)
    st.markdown("## Renewals")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        forecast_filters.draw_quarter_choice(forecast, address, leads_team=leads_team)
        export_button.draw_export(forecast, address.view, services)
    renewal_rows.draw_forecast_renewals(forecast, address, leads_team=leads_team)
    renewal_rows.draw_benchmark_note(forecast)
