"""Support tickets and survey answers, both out of the timeline."""

from collections.abc import Iterator
from datetime import date
from itertools import cycle
from random import Random

from lib.demo import data_files
from lib.demo.contacts import DemoContact
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, to_utc_moment
from lib.demo.ids import make_id
from lib.demo.timeline import Timeline

_ANSWERS = {"smb": (3, 5), "mid": (4, 8), "enterprise": (6, 12)}
_BIAS = {"admin": 0.5, "champion": 0.3, "detractor": -3.0, "procurement": -1.0, "legal": -0.5}


def build_ticket_rows(client: DemoCustomer, timeline: Timeline, since: date, calendar: DemoCalendar) -> list[Row]:
    """Tickets without numbers, which `numbered` gives across a company."""
    rows = [*_build_regular_tickets(client, timeline, since, calendar), *_build_open_p1_tickets(client, calendar)]
    return [{"id": make_id("ticket", client.site, place), **row} for place, row in enumerate(rows)]


def _build_regular_tickets(client: DemoCustomer, timeline: Timeline, since: date, calendar: DemoCalendar) -> list[Row]:
    dice, titles = client.seeded_random("ticket rows"), _shuffle_titles(client)
    rows = [
        _build_ticket(client, opened, titles, dice)
        for week, count in enumerate(timeline.tickets)
        for opened in (calendar.workday_near(7 * week + dice.randint(1, 6)) for _ in range(count))
        if opened >= since
    ]
    if client.about["status"] == "churned":
        return [
            row for row in rows if row["status"] == "solved" and row["opened_on"] < calendar.days_ago(100).isoformat()
        ]
    return rows


def _build_open_p1_tickets(client: DemoCustomer, calendar: DemoCalendar) -> Iterator[Row]:
    """The P1 tickets that are open."""
    dice, titles = client.seeded_random("standing tickets"), _shuffle_titles(client)
    troubles = client.troubles or [next(titles["p1"]) for _ in range(client.archetype.open_p1)]
    for place, title in enumerate(troubles):
        yield _build_ticket_row(client, calendar.workday_near(5 + 8 * place), "p1", title, None, dice)


def _shuffle_titles(client: DemoCustomer) -> dict[str, Iterator[str]]:
    """By priority: every title once, in an order of the customer's own, then again."""
    dice, corpora = client.seeded_random("ticket titles"), data_files.read_data("support")["titles"]
    return {priority: cycle(dice.sample(texts, len(texts))) for priority, texts in corpora.items()}


def _build_ticket(client: DemoCustomer, opened: date, titles: dict[str, Iterator[str]], dice: Random) -> Row:
    priority = dice.choices(("p1", "p2", "p3", "p4"), (4, 26, 50, 20))[0]
    took = dice.randint(0, {"p1": 3, "p2": 9, "p3": 16, "p4": 24}[priority])
    return _build_ticket_row(client, opened, priority, next(titles[priority]), took, dice)


def _build_ticket_row(
    client: DemoCustomer, opened: date, priority: str, title: str, took: int | None, dice: Random
) -> Row:
    answer = dice.choices((None, True, False), (40, 49, 11))[0] if took is not None else None
    return {
        **client.keys, "title": title, "priority": priority,
        "status": "open" if took is None else "solved", "opened_on": opened.isoformat(),
        "solved_on": None if took is None else date.fromordinal(opened.toordinal() + took).isoformat(),
        "satisfied": answer, "created_at": to_utc_moment(opened, 8, dice.randint(0, 59)),
        "updated_at": to_utc_moment(opened, 17),
    }  # fmt: skip


def number_tickets(rows: list[Row], calendar: DemoCalendar) -> list[Row]:
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
    client: DemoCustomer, people: tuple[DemoContact, ...], timeline: Timeline, since: date, calendar: DemoCalendar
) -> list[Row]:
    """3 to 12 answers over eight months; none in the first four months, or where the customer opted out."""
    if "voice" in client.missing or client.about["status"] == "churned" or (calendar.today - since).days < 120:
        return []
    dice = client.seeded_random("survey")
    asked = [person for person in people if person.status == "active" and person.role not in client.archetype.critics]
    count = dice.randint(*_ANSWERS[client.segment])
    days = sorted(dice.randint(6, 230) for _ in range(count))
    rows = [_build_answer(client, dice.choice(asked), day, timeline, calendar, dice) for day in days]
    critics = [person for person in people if person.role in client.archetype.critics]
    rows += [_build_critical_answer(client, person, calendar, dice) for person in critics]
    return [{"id": make_id("survey", client.site, place), **row} for place, row in enumerate(rows)]


def _build_answer(
    client: DemoCustomer, person: DemoContact, day: int, timeline: Timeline, calendar: DemoCalendar, dice: Random
) -> Row:
    score = timeline.mood[day // 7] + _BIAS.get(person.role, 0.0) + dice.gauss(0, 1.1)
    floor = 7 if day < 110 and (client.archetype.mood >= 7.5 or client.archetype.critics) else 3
    least = floor + dice.choice((0, 0, 1, 1, 2))
    return _build_survey_row(client, person, max(least, min(10, round(score))), calendar.workday_near(day), dice)


def _build_critical_answer(client: DemoCustomer, person: DemoContact, calendar: DemoCalendar, dice: Random) -> Row:
    return _build_survey_row(client, person, 4, calendar.workday_near(dice.randint(24, 44)), dice)


def _build_survey_row(client: DemoCustomer, person: DemoContact, score: int, day: date, dice: Random) -> Row:
    comments = data_files.read_data("support")["comments"]["9" if score >= 9 else "7" if score >= 7 else "0"]
    known = dice.random() < 0.9 or person.role in client.archetype.critics
    return {
        **client.keys, "contact_id": person.id if known else None, "score": score,
        "comment": dice.choice(comments) if dice.random() < 0.45 else None, "responded_on": day.isoformat(),
        "created_at": to_utc_moment(day, 14), "updated_at": to_utc_moment(day, 14),
    }  # fmt: skip
