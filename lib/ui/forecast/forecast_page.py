"""The page of the forecast, from top to bottom."""

import streamlit as st

from lib.forecasts.model import Forecast
from lib.services import Services
from lib.text.html import Html
from lib.ui import page_cache
from lib.ui.forecast import forecast_filters, quarter_summary, renewal_rows
from lib.ui.forecast.forecast_address import ForecastAddress
from lib.ui.page_cache import Cached
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import FORECAST, FORECAST_SHOWN


def load_forecast(services: Services, address: ForecastAddress) -> Cached[Forecast]:
    """The quarters and rows of an address. One request, none within a minute."""
    shown = (address.view, address.first)
    if st.session_state.get(FORECAST_SHOWN) != shown:
        st.session_state.pop(FORECAST, None)
        st.session_state[FORECAST_SHOWN] = shown
    fetch = lambda: services.forecasts.fetch_forecast(address.view, first=address.first)  # noqa: E731
    return page_cache.load(FORECAST, fetch, skeleton_height=640)


def draw_address_problems(address: ForecastAddress) -> None:
    """What of the address could not be read, in a sentence."""
    if address.unread:
        names = ", ".join(name[:40] for name in address.unread[:5])
        text = f"Part of this link could not be read ({names}); the forecast is shown without it."
        draw_html(Html('<p class="zen-warning">{}</p>').format(text))


def draw_forecast(forecast: Forecast, address: ForecastAddress, services: Services) -> None:
    """Filters, the quarters, and the renewals."""
    leads_team = services.person.role.leads_team
    forecast_filters.draw_forecast_filters(forecast, address, leads_team=leads_team)
    quarter_summary.draw_quarter_summary(forecast)
    st.markdown("## Renewals")
    forecast_filters.draw_quarter_choice(forecast, address, leads_team=leads_team)
    renewal_rows.draw_renewals(forecast, address, leads_team=leads_team)
    renewal_rows.draw_prior_note(forecast)
