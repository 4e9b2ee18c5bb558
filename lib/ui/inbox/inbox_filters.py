"""What of the inbox is shown, its filters, and how many wait in each section.

The page's address is the only place it is kept: a link or a reload shows the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from lib.auth.model import Person
from lib.executions.inbox import Inbox
from lib.ui.session_keys import INBOX_CUSTOMER, INBOX_SECTION, INBOX_TEAM

SECTION_PARAM, CUSTOMER_PARAM, SCOPE_PARAM = "section", "customer", "of"
TEAM_SCOPE = "team"
MAX_CUSTOMER_CHARS = 200
SECTION_TITLES: Mapping[str, str] = {
    "waiting": "Waiting",
    "snoozed": "Snoozed",
    "escalated": "Escalated",
    "approvals": "Approvals",
    "done": "Recently done",
}
SCOPE_LABELS = {False: "Mine", True: "The team's"}


@dataclass(frozen=True, kw_only=True)
class InboxView:
    """`customer` is part of a name; `is_team` shows the company's instead of one's own, to leaders."""

    section: str = "waiting"
    customer: str = ""
    is_team: bool = False

    def matches_customer(self, customer_name: str | None) -> bool:
        return self.customer.casefold() in (customer_name or "").casefold()


def parse_inbox_view(params: Mapping[str, str], *, leads_team: bool) -> InboxView:
    """The view in an address; parameters that are not ours are ignored."""
    section = params.get(SECTION_PARAM) or ""
    return InboxView(
        section=section if section in SECTION_TITLES else "waiting",
        customer=(params.get(CUSTOMER_PARAM) or "").strip()[:MAX_CUSTOMER_CHARS],
        is_team=leads_team and params.get(SCOPE_PARAM) == TEAM_SCOPE,
    )


def build_inbox_query_params(view: InboxView) -> dict[str, str]:
    given = {
        SECTION_PARAM: "" if view.section == "waiting" else view.section,
        CUSTOMER_PARAM: view.customer,
        SCOPE_PARAM: TEAM_SCOPE if view.is_team else "",
    }
    return {name: value for name, value in given.items() if value}


def build_section_query_params(section: str, *, is_team: bool) -> dict[str, str]:
    """The address of a section, named even if it is the first."""
    return {SECTION_PARAM: section, **build_inbox_query_params(InboxView(section=section, is_team=is_team))}


def count_rows_by_section(inbox: Inbox) -> Mapping[str, int]:
    """Of all there are, whether or not their rows are shown."""
    all_of = inbox.counts
    return {
        "waiting": all_of.waiting,
        "snoozed": all_of.snoozed,
        "escalated": all_of.escalations,
        "approvals": all_of.approvals + all_of.price_approvals,
        "done": all_of.undone,
    }


def draw_inbox_filters(inbox: Inbox, view: InboxView, person: Person) -> None:
    """Which section, whose, and which customer."""
    number = count_rows_by_section(inbox)
    st.session_state[INBOX_SECTION] = view.section
    st.segmented_control(
        "Section of the inbox",
        list(SECTION_TITLES),
        key=INBOX_SECTION,
        required=True,
        format_func=lambda name: f"{SECTION_TITLES[name]} {number[name] or ''}".strip(),
        label_visibility="collapsed",
        on_change=_update_inbox_url,
        args=(lambda now: replace(now, section=st.session_state[INBOX_SECTION]), person.role.leads_team),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inbox_filters"):
        st.session_state[INBOX_CUSTOMER] = view.customer
        st.text_input(
            "Customer",
            key=INBOX_CUSTOMER,
            max_chars=MAX_CUSTOMER_CHARS,
            placeholder="Any customer",
            label_visibility="collapsed",
            icon=":material/search:",
            width=320,
            on_change=_update_inbox_url,
            args=(lambda now: replace(now, customer=st.session_state[INBOX_CUSTOMER].strip()), person.role.leads_team),
        )
        if person.role.leads_team:
            _draw_scope_filter(view)


def _draw_scope_filter(view: InboxView) -> None:
    st.session_state[INBOX_TEAM] = view.is_team
    st.segmented_control(
        "Whose",
        list(SCOPE_LABELS),
        key=INBOX_TEAM,
        required=True,
        format_func=SCOPE_LABELS.__getitem__,
        label_visibility="collapsed",
        on_change=_update_inbox_url,
        args=(lambda now: replace(now, is_team=bool(st.session_state[INBOX_TEAM])), True),
    )


def _update_inbox_url(change: Callable[[InboxView], InboxView], leads: bool) -> None:
    """A callback: change the address; the page follows it."""
    st.query_params.from_dict(build_inbox_query_params(change(parse_inbox_view(st.query_params, leads_team=leads))))


def clear_customer_filter(view: InboxView) -> None:
    """A callback: every customer again."""
    st.query_params.from_dict(build_inbox_query_params(replace(view, customer="")))
