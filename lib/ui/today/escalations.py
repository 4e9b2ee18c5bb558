"""Escalations on Today: handed back to you, waiting for you, waiting for others."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from lib.accounts.dashboard import Dashboard, EscalationSummary
from lib.text.html import Html, icon
from lib.ui import navigation
from lib.ui.actions import sentences
from lib.ui.error_boundary import error_boundary
from lib.ui.row_layout import draw_row
from lib.ui.text import draw_html


def draw_escalations(dashboard: Dashboard, now: datetime) -> None:
    """Nothing is drawn where nothing is escalated. `now` is in the person's zone."""
    if not dashboard.escalations:
        return
    st.markdown("## Escalations")
    open_ones = [each for each in dashboard.escalations if not each.is_over]
    _draw_group("Handed back to you", [each for each in dashboard.escalations if each.is_over], now)
    _draw_group("Waiting for you", [each for each in open_ones if each.to_me], now)
    _draw_group("Waiting for others", [each for each in open_ones if not each.to_me], now)


def _draw_group(title: str, escalations: Sequence[EscalationSummary], now: datetime) -> None:
    if not escalations:
        return
    draw_html(Html('<p class="zen-small zen-muted">{}</p>').format(title))
    for escalation in escalations:
        with error_boundary(f"escalation {escalation.escalation_id}"):
            _draw_escalation(escalation, now)


def _draw_escalation(escalation: EscalationSummary, now: datetime) -> None:
    message = (
        f"{escalation.assigned_to_name}: {escalation.decision}"
        if escalation.is_over
        else f"{escalation.raised_by_name}: {escalation.ask}"
    )
    html = Html('<p><strong>{}</strong> · {}</p><p dir="auto">{}</p>{}').format(
        escalation.customer_name, escalation.workflow_name, message, _status_html(escalation, now)
    )
    with draw_row(html, key=escalation.escalation_id):
        navigation.link_to_run(escalation.execution_id, "Open", of=(escalation.workflow_name, escalation.customer_name))


def _status_html(escalation: EscalationSummary, now: datetime) -> Html:
    if escalation.is_over:
        return Html('<p class="zen-small zen-muted">You asked: {}</p>').format(escalation.ask)
    clock = sentences.describe_response_clock(
        escalation.respond_by, escalation.acknowledged_at, datetime.now(UTC), str(now.tzinfo)
    )
    assignee = "" if escalation.to_me else f" Assigned to {escalation.assigned_to_name}."
    text = f"{escalation.severity.capitalize()}. {clock}{assignee}"
    if escalation.is_overdue:
        return Html('<p class="zen-small zen-bad">{}{}</p>').format(icon(":material/error:"), text)
    return Html('<p class="zen-small zen-muted">{}</p>').format(text)
