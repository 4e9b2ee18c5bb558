"""The track record: how right each call was on renewals that are decided, with how many, and how sure that is."""

from decimal import Decimal

import streamlit as st

from lib.content.model import Column, ColumnKind, Table
from lib.forecasts.forecast_moves import CALL_LABELS
from lib.forecasts.model import CATEGORY_LABELS
from lib.forecasts.track_record import CallScore, CategoryRecord, TrackRecord
from lib.services import Services
from lib.text.format import format_count, format_decimal, format_percent
from lib.text.html import Html
from lib.text.share_interval import compute_wilson_interval
from lib.ui import empty_and_error_states, tables
from lib.ui.forecast.forecast_tab_loader import load_forecast_tab
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import FORECAST_RECORD

COIN_TOSS = Decimal("0.25")
SOURCE = "closed renewals against the last call before each was decided; for Computed the last snapshot before"
TOO_FEW = "too few to tell"
DEFINITIONS = (
    "Brier score: the mean squared difference between what a call claimed and what happened, 0 at best and 0.25 for a "
    "coin toss; ± is its standard error. Commit claims 95% to renew, likely 75%, doubtful 35%, lost 5%; Computed "
    "claims its share, here by tenths. Renewed for less is renewed."
)
_NOTE = Html('<p class="zen-small zen-muted">{}</p>')
_WARNING = Html('<p class="zen-warning">{}</p>')


def load_track_record(services: Services, owner: str | None) -> TrackRecord:
    """The record of these owners. One request, none within a minute."""
    return load_forecast_tab(FORECAST_RECORD, owner, lambda: services.forecasts.fetch_track_record(owner))


def draw_track_record(record: TrackRecord) -> None:
    """The score of each call, and how many of each category renewed; no claim from too few."""
    if not record.scores:
        text = "Once renewals that were called are decided, this shows how accurate the calls were."
        if record.closed:
            text += f" {format_count(record.closed, 'renewal')} closed so far, none of them with a call before."
        empty_and_error_states.draw_empty_state("No calls to check yet", text, icon=":material/rule:")
        return
    if any(score.renewals < record.least_experience for score in record.scores):
        few = f"Fewer than {record.least_experience} renewals: too few to draw conclusions."
        draw_html(_WARNING.format(few))
    tables.draw_table(build_score_table(record), key="forecast_scores")
    st.markdown("#### By category")
    tables.draw_table(build_category_table(record), key="forecast_categories")
    draw_html(_NOTE.format(DEFINITIONS))


def build_score_table(record: TrackRecord) -> Table:
    """A row for each call, with its Brier score where there are enough renewals to draw conclusions."""
    return Table(
        title="How accurate each call was",
        columns=(
            Column(key="call", label="Call"),
            Column(key="renewals", label="Closed renewals", kind=ColumnKind.NUMBER),
            Column(key="renewed", label="Renewed", kind=ColumnKind.NUMBER),
            Column(key="brier", label="Brier score"),
            Column(key="verdict", label="Compared with a coin toss (0.25)"),
        ),
        rows=tuple(
            _build_score_row(score, record.least_experience)
            for score in sorted(record.scores, key=lambda each: list(CALL_LABELS).index(each.call))
        ),
        source=f"{SOURCE}; {format_count(record.closed, 'renewal')} closed in all",
    )


def _build_score_row(score: CallScore, least: int) -> dict[str, str | int]:
    row: dict[str, str | int] = {"call": CALL_LABELS[score.call], "renewals": score.renewals, "renewed": score.renewed}
    if score.renewals < least or score.standard_error is None:
        return row | {"brier": "", "verdict": TOO_FEW}
    brier = f"{format_decimal(score.brier)} ± {format_decimal(score.standard_error)}"
    return row | {"brier": brier, "verdict": "better" if score.brier < COIN_TOSS else "no better"}


def build_category_table(record: TrackRecord) -> Table:
    """A row for each call and category, or tenth: what it claims, what came of it, the 95% interval of that share."""
    return Table(
        columns=(
            Column(key="call", label="Call"),
            Column(key="category", label="Category"),
            Column(key="claim", label="Claims to renew"),
            Column(key="renewals", label="Closed renewals", kind=ColumnKind.NUMBER),
            Column(key="share", label="Renewed"),
            Column(key="interval", label="95% interval (Wilson)"),
            Column(key="verdict", label="Claim"),
        ),
        rows=tuple(_build_category_row(each, record.least_experience) for each in record.categories),
        source=SOURCE,
        empty="No category was called before a decision.",
    )


def _build_category_row(each: CategoryRecord, least: int) -> dict[str, str | int]:
    low, high = compute_wilson_interval(each.renewed, each.renewals)
    verdict = "holds" if low <= float(each.claim) <= high else "does not hold"
    return {
        "call": CALL_LABELS[each.call],
        "category": CATEGORY_LABELS.get(each.category) or _label_tenth(each.category),
        "claim": format_percent(each.claim * 100),
        "renewals": each.renewals,
        "share": f"{each.renewed:,} of {each.renewals:,}",
        "interval": f"{format_percent(round(low * 100))} to {format_percent(round(high * 100))}",
        "verdict": TOO_FEW if each.renewals < least else verdict,
    }


def _label_tenth(start: str) -> str:
    """ "90% to 100%" for the tenth that begins with "90%"."""
    return f"{start} to {int(start.rstrip('%')) + 10}%"
