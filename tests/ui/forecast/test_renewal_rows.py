"""A renewal's row: what is known stands out, what is missing is said quietly."""

from dataclasses import replace
from datetime import date

from lib.forecasts.model import Forecast, ForecastRow
from lib.ui.forecast.renewal_rows import build_renewal_row_html
from tests.forecasts.test_export import ROW

FORECAST = Forecast(today=date(2026, 11, 30), quarters=(), rows=(), total=1, owners=(), least_experience=20)


def draw_row(row: ForecastRow) -> str:
    return str(build_renewal_row_html(row, FORECAST))


def test_a_call_stands_out_and_a_missing_one_does_not() -> None:
    html = draw_row(ROW)
    assert '<p class="zen-strong">Likely · $50,000</p>' in html
    assert '<p class="zen-muted">none yet</p>' in html
    assert '<p class="zen-muted">no data</p>' in html  # health
    assert 'zen-strong">none yet' not in html


def test_what_the_computed_call_comes_from_stands_below_it() -> None:
    html = draw_row(replace(ROW, share_n=2, share_renewed=2))
    assert '<p class="zen-strong">$55,800</p><p class="zen-small zen-muted">93%, benchmark; 2 of 2 like it</p>' in html
