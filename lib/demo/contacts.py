"""The people at a customer: who matters, who left, who took over, and whom we know nothing of."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from lib.demo import data_files
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, to_utc_moment
from lib.demo.ids import make_id

_ROLES = (
    "champion", "economic_buyer", "admin", "executive_sponsor", "user", "procurement", "legal", "user", "detractor",
    "user", "admin", "user",
)  # fmt: skip
_ASCII = str.maketrans("łøıß", "lois")
_SIZES = {"smb": (4, 5), "mid": (5, 8), "enterprise": (8, 12)}
_INFLUENCE = {
    "champion": 4, "economic_buyer": 5, "admin": 2, "executive_sponsor": 5, "user": 1, "procurement": 3, "legal": 2,
    "detractor": 3,
}  # fmt: skip
_TOP_ROLES = ("executive_sponsor", "economic_buyer")
_TITLES = {
    "champion": ("Head of Planning", "Operations Manager", "Planning Lead", "Service Manager"),
    "economic_buyer": ("CFO", "Finance Director", "Managing Director", "VP Finance"),
    "admin": ("Systems Administrator", "Applications Manager", "Planning Analyst"),
    "executive_sponsor": ("COO", "Chief Operating Officer", "VP Operations"),
    "user": ("Planner", "Shift Lead", "Team Lead", "Dispatcher", "Coordinator"),
    "procurement": ("Procurement Manager", "Head of Purchasing", "Category Manager"),
    "legal": ("Legal Counsel", "Contracts Manager"),
    "detractor": ("Site Manager", "Regional Director", "Head of IT"),
}


@dataclass(frozen=True, kw_only=True)
class DemoContact:
    """A contact without the day of the last contact, which the diary knows. `gone` is days since the person left."""

    id: str
    name: str
    role: str
    title: str
    email: str
    influence: int
    sentiment: str | None
    status: str
    left_days_ago: int | None = None
    replaced_by: str | None = None

    @property
    def short(self) -> str:
        """How a colleague calls them in a note."""
        words = [word for word in self.name.split() if not word.endswith(".")]
        return f"{words[0]}-san" if not self.name[0].isascii() and _is_japanese(self.name) else words[0]

    @property
    def formal(self) -> str:
        return self.name.split()[0] if _is_japanese(self.name) else self.name


def list_contacts(client: DemoCustomer) -> tuple[DemoContact, ...]:
    """4 to 12 people; the first of a role is the one that counts."""
    dice = client.seeded_random("people")
    low, high = _SIZES[client.segment]
    roles = [*client.people, *(role for role in _ROLES if role not in client.people)]
    wanted = max(dice.randint(low, high), len(client.people))
    names = _generate_names(client, dice)
    people = [_create_contact(client, role, place, names, dice) for place, role in enumerate(roles[:wanted])]
    return tuple(_apply_departures(client, people, names, dice))


def _create_contact(client: DemoCustomer, role: str, place: int, names: Iterator[str], dice: Random) -> DemoContact:
    first = role in client.people and place < len(client.people)
    name = client.people[role] if first else next(names)
    unknown = role in ("user", "legal", "admin") and not first and dice.random() < 0.22
    return DemoContact(
        id=make_id("contact", client.site, place), name=name, role=role, title=dice.choice(_TITLES[role]),
        email=f"{_email_local_part(name)}@{client.site}.example", status="unknown" if unknown else "active",
        influence=max(1, min(5, _INFLUENCE[role] + (0 if role in _TOP_ROLES else dice.choice((-1, 0, 0, 0, 1))))),
        sentiment=None if unknown else _pick_sentiment(client, role, dice),
    )  # fmt: skip


def _pick_sentiment(client: DemoCustomer, role: str, dice: Random) -> str | None:
    if role == "detractor" or role in client.archetype.critics:
        return "negative"
    warm = (client.archetype.mood - 5) / 5 + (0.2 if role in ("champion", "admin") else -0.2)
    roll = dice.random()
    if roll > 0.93:
        return None
    return "positive" if roll < warm else "neutral" if roll < warm + 0.3 else "negative"


def _apply_departures(
    client: DemoCustomer, people: list[DemoContact], names: Iterator[str], dice: Random
) -> list[DemoContact]:
    left = client.archetype.left
    if left:
        return [
            _mark_departed(person, left[1], None) if person is _find_by_role(people, left[0]) else person
            for person in people
        ]
    if client.archetype.mood < 8.5 or dice.random() < 0.72:
        return people
    successor = next(person for person in people if person.role == "champion")
    before = _create_contact(client, "champion", 40, names, dice)
    return [*people, _mark_departed(before, dice.randint(95, 170), successor.id)]


def _find_by_role(people: list[DemoContact], role: str) -> DemoContact:
    found = next((person for person in people if person.role == role), None)
    if found is None:
        raise LookupError(f"Nobody is {role} where the story lets one leave.")
    return found


def _mark_departed(person: DemoContact, days: int, successor: str | None) -> DemoContact:
    return DemoContact(
        id=person.id, name=person.name, role=person.role, title=person.title, email=person.email,
        influence=person.influence, sentiment="positive", status="left", left_days_ago=days, replaced_by=successor,
    )  # fmt: skip


def _generate_names(client: DemoCustomer, dice: Random) -> Iterator[str]:
    """Full names of the customer's country; no first or last name twice, so that a note is clear by either."""
    pool = data_files.read_data("names")
    home = pool[data_files.find_locale(str(client.about["country"]))]
    taken = {word for name in client.people.values() for word in name.split()}
    for _ in range(400):
        source = pool["en"] if home is not pool["en"] and dice.random() < 0.1 else home
        first, last = dice.choice(source["first"]), dice.choice(source["last"])
        if taken.isdisjoint((first, last)):
            taken |= {first, last}
            yield f"{last} {first}" if _is_japanese(first) else f"{first} {last}"
    raise LookupError(f"There are not names enough for the people of {client.name}.")


def _is_japanese(text: str) -> bool:
    return "\u3040" <= text[0] <= "\u9fff"


def _email_local_part(name: str) -> str:
    romaji: dict[str, str] = data_files.read_data("names")["romaji"]
    words = [romaji.get(word, word) for word in name.split() if not word.endswith(".")]
    plain = ".".join(words).lower().translate(_ASCII)
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()


def build_contact_rows(
    client: DemoCustomer, people: tuple[DemoContact, ...], last: dict[str, date], calendar: DemoCalendar
) -> list[Row]:
    """`last` is the day of the last contact by person id."""
    made = to_utc_moment(calendar.days_ago(200), 9)
    return [
        {
            "id": person.id, **client.keys, "name": person.name, "title": person.title, "email": person.email,
            "role": person.role, "influence": person.influence, "sentiment": person.sentiment,
            "last_contact_on": last[person.id].isoformat() if person.id in last else None, "status": person.status,
            "left_on": calendar.days_ago(person.left_days_ago).isoformat() if person.left_days_ago is not None else None,
            "replaced_by": person.replaced_by, "created_at": made, "updated_at": made,
        }
        for person in people
    ]  # fmt: skip
