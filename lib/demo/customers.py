"""The demo customers, one per line of `data/customers.json`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any

from lib.demo import data_files
from lib.demo.archetypes import ARCHETYPES, Archetype, CustomerStory
from lib.demo.ids import build_person_placeholder, derive_company_id, derive_demo_id
from lib.demo.people import DEMO_PEOPLE, NEIGHBOUR, VENDOR, DemoPerson

Row = dict[str, Any]
"""A row as the database takes it: column -> JSON value."""

PRICES: Mapping[str, Mapping[str, tuple[str, int]]] = MappingProxyType(
    {
        VENDOR: MappingProxyType(
            {
                "P": ("Planning", 420),
                "A": ("Analytics", 156),
                "U": ("Automation", 192),
                "M": ("Mobile", 84),
                "I": ("Integrations", 132),
                "T": ("Audit Trail", 108),
            }
        ),
        NEIGHBOUR: MappingProxyType(
            {
                "W": ("Workspace", 300),
                "C": ("Connectors", 120),
                "F": ("Forecasting", 210),
                "G": ("Governance", 150),
                "E": ("Embedding", 240),
            }
        ),
    }
)
"""By company and letter: a module's name and its list price in USD per seat and year."""


@dataclass(frozen=True, kw_only=True)
class DemoCustomer:
    """A customer before anything is derived. `deadline` is the days to the notice deadline, negative once passed;
    `level` overrides the archetype's utilisation, `troubles` are the
    titles of the open P1 tickets."""

    owner: DemoPerson
    name: str
    site: str
    story: CustomerStory
    deadline: int
    notice: int
    term: int
    prior: int
    seats: int
    module_letters: str
    discount: int
    cap: int | None
    auto_renews: bool
    level: float | None
    missing: tuple[str, ...]
    about: Mapping[str, str | None]
    people: Mapping[str, str]
    notes: tuple[tuple[int, str, str, str], ...]
    troubles: tuple[str, ...]

    @property
    def id(self) -> str:
        return derive_demo_id("customer", self.site)

    @property
    def key_columns(self) -> Row:
        """The two columns every row of this customer begins with."""
        return {"company_id": derive_company_id(self.owner.company), "customer_id": self.id}

    @property
    def owner_id(self) -> str:
        return build_person_placeholder(self.owner.email)

    @property
    def archetype(self) -> Archetype:
        return ARCHETYPES[self.story]

    @property
    def modules(self) -> list[str]:
        return [PRICES[self.owner.company][letter][0] for letter in self.module_letters]

    @property
    def price(self) -> int:
        """List price in USD per seat and year: that of its modules."""
        return sum(PRICES[self.owner.company][letter][1] for letter in self.module_letters)

    @property
    def segment(self) -> str:
        arr = self.seats * self.price * (100 - self.discount) / 100
        return "smb" if arr < 25_000 else "mid" if arr <= 100_000 else "enterprise"

    def seeded_random(self, topic: str) -> Random:
        """A random generator of this customer's own, so that adding another changes nothing here."""
        return Random(f"{self.site}/{topic}")  # noqa: S311 - a story, not a secret


def list_demo_customers() -> Iterator[DemoCustomer]:
    """Every customer of both companies, in the order of the file."""
    owners = {person.email.split("@")[0]: person for person in DEMO_PEOPLE}
    for owner, lines in data_files.read_data_file("customers").items():
        for line in lines:
            yield _parse_customer(owners[owner], line)


def _parse_customer(owner: DemoPerson, line: Mapping[str, Any]) -> DemoCustomer:
    told = data_files.read_data_file("stories").get(line["site"], {})
    about = ("industry", "country", "zone", "summary", "competitor", "status")
    return DemoCustomer(
        owner=owner,
        name=line["name"],
        site=line["site"],
        story=CustomerStory(line["story"]),
        deadline=line["t"],
        notice=line["notice"],
        term=line["term"],
        prior=line["prior"],
        seats=line["seats"],
        module_letters=line["modules"],
        discount=line["discount"],
        cap=line["cap"],
        auto_renews=line.get("auto", True),
        level=line.get("level"),
        missing=tuple(line.get("no", ())),
        about={key: line.get(key) for key in about},
        people=told.get("people", {}),
        notes=tuple((d, k, r, t) for d, k, r, t in told.get("notes", ())),
        troubles=tuple(told.get("p1", ())),
    )
