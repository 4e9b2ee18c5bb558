"""Facts, tables and charts that several slides show."""

from collections.abc import Iterable
from datetime import date, timedelta

from lib.content.model import Cell, Chart, ChartKind, Column, ColumnKind, Fact, Point, Series, Table, Tone
from lib.customers.account_rankings import count_open_tickets, list_open_tickets
from lib.customers.customer_record_kinds import RecordKind, count_all_records
from lib.customers.health_band_tones import HEALTH_BAND_TONES
from lib.customers.model import HEALTH_BAND_LABELS, Account, Contact, UsageWeek
from lib.forms.model import Option
from lib.text.format import (
    format_count,
    format_date,
    format_money,
    format_number,
    format_percent,
    format_relative_days,
    humanize_code,
)
from lib.text.truncate import single_line

WEEKS_SHOWN = 26
NOTICE_WARNING_DAYS = 30


def describe_notice_deadline(account: Account) -> str:
    """The notice deadline in a sentence: ahead, today or passed."""
    left, contract = account.days_to_notice, account.contract
    if contract is None or left is None:
        return "There is no contract on record, so there is no notice deadline to work towards."
    deadline, end = format_date(contract.notice_deadline), format_date(contract.ends_on)
    if left > 0:
        until = format_relative_days(left)
        return f"Notice deadline {deadline}, {until}: the last day either side can act. Renewal date {end}."
    if left == 0:
        return f"The notice deadline is today, {deadline}. Renewal date {end}."
    if contract.ends_on < account.today:
        return f"The notice deadline was {deadline} and the term ended on {end}; no later contract is on record."
    after = "the contract auto-renews" if contract.auto_renews else "the contract ends unless it is renewed"
    return f"The notice deadline passed {format_relative_days(left)}, on {deadline}. On {end} {after}."


def choose_notice_deadline_tone(account: Account) -> Tone:
    left = account.days_to_notice
    if left is None:
        return Tone.NEUTRAL
    return Tone.BAD if left < 0 else Tone.WARNING if left <= NOTICE_WARNING_DAYS else Tone.NEUTRAL


def build_health_fact(account: Account) -> Fact:
    health = account.health
    if health.score is None or health.band is None:
        return Fact(label="Health", value=None, note="No score in the first 60 days, or without data.")
    return Fact(
        label="Health",
        value=f"{health.score} of 100, {HEALTH_BAND_LABELS[health.band]}",
        tone=HEALTH_BAND_TONES[health.band],
    )


def build_usage_fact(account: Account) -> Fact:
    week = account.latest_usage
    if week is None:
        return Fact(label="Seats in use", value=None, note="No usage feed.")
    share = format_percent(round(100 * week.utilisation))
    note = f"28 days up to the week of {format_date(week.week_starts_on)}"
    return Fact(
        label="Seats in use",
        value=f"{format_number(week.active_users)} of {format_number(week.seats)} ({share})",
        note=note,
    )


def build_arr_fact(account: Account) -> Fact:
    contract = account.contract
    if contract is None:
        return Fact(label="ARR", value=None, note="No contract on record.")
    note = f"{format_count(contract.seats, 'seat')} at {format_money(contract.annual_price_per_seat)} list"
    discount = f", {format_percent(contract.discount_percent)} discount" if contract.discount_percent else ""
    return Fact(label="ARR", value=f"{format_money(contract.arr)} a year", note=note + discount)


def build_usage_chart(account: Account) -> Chart:
    """Active users and seats over 26 weeks. The line breaks where weeks are missing."""
    weeks = account.usage[-WEEKS_SHOWN:]
    return Chart(
        title="Usage",
        kind=ChartKind.LINE,
        series=(
            Series(
                name="Active users",
                points=_build_weekly_points((week.week_starts_on, week.active_users) for week in weeks),
            ),
            Series(name="Seats", points=_build_weekly_points((week.week_starts_on, week.seats) for week in weeks)),
        ),
        x_label="Week",
        y_label="People active in 28 days",
        empty="No usage feed for this customer: no data.",
        takeaway=_describe_usage_trend(weeks),
        source=_describe_usage_source(weeks),
    )


def build_health_table(account: Account) -> Table:
    version = f" by version {account.health.rule_version} of the rules" if account.health.rule_version else ""
    return Table(
        title="Health score by part",
        columns=(
            Column(key="part", label="Part"),
            Column(key="points", label="Points", kind=ColumnKind.NUMBER),
            Column(key="out_of", label="Out of", kind=ColumnKind.NUMBER),
            Column(key="evidence", label="Evidence"),
        ),
        rows=tuple(
            {
                "part": humanize_code(part.key).capitalize(),
                "points": part.points,
                "out_of": part.out_of,
                "evidence": single_line(part.sentence, max_length=400),
            }
            for part in account.health.parts
        ),
        empty="There is no health score yet: no data.",
        source=f"Zen health score as of {format_date(account.today)}{version}; parts without data are left out.",
    )


