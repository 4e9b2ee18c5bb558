"""What moved the forecast since a week's snapshot: a sentence, a waterfall, and the renewals of each cause."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

import streamlit as st

from lib.content.model import Chart, ChartKind, Column, ColumnKind, Point, Series, Table
from lib.forecasts.forecast_moves import CALL_LABELS, CAUSE_LABELS, CAUSE_RULES, ForecastCall, ForecastMoves, MoveCause
from lib.services import Services
from lib.text.format import WEEKDAY_NAMES, format_change, format_count, format_date, format_money, join_names
from lib.text.html import Html
from lib.text.regional_format import RegionalFormat, get_regional_format
from lib.text.truncate import single_line
from lib.ui import charts, empty_and_error_states, tables
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.forecast.forecast_filters import change_forecast_url_part
from lib.ui.forecast.forecast_tab_loader import load_forecast_tab
from lib.ui.forecast.forecast_url import ForecastUrl
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import FORECAST_MOVES, forecast_filter_key

SOURCE = "the weekly snapshot, and the forecast as it stands now"
_CAUSE = Html(
    '<details><summary><strong>{}</strong> {} · <span class="zen-muted">{}</span></summary>'
    '<p class="zen-small zen-muted">{}</p>{}{}</details>'
)
_TABLE = Html(
    '<div class="zen-table"><table><thead><tr><th class="zen-words">Customer</th><th class="zen-number">Then</th>'
    '<th class="zen-number">Now</th><th class="zen-number">By this</th></tr></thead><tbody>{}</tbody></table></div>'
)
_ROW = Html(
    '<tr><td class="zen-words"><span dir="auto">{}</span></td><td class="zen-number">{}</td>'
    '<td class="zen-number">{}</td><td class="zen-number">{}</td></tr>'
)
_MORE = Html('<p class="zen-small zen-muted">{}</p>')


def load_forecast_moves(services: Services, address: ForecastUrl) -> ForecastMoves:
    """The moves of an address. One request, none within a minute."""
    call, week, owner = address.call, address.week, address.view.owner
    fetch = lambda: services.forecasts.fetch_forecast_moves(call, week=week, owner=owner)  # noqa: E731
    return load_forecast_tab(FORECAST_MOVES, (call, week, owner), fetch)


def draw_forecast_moves(moves: ForecastMoves, address: ForecastUrl, *, leads_team: bool) -> None:
    """Which call since when, what moved it, and which weeks have no snapshot."""
    _draw_call_and_week_choice(moves, address, leads_team)
    missed = describe_missed_weeks(moves)
    if moves.value_was is None:
        _draw_no_snapshot(moves, address)
    else:
        st.markdown(f"#### {_escape_dollar(describe_forecast_difference(moves, address.call))}")
        if moves.causes:
            charts.draw_chart(
                build_moves_waterfall(moves),
                key="forecast_moves",
                rows=tables.build_table_rows_html(build_cause_table(moves)),
            )
            draw_html(_build_causes_html(moves.causes, get_regional_format()))
    if missed:
        draw_html(_MORE.format(missed))


def describe_forecast_difference(moves: ForecastMoves, call: ForecastCall) -> str:
    """ "Computed moved by -$38,400 since Monday, 30 Nov 2026: from $3,912,400 to $3,874,000."."""
    was, now, day = moves.value_was or Decimal(0), moves.value_now or Decimal(0), moves.day
    since = f"{WEEKDAY_NAMES[day.weekday()]}, {format_date(day)}" if day else ""
    if was == now and not moves.causes:
        return f"{CALL_LABELS[call]}: nothing has moved since {since}; {format_money(now)}."
    if was == now:
        return f"{CALL_LABELS[call]}: no net change since {since}; {format_money(now)}."
    by = format_change(now - was)
    return f"{CALL_LABELS[call]} moved by {by} since {since}: from {format_money(was)} to {format_money(now)}."


def describe_missed_weeks(moves: ForecastMoves) -> str:
    """The weeks in which no snapshot was taken, which nothing stands in for."""
    missed = [format_date(week.week_starts_on) for week in moves.weeks if week.day is None]
    if not missed:
        return ""
    shown = join_names(missed[:6]) + (f" and {len(missed) - 6} more" if len(missed) > 6 else "")
    noun = "week" if len(missed) == 1 else "weeks"
    return f"No snapshot in the {noun} of {shown}: the worker did not run then."


def build_moves_waterfall(moves: ForecastMoves) -> Chart:
    """A step for each cause, the largest first, and their sum."""
    steps = [(CAUSE_LABELS.get(each.cause, each.cause), each.step) for each in moves.causes]
    total = sum((step for _, step in steps), Decimal(0))
    points = [Point(x=label, y=float(step), label=format_change(step)) for label, step in [*steps, ("Moved", total)]]
    return Chart(
        title="Moved by cause",
        kind=ChartKind.WATERFALL,
        series=(Series(name="Moved", points=tuple(points)),),
        x_label="Cause",
        y_label="ARR",
        y_format="$,.2s",
        source=SOURCE,
    )


def build_cause_table(moves: ForecastMoves) -> Table:
    """The causes with their parts; they add up to the difference."""
    return Table(
        columns=(
            Column(key="cause", label="Cause"),
            Column(key="renewals", label="Renewals", kind=ColumnKind.NUMBER),
            Column(key="step", label="Moved", kind=ColumnKind.MONEY),
        ),
        rows=tuple(
            {"cause": CAUSE_LABELS.get(each.cause, each.cause), "renewals": each.renewals, "step": each.step}
            for each in moves.causes
        ),
    )


# Up to a hundred rows a cause; a rerun has the same ones most of the time. Money is written by the format.
@lru_cache(maxsize=64)
def _build_causes_html(causes: tuple[MoveCause, ...], _format: RegionalFormat) -> Html:
    return Html("").join(_build_cause_html(each) for each in causes)


def _build_cause_html(cause: MoveCause) -> Html:
    rows = Html("").join(
        _ROW.format(
            build_customer_link_html(row.customer_id, single_line(row.customer_name)),
            format_money(row.value_was),
            format_money(row.value_now),
            format_change(row.step),
        )
        for row in cause.rows
    )
    left = cause.renewals - len(cause.rows)
    more = _MORE.format(f"The {len(cause.rows)} largest; {format_count(left, 'more renewal')}.") if left else Html("")
    return _CAUSE.format(
        CAUSE_LABELS.get(cause.cause, cause.cause),
        format_change(cause.step),
        format_count(cause.renewals, "renewal"),
        CAUSE_RULES.get(cause.cause, ""),
        _TABLE.format(rows),
        more,
    )


def _draw_call_and_week_choice(moves: ForecastMoves, address: ForecastUrl, leads_team: bool) -> None:
    """One of the calls, and the week since which."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        key = forecast_filter_key("call")
        st.session_state[key] = address.call
        st.segmented_control(
            "Call", list(ForecastCall), key=key, required=True, format_func=CALL_LABELS.__getitem__,
            label_visibility="collapsed", on_change=change_forecast_url_part, args=("call", key, leads_team),
        )  # fmt: skip
        weeks = _label_weeks(moves, address)
        if len(weeks) < 2:
            return
        key = forecast_filter_key("week")
        st.session_state[key] = address.week
        st.selectbox(
            "Since", list(weeks), key=key, format_func=lambda week: weeks.get(week, ""), width=260,
            label_visibility="collapsed", placeholder=weeks[None],
            on_change=change_forecast_url_part, args=("week", key, leads_team),
        )  # fmt: skip


def _label_weeks(moves: ForecastMoves, address: ForecastUrl) -> Mapping[date | None, str]:
    labels: dict[date | None, str] = {None: "Since the latest snapshot"}
    for week in moves.weeks:
        name = f"Week of {format_date(week.week_starts_on)}"
        labels[week.week_starts_on] = name if week.day else f"{name}: no snapshot"
    labels.setdefault(address.week, f"Week of {format_date(address.week)}: no snapshot")
    return labels


def _draw_no_snapshot(moves: ForecastMoves, address: ForecastUrl) -> None:
    if address.week is not None:
        title = f"No snapshot in the week of {format_date(address.week)}"
        text = "What stood in the forecast then is not known. Choose another week."
    else:
        title = "No snapshot yet"
        text = "The worker takes one each week. From then on this says what moved, and why."
    empty_and_error_states.draw_empty_state(title, text, icon=":material/photo_camera:")


def _escape_dollar(text: str) -> str:
    return text.replace("$", "\\$")
