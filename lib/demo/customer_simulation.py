"""From causes to weeks: tickets that come in, moods that follow a month later, people who stay away.

Nothing here looks at a result. Week 0 is the latest whole week; larger numbers lie further back.
"""

from dataclasses import dataclass

from lib.demo.contracts import ContractTerm, find_contract_seats_on_day
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import TROUGH, WEEKS, DemoCalendar, format_utc_moment
from lib.demo.ids import derive_demo_id

_HISTORY = WEEKS + 8
_RECENT_WEEKS = 9
"""Weeks in which a customer asks as often as the archetype says; before, no more often than anybody."""


@dataclass(frozen=True, kw_only=True)
class CustomerTimeline:
    """`usage` is the share of seats at work in a week, `tickets` how many came, `mood` the level of answers, 0-10."""

    usage: tuple[float, ...]
    tickets: tuple[int, ...]
    mood: tuple[float, ...]


def build_customer_timeline(customer: DemoCustomer) -> CustomerTimeline:
    tickets = _simulate_weekly_tickets(customer)
    return CustomerTimeline(
        usage=_simulate_weekly_usage(customer), tickets=tickets, mood=_simulate_weekly_mood(customer, tickets)
    )


def _simulate_weekly_tickets(customer: DemoCustomer) -> tuple[int, ...]:
    rng, archetype = customer.seeded_random("tickets"), customer.archetype
    rates = [archetype.tickets if week < _RECENT_WEEKS else min(archetype.tickets, 0.8) for week in range(_HISTORY)]
    counts = [sum(rng.random() < rate * 3 / 52 for _ in range(4)) for rate in rates]
    if archetype.burst is not None:
        for week, more in ((archetype.burst, 4), (archetype.burst - 1, 2)):
            counts[week] += more
    return tuple(counts)


def _simulate_weekly_mood(customer: DemoCustomer, tickets: tuple[int, ...]) -> tuple[float, ...]:
    """A month after a burst the answers dip: half a point for each ticket beyond the second in four weeks."""
    level = customer.archetype.mood
    return tuple(level - 0.5 * max(0, sum(tickets[week + 3 : week + 7]) - 2) for week in range(_HISTORY))


def _simulate_weekly_usage(customer: DemoCustomer) -> tuple[float, ...]:
    """The level, its growth, the archetype's fall, and the one that follows two to four weeks after a sponsor went."""
    rng, archetype = customer.seeded_random("usage"), customer.archetype
    level = customer.level or rng.uniform(*archetype.utilisation)
    fall, left = archetype.fall, archetype.left
    lag = rng.randint(2, 4)
    shares = []
    for week in range(_HISTORY):
        share = level - archetype.growth * week / WEEKS
        if fall:
            share *= 1 - fall.share * _compute_usage_drop_progress(fall.since - week, fall.weeks)
        if left and left[0] == "executive_sponsor" and customer.archetype.growth == 0:
            share *= 1 - 0.3 * _compute_usage_drop_progress(left[1] // 7 - lag - week, 6)
        shares.append(share)
    return tuple(shares)


def _compute_usage_drop_progress(weeks: int, span: int) -> float:
    return max(0.0, min(1.0, weeks / span))


def build_usage_rows(
    customer: DemoCustomer, terms: tuple[ContractTerm, ...], timeline: CustomerTimeline, calendar: DemoCalendar
) -> list[Row]:
    """26 weeks, fewer for a newer customer, none where no feed reaches us."""
    if "usage" in customer.missing:
        return []
    newest = 13 if customer.about["status"] == "churned" else 0
    rows = (
        _build_usage_week_row(customer, terms, timeline, calendar, back) for back in range(WEEKS - 1, newest - 1, -1)
    )
    return [row for row in rows if row]


def _build_usage_week_row(
    customer: DemoCustomer,
    terms: tuple[ContractTerm, ...],
    timeline: CustomerTimeline,
    calendar: DemoCalendar,
    back: int,
) -> Row | None:
    monday, rng = calendar.week_start(back), customer.seeded_random(f"week {back}")
    seats = find_contract_seats_on_day(terms, monday)
    if seats is None:
        return None
    age = (monday - terms[0].starts_on).days // 7
    ramp = min(1.0, 0.35 + 0.09 * age) if customer.prior == 0 else 1.0
    rest = back in TROUGH
    month = sum(timeline.usage[back : back + 4]) / 4 * ramp * (0.84 if rest else 1)
    week = timeline.usage[back] * ramp * (0.56 if rest else 1)
    active = min(seats, round(seats * month * rng.gauss(1, 0.02)))
    logins = max(0, round(seats * week * 3.4 * rng.gauss(1, 0.06)))
    return {
        "id": derive_demo_id("usage", customer.site, back),
        **customer.key_columns,
        "week_starts_on": monday.isoformat(),
        "active_users": max(0, active),
        "seats": seats,
        "logins": logins,
        "key_actions": max(0, round(logins * rng.gauss(4.6, 0.3))),
        "created_at": format_utc_moment(calendar.week_start(back), 23),
        "updated_at": format_utc_moment(calendar.week_start(back), 23),
    }
