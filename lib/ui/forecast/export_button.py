"""The renewals of the forecast as a file."""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial

import streamlit as st

from lib.files.dated_export import build_dated_filename
from lib.files.spreadsheet_writer import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE
from lib.forecasts.export import export_forecast_csv, export_forecast_xlsx
from lib.forecasts.model import Forecast, ForecastView
from lib.forecasts.repository import ForecastRepository
from lib.services import Services
from lib.text.format import format_count
from lib.ui.session_keys import forecast_button_key


def draw_export(forecast: Forecast, view: ForecastView, services: Services) -> None:
    """Two files of all renewals that match, each made once it is asked for."""
    if not forecast.total:
        return
    with st.popover("Export", icon=":material/download:", type="tertiary"):
        st.caption(f"{format_count(forecast.total, 'renewal')} with the three calls.")
        _draw_download("Workbook (XLSX)", "xlsx", XLSX_MEDIA_TYPE, export_forecast_xlsx, view, services)
        _draw_download("CSV", "csv", CSV_MEDIA_TYPE, export_forecast_csv, view, services)


def _draw_download(
    label: str,
    extension: str,
    media_type: str,
    export: Callable[[ForecastRepository, ForecastView, str], bytes],
    view: ForecastView,
    services: Services,
) -> None:
    time_zone = services.person.time_zone
    # Streamlit makes the file in another thread, which would not know how the company writes money.
    st.download_button(
        label,
        partial(copy_context().run, export, services.forecasts, view, time_zone),
        build_dated_filename("forecast", extension, time_zone),
        media_type,
        key=forecast_button_key("export", extension),
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
