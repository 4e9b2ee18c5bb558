"""What of the inbox is shown, as it stands in the page's address: a link or a reload shows the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

SECTION, CUSTOMER, SCOPE = "section", "customer", "of"
TEAM = "team"
MOST = 200
SECTIONS: Mapping[str, str] = {
    "waiting": "Waiting",
    "snoozed": "Snoozed",
    "escalated": "Escalated",
    "approvals": "Approvals",
    "done": "Done lately",
}


class Params(Protocol):
    """What is asked of `st.query_params`."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class View:
    """`customer` is part of a name; `is_team` shows the company's instead of one's own, to leaders."""

    section: str = "waiting"
    customer: str = ""
    is_team: bool = False

    def holds(self, customer_name: str | None) -> bool:
        return self.customer.casefold() in (customer_name or "").casefold()


def read(params: Params, *, leads: bool) -> View:
    """Anything may stand in an address: what is none of ours is as if it were not there."""
    section = params.get(SECTION) or ""
    return View(
        section=section if section in SECTIONS else "waiting",
        customer=(params.get(CUSTOMER) or "").strip()[:MOST],
        is_team=leads and params.get(SCOPE) == TEAM,
    )


def write(view: View) -> dict[str, str]:
    given = {
        SECTION: "" if view.section == "waiting" else view.section,
        CUSTOMER: view.customer,
        SCOPE: TEAM if view.is_team else "",
    }
    return {name: value for name, value in given.items() if value}


def to_section(section: str, *, is_team: bool) -> dict[str, str]:
    """The address of a part, named even where it is the first."""
    return {SECTION: section, **write(View(section=section, is_team=is_team))}
