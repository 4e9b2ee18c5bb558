"""The form to hand a run to a colleague: who, how severe and so by when, what is asked, and what goes with it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.actions.handlers.escalate import Severity
from lib.errors import ZenError
from lib.services import Services
from lib.text.escape import escape_markdown
from lib.ui.actions import available, escalation_context, field_errors, sentences
from lib.ui.actions.action_state import DialogState
from lib.ui.keys import action_field

ROLE_NAMES = {"csm": "customer-success manager", "manager": "manager", "admin": "admin"}


def draw_escalate_form(opened: DialogState, services: Services) -> Mapping[str, Any]:
    """Draws the questions; returns what was answered. Raises what reading colleagues raises."""
    to = draw_colleague_choice(opened, services, "Who is asked", without=None)
    severity = st.segmented_control(
        "How severe it is",
        [severity.value for severity in Severity],
        default="medium",
        required=True,
        format_func=str.capitalize,
        key=action_field(opened.idempotency_key, "severity"),
    )
    st.caption(sentences.describe_response_deadline(str(severity), services.actions.today()))
    ask = st.text_area("What you ask for", key=action_field(opened.idempotency_key, "ask"), height=110)
    field_errors.reserve_error_slot(opened, "ask", "What you ask for", ask=ask)
    _draw_context_preview(opened, services)
    given = {"to": to, "severity": severity, "ask": ask}
    return {key: value for key, value in given.items() if value is not None}


def draw_colleague_choice(opened: DialogState, services: Services, label: str, *, without: str | None) -> str | None:
    """One of the active people of the company but oneself; their id."""
    people = {each.id: each for each in available.list_colleagues(opened, services) if each.id != without}
    if not people:
        st.caption("Nobody else is in your company yet.")
    chosen: str | None = st.selectbox(
        label,
        list(people),
        None,
        format_func=lambda who: f"{people[who].full_name}, {ROLE_NAMES.get(people[who].role, people[who].role)}",
        placeholder="Choose",
        key=action_field(opened.idempotency_key, "to"),
    )
    field_errors.reserve_error_slot(opened, "to", "Who is asked", to=chosen)
    return chosen


def _draw_context_preview(opened: DialogState, services: Services) -> None:
    execution_id = opened.target.execution_id
    if execution_id is None:
        st.caption("The facts of the account are handed over with it.")
        return
    try:
        found = opened.load_once("pack", lambda: services.lifecycle.fetch_escalation_context(execution_id))
    except ZenError as error:
        st.caption(f"What will be handed over cannot be shown right now. {escape_markdown(error.message)}")
        return
    with st.expander("What will be handed over", type="compact"):
        escalation_context.draw_escalation_context(found, services.person.time_zone)
