"""What of the inbox is shown, as it stands in the page's address: a link or a reload shows the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

SECTION_PARAM, CUSTOMER_PARAM, SCOPE_PARAM = "section", "customer", "of"
TEAM_SCOPE = "team"
MAX_CUSTOMER_CHARS = 200
SECTION_TITLES: Mapping[str, str] = {
    "waiting": "Waiting",
    "snoozed": "Snoozed",
    "escalated": "Escalated",
    "approvals": "Approvals",
    "done": "Done lately",
}


class InboxQueryParams(Protocol):
    """What is asked of `st.query_params`."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class InboxView:
    """`customer` is part of a name; `is_team` shows the company's instead of one's own, to leaders."""

    section: str = "waiting"
    customer: str = ""
    is_team: bool = False

    def matches_customer(self, customer_name: str | None) -> bool:
        return self.customer.casefold() in (customer_name or "").casefold()


def parse_view(params: InboxQueryParams, *, leads_team: bool) -> InboxView:
    """Anything may stand in an address: what is none of ours is as if it were not there."""
    section = params.get(SECTION_PARAM) or ""
    return InboxView(
        section=section if section in SECTION_TITLES else "waiting",
        customer=(params.get(CUSTOMER_PARAM) or "").strip()[:MAX_CUSTOMER_CHARS],
        is_team=leads_team and params.get(SCOPE_PARAM) == TEAM_SCOPE,
    )


def to_query_params(view: InboxView) -> dict[str, str]:
    given = {
        SECTION_PARAM: "" if view.section == "waiting" else view.section,
        CUSTOMER_PARAM: view.customer,
        SCOPE_PARAM: TEAM_SCOPE if view.is_team else "",
    }
    return {name: value for name, value in given.items() if value}


def section_query_params(section: str, *, is_team: bool) -> dict[str, str]:
    """The address of a part, named even where it is the first."""
    return {SECTION_PARAM: section, **to_query_params(InboxView(section=section, is_team=is_team))}
