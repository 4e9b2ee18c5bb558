"""The renewals of the forecast as a file."""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial

import streamlit as st

from lib.files.spreadsheet_writer import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE
from lib.forecasts.export import export_forecast_csv, export_forecast_xlsx
from lib.forecasts.model import Forecast, ForecastView
from lib.services import Services
from lib.text.format import format_count
from lib.ui.session_keys import forecast_button_key


def draw_export(forecast: Forecast, view: ForecastView, services: Services) -> None:
    """Two files of all renewals that match, each made once it is asked for."""
    if not forecast.total:
        return
    with st.popover("Export", icon=":material/download:", type="tertiary"):
        st.caption(f"{format_count(forecast.total, 'renewal')} with the three calls.")
        xlsx = partial(export_forecast_xlsx, services.forecasts, view)
        _draw_download("Workbook (XLSX)", "forecast.xlsx", XLSX_MEDIA_TYPE, xlsx)
        csv = partial(export_forecast_csv, services.forecasts, view)
        _draw_download("CSV", "forecast.csv", CSV_MEDIA_TYPE, csv)


def _draw_download(label: str, name: str, media_type: str, build: Callable[[], bytes]) -> None:
    # Streamlit makes the file in another thread, which would not know how the company writes money.
    st.download_button(
        label,
        partial(copy_context().run, build),
        name,
        media_type,
        key=forecast_button_key("export", name),
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
