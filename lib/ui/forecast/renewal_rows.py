"""The renewals of the forecast, one by one, each with its three calls."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.customers.health_band_tones import HEALTH_BAND_TONES
from lib.customers.model import HEALTH_BAND_LABELS
from lib.forecasts.forecast_call_evidence import describe_unmet_evidence
from lib.forecasts.model import (
    CATEGORY_LABELS,
    OUTCOME_LABELS,
    CallLevel,
    Forecast,
    ForecastRow,
)
from lib.text.format import NO_DATA, format_date, format_money, format_percent, join_names
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, theme
from lib.ui.actions.action_state import open_dialog
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.forecast.forecast_url import ForecastUrl, change_forecast_url, with_forecast_page
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.session_keys import forecast_button_key
from lib.ui.url_pager import draw_page_buttons

BENCHMARK_SOURCE = "SaaS Capital 2023, median gross retention for this ARR"
DIALOG_KINDS: dict[CallLevel, DialogKind] = {CallLevel.CSM: "csm_call", CallLevel.LEADER: "leader_call"}
_ROW = Html(
    '<p><strong dir="auto">{}</strong> · {} <span class="zen-muted">{}</span></p><div class="zen-facts">{}</div>{}'
)
_FACT = Html('<div><p class="zen-small zen-muted">{}</p><p class="{}">{}</p>{}</div>')
_NOTE = Html('<p class="zen-small zen-muted">{}</p>')
_UNMET = Html('<p class="zen-small zen-warning">{}</p>')


def draw_forecast_renewals(forecast: Forecast, address: ForecastUrl, *, leads_team: bool) -> None:
    """The rows of a page and its pager, or why there are none."""
    if not forecast.rows:
        empty_and_error_states.draw_empty_state(
            "No renewal matches", "Change the filters to see more.", icon=":material/filter_alt_off:"
        )
        return
    for row in forecast.rows:
        with draw_row_with_buttons(build_renewal_row_html(row, forecast), key=f"renewal.{row.contract_id}"):
            _draw_call_buttons(row, leads_team=leads_team)
    _draw_renewals_pager(forecast, address, leads_team=leads_team)


def build_renewal_row_html(row: ForecastRow, forecast: Forecast) -> Html:
    """The customer, the renewal date, and what is known and expected of it."""
    name = build_customer_link_html(row.customer_id, single_line(row.customer_name))
    unmet = Html("").join(
        _UNMET.format(f"{label} lacks evidence: {join_names(describe_unmet_evidence(codes))}.")
        for label, codes in (("CSM's call", row.csm_unmet), ("Manager's call", row.leader_unmet))
        if codes and row.outcome is None
    )
    return _ROW.format(
        name, describe_renewal_date(row, forecast), f"· {single_line(row.owner_name)}",
        Html("").join(_list_renewal_facts(row, forecast)), unmet,
    )  # fmt: skip


def describe_renewal_date(row: ForecastRow, forecast: Forecast) -> str:
    """ "renews 12 Mar 2027", "renewed for less, 3 Nov 2026", "overdue since 1 Nov 2026"."""
    if row.outcome is not None:
        return f"{OUTCOME_LABELS[row.outcome]}, {format_date(row.decided_on)}"
    word = "overdue since" if row.renews_on < forecast.today else "renews"
    return f"{word} {format_date(row.renews_on)}"


def describe_renewal_call(row: ForecastRow, level: CallLevel) -> str | None:
    """ "Likely · $45,000"; None without a call."""
    category = row.csm_category if level is CallLevel.CSM else row.leader_category
    value = row.csm if level is CallLevel.CSM else row.leader
    return f"{CATEGORY_LABELS[category]} · {format_money(value)}" if category is not None else None


def describe_renewal_share(row: ForecastRow, least: int) -> str:
    """ "93%, benchmark; 7 of 9 like it" with too few renewals of one's own, "88% of 34 like it" with enough."""
    share = format_percent(row.share * 100)
    if row.share_n >= least:
        return f"{share} of {row.share_n:,} like it"
    own = f"{row.share_renewed:,} of {row.share_n:,} like it" if row.share_n else "none like it yet"
    return f"{share}, benchmark; {own}"


def _list_renewal_facts(row: ForecastRow, forecast: Forecast) -> list[Html]:
    arr = _build_fact_html("ARR", format_money(row.arr))
    if row.outcome is not None:
        return [arr, _build_fact_html("ARR now", format_money(row.computed))]
    health = theme.build_badge_html(HEALTH_BAND_LABELS[row.band], HEALTH_BAND_TONES[row.band]) if row.band else None
    share = describe_renewal_share(row, forecast.least_experience)
    return [
        arr,
        _build_fact_html("Health", health, missing=NO_DATA),
        _build_fact_html("Computed", format_money(row.computed), note=share),
        _build_fact_html("CSM's call", describe_renewal_call(row, CallLevel.CSM), missing="none yet"),
        _build_fact_html("Manager's call", describe_renewal_call(row, CallLevel.LEADER), missing="none yet"),
    ]


def _build_fact_html(label: str, value: str | Html | None, *, missing: str = "", note: str = "") -> Html:
    """A label, its value or quietly what is missing, and a note below it."""
    css = "zen-muted" if value is None else "zen-strong"
    return _FACT.format(label, css, missing if value is None else value, _NOTE.format(note) if note else Html(""))


def _draw_call_buttons(row: ForecastRow, *, leads_team: bool) -> None:
    """The calls one may give: the owner and their deputies the CSM's, leaders the manager's."""
    if row.outcome is not None:
        return
    levels = [CallLevel.CSM] if row.is_own else []
    levels += [CallLevel.LEADER] if leads_team else []
    for level in levels:
        label = "Make a call" if len(levels) == 1 else "CSM's call" if level is CallLevel.CSM else "Manager's call"
        st.button(
            label,
            key=forecast_button_key(level, row.contract_id),
            type="tertiary",
            icon=":material/campaign:",
            help=f"{label} for {escape_markdown(single_line(row.customer_name))}",
            on_click=open_dialog,
            args=(DIALOG_KINDS[level], ActionSource.FORECAST, build_call_target(row, level)),
        )


def build_call_target(row: ForecastRow, level: CallLevel) -> ActionTarget:
    """The renewal, for the dialog; with the revision of the call that was seen."""
    revision = row.csm_revision if level is CallLevel.CSM else row.leader_revision
    return ActionTarget(
        customer_name=row.customer_name,
        customer_id=row.customer_id,
        row_id=row.contract_id,
        row_revision=revision or 0,
        due_on=row.renews_on,
    )


def _draw_renewals_pager(forecast: Forecast, address: ForecastUrl, *, leads_team: bool) -> None:
    draw_page_buttons(
        first=address.first,
        shown=len(forecast.rows),
        total=forecast.total,
        noun="renewal",
        build_key=forecast_button_key,
        turn=lambda pages: change_forecast_url(lambda now: with_forecast_page(now, pages), leads_team=leads_team),
    )


def draw_benchmark_note(forecast: Forecast) -> None:
    """How the computed call is made, and where the benchmark comes from."""
    text = (
        "Computed: the ARR times the share that renewed of this company's closed renewals of the same segment and "
        f"health. With fewer than {forecast.least_experience}, a benchmark is used instead: {BENCHMARK_SOURCE}."
    )
    draw_html(Html('<p class="zen-small zen-muted">{}</p>').format(text))
