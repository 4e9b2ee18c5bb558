"""Sections of the inbox: the rows of each, what it says when empty, and actions on several runs."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.inbox import EscalatedRun, Inbox, InboxRun
from lib.services import Services
from lib.text.format import format_count
from lib.ui import empty_and_error_states, navigation, page_cache
from lib.ui.actions.action_state import open_dialog
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.inbox import inbox_rows
from lib.ui.inbox.inbox_filters import InboxView, clear_customer_filter
from lib.ui.page_cache import Cached
from lib.ui.session_keys import INBOX, INBOX_ROWS, TEAM_INBOX, action_button_key

PAGE_ROWS = 200
MAX_ROWS = 5000
EMPTY_TEXTS = {
    "waiting": (
        "Nothing is waiting for you",
        "Runs that come back from a snooze, escalations to you, follow-ups and notices appear here.",
    ),
    "snoozed": (
        "Nothing is snoozed",
        "Runs you snooze appear here, with the day or signal that brings them back.",
    ),
    "escalated": (
        "Nothing is escalated",
        "Escalations you send or receive appear here with their deadline.",
    ),
    "approvals": (
        "Nothing needs approval",
        "Changes proposed in chat that need your approval appear here.",
    ),
    "done": (
        "Nothing was done in the last 24 hours",
        "Snoozes, skips, changes of escalations and your company's actions stay here for a day. "
        "What can be taken back has Undo.",
    ),
}
InboxRow = TypeVar("InboxRow")


def draw_inbox_section(inbox: Inbox, view: InboxView, person: Person) -> None:
    match view.section:
        case "snoozed":
            drawn = _draw_snoozed_section(inbox, view, person)
        case "escalated":
            drawn = _draw_escalated_section(inbox, view, person)
        case "approvals":
            found = [each for each in inbox.approvals if view.matches_customer(each.customer_name)]
            draw = partial(inbox_rows.draw_approval_row, time_zone=person.time_zone)
            drawn = _draw_section_rows(
                "Waiting for approval", found, draw, inbox.counts.approvals, len(inbox.approvals)
            )
        case "done":
            done = [each for each in inbox.undone if view.matches_customer(each.customer_name)]
            draw_action = partial(inbox_rows.draw_recent_action_row, time_zone=person.time_zone)
            title = "Done and undone in the last 24 hours"
            drawn = _draw_section_rows(title, done, draw_action, inbox.counts.undone, len(inbox.undone))
        case _:
            drawn = _draw_waiting_section(inbox, view, person)
    if not drawn:
        _draw_empty_inbox_section(view)


def _draw_waiting_section(inbox: Inbox, view: InboxView, person: Person) -> int:
    woken = [each for each in inbox.woken if view.matches_customer(each.customer_name)]
    escalations = [each for each in inbox.escalations if view.matches_customer(each.customer_name)]
    to_me = [each for each in escalations if each.ended_at is None and each.to_me]
    decided = [each for each in escalations if each.ended_at is not None and each.by_me]
    follow_ups = [each for each in inbox.follow_ups if view.matches_customer(each.customer_name)]
    notices = [each for each in inbox.notices if view.matches_customer(each.customer_name)]
    counts = inbox.counts
    draw_woken = partial(inbox_rows.draw_woken_run_row, is_team=view.is_team, is_selectable=len(woken) > 1)
    draw_escalation = partial(inbox_rows.draw_escalation_row, person=person)
    draw_follow_up = partial(inbox_rows.draw_follow_up_row, person=person, is_team=view.is_team)
    draw_notice = partial(inbox_rows.draw_notice_row, time_zone=person.time_zone)
    return sum(
        (
            _draw_section_rows("Back from a snooze", woken, draw_woken, counts.woken, len(inbox.woken), bulk=woken),
            _draw_section_rows(
                "Escalated to you, or handed back",
                [*to_me, *decided],
                draw_escalation,
                counts.escalations,
                len(inbox.escalations),
            ),
            _draw_section_rows("Follow-ups", follow_ups, draw_follow_up, counts.follow_ups, len(inbox.follow_ups)),
            _draw_section_rows("Notices", notices, draw_notice, counts.notices, len(inbox.notices)),
        )
    )


def _draw_snoozed_section(inbox: Inbox, view: InboxView, person: Person) -> int:
    found = [each for each in inbox.snoozed if view.matches_customer(each.customer_name)]
    draw = partial(
        inbox_rows.draw_snoozed_run_row, time_zone=person.time_zone, is_team=view.is_team, is_selectable=len(found) > 1
    )
    return _draw_section_rows("Snoozed", found, draw, inbox.counts.snoozed, len(inbox.snoozed), bulk=found)


def _draw_escalated_section(inbox: Inbox, view: InboxView, person: Person) -> int:
    found = [each for each in inbox.escalations if view.matches_customer(each.customer_name)]
    groups: dict[str, list[EscalatedRun]] = {"To you": [], "By you": [], "Between others": []}
    for each in found:
        groups["To you" if each.to_me else "By you" if each.by_me else "Between others"].append(each)
    draw = partial(inbox_rows.draw_escalation_row, person=person)
    shown = len(inbox.escalations)
    return sum(
        _draw_section_rows(title, group, draw, inbox.counts.escalations, shown) for title, group in groups.items()
    )


def _draw_section_rows(
    title: str,
    found: Sequence[InboxRow],
    draw: Callable[[InboxRow], None],
    total: int = 0,
    loaded: int = 0,
    *,
    bulk: Sequence[InboxRun] = (),
) -> int:
    """Draw the rows under their title and return their number. `total` counts also those that were not loaded."""
    if not found:
        return 0
    st.markdown(f"## {title}")
    if len(bulk) > 1:
        _draw_bulk_actions(bulk)
    for number, row in enumerate(found):
        with error_boundary(f"inbox {title} {number}"):
            draw(row)
    if total > loaded:
        _draw_more_button(title, loaded, total)
    return len(found)


def _draw_more_button(title: str, loaded: int, total: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{loaded:,} of {total:,}", width="content")
        st.button(
            f"Show {min(PAGE_ROWS, total - loaded)} more",
            key=action_button_key("inbox_more", title),
            type="tertiary",
            icon=":material/expand_more:",
            on_click=_load_rows,
            args=(loaded + PAGE_ROWS,),
        )


def _load_rows(most: int) -> None:
    """A callback."""
    st.session_state[INBOX_ROWS] = min(most, MAX_ROWS)


def load_inbox(services: Services, view: InboxView) -> Cached[Inbox]:
    """The inbox with as many rows as asked for; all of them where a customer is looked for. Raises as `fetch_inbox`."""
    key = get_inbox_key(view)
    most: int = st.session_state.get(INBOX_ROWS, PAGE_ROWS)
    cached = _load_first_rows(services, view, most)
    wanted = MAX_ROWS if view.customer and cached.value.is_cut else most
    if cached.value.most >= wanted or cached.error is not None:
        return cached
    page_cache.invalidate(key)
    return _load_first_rows(services, view, wanted)


def _load_first_rows(services: Services, view: InboxView, most: int) -> Cached[Inbox]:
    fetch = partial(services.inbox.fetch_inbox, team=view.is_team, most=most)
    return page_cache.load(get_inbox_key(view), fetch, skeleton_height=400)


def get_inbox_key(view: InboxView) -> str:
    return TEAM_INBOX if view.is_team else INBOX


def _draw_bulk_actions(runs: Sequence[InboxRun]) -> None:
    """Select several runs and snooze them together."""
    selected = inbox_rows.list_selected_targets(runs)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inbox_many"):
        st.button(
            f"Snooze {format_count(len(selected))}" if selected else "Snooze several",
            key=action_button_key("bulk", "snooze"),
            icon=":material/snooze:",
            disabled=not selected,
            help=None if selected else "Select runs first.",
            on_click=open_dialog,
            args=("snooze", ActionSource.INBOX, *selected),
        )
        is_all = len(selected) == len(runs)
        st.button(
            "Select none" if is_all else "Select all",
            key=action_button_key("bulk", "tick"),
            type="tertiary",
            on_click=inbox_rows.select_all_runs,
            args=(runs, not is_all),
        )


def _draw_empty_inbox_section(view: InboxView) -> None:
    if view.customer:
        empty_and_error_states.draw_empty_state(
            "Nothing found", "There is nothing here for a customer with that name.", icon=":material/search_off:"
        )
        key = action_button_key("inbox", "clear")
        st.button("Show every customer", key=key, on_click=clear_customer_filter, args=(view,))
        return
    title, text = EMPTY_TEXTS[view.section]
    empty_and_error_states.draw_empty_state(title, text)
    navigation.draw_today_link()
