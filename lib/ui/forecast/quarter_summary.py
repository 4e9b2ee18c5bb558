"""The four quarters: how much is due, and what each call expects of it."""

from collections.abc import Sequence
from decimal import Decimal

from lib.content.model import Chart, ChartKind, Column, ColumnKind, Point, Series, Table
from lib.forecasts.model import Forecast, ForecastQuarter
from lib.text.format import format_count, format_money
from lib.text.html import Html
from lib.ui import charts, tables
from lib.ui.safe_text import draw_html

TOTAL = "Four quarters"
SOURCE = "contracts, completed renewal runs and calls; decided renewals count as they ended"
_COLUMNS = (
    Column(key="quarter", label="Quarter"),
    Column(key="renewals", label="Renewals", kind=ColumnKind.NUMBER),
    Column(key="arr", label="Due", kind=ColumnKind.MONEY),
    Column(key="decided", label="Decided", kind=ColumnKind.NUMBER),
    Column(key="kept", label="Kept of those", kind=ColumnKind.MONEY),
    Column(key="computed", label="Computed", kind=ColumnKind.MONEY),
    Column(key="csm", label="CSM's call", kind=ColumnKind.MONEY),
    Column(key="leader", label="Manager's call", kind=ColumnKind.MONEY),
)


def draw_quarter_summary(forecast: Forecast) -> None:
    """What is due in a sentence, a chart of the calls by quarter, and its table."""
    draw_html(Html("<p>{}</p>").format(describe_forecast_total(forecast.quarters)))
    missing = describe_missing_calls(forecast.quarters)
    if missing:
        draw_html(Html('<p class="zen-muted">{}</p>').format(missing))
    charts.draw_chart(
        build_quarter_chart(forecast.quarters),
        key="forecast_quarters",
        rows=tables.build_table_rows_html(build_quarter_table(forecast.quarters)),
    )


def describe_forecast_total(quarters: Sequence[ForecastQuarter]) -> str:
    """ "82 renewals with $4.1M ARR are due; 12 decided: $460,000 became $410,000."."""
    renewals, decided = sum(each.renewals for each in quarters), sum(each.decided for each in quarters)
    text = f"{format_count(renewals, 'renewal')} with {format_money(sum_over_quarters(quarters, 'arr'))} ARR due"
    if not decided:
        return f"{text}; none is decided yet."
    kept, of = (
        format_money(sum_over_quarters(quarters, "kept")),
        format_money(sum_over_quarters(quarters, "decided_arr")),
    )
    return f"{text}; {format_count(decided)} decided: {of} became {kept}."


def describe_missing_calls(quarters: Sequence[ForecastQuarter]) -> str:
    """Which renewals have no call: they are in the sums of calls with nothing."""
    parts = []
    for level, words in (("csm", "the CSM's call"), ("leader", "the manager's call")):
        count = sum(getattr(each, f"{level}_missing") for each in quarters)
        if count:
            arr = format_money(sum_over_quarters(quarters, f"{level}_missing_arr"))
            parts.append(f"{format_count(count)} without {words} ({arr})")
    return f"Not in the sums of the calls: {', '.join(parts)}." if parts else ""


def sum_over_quarters(quarters: Sequence[ForecastQuarter], name: str) -> Decimal:
    return sum((getattr(each, name) for each in quarters), Decimal(0))


def build_quarter_chart(quarters: Sequence[ForecastQuarter]) -> Chart:
    """A group of bars a quarter: due, and as each call has it."""
    shown = (("Due", "arr"), ("Computed", "computed"), ("CSM's call", "csm"), ("Manager's call", "leader"))
    return Chart(
        title="Due, and expected by each call",
        kind=ChartKind.BAR,
        series=tuple(
            Series(
                name=label,
                points=tuple(Point(x=quarter.label, y=find_quarter_amount(quarter, name)) for quarter in quarters),
            )
            for label, name in shown
        ),
        x_label="Fiscal quarter",
        y_label="ARR",
        y_format="$,.2~s",
        source=SOURCE,
        empty="Nothing is due.",
    )


def find_quarter_amount(quarter: ForecastQuarter, name: str) -> float | None:
    """The amount of a call; None where no renewal of the quarter has one, which is not 0."""
    if quarter.renewals and getattr(quarter, f"{name}_missing", 0) == quarter.renewals:
        return None
    return float(getattr(quarter, name))


def build_quarter_table(quarters: Sequence[ForecastQuarter]) -> Table:
    """A row a quarter, and their sum."""
    names = [column.key for column in _COLUMNS[1:]]
    rows = [{"quarter": each.label} | {name: getattr(each, name) for name in names} for each in quarters]
    total = {"quarter": TOTAL} | {name: sum(getattr(each, name) for each in quarters) for name in names}
    return Table(columns=_COLUMNS, rows=(*rows, total), source=SOURCE)
