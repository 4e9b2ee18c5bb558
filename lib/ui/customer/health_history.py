"""Usage and health of a customer over half a year, with what moved the health."""

from collections.abc import Sequence
from datetime import date, timedelta

from lib.content.model import Chart, ChartKind, Column, ColumnKind, Point, ReferenceLine, Series, Table
from lib.customers.customer_page_data import CustomerPage, HealthPoint
from lib.text.format import format_short_date
from lib.ui import charts, tables
from lib.ui.customer.health_moves import MOVE_POINTS, HealthMove, list_events_of_move, list_health_moves

LABEL_DAYS = 42
"""Labels nearer to each other overlap."""


def draw_health_history(page: CustomerPage) -> None:
    """Two charts, and the table of what moved the health."""
    customer_id = page.account.customer.id
    charts.draw_chart(build_health_chart(page.health_trend), key=f"customer.health.{customer_id}")
    tables.draw_table(build_moves_table(page))
    charts.draw_chart(build_usage_chart(page), key=f"customer.usage.{customer_id}")


def build_health_chart(trend: Sequence[HealthPoint]) -> Chart:
    """Health by week, the largest moves labelled with the part that moved most."""
    labels = {move.until: move.label for move in _choose_labelled_moves(list_health_moves(trend))}
    points = tuple(Point(x=each.day, y=each.score, label=labels.get(each.day)) for each in trend)
    return Chart(
        title="Health",
        kind=ChartKind.LINE,
        series=(Series(name="Health", points=points),),
        x_label="Week",
        y_label="Health, 0 to 100",
        empty="No health score in this half year.",
        takeaway=describe_health_trend(trend),
        source=(
            "Each day as it was scored then; days before scores were kept by the current rules. "
            "A gap is a week without a score."
        ),
    )


def _choose_labelled_moves(moves: Sequence[HealthMove]) -> list[HealthMove]:
    """The largest moves, so far apart that their labels do not overlap."""
    chosen: list[HealthMove] = []
    for move in sorted(moves, key=lambda each: -abs(each.step)):
        if all(abs((move.until - other.until).days) >= LABEL_DAYS for other in chosen):
            chosen.append(move)
    return chosen


def describe_health_trend(trend: Sequence[HealthPoint]) -> str | None:
    """ "From 74 on 1 Jun to 58 on 30 Nov."; None with less than two scores."""
    known = [each for each in trend if each.score is not None]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    if first.score == last.score:
        return f"{last.score}, as on {format_short_date(first.day)}."
    return f"From {first.score} on {format_short_date(first.day)} to {last.score} on {format_short_date(last.day)}."


def build_moves_table(page: CustomerPage) -> Table:
    """What moved the health, newest first: the parts, and what happened in that week."""
    return Table(
        title="What moved it",
        columns=(
            Column(key="week", label="Week to", kind=ColumnKind.DATE),
            Column(key="health", label="Health"),
            Column(key="parts", label="By part"),
            Column(key="events", label="On record"),
        ),
        rows=tuple(
            {
                "week": move.until,
                "health": f"{move.score_before}\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}{move.score}",
                "parts": ", ".join(f"{part} {step:+d}" for part, step in move.part_steps.items()),
                "events": "; ".join(list_events_of_move(page, move.after, move.until)) or "nothing",
            }
            for move in reversed(list_health_moves(page.health_trend))
        ),
        empty=f"No week moved it by {MOVE_POINTS} points or more.",
    )


def build_usage_chart(page: CustomerPage) -> Chart:
    """Seats in use by week; a week without a row is a gap, not 0."""
    weeks = {week.week_starts_on: week for week in page.account.usage}
    latest = page.account.latest_usage
    points = tuple(
        Point(x=day, y=weeks[day].active_users if day in weeks else None)
        for day in _list_weeks_without_gaps(sorted(weeks)) or [page.account.today]
    )
    return Chart(
        title="Usage",
        kind=ChartKind.LINE,
        series=(Series(name="Active in 28 days", points=points),),
        x_label="Week",
        y_label="People active in 28 days",
        reference=ReferenceLine(y=latest.seats, label=f"{latest.seats} seats") if latest else None,
        empty="No usage feed, so no data.",
        takeaway=f"{latest.active_users} of {latest.seats} seats in use." if latest else None,
        source="Usage feed by week; a gap is a week without data.",
    )


def _list_weeks_without_gaps(days: Sequence[date]) -> list[date]:
    """Every week from the first to the last, those without a row included."""
    if not days:
        return []
    count = (days[-1] - days[0]).days // 7
    return sorted({*days, *(days[0] + timedelta(weeks=week) for week in range(count + 1))})
