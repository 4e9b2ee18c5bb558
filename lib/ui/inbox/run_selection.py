"""Which runs of the inbox are ticked, and what an action on them is about."""

from collections.abc import Sequence

import streamlit as st

from lib.executions.inbox_entries import (
    EscalatedRun,
    InboxRun,
    PendingPrice,
    SnoozedRun,
)
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.action_target import ActionTarget
from lib.ui.session_keys import inbox_checkbox_key


def build_inbox_run_target(row: InboxRun, *, snoozes: int | None = None) -> ActionTarget:
    return ActionTarget(
        customer_name=row.customer_name,
        customer_id=row.customer_id,
        workflow_id=row.workflow_id,
        workflow_name=row.workflow_name,
        execution_id=row.execution_id,
        due_on=row.due_on,
        snooze_count=snoozes,
        escalation_id=row.escalation_id if isinstance(row, EscalatedRun) else None,
        price_approval_id=row.id if isinstance(row, PendingPrice) else None,
        escalation_people=(row.raised_by, row.assigned_to) if isinstance(row, EscalatedRun) else (),
    )


def list_selected_targets(runs: Sequence[InboxRun]) -> tuple[ActionTarget, ...]:
    """The selected runs of those on screen."""
    selected = (row for row in runs if st.session_state.get(_build_checkbox_key(row)))
    return tuple(
        build_inbox_run_target(row, snoozes=row.count if isinstance(row, SnoozedRun) else None) for row in selected
    )


def select_all_runs(runs: Sequence[InboxRun], is_selected: bool) -> None:
    """A callback."""
    for row in runs:
        st.session_state[_build_checkbox_key(row)] = is_selected


def build_run_checkbox(row: InboxRun) -> tuple[str, str]:
    return _build_checkbox_key(row), row.customer_name


def _build_checkbox_key(row: InboxRun) -> str:
    # Counting finished actions in the key clears the selection after each.
    return inbox_checkbox_key(get_action_state().finished_count, row.execution_id)
