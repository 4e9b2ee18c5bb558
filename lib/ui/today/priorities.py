"""The customers that matter today, each with its reasons, and the others counted."""

import streamlit as st

from lib.accounts.model import HealthBand
from lib.accounts.today_overview import PriorityItem, TodayOverview
from lib.actions.model import ActionSource
from lib.errors import ZenError
from lib.executions.service import ExecutionService
from lib.text.format import format_count
from lib.text.html import Html, build_icon_html
from lib.ui import empty_and_error_states, navigation, session_keys, theme
from lib.ui.actions import buttons
from lib.ui.actions.action_state import DialogKind
from lib.ui.actions.action_target import ActionTarget
from lib.ui.error_boundary import error_boundary
from lib.ui.navigation import start_run_and_switch_page, switch_to_run_page
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.today import sentences

PRIORITY_ACTIONS: tuple[DialogKind, ...] = ("snooze", "skip", "escalate", "company")
SCORE_LIMITS = "Up to 40 points for the notice deadline, 30 for ARR, and 30 for all signals together."


def draw_priorities(dashboard: TodayOverview, executions: ExecutionService, *, show_owner: bool) -> None:
    """At most three customers; the first has the one primary button of the page."""
    for place, item in enumerate(dashboard.priorities):
        with (
            st.container(key=session_keys.today_item_key(place), gap="xsmall"),
            error_boundary(f"priority {item.customer_id}"),
        ):
            _draw_priority(item, executions, is_first=place == 0, show_owner=show_owner)
    with error_boundary("other customers"):
        _draw_other_customer_counts(dashboard, is_team=show_owner)


def _draw_priority(item: PriorityItem, executions: ExecutionService, *, is_first: bool, show_owner: bool) -> None:
    with draw_row_with_buttons(_build_priority_html(item, show_owner=show_owner), key=item.customer_id):
        is_clicked = st.button(
            "Open",
            key=session_keys.today_open_key(item.customer_id),
            type="primary" if is_first else "secondary",
            disabled=item.workflow_name is None,
            help=None if item.workflow_name else "No published workflow fits; a workflow's own rule decides that.",
        )
        with st.popover(f"Why {item.score}?", type="tertiary"):
            draw_html(_build_score_html(item))
        of = f"zen.{item.customer_id}"
        buttons.draw_action_menu(PRIORITY_ACTIONS, _build_action_target(item), ActionSource.DASHBOARD, of=of)
    if is_clicked:
        _open_or_start_run(item, executions)


def _build_priority_html(item: PriorityItem, *, show_owner: bool) -> Html:
    band = HealthBand(item.health_band) if item.health_band else None
    back = sentences.describe_return_from_snooze(item)
    facts = (item.workflow_name or "no workflow fits", sentences.format_arr_and_deadline(item))
    return Html("<h3>{} {}</h3>{}<p>{}</p>{}").format(
        item.customer_name,
        theme.build_health_badge_html(item.health_score, band),
        Html("<p>{}{}</p>").format(build_icon_html(":material/notifications_active:"), back) if back else "",
        item.reason_text,
        Html('<p class="zen-small zen-muted">{}</p>').format(
            " · ".join((*facts, item.owner_name) if show_owner else facts)
        ),
    )


def _open_or_start_run(item: PriorityItem, executions: ExecutionService) -> None:
    if item.execution_id is not None:
        switch_to_run_page(item.execution_id)
    try:
        start_run_and_switch_page(executions, workflow_id=item.workflow_id or "", customer_id=item.customer_id)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key=session_keys.today_item_key(item.customer_id))


def _build_score_html(item: PriorityItem) -> Html:
    """The score as a sum; signals over the cap are listed below it."""
    rows = Html("").join(
        Html('<tr><td class="zen-number">{}</td><td>{}</td></tr>').format(reason.points, reason.sentence)
        for reason in sentences.select_score_parts(item.reasons)
    )
    over_cap = sentences.describe_signals_over_cap(item.reasons)
    return Html(
        '<div class="zen-table"><table><thead><tr><th class="zen-number">Points</th><th>Reason</th></tr></thead>'
        '<tbody>{}<tr class="zen-total"><td class="zen-number">{}</td><td>of 100</td></tr></tbody></table></div>'
        '<p class="zen-small zen-muted">{}</p>{}'
    ).format(
        rows,
        item.score,
        SCORE_LIMITS,
        Html('<p class="zen-small zen-muted">Also on record, over the limit: {}</p>').format(over_cap)
        if over_cap
        else "",
    )


def _draw_other_customer_counts(dashboard: TodayOverview, *, is_team: bool) -> None:
    """Counts of the customers without a priority today, with links to the inbox.

    Snoozed runs are counted over the whole portfolio, so a leader's link opens the team's; the rest are one's own.
    """
    done = Html("<p><strong>That is all for today.</strong></p>") if dashboard.priorities else ""
    rest = sentences.describe_other_customers(dashboard)
    if done or rest:
        draw_html(Html('{}<p class="zen-small zen-muted">{}</p>').format(done, rest))
    follow_ups = f"{format_count(dashboard.follow_ups, 'follow-up')} due"
    counts = (
        (dashboard.snoozed, f"{dashboard.snoozed} snoozed", "snoozed", ":material/snooze:"),
        (dashboard.follow_ups, follow_ups, "waiting", ":material/task_alt:"),
        (dashboard.notices, format_count(dashboard.notices, "notice"), "waiting", ":material/mail:"),
    )
    if any(number for number, *_ in counts):
        with st.container(horizontal=True, gap="medium", key="zen_counts"):
            for number, label, section, mark in counts:
                if number:
                    navigation.draw_inbox_link(label, section, icon=mark, is_team=is_team and section == "snoozed")


def _build_action_target(item: PriorityItem) -> ActionTarget:
    """A run that may not exist yet: an action starts it, due at the notice deadline."""
    return ActionTarget(
        customer_name=item.customer_name,
        customer_id=item.customer_id,
        workflow_id=item.workflow_id,
        workflow_name=item.workflow_name,
        execution_id=item.execution_id,
        due_on=item.notice_deadline,
        notice_deadline=item.notice_deadline,
        snooze_count=None if item.execution_id else 0,
    )
