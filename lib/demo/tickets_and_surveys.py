"""Support tickets and survey answers, both out of the timeline."""

from collections.abc import Iterator
from datetime import date
from itertools import cycle
from random import Random

from lib.demo import data_files
from lib.demo.contacts import DemoContact
from lib.demo.customer_simulation import CustomerTimeline
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import derive_demo_id

_ANSWERS = {"smb": (3, 5), "mid": (4, 8), "enterprise": (6, 12)}
_BIAS = {"admin": 0.5, "champion": 0.3, "detractor": -3.0, "procurement": -1.0, "legal": -0.5}


def build_ticket_rows(
    customer: DemoCustomer, timeline: CustomerTimeline, since: date, calendar: DemoCalendar
) -> list[Row]:
    """Tickets without numbers, which `numbered` gives across a company."""
    rows = [
        *_build_regular_ticket_rows(customer, timeline, since, calendar),
        *_build_open_p1_ticket_rows(customer, calendar),
    ]
    return [{"id": derive_demo_id("ticket", customer.site, place), **row} for place, row in enumerate(rows)]


def _build_regular_ticket_rows(
    customer: DemoCustomer, timeline: CustomerTimeline, since: date, calendar: DemoCalendar
) -> list[Row]:
    rng, titles = customer.seeded_random("ticket rows"), _shuffle_ticket_titles(customer)
    rows = [
        _build_random_ticket_row(customer, opened, titles, rng)
        for week, count in enumerate(timeline.tickets)
        for opened in (calendar.workday_near(7 * week + rng.randint(1, 6)) for _ in range(count))
        if opened >= since
    ]
    if customer.about["status"] == "churned":
        return [
            row for row in rows if row["status"] == "solved" and row["opened_on"] < calendar.days_ago(100).isoformat()
        ]
    return rows


def _build_open_p1_ticket_rows(customer: DemoCustomer, calendar: DemoCalendar) -> Iterator[Row]:
    """The P1 tickets that are open."""
    rng, titles = customer.seeded_random("standing tickets"), _shuffle_ticket_titles(customer)
    troubles = customer.troubles or [next(titles["p1"]) for _ in range(customer.archetype.open_p1)]
    for place, title in enumerate(troubles):
        yield _build_ticket_row(customer, calendar.workday_near(5 + 8 * place), "p1", title, None, rng)


def _shuffle_ticket_titles(customer: DemoCustomer) -> dict[str, Iterator[str]]:
    """By priority: every title once, in an order of the customer's own, then again."""
    rng, corpora = customer.seeded_random("ticket titles"), data_files.read_data_file("support")["titles"]
    return {priority: cycle(rng.sample(texts, len(texts))) for priority, texts in corpora.items()}


def _build_random_ticket_row(
    customer: DemoCustomer, opened: date, titles: dict[str, Iterator[str]], rng: Random
) -> Row:
    priority = rng.choices(("p1", "p2", "p3", "p4"), (4, 26, 50, 20))[0]
    took = rng.randint(0, {"p1": 3, "p2": 9, "p3": 16, "p4": 24}[priority])
    return _build_ticket_row(customer, opened, priority, next(titles[priority]), took, rng)


def _build_ticket_row(
    customer: DemoCustomer, opened: date, priority: str, title: str, took: int | None, rng: Random
) -> Row:
    answer = rng.choices((None, True, False), (40, 49, 11))[0] if took is not None else None
    return {
        **customer.key_columns,
        "title": title,
        "priority": priority,
        "status": "open" if took is None else "solved",
        "opened_on": opened.isoformat(),
        "solved_on": None if took is None else date.fromordinal(opened.toordinal() + took).isoformat(),
        "satisfied": answer,
        "created_at": format_utc_moment(opened, 8, rng.randint(0, 59)),
        "updated_at": format_utc_moment(opened, 17),
    }


def number_ticket_rows(rows: list[Row], calendar: DemoCalendar) -> list[Row]:
    """The tickets of one company in order, each with its number; what would be solved later is still open."""
    today = calendar.today.isoformat()
    tickets = []
    for place, row in enumerate(sorted(rows, key=lambda row: (row["opened_on"], row["customer_id"], row["title"]))):
        ticket = {**row, "number": f"T-{4211 + place}"}
        if row["solved_on"] and row["solved_on"] >= today:
            ticket |= {"status": "pending" if place % 3 == 0 else "open", "solved_on": None, "satisfied": None}
        tickets.append(ticket)
    return tickets


def build_survey_rows(
    customer: DemoCustomer,
    people: tuple[DemoContact, ...],
    timeline: CustomerTimeline,
    since: date,
    calendar: DemoCalendar,
) -> list[Row]:
    """3 to 12 answers over eight months; none in the first four months, or where the customer opted out."""
    if "voice" in customer.missing or customer.about["status"] == "churned" or (calendar.today - since).days < 120:
        return []
    rng = customer.seeded_random("survey")
    asked = [person for person in people if person.status == "active" and person.role not in customer.archetype.critics]
    count = rng.randint(*_ANSWERS[customer.segment])
    days = sorted(rng.randint(6, 230) for _ in range(count))
    rows = [_build_random_survey_row(customer, rng.choice(asked), day, timeline, calendar, rng) for day in days]
    critics = [person for person in people if person.role in customer.archetype.critics]
    rows += [_build_critical_survey_row(customer, person, calendar, rng) for person in critics]
    return [{"id": derive_demo_id("survey", customer.site, place), **row} for place, row in enumerate(rows)]


def _build_random_survey_row(
    customer: DemoCustomer,
    person: DemoContact,
    day: int,
    timeline: CustomerTimeline,
    calendar: DemoCalendar,
    rng: Random,
) -> Row:
    score = timeline.mood[day // 7] + _BIAS.get(person.role, 0.0) + rng.gauss(0, 1.1)
    floor = 7 if day < 110 and (customer.archetype.mood >= 7.5 or customer.archetype.critics) else 3
    least = floor + rng.choice((0, 0, 1, 1, 2))
    return _build_survey_row(customer, person, max(least, min(10, round(score))), calendar.workday_near(day), rng)


def _build_critical_survey_row(customer: DemoCustomer, person: DemoContact, calendar: DemoCalendar, rng: Random) -> Row:
    return _build_survey_row(customer, person, 4, calendar.workday_near(rng.randint(24, 44)), rng)


def _build_survey_row(customer: DemoCustomer, person: DemoContact, score: int, day: date, rng: Random) -> Row:
    comments = data_files.read_data_file("support")["comments"]["9" if score >= 9 else "7" if score >= 7 else "0"]
    known = rng.random() < 0.9 or person.role in customer.archetype.critics
    return {
        **customer.key_columns,
        "contact_id": person.id if known else None,
        "score": score,
        "comment": rng.choice(comments) if rng.random() < 0.45 else None,
        "responded_on": day.isoformat(),
        "created_at": format_utc_moment(day, 14),
        "updated_at": format_utc_moment(day, 14),
    }
