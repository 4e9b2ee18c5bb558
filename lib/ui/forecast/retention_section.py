"""Gross and net retention: over the year to today, and as each call expects it; beside the benchmark."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from lib.content.model import Cell, Column, ColumnKind, Table
from lib.customers.model import SEGMENT_LABELS
from lib.forecasts.retention_model import BENCHMARK_SOURCE, Retention, RetentionGroup, compute_percent_of_whole
from lib.services import Services
from lib.text.format import format_count, format_date, format_percent
from lib.text.html import Html
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, tables
from lib.ui.forecast.forecast_tab_loader import load_forecast_tab
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import FORECAST_RETENTION

ALL = "All"
DEFINITIONS = (
    "Gross retention (GRR): of the ARR at the start, the part still there at the end; growth of a customer does not "
    "count. Net retention (NRR): the ARR of the same customers at the end, growth included, as a part of the start. "
    "Customers won in between are left out. A renewal without a call is left out of that call's figures."
)
_NOTE = Html('<p class="zen-small zen-muted">{}</p>')
_SHARES = (
    ("computed", "Computed", "computed", "base"),
    ("csm", "CSM's call", "csm", "csm_base"),
    ("leader", "Manager's call", "leader", "leader_base"),
)


def load_retention(services: Services, owner: str | None) -> Retention:
    """The retention of these owners. One request, none within a minute."""
    return load_forecast_tab(FORECAST_RETENTION, owner, lambda: services.forecasts.fetch_retention(owner))


def draw_retention(retention: Retention) -> None:
    """To date beside the benchmark, then as forecast; of all, by segment and by CSM."""
    if not retention.groups:
        text = "Retention is measured on contracts. Customers with a contract in force appear here."
        empty_and_error_states.draw_empty_state("Nothing to measure yet", text, icon=":material/percent:")
        return
    st.markdown(f"#### To date: {format_date(retention.since)} to {format_date(retention.today)}")
    tables.draw_table(build_retention_to_date_table(retention.groups), key="forecast_to_date")
    st.markdown(f"#### Forecast: {format_date(retention.today)} to {format_date(retention.until)}")
    tables.draw_table(build_retention_forecast_table(retention.groups), key="forecast_retention")
    draw_html(_NOTE.format(DEFINITIONS))


def build_retention_to_date_table(groups: Sequence[RetentionGroup]) -> Table:
    """What was kept of the ARR a year ago, beside what the benchmark would be for the same customers."""
    rows = [
        {
            "group": name_retention_group(group),
            "customers": group.customers,
            "arr": group.arr_then,
            "grr": _format_share(group.kept_now, group.arr_then),
            "grr_benchmark": _format_share(group.benchmark_kept, group.arr_then),
            "nrr": _format_share(group.arr_now, group.arr_then),
            "nrr_benchmark": _format_share(group.benchmark_now, group.arr_then),
        }
        for group in groups
    ]
    return Table(
        columns=(
            Column(key="group", label=""),
            Column(key="customers", label="Customers", kind=ColumnKind.NUMBER),
            Column(key="arr", label="ARR at the start", kind=ColumnKind.MONEY),
            Column(key="grr", label="GRR"),
            Column(key="grr_benchmark", label="Benchmark GRR"),
            Column(key="nrr", label="NRR"),
            Column(key="nrr_benchmark", label="Benchmark NRR"),
        ),
        rows=tuple(rows),
        source=f"contracts; benchmark: {BENCHMARK_SOURCE}",
    )


def build_retention_forecast_table(groups: Sequence[RetentionGroup]) -> Table:
    """What each call expects to be left of today's ARR; "1 not called" where a renewal has none."""
    columns = [Column(key="group", label=""), Column(key="base", label="ARR today", kind=ColumnKind.MONEY)]
    for key, label, *_ in _SHARES:
        columns += [Column(key=f"{key}_grr", label=f"GRR, {label}"), Column(key=f"{key}_nrr", label=f"NRR, {label}")]
    columns.append(Column(key="missing", label="Not called"))
    rows = tuple(_build_retention_forecast_row(group) for group in groups)
    source = "contracts, completed renewals and calls; ARR not due in the four quarters counts as kept"
    return Table(columns=tuple(columns), rows=rows, source=source)


def name_retention_group(group: RetentionGroup) -> str:
    """A segment, an owner, or all."""
    if group.segment is not None:
        return SEGMENT_LABELS.get(group.segment, group.segment)
    return single_line(group.owner_name or "A former colleague") if group.owner_id is not None else ALL


def _build_retention_forecast_row(group: RetentionGroup) -> Mapping[str, Cell]:
    row: dict[str, Cell] = {"group": name_retention_group(group), "base": group.base}
    for key, _, call, base in _SHARES:
        start = getattr(group, base)
        row[f"{key}_grr"] = _format_share(getattr(group, f"kept_{call}"), start)
        row[f"{key}_nrr"] = _format_share(getattr(group, call), start)
    missing = [
        format_count(count, noun, noun)
        for count, noun in ((group.csm_missing, "by the CSM"), (group.leader_missing, "by a manager"))
        if count
    ]
    row["missing"] = ", ".join(missing) or "none"
    return row


def _format_share(part: Decimal | None, whole: Decimal | None) -> str | None:
    share = compute_percent_of_whole(part, whole)
    return format_percent(share) if share is not None else None
