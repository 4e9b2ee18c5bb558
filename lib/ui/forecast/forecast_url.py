"""What the page of the forecast shows, kept in its query parameters alone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, get_args

import streamlit as st

from lib.customers.model import SEGMENT_LABELS
from lib.forecasts.forecast_moves import ForecastCall
from lib.forecasts.model import PAGE_ROWS, ForecastState, ForecastView

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_FIRST = re.compile(r"[0-9]{1,6}")


ForecastTab = Literal["renewals", "moves", "record", "retention"]


@dataclass(frozen=True, kw_only=True)
class ForecastUrl:
    """`first` counts the rows before those shown; `call` and `week` (its Monday, None: the latest) are those of moves.

    `unread` names the parameters that mean nothing.
    """

    view: ForecastView = field(default_factory=ForecastView)
    tab: ForecastTab = "renewals"
    call: ForecastCall = ForecastCall.COMPUTED
    week: date | None = None
    first: int = 0
    unread: tuple[str, ...] = ()


def parse_forecast_url(params: Mapping[str, str], *, leads_team: bool) -> ForecastUrl:
    """What an address shows. What cannot be read is left out and named."""
    unread = [name for name in params if name not in _READERS and name != "from"]

    def read(name: str) -> Any:
        text = params.get(name) or ""
        value = _READERS[name](text) if text else None
        if text and value is None:
            unread.append(name)
        return value

    owner = read("owner") or ("team" if leads_team else "mine")
    view = ForecastView(owner=owner, segment=read("segment"), quarter=read("quarter"), state=read("state"))
    first = params.get("from") or "0"
    return ForecastUrl(
        view=view,
        tab=read("show") or "renewals",
        call=read("call") or ForecastCall.COMPUTED,
        week=read("week"),
        first=int(first) if _FIRST.fullmatch(first) else 0,
        unread=tuple(sorted(unread)),
    )


def build_forecast_query_params(address: ForecastUrl, *, leads_team: bool) -> dict[str, str]:
    """The parameters of an address, without those that say what is shown anyway."""
    view = address.view
    given = {
        "owner": None if view.owner == ("team" if leads_team else "mine") else view.owner,
        "segment": view.segment,
        "quarter": view.quarter,
        "state": view.state,
        "from": address.first or None,
        "show": None if address.tab == "renewals" else address.tab,
        "call": None if address.call is ForecastCall.COMPUTED else address.call.value,
        "week": address.week,
    }
    return {name: str(value) for name, value in given.items() if value is not None}


def change_forecast_url(change: Callable[[ForecastUrl], ForecastUrl], *, leads_team: bool) -> None:
    """For callbacks: change what the address shows; the page follows it."""
    address = parse_forecast_url(st.query_params, leads_team=leads_team)
    st.query_params.from_dict(build_forecast_query_params(change(address), leads_team=leads_team))


def with_forecast_view(address: ForecastUrl, **changes: Any) -> ForecastUrl:
    """The address with another part of its view, from its first row."""
    return replace(address, first=0, view=replace(address.view, **changes))


def with_forecast_page(address: ForecastUrl, place: int) -> ForecastUrl:
    """The address `place` pages further."""
    return replace(address, first=max(0, address.first + place * PAGE_ROWS))


def _parse_owner_param(text: str) -> str | None:
    return text if text in ("mine", "team") or _UUID.fullmatch(text) else None


def _parse_day_param(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "owner": _parse_owner_param,
    "segment": lambda text: text if text in SEGMENT_LABELS else None,
    "quarter": _parse_day_param,
    "state": lambda text: text if text in get_args(ForecastState) else None,
    "show": lambda text: text if text in get_args(ForecastTab) else None,
    "call": lambda text: ForecastCall(text) if text in set(ForecastCall) else None,
    "week": _parse_day_param,
}
