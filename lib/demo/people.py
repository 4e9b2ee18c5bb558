"""Who can sign in to the demo. Every address is under .example, so no mail can ever reach anybody."""

from dataclasses import dataclass

PASSWORD = "calm-monday"  # noqa: S105 - shown on the sign-in page of the embedded Supabase
VENDOR = "Larkfield Software"
NEIGHBOUR = "Brindle Analytics"


@dataclass(frozen=True)
class DemoPerson:
    """`role` is csm, manager or admin; `company` is the vendor the person works for."""

    email: str
    full_name: str
    role: str
    company: str
    password: str = PASSWORD


DEMO_PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("alice@larkfield.example", "Alice Moreau", "csm", VENDOR),
    DemoPerson("bob@larkfield.example", "Bob Lindqvist", "csm", VENDOR),
    DemoPerson("carol@larkfield.example", "Carol Adeyemi", "manager", VENDOR),
    DemoPerson("dan@larkfield.example", "Dan Whitaker", "admin", VENDOR),
    DemoPerson("erin@brindle.example", "Erin Castellanos", "csm", NEIGHBOUR),
    DemoPerson("frank@brindle.example", "Frank Oduya", "manager", NEIGHBOUR),
)
