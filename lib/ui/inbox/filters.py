"""The filters above the inbox, and how many wait in each part of it. The address is the only place they are kept."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from lib.auth.model import Person
from lib.executions.inbox import Inbox
from lib.ui.inbox import url_state
from lib.ui.inbox.url_state import InboxView
from lib.ui.keys import INBOX_CUSTOMER, INBOX_SECTION, INBOX_TEAM

SCOPE_LABELS = {False: "Mine", True: "The team's"}


def count_by_section(inbox: Inbox, view: InboxView) -> Mapping[str, int]:
    """Of all there are, whether or not their rows are shown."""
    all_of = inbox.counts
    decided = sum(1 for each in inbox.escalations if each.ended_at is not None and each.by_me)
    escalated = len(inbox.escalations) if all_of.team is None else max(all_of.team, len(inbox.escalations))
    return {
        "waiting": all_of.woken + all_of.to_me + decided + all_of.follow_ups + all_of.notices,
        "snoozed": all_of.snoozed,
        "escalated": escalated,
        "approvals": all_of.approvals,
        "done": all_of.undone,
    }


def draw_filters(inbox: Inbox, view: InboxView, person: Person) -> None:
    """Which part, whose, and which customer."""
    number = count_by_section(inbox, view)
    st.session_state[INBOX_SECTION] = view.section
    st.segmented_control(
        "Part of the inbox",
        list(url_state.SECTION_TITLES),
        key=INBOX_SECTION,
        required=True,
        format_func=lambda name: f"{url_state.SECTION_TITLES[name]} {number[name] or ''}".strip(),
        label_visibility="collapsed",
        on_change=_update_url,
        args=(lambda now: replace(now, section=st.session_state[INBOX_SECTION]), person.role.leads_team),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inbox_filters"):
        st.session_state[INBOX_CUSTOMER] = view.customer
        st.text_input(
            "Customer",
            key=INBOX_CUSTOMER,
            max_chars=url_state.MAX_CUSTOMER_CHARS,
            placeholder="Any customer",
            label_visibility="collapsed",
            icon=":material/search:",
            width=320,
            on_change=_update_url,
            args=(lambda now: replace(now, customer=st.session_state[INBOX_CUSTOMER].strip()), person.role.leads_team),
        )
        if person.role.leads_team:
            _draw_scope(view)


def _draw_scope(view: InboxView) -> None:
    st.session_state[INBOX_TEAM] = view.is_team
    st.segmented_control(
        "Whose",
        list(SCOPE_LABELS),
        key=INBOX_TEAM,
        required=True,
        format_func=SCOPE_LABELS.__getitem__,
        label_visibility="collapsed",
        on_change=_update_url,
        args=(lambda now: replace(now, is_team=bool(st.session_state[INBOX_TEAM])), True),
    )


def _update_url(change: Callable[[InboxView], InboxView], leads: bool) -> None:
    """A callback: the address changes, and the page follows it."""
    st.query_params.from_dict(
        url_state.to_query_params(change(url_state.parse_view(st.query_params, leads_team=leads)))
    )


def clear_customer_filter(view: InboxView) -> None:
    """A callback: every customer again."""
    st.query_params.from_dict(url_state.to_query_params(replace(view, customer="")))
