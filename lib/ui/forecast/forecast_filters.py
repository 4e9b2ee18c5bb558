"""Whose renewals, of which segment, quarter and state; the address is the only place they are kept."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from lib.customers.model import SEGMENT_LABELS
from lib.forecasts.model import STATE_LABELS, Forecast
from lib.text.truncate import single_line
from lib.ui.forecast.forecast_url import ForecastTab, ForecastUrl, change_forecast_url, with_forecast_view
from lib.ui.session_keys import forecast_filter_key
from lib.ui.widget_values import number_duplicate_labels

ALL_QUARTERS = "All four quarters"
TABS: Mapping[ForecastTab, str] = {
    "renewals": "Renewals",
    "moves": "What moved",
    "record": "Track record",
    "retention": "Retention",
}


def draw_forecast_filters(forecast: Forecast, address: ForecastUrl, *, leads_team: bool) -> None:
    """The owner for leaders; the segment and the state of the renewals."""
    view = address.view
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="forecast_filters"):
        if leads_team:
            names = number_duplicate_labels([single_line(each.name) for each in forecast.owners])
            owners = dict(zip((each.id for each in forecast.owners), names, strict=True))
            owners = {"team": "All owners", "mine": "My renewals"} | owners
            owners.setdefault(view.owner or "team", "Somebody without customers")
            _draw_filter_select("Owner", "owner", owners, view.owner, leads_team)
        if address.tab != "renewals":
            return
        _draw_filter_select("Segment", "segment", {None: "All segments", **SEGMENT_LABELS}, view.segment, leads_team)
        _draw_filter_select("State", "state", {None: "Open and decided"} | dict(STATE_LABELS), view.state, leads_team)


def draw_forecast_tabs(address: ForecastUrl, *, leads_team: bool) -> None:
    """Which part of the forecast is shown; the address keeps it."""
    key = forecast_filter_key("tab")
    st.session_state[key] = address.tab
    st.segmented_control(
        "Show", list(TABS), key=key, required=True, format_func=TABS.__getitem__, label_visibility="collapsed",
        on_change=change_forecast_url_part, args=("tab", key, leads_team),
    )  # fmt: skip


def change_forecast_url_part(name: str, key: str, leads_team: bool) -> None:
    """A callback: a part of the address becomes what its widget holds."""
    chosen = {name: st.session_state[key]}
    change_forecast_url(lambda address: replace(address, first=0, **chosen), leads_team=leads_team)


def draw_quarter_choice(forecast: Forecast, address: ForecastUrl, *, leads_team: bool) -> None:
    """The rows of all four quarters, or of one of them."""
    labels: dict[date | None, str] = {None: ALL_QUARTERS}
    labels |= {quarter.starts_on: quarter.label for quarter in forecast.quarters}
    labels.setdefault(address.view.quarter, "Another quarter")
    key = forecast_filter_key("quarter")
    st.session_state[key] = address.view.quarter
    st.segmented_control(
        "Quarter", list(labels), key=key, required=True, format_func=labels.__getitem__, label_visibility="collapsed",
        on_change=_apply_view_change, args=("quarter", key, leads_team),
    )  # fmt: skip


def _draw_filter_select(label: str, name: str, labels: Mapping[Any, str], chosen: Any, leads_team: bool) -> None:
    key = forecast_filter_key(name)
    st.session_state[key] = chosen
    find_label: Callable[[Any], str] = lambda value: labels.get(value, "")  # noqa: E731
    st.selectbox(
        label, list(labels), key=key, format_func=find_label, label_visibility="collapsed", width=220,
        # To Streamlit None is nothing chosen, and its words the placeholder.
        placeholder=labels.get(None), on_change=_apply_view_change, args=(name, key, leads_team),
    )  # fmt: skip


def _apply_view_change(name: str, key: str, leads_team: bool) -> None:
    """A callback."""
    chosen = {name: st.session_state[key]}
    change_forecast_url(lambda address: with_forecast_view(address, **chosen), leads_team=leads_team)
