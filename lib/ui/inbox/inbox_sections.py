"""Sections of the inbox: the rows of each, what it says when empty, and actions on several runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.inbox import Inbox
from lib.executions.inbox_entries import EscalatedRun, FollowUp, InboxRun, Notice, PendingApproval, RecentAction
from lib.services import Services
from lib.text.format import format_count
from lib.ui import empty_and_error_states, page_cache, page_links, row_pager
from lib.ui.actions.action_state import open_dialog
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.inbox import approval_rows, inbox_rows, run_selection
from lib.ui.inbox.inbox_filters import InboxView, clear_customer_filter
from lib.ui.page_cache import Cached
from lib.ui.row_pager import RowWindow
from lib.ui.session_keys import INBOX, TEAM_INBOX, action_button_key, row_window_key

PAGE_ROWS = 200
MAX_ROWS = 1000
MAX_ROWS_OF_CUSTOMER = 5000
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
        "Prices below someone's limit and changes proposed in chat that need approval appear here.",
    ),
    "done": (
        "Nothing was done in the last 24 hours",
        "Snoozes, skips, changes of escalations and company actions stay here for a day. "
        "What can be taken back has Undo.",
    ),
}
InboxRow = TypeVar("InboxRow", bound=InboxRun | FollowUp | Notice | PendingApproval | RecentAction)


def draw_inbox_section(inbox: Inbox, view: InboxView, person: Person) -> None:
    page = _SectionPage(inbox=inbox, view=view)
    match view.section:
        case "snoozed":
            drawn = _draw_snoozed_section(page, person)
        case "escalated":
            drawn = _draw_escalated_section(page, person)
        case "approvals":
            drawn = _draw_approvals_section(page, person)
        case "done":
            draw_action = partial(inbox_rows.draw_recent_action_row, time_zone=person.time_zone)
            title = "Done and undone in the last 24 hours"
            drawn = page.draw_section_rows(title, "undone", page.list_rows_of_customer(inbox.undone), draw_action)
        case _:
            drawn = _draw_waiting_section(page, person)
    if not drawn:
        _draw_empty_inbox_section(view)


@dataclass(frozen=True, kw_only=True)
class _SectionPage:
    """The loaded rows of one section of the inbox."""

    inbox: Inbox
    view: InboxView

    def list_rows_of_customer(self, rows: Sequence[InboxRow]) -> list[InboxRow]:
        """The rows of the customer that is looked for."""
        return [row for row in rows if self.view.matches_customer(row.customer_name)]

    def draw_section_rows(
        self,
        title: str,
        kind: str,
        found: Sequence[InboxRow],
        draw: Callable[[InboxRow], None],
        *,
        bulk: Sequence[InboxRun] = (),
    ) -> int:
        """Draw rows of a kind under a title, with a way to those not loaded, and return their number."""
        if not found:
            return 0
        st.markdown(f"## {title}")
        if len(bulk) > 1:
            _draw_bulk_actions(bulk)
        for number, row in enumerate(found):
            with error_boundary(f"inbox {title} {number}"):
                draw(row)
        loaded, total = len(getattr(self.inbox, kind)), getattr(self.inbox.counts, kind)
        if self.view.customer and total > loaded:
            st.caption(f"The first {loaded:,} of {total:,}. Type more of the customer's name to see the others.")
        elif not self.view.customer:
            window = RowWindow(first=self.inbox.first, count=loaded)
            part = get_inbox_key(self.view)
            row_pager.draw_row_pager(part, window, total, "row", page_rows=PAGE_ROWS, max_rows=MAX_ROWS, of=title)
        return len(found)


def _draw_waiting_section(page: _SectionPage, person: Person) -> int:
    inbox, is_team = page.inbox, page.view.is_team
    woken, escalations = page.list_rows_of_customer(inbox.woken), page.list_rows_of_customer(inbox.escalations)
    to_me = [each for each in escalations if each.ended_at is None and each.to_me]
    decided = [each for each in escalations if each.is_unseen_decision]
    draw_woken = partial(inbox_rows.draw_woken_run_row, is_team=is_team, is_selectable=len(woken) > 1)
    draw_escalation = partial(inbox_rows.draw_escalation_row, person=person)
    draw_follow_up = partial(inbox_rows.draw_follow_up_row, person=person, is_team=is_team)
    draw_notice = partial(inbox_rows.draw_notice_row, time_zone=person.time_zone)
    return sum(
        (
            page.draw_section_rows("Back from a snooze", "woken", woken, draw_woken, bulk=woken),
            page.draw_section_rows(
                "Escalated to you, or handed back", "escalations", [*to_me, *decided], draw_escalation
            ),
            page.draw_section_rows(
                "Follow-ups", "follow_ups", page.list_rows_of_customer(inbox.follow_ups), draw_follow_up
            ),
            page.draw_section_rows("Notices", "notices", page.list_rows_of_customer(inbox.notices), draw_notice),
        )
    )


def _draw_snoozed_section(page: _SectionPage, person: Person) -> int:
    found, is_team = page.list_rows_of_customer(page.inbox.snoozed), page.view.is_team
    draw = partial(
        inbox_rows.draw_snoozed_run_row, time_zone=person.time_zone, is_team=is_team, is_selectable=len(found) > 1
    )
    return page.draw_section_rows("Snoozed", "snoozed", found, draw, bulk=found)


def _draw_approvals_section(page: _SectionPage, person: Person) -> int:
    prices, calls = (
        page.list_rows_of_customer(page.inbox.price_approvals),
        page.list_rows_of_customer(page.inbox.approvals),
    )
    draw_price = partial(approval_rows.draw_price_row, person=person)
    draw_call = partial(approval_rows.draw_approval_row, time_zone=person.time_zone)
    return page.draw_section_rows("Prices", "price_approvals", prices, draw_price) + page.draw_section_rows(
        "Waiting for approval", "approvals", calls, draw_call
    )


def _draw_escalated_section(page: _SectionPage, person: Person) -> int:
    groups: dict[str, list[EscalatedRun]] = {"To you": [], "By you": [], "Between others": []}
    for each in page.list_rows_of_customer(page.inbox.escalations):
        groups["To you" if each.to_me else "By you" if each.by_me else "Between others"].append(each)
    draw = partial(inbox_rows.draw_escalation_row, person=person)
    return sum(page.draw_section_rows(title, "escalations", group, draw) for title, group in groups.items())


def _get_section_window(view: InboxView) -> RowWindow:
    part = get_inbox_key(view)
    window: RowWindow = st.session_state.get(row_window_key(part), RowWindow(count=PAGE_ROWS))
    return window


def load_inbox(services: Services, view: InboxView) -> Cached[Inbox]:
    """The rows of the inbox that were asked for, and counts of all. Raises as `fetch_inbox`. One request at first."""
    key, window = get_inbox_key(view), _get_section_window(view)
    cached = _load_section_window(services, view, window)
    if (cached.value.first, cached.value.most) == (window.first, window.count) or cached.error is not None:
        return cached
    page_cache.invalidate(key)
    return _load_section_window(services, view, window)


def load_rows_of_customer(services: Services, view: InboxView, inbox: Inbox) -> Inbox:
    """Those of the customer that is looked for, also beyond the loaded rows. One request, none where all are loaded."""
    if not view.customer or not inbox.is_cut:
        return inbox
    key = f"{get_inbox_key(view)}.of_customer.{view.customer}"
    fetch = partial(services.inbox.fetch_inbox, team=view.is_team, most=MAX_ROWS_OF_CUSTOMER, customer=view.customer)
    return page_cache.load_with_max_age(key, fetch, page_cache.CACHE_SECONDS).value


def _load_section_window(services: Services, view: InboxView, window: RowWindow) -> Cached[Inbox]:
    fetch = partial(services.inbox.fetch_inbox, team=view.is_team, first=window.first, most=window.count)
    return page_cache.load_for_page(get_inbox_key(view), fetch, skeleton_height=400)


def get_inbox_key(view: InboxView) -> str:
    return TEAM_INBOX if view.is_team else INBOX


def _draw_bulk_actions(runs: Sequence[InboxRun]) -> None:
    """Select several runs and snooze them together."""
    selected = run_selection.list_selected_targets(runs)
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
            on_click=run_selection.select_all_runs,
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
    page_links.draw_today_link()
