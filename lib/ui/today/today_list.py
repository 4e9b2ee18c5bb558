"""The list of the day, what waits beside it, and the other customers counted."""

from collections.abc import Sequence

import streamlit as st

from lib.actions.model import ActionSource
from lib.customers.today_items import TodayItem, TodayItemKind
from lib.customers.today_overview import TodayOverview
from lib.errors import ZenError
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import empty_and_error_states, page_links, row_pager, session_keys
from lib.ui.actions import button_commands, buttons
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.page_links import switch_to_peek, switch_to_run_page
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.today import sentences
from lib.ui.today.item_html import build_item_html, build_score_html

ITEM_ACTIONS: tuple[DialogKind, ...] = ("snooze", "skip", "escalate", "company")


def draw_today_list(overview: TodayOverview, services: Services) -> None:
    """The list of the day; the first item has the one primary button of the page."""
    _draw_today_items(overview.items, overview, services, has_primary=True)
    with error_boundary("other customers"):
        _draw_other_customer_counts(overview)
    with error_boundary("more items"):
        _draw_more_items(overview, services)


def _draw_today_items(
    items: Sequence[TodayItem], overview: TodayOverview, services: Services, *, has_primary: bool
) -> None:
    for place, item in enumerate(items):
        with (
            st.container(key=session_keys.today_item_key(item.key), gap="xsmall"),
            error_boundary(f"item {item.key}"),
        ):
            _draw_today_item(item, overview, services, is_first=has_primary and place == 0)


def _draw_today_item(item: TodayItem, overview: TodayOverview, services: Services, *, is_first: bool) -> None:
    person = services.person
    html = build_item_html(item, overview.today, person.time_zone, show_owner=person.role.leads_team)
    with draw_row_with_buttons(html, key=item.key):
        if item.follow_up is not None:
            _draw_follow_up_buttons(item, is_first=is_first)
            return
        is_opened = _draw_open_button(item, is_first=is_first)
        if item.kind is TodayItemKind.PRICE:
            page_links.draw_inbox_link("Decide", "approvals", icon=":material/sell:")
        if item.score is not None:
            with st.popover(f"Why priority {item.score}?", type="tertiary"):
                draw_html(build_score_html(item))
        if item.kind not in (TodayItemKind.ESCALATION, TodayItemKind.PRICE):
            buttons.draw_action_menu(ITEM_ACTIONS, _build_item_target(item), ActionSource.DASHBOARD, of=item.key)
    if is_opened and item.execution_id is not None:
        switch_to_run_page(item.execution_id, item.run.current_slide if item.run else None)
    elif is_opened:
        switch_to_peek(item.workflow_id or "", item.customer_id)


def _draw_open_button(item: TodayItem, *, is_first: bool) -> bool:
    return st.button(
        "Open",
        key=session_keys.today_open_key(item.key),
        type="primary" if is_first else "secondary",
        disabled=item.workflow_name is None,
        help=None if item.workflow_name else "No published workflow fits this customer right now.",
    )


def _draw_follow_up_buttons(item: TodayItem, *, is_first: bool) -> None:
    if item.follow_up is None:
        return
    if item.execution_id is not None:
        page_links.draw_run_link(item.execution_id, "Open", of=(item.workflow_name or "", item.customer_name))
    command = button_commands.build_complete_follow_up_command(item.follow_up.id)
    key = f"today.{item.key}"
    buttons.draw_command_button("Done", command, key=key, icon=":material/check:", is_primary=is_first)


def _draw_more_items(overview: TodayOverview, services: Services) -> None:
    """What waits beside the list, once the person asks for it. The list stays as it is."""
    part = session_keys.TODAY_MORE_ITEMS
    window = row_pager.get_row_window(part, overview.more, at_first=0)
    if window.count:
        try:
            found = row_pager.load_window_rows(part, window, services.accounts.fetch_more_items)
        except ZenError as error:
            empty_and_error_states.draw_error(error, key=part)
            return
        st.markdown("### Also waiting")
        _draw_today_items(found.items, overview, services, has_primary=False)
    row_pager.draw_row_pager(part, window, overview.more, "other item")


def _draw_other_customer_counts(overview: TodayOverview) -> None:
    """Counts of one's own customers that are not on the list, with links to one's own inbox."""
    rest = sentences.describe_other_customers(overview)
    if rest:
        draw_html(Html('<p class="zen-small zen-muted">{}</p>').format(rest))
    follow_ups = f"{format_count(overview.follow_ups, 'follow-up')} due"
    counts = (
        (overview.snoozed, f"{overview.snoozed} snoozed", "snoozed", ":material/snooze:"),
        (overview.follow_ups, follow_ups, "waiting", ":material/task_alt:"),
        (overview.notices, format_count(overview.notices, "notice"), "waiting", ":material/mail:"),
    )
    if any(number for number, *_ in counts):
        with st.container(horizontal=True, gap="medium", key="zen_counts"):
            for number, label, section, mark in counts:
                if number:
                    page_links.draw_inbox_link(label, section, icon=mark)


def _build_item_target(item: TodayItem) -> ActionTarget:
    """A run that may not exist yet: an action starts it, due at the notice deadline."""
    return ActionTarget(
        customer_name=item.customer_name,
        customer_id=item.customer_id,
        workflow_id=item.workflow_id,
        workflow_name=item.workflow_name,
        execution_id=item.execution_id,
        due_on=item.run.due_on if item.run else item.notice_deadline,
        notice_deadline=item.notice_deadline,
        snooze_count=None if item.execution_id else 0,
    )
