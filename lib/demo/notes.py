"""What was written down about a customer, and from it the day each person was last spoken to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from lib.demo import data_files
from lib.demo.contacts import DemoContact
from lib.demo.customers import PRICES, DemoCustomer, Row
from lib.demo.demo_calendar import WEEKS, DemoCalendar, format_utc_moment
from lib.demo.ids import build_person_placeholder, derive_demo_id
from lib.demo.people import NEIGHBOUR

CONTACT_KINDS = ("call", "meeting", "email")
"""Kinds of note that count as having been in contact."""

_SPOKEN_TO = {"champion": 9, "admin": 5, "economic_buyer": 4, "executive_sponsor": 2, "procurement": 2, "user": 1}
_RECENT = 75
_KIND_MARKERS = {
    "email": ("Mail", "mail", "forwarded", "Sent ", "Answered", "メール", "answer from", "sent a", "Done the same day"),
    "meeting": (
        "meeting.",
        "Review with",
        "Usage review",
        "Trained",
        "Coffee",
        "Walked",
        "Kick-off",
        "Training",
        "訪問",
        "Reunião",
        "Szkolenie",
        "showed me",
        "Counted",
        "Health check",
    ),
}
"""Words that give away how a contact was made."""


@dataclass(frozen=True, kw_only=True)
class DemoNote:
    """A note. `about` is the person it was with, or about."""

    days_ago: int
    kind: str
    about: DemoContact
    body: str


def build_notes(
    customer: DemoCustomer, people: tuple[DemoContact, ...], since: date, calendar: DemoCalendar
) -> tuple[DemoNote, ...]:
    """The story's own entries, then others at the archetype's rhythm back to the half-year or the first day."""
    told = [
        DemoNote(days_ago=days, kind=kind, about=_find_mentioned_contact(people, role), body=text)
        for days, kind, role, text in customer.notes
    ]
    reach = min(7 * WEEKS + 20, (calendar.today - since).days - 4)
    rng, used = customer.seeded_random("diary"), set[str]()
    start = max((entry.days_ago for entry in told), default=0)
    first = start + rng.randint(*customer.archetype.rhythm) if told else rng.randint(*customer.archetype.silence)
    days = list(_pick_note_days(first, reach, rng, customer.archetype.rhythm))
    entries = [_generate_note(customer, people, day, rng, used) for day in days]
    return tuple(
        sorted([*told, *entries, *_generate_side_notes(customer, people, reach, rng, used)], key=lambda e: e.days_ago)
    )


def _pick_note_days(first: int, reach: int, rng: Random, rhythm: tuple[int, int]) -> Iterator[int]:
    day = first
    while day <= reach:
        yield day
        day += rng.randint(*rhythm)


def _find_mentioned_contact(people: tuple[DemoContact, ...], role: str) -> DemoContact:
    return next(person for person in people if person.role == role)


def _generate_note(
    customer: DemoCustomer, people: tuple[DemoContact, ...], day: int, rng: Random, used: set[str]
) -> DemoNote:
    there = [person for person in people if person.status == "active" or (person.left_days_ago or 0) > day]
    spoken = [person for person in there if person.role in _SPOKEN_TO and person.status == "active"] or there
    about = rng.choices(spoken, [_SPOKEN_TO.get(person.role, 1) for person in spoken])[0]
    body = _generate_note_body(customer, about, there, day, rng, used)
    return DemoNote(days_ago=day, kind=_guess_note_kind(body), about=about, body=body)


def _guess_note_kind(body: str) -> str:
    """What the words say it was; a call when they do not say."""
    for kind, signs in _KIND_MARKERS.items():
        if any(sign in body for sign in signs):
            return kind
    return "call"


def _generate_side_notes(
    customer: DemoCustomer, people: tuple[DemoContact, ...], reach: int, rng: Random, used: set[str]
) -> Iterator[DemoNote]:
    """Notes to self: uneven, from none to three."""
    there = [person for person in people if person.status == "active"]
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        about = rng.choice(there)
        text = _pick_unused_text("note", rng, used)
        yield DemoNote(
            days_ago=rng.randint(2, max(3, reach)),
            kind="note",
            about=about,
            body=_fill_note_placeholders(text, customer, about, there, rng),
        )


def _generate_note_body(
    customer: DemoCustomer, about: DemoContact, there: list[DemoContact], day: int, rng: Random, used: set[str]
) -> str:
    themes = customer.archetype.themes
    theme = themes[0] if day < _RECENT else themes[-1]
    locale = data_files.find_country_language(str(customer.about["country"]))
    if locale != "en" and theme in ("well", "grow") and rng.random() < 0.4:
        theme = locale
    return _fill_note_placeholders(_pick_unused_text(theme, rng, used), customer, about, there, rng)


def _pick_unused_text(theme: str, rng: Random, used: set[str]) -> str:
    """A text of the theme this customer has not had yet; of going well when the theme has run dry."""
    texts: list[str] = data_files.read_data_file("notes")[theme]
    fresh = [text for text in texts if text not in used]
    if not fresh:
        return _pick_unused_text("well", rng, used)
    text = rng.choice(fresh)
    used.add(text)
    return text


def _fill_note_placeholders(
    text: str, customer: DemoCustomer, about: DemoContact, there: list[DemoContact], rng: Random
) -> str:
    others = [person for person in there if person is not about] or [about]
    other = rng.choice(others)
    foreign = any("\u3040" <= letter <= "\u9fff" for letter in text)
    return text.format(
        first=about.short_name,
        name=about.formal_name,
        other=other.formal_name if foreign else other.short_name,
        seats=customer.seats,
        module=_pick_unbought_module(customer, rng),
    )


def _pick_unbought_module(customer: DemoCustomer, rng: Random) -> str:
    offered = [name for name, _ in PRICES[customer.owner.company].values() if name not in customer.modules]
    return rng.choice(offered or customer.modules)


def build_note_rows(customer: DemoCustomer, diary: tuple[DemoNote, ...], calendar: DemoCalendar) -> list[Row]:
    rows = []
    for place, entry in enumerate(diary):
        day = calendar.workday_near(entry.days_ago)
        hour = 8 + (place * 5) % 9
        rows.append(
            {
                "id": derive_demo_id("note", customer.site, entry.days_ago, entry.kind, entry.body),
                **customer.key_columns,
                "author_id": _pick_note_author(customer, place),
                "kind": entry.kind,
                "body": entry.body,
                "happened_on": day.isoformat(),
                "created_at": format_utc_moment(day, hour, 40),
                "updated_at": format_utc_moment(day, hour, 40),
            }
        )
    return rows


def _pick_note_author(customer: DemoCustomer, place: int) -> str:
    """Mostly the owner; now and then the manager sat in."""
    if place % 11 == 7 and not customer.notes:
        return build_person_placeholder(
            "frank@brindle.example" if customer.owner.company == NEIGHBOUR else "carol@larkfield.example"
        )
    return customer.owner_id


def find_last_contact_days(
    people: tuple[DemoContact, ...], diary: tuple[DemoNote, ...], calendar: DemoCalendar
) -> dict[str, date]:
    """Day of the last contact by person id. Somebody we only write *about* is not contacted by it."""
    last: dict[str, date] = {}
    for entry in diary:
        if entry.kind in CONTACT_KINDS:
            last.setdefault(entry.about.id, calendar.workday_near(entry.days_ago))
    quiet = max(entry.days_ago for entry in diary if entry.kind in CONTACT_KINDS)
    for place, person in enumerate(people):
        if person.status == "active" and place % 3 != 2:
            last.setdefault(person.id, calendar.workday_near(quiet + 9 * place))
    return last
