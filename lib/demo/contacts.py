"""Generates the contacts of a customer, departures and successors included."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from lib.demo import data_files
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import derive_demo_id

_ROLES = (
    "champion",
    "economic_buyer",
    "admin",
    "executive_sponsor",
    "user",
    "procurement",
    "legal",
    "user",
    "detractor",
    "user",
    "admin",
    "user",
)
_ASCII = str.maketrans("łøıß", "lois")
_SIZES = {"smb": (4, 5), "mid": (5, 8), "enterprise": (8, 12)}
_INFLUENCE = {
    "champion": 4,
    "economic_buyer": 5,
    "admin": 2,
    "executive_sponsor": 5,
    "user": 1,
    "procurement": 3,
    "legal": 2,
    "detractor": 3,
}
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
    """A contact; the day of the last contact follows from the notes."""

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
    def short_name(self) -> str:
        """The name a colleague uses in a note."""
        words = [word for word in self.name.split() if not word.endswith(".")]
        return f"{words[0]}-san" if not self.name[0].isascii() and _has_japanese_characters(self.name) else words[0]

    @property
    def formal_name(self) -> str:
        return self.name.split()[0] if _has_japanese_characters(self.name) else self.name


def build_contacts(customer: DemoCustomer) -> tuple[DemoContact, ...]:
    """4 to 12 contacts; the first of a role is its main one."""
    rng = customer.seeded_random("people")
    low, high = _SIZES[customer.segment]
    roles = [*customer.people, *(role for role in _ROLES if role not in customer.people)]
    wanted = max(rng.randint(low, high), len(customer.people))
    names = _generate_contact_names(customer, rng)
    people = [_generate_contact(customer, role, place, names, rng) for place, role in enumerate(roles[:wanted])]
    return tuple(_apply_contact_departures(customer, people, names, rng))


def _generate_contact(customer: DemoCustomer, role: str, place: int, names: Iterator[str], rng: Random) -> DemoContact:
    first = role in customer.people and place < len(customer.people)
    name = customer.people[role] if first else next(names)
    unknown = role in ("user", "legal", "admin") and not first and rng.random() < 0.22
    return DemoContact(
        id=derive_demo_id("contact", customer.site, place),
        name=name,
        role=role,
        title=rng.choice(_TITLES[role]),
        email=f"{_build_email_local_part(name)}@{customer.site}.example",
        status="unknown" if unknown else "active",
        influence=max(1, min(5, _INFLUENCE[role] + (0 if role in _TOP_ROLES else rng.choice((-1, 0, 0, 0, 1))))),
        sentiment=None if unknown else _pick_contact_sentiment(customer, role, rng),
    )


def _pick_contact_sentiment(customer: DemoCustomer, role: str, rng: Random) -> str | None:
    if role == "detractor" or role in customer.archetype.critics:
        return "negative"
    warm = (customer.archetype.mood - 5) / 5 + (0.2 if role in ("champion", "admin") else -0.2)
    roll = rng.random()
    if roll > 0.93:
        return None
    return "positive" if roll < warm else "neutral" if roll < warm + 0.3 else "negative"


def _apply_contact_departures(
    customer: DemoCustomer, people: list[DemoContact], names: Iterator[str], rng: Random
) -> list[DemoContact]:
    left = customer.archetype.left
    if left:
        return [
            _mark_contact_departed(person, left[1], None)
            if person is _find_contact_by_role(people, left[0])
            else person
            for person in people
        ]
    if customer.archetype.mood < 8.5 or rng.random() < 0.72:
        return people
    successor = next(person for person in people if person.role == "champion")
    before = _generate_contact(customer, "champion", 40, names, rng)
    return [*people, _mark_contact_departed(before, rng.randint(95, 170), successor.id)]


def _find_contact_by_role(people: list[DemoContact], role: str) -> DemoContact:
    found = next((person for person in people if person.role == role), None)
    if found is None:
        raise LookupError(f"Nobody is {role} where the story lets one leave.")
    return found


def _mark_contact_departed(person: DemoContact, days: int, successor: str | None) -> DemoContact:
    return DemoContact(
        id=person.id,
        name=person.name,
        role=person.role,
        title=person.title,
        email=person.email,
        influence=person.influence,
        sentiment="positive",
        status="left",
        left_days_ago=days,
        replaced_by=successor,
    )


def _generate_contact_names(customer: DemoCustomer, rng: Random) -> Iterator[str]:
    """Full names of the customer's country; no first or last name twice, so that a note is clear by either."""
    pool = data_files.read_data_file("names")
    home = pool[data_files.find_country_language(str(customer.about["country"]))]
    taken = {word for name in customer.people.values() for word in name.split()}
    for _ in range(400):
        source = pool["en"] if home is not pool["en"] and rng.random() < 0.1 else home
        first, last = rng.choice(source["first"]), rng.choice(source["last"])
        if taken.isdisjoint((first, last)):
            taken |= {first, last}
            yield f"{last} {first}" if _has_japanese_characters(first) else f"{first} {last}"
    raise LookupError(f"There are not names enough for the people of {customer.name}.")


def _has_japanese_characters(text: str) -> bool:
    return "\u3040" <= text[0] <= "\u9fff"


def _build_email_local_part(name: str) -> str:
    romaji: dict[str, str] = data_files.read_data_file("names")["romaji"]
    words = [romaji.get(word, word) for word in name.split() if not word.endswith(".")]
    plain = ".".join(words).lower().translate(_ASCII)
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()


def build_contact_rows(
    customer: DemoCustomer, people: tuple[DemoContact, ...], last: dict[str, date], calendar: DemoCalendar
) -> list[Row]:
    """`last` is the day of the last contact by person id."""
    made = format_utc_moment(calendar.days_ago(200), 9)
    return [
        {
            "id": person.id,
            **customer.key_columns,
            "name": person.name,
            "title": person.title,
            "email": person.email,
            "role": person.role,
            "influence": person.influence,
            "sentiment": person.sentiment,
            "last_contact_on": last[person.id].isoformat() if person.id in last else None,
            "status": person.status,
            "left_on": calendar.days_ago(person.left_days_ago).isoformat()
            if person.left_days_ago is not None
            else None,
            "replaced_by": person.replaced_by,
            "created_at": made,
            "updated_at": made,
        }
        for person in people
    ]
