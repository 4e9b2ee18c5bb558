"""The few things that matter today, each with why, and the rest counted."""

import streamlit as st

from lib.accounts.dashboard import Dashboard, PriorityItem
from lib.accounts.model import HealthBand
from lib.actions.model import ActionSource
from lib.errors import ZenError
from lib.executions.service import ExecutionService
from lib.text.escape import escape_markdown
from lib.text.format import format_count
from lib.ui import keys, links, placeholders, theme
from lib.ui.actions import buttons
from lib.ui.actions.action_state import ActionTarget, DialogKind
from lib.ui.navigation import open_run_page, start_run_and_open
from lib.ui.today import row_layout, sentences

PRIORITY_ACTIONS: tuple[DialogKind, ...] = ("snooze", "skip", "escalate", "company")


def draw_priorities(board: Dashboard, executions: ExecutionService, *, show_owner: bool) -> None:
    """At most three things; the first has the one primary button of the page."""
    for place, thing in enumerate(board.priorities):
        with st.container(key=keys.today_item(place), gap="xsmall"):
            _draw_priority(thing, executions, is_first=place == 0, show_owner=show_owner)
    _draw_other_customers(board, is_team=show_owner)


def _draw_priority(thing: PriorityItem, executions: ExecutionService, *, is_first: bool, show_owner: bool) -> None:
    with row_layout.row_with_actions(thing.customer_id) as act:
        band = HealthBand(thing.health_band) if thing.health_band else None
        st.markdown(f"### {escape_markdown(thing.customer_name)} {theme.format_health_badge(thing.health_score, band)}")
        back = sentences.explain_return(thing)
        if back is not None:
            st.markdown(f":material/notifications_active: {escape_markdown(back)}")
        st.markdown(escape_markdown(thing.reason_text))
        st.caption(escape_markdown(_facts_line(thing, show_owner=show_owner)))
    with act:
        is_clicked = _draw_open_button(thing, is_first=is_first)
        _draw_score_breakdown(thing)
        buttons.draw_action_menu(
            PRIORITY_ACTIONS, _action_target(thing), ActionSource.DASHBOARD, of=f"zen.{thing.customer_id}"
        )
    if is_clicked:
        _open_or_start_run(thing, executions)


def _facts_line(thing: PriorityItem, *, show_owner: bool) -> str:
    facts = (thing.workflow_name or "no workflow fits", sentences.format_arr_and_deadline(thing))
    return " · ".join((*facts, thing.owner_name) if show_owner else facts)


def _draw_open_button(thing: PriorityItem, *, is_first: bool) -> bool:
    name = thing.workflow_name
    return st.button(
        "Open",
        key=keys.today_open(thing.customer_id),
        type="primary" if is_first else "secondary",
        disabled=name is None,
        help=None if name else "No published workflow fits; a workflow's own rule decides that.",
    )


def _open_or_start_run(thing: PriorityItem, executions: ExecutionService) -> None:
    if thing.execution_id is not None:
        open_run_page(thing.execution_id)
    try:
        start_run_and_open(executions, workflow_id=thing.workflow_id or "", customer_id=thing.customer_id)
    except ZenError as error:
        placeholders.draw_error(error, key=keys.today_item(thing.customer_id))


def _draw_score_breakdown(thing: PriorityItem) -> None:
    """The score as the sum it is; what no longer counts, because signals have a ceiling, is named below it."""
    with st.popover(f"Why {thing.score}?", type="tertiary"):
        lines = [
            f"| {reason.points} | {escape_markdown(reason.sentence)} |"
            for reason in sentences.select_score_parts(thing.reasons)
        ]
        total = f"| **{thing.score}** | **of 100: what {escape_markdown(thing.customer_name)} weighs today** |"
        st.markdown("\n".join(["| Points | Because |", "| ---: | :--- |", *lines, total]))
        st.caption("The notice deadline gives up to 40, the size of the account up to 30, signals up to 30 together.")
        beyond = sentences.describe_signals_over_cap(thing.reasons)
        if beyond:
            st.caption(f"Also on record, beyond those 30: {escape_markdown(beyond)}")


def _draw_other_customers(board: Dashboard, *, is_team: bool) -> None:
    """What is snoozed is counted over the whole book, so a leader's link opens the team's; the rest is one's own."""
    if board.priorities:
        st.markdown("**That is all for today.**")
    st.caption(sentences.summarize_other_customers(board))
    counted = (
        (board.snoozed, f"{board.snoozed} snoozed", "snoozed", ":material/snooze:"),
        (
            board.follow_ups,
            f"{format_count(board.follow_ups, 'follow-up')} due",
            "waiting",
            ":material/task_alt:",
        ),
        (board.notices, format_count(board.notices, "notice"), "waiting", ":material/mail:"),
    )
    if any(number for number, *_ in counted):
        with st.container(horizontal=True, gap="medium", key="zen_counts"):
            for number, label, section, icon in counted:
                if number:
                    links.link_to_inbox(label, section, icon=icon, is_team=is_team and section == "snoozed")


def _action_target(thing: PriorityItem) -> ActionTarget:
    """What would be a run: it is started when something is done to it. Then it is due at the notice deadline."""
    return ActionTarget(
        customer_name=thing.customer_name,
        customer_id=thing.customer_id,
        workflow_id=thing.workflow_id,
        workflow_name=thing.workflow_name,
        execution_id=thing.execution_id,
        due_on=thing.notice_deadline,
        notice_deadline=thing.notice_deadline,
        snooze_count=None if thing.execution_id else 0,
    )