def describe_shown_records(account: Account, kind: RecordKind, shown: int, what: str) -> str:
    """What a table of records shows, as its source: "Notes, newest first: 5 of 214, all under Records below."."""
    total = count_all_records(account, kind)
    return (
        f"{what}: {format_number(shown)} of {format_number(total)}, all under Records below."
        if shown < total
        else f"{what}."
    )


def build_tickets_table(account: Account) -> Table:
    waiting, total = list_open_tickets(account), count_open_tickets(account)
    cut = (
        f": {format_number(len(waiting))} of {format_number(total)} open ones, all under Records below"
        if len(waiting) < total
        else ""
    )
    return Table(
        title="Open tickets",
        columns=(
            Column(key="number", label="Ticket"),
            Column(key="title", label="About"),
            Column(key="priority", label="Priority"),
            Column(key="opened_on", label="Opened", kind=ColumnKind.DATE),
            Column(key="age", label="Days open", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {
                "number": single_line(ticket.number, max_length=60),
                "title": single_line(ticket.title, max_length=200),
                "priority": ticket.priority.upper(),
                "opened_on": ticket.opened_on,
                "age": (account.today - ticket.opened_on).days,
            }
            for ticket in waiting
        ),
        empty="No open tickets.",
        source=f"Support tickets as of {format_date(account.today)}{cut}.",
    )


def build_contacts_table(title: str, contacts: Iterable[Contact], empty: str) -> Table:
    return Table(
        title=title,
        columns=(
            Column(key="name", label="Name"),
            Column(key="title", label="Title"),
            Column(key="role", label="Role"),
            Column(key="influence", label="Influence (1-5)", kind=ColumnKind.NUMBER),
            Column(key="sentiment", label="Sentiment"),
            Column(key="last_contact_on", label="Last contact", kind=ColumnKind.DATE),
            Column(key="status", label="Status"),
        ),
        rows=tuple(_build_contact_row(contact) for contact in contacts),
        empty=empty,
        source="Contacts on record.",
    )


def build_contact_options(contacts: Iterable[Contact]) -> tuple[Option, ...]:
    """Contacts as options by id, so that two of the same name stay two."""
    return tuple(Option(value=contact.id, label=format_contact(contact)) for contact in contacts)


def format_contact(contact: Contact) -> str:
    """ "Aiko Tanaka, CIO"."""
    title = contact.title or humanize_code(contact.role)
    return f"{single_line(contact.name, max_length=120)}, {single_line(title, max_length=80)}"


def find_contact(account: Account, contact_id: object) -> Contact | None:
    return next((contact for contact in account.contacts if contact.id == contact_id), None)


def _build_contact_row(contact: Contact) -> dict[str, Cell]:
    return {
        "name": single_line(contact.name, max_length=120),
        "title": single_line(contact.title, max_length=120) if contact.title else None,
        "role": humanize_code(contact.role),
        "influence": contact.influence,
        "sentiment": contact.sentiment,
        "last_contact_on": contact.last_contact_on,
        "status": f"left {format_date(contact.left_on)}" if contact.left_on else contact.status,
    }


def _build_weekly_points(weeks: Iterable[tuple[date, int]]) -> tuple[Point, ...]:
    points: list[Point] = []
    previous: date | None = None
    for week, number in weeks:
        if previous and (week - previous).days > 7:
            points.append(Point(x=previous + timedelta(days=7), y=None))
        points.append(Point(x=week, y=float(number)))
        previous = week
    return tuple(points)


def _describe_usage_trend(weeks: tuple[UsageWeek, ...]) -> str | None:
    if not weeks:
        return None
    first, last = weeks[0], weeks[-1]
    share = format_percent(round(100 * last.utilisation))
    now = f"{format_number(last.active_users)} of {format_number(last.seats)} seats are in use ({share})"
    points = round(100 * last.utilisation) - round(100 * first.utilisation)
    if len(weeks) < 2:
        return f"{now}."
    change = f"{'up' if points > 0 else 'down'} {format_count(abs(points), 'point')}" if points else "unchanged"
    return f"{now}, {change} over {format_count(len(weeks), 'week')}."


def _describe_usage_source(weeks: tuple[UsageWeek, ...]) -> str:
    if not weeks:
        return "Weekly usage feed."
    return f"Weekly usage feed, {format_date(weeks[0].week_starts_on)} to {format_date(weeks[-1].week_starts_on)}."
