"""What was written down about a customer, and from it the day each person was last spoken to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from lib.demo import corpus
from lib.demo.contacts import Person
from lib.demo.days import WEEKS, Calendar, at
from lib.demo.ids import id_of, person_id
from lib.demo.people import NEIGHBOUR
from lib.demo.roster import PRICES, Client, Row

CONTACT_KINDS = ("call", "meeting", "email")
"""Kinds of note that count as having been in contact."""

_SPOKEN_TO = {"champion": 9, "admin": 5, "economic_buyer": 4, "executive_sponsor": 2, "procurement": 2, "user": 1}
_RECENT = 75
_SIGNS = {
    "email": ("Mail", "mail", "forwarded", "Sent ", "Answered", "メール", "answer from", "sent a", "Done the same day"),
    "meeting": (
        "meeting.", "Review with", "Usage review", "Trained", "Coffee", "Walked", "Kick-off", "Training", "訪問",
        "Reunião", "Szkolenie", "showed me", "Counted", "Health check",
    ),
}  # fmt: skip
"""Words that give away how a contact was made."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A note. `about` is the person it was with, or about."""

    days_ago: int
    kind: str
    about: Person
    body: str


def diary_of(client: Client, people: tuple[Person, ...], since: date, calendar: Calendar) -> tuple[Entry, ...]:
    """The story's own entries, then others at the archetype's rhythm back to the half-year or the first day."""
    told = [
        Entry(days_ago=days, kind=kind, about=_named(people, role), body=text)
        for days, kind, role, text in client.notes
    ]
    reach = min(7 * WEEKS + 20, (calendar.today - since).days - 4)
    dice, used = client.dice("diary"), set[str]()
    start = max((entry.days_ago for entry in told), default=0)
    first = start + dice.randint(*client.archetype.rhythm) if told else dice.randint(*client.archetype.silence)
    days = list(_days(first, reach, dice, client.archetype.rhythm))
    entries = [_entry(client, people, day, dice, used) for day in days]
    return tuple(sorted([*told, *entries, *_asides(client, people, reach, dice, used)], key=lambda e: e.days_ago))


def _days(first: int, reach: int, dice: Random, rhythm: tuple[int, int]) -> Iterator[int]:
    day = first
    while day <= reach:
        yield day
        day += dice.randint(*rhythm)


def _named(people: tuple[Person, ...], role: str) -> Person:
    return next(person for person in people if person.role == role)


def _entry(client: Client, people: tuple[Person, ...], day: int, dice: Random, used: set[str]) -> Entry:
    there = [person for person in people if person.status == "active" or (person.gone or 0) > day]
    spoken = [person for person in there if person.role in _SPOKEN_TO and person.status == "active"] or there
    about = dice.choices(spoken, [_SPOKEN_TO.get(person.role, 1) for person in spoken])[0]
    body = _body(client, about, there, day, dice, used)
    return Entry(days_ago=day, kind=_kind(body), about=about, body=body)


def _kind(body: str) -> str:
    """What the words say it was; a call when they do not say."""
    for kind, signs in _SIGNS.items():
        if any(sign in body for sign in signs):
            return kind
    return "call"


def _asides(client: Client, people: tuple[Person, ...], reach: int, dice: Random, used: set[str]) -> Iterator[Entry]:
    """Notes to self: uneven, from none to three."""
    there = [person for person in people if person.status == "active"]
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        about = dice.choice(there)
        text = _pick("note", dice, used)
        yield Entry(
            days_ago=dice.randint(2, max(3, reach)), kind="note", about=about,
            body=_filled(text, client, about, there, dice),
        )  # fmt: skip


def _body(client: Client, about: Person, there: list[Person], day: int, dice: Random, used: set[str]) -> str:
    themes = client.archetype.themes
    theme = themes[0] if day < _RECENT else themes[-1]
    locale = corpus.locale_of(str(client.about["country"]))
    if locale != "en" and theme in ("well", "grow") and dice.random() < 0.4:
        theme = locale
    return _filled(_pick(theme, dice, used), client, about, there, dice)


def _pick(theme: str, dice: Random, used: set[str]) -> str:
    """A text of the theme this customer has not had yet; of going well when the theme has run dry."""
    texts: list[str] = corpus.read("notes")[theme]
    fresh = [text for text in texts if text not in used]
    if not fresh:
        return _pick("well", dice, used)
    text = dice.choice(fresh)
    used.add(text)
    return text


def _filled(text: str, client: Client, about: Person, there: list[Person], dice: Random) -> str:
    others = [person for person in there if person is not about] or [about]
    other = dice.choice(others)
    foreign = any("\u3040" <= letter <= "\u9fff" for letter in text)
    return text.format(
        first=about.short, name=about.formal, other=other.formal if foreign else other.short, seats=client.seats,
        module=_not_bought(client, dice),
    )  # fmt: skip


def _not_bought(client: Client, dice: Random) -> str:
    offered = [name for name, _ in PRICES[client.owner.company].values() if name not in client.modules]
    return dice.choice(offered or client.modules)


def note_rows(client: Client, diary: tuple[Entry, ...], calendar: Calendar) -> list[Row]:
    rows = []
    for place, entry in enumerate(diary):
        day = calendar.workday(entry.days_ago)
        hour = 8 + (place * 5) % 9
        rows.append({
            "id": id_of("note", client.site, entry.days_ago, entry.kind, entry.body), **client.keys,
            "author_id": _author(client, place), "kind": entry.kind, "body": entry.body,
            "happened_on": day.isoformat(), "created_at": at(day, hour, 40), "updated_at": at(day, hour, 40),
        })  # fmt: skip
    return rows


def _author(client: Client, place: int) -> str:
    """Mostly the owner; now and then the manager sat in."""
    if place % 11 == 7 and not client.notes:
        return person_id("frank@brindle.example" if client.owner.company == NEIGHBOUR else "carol@larkfield.example")
    return client.owner_id


def last_contacts(people: tuple[Person, ...], diary: tuple[Entry, ...], calendar: Calendar) -> dict[str, date]:
    """Day of the last contact by person id. Somebody we only write *about* is not contacted by it."""
    last: dict[str, date] = {}
    for entry in diary:
        if entry.kind in CONTACT_KINDS:
            last.setdefault(entry.about.id, calendar.workday(entry.days_ago))
    quiet = max(entry.days_ago for entry in diary if entry.kind in CONTACT_KINDS)
    for place, person in enumerate(people):
        if person.status == "active" and place % 3 != 2:
            last.setdefault(person.id, calendar.workday(quiet + 9 * place))
    return last
