"""The form to hand a run to a colleague: who, how severe and so by when, what is asked, and what goes with it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.actions.handlers.escalate import Severity
from lib.errors import ZenError
from lib.services import Services
from lib.slides.words import escape
from lib.ui.acting import offered, pack, refused, sentences
from lib.ui.acting.desk import Opened
from lib.ui.keys import act_field

ROLES = {"csm": "customer-success manager", "manager": "manager", "admin": "admin"}


def form(opened: Opened, services: Services) -> Mapping[str, Any]:
    """Draws the questions; returns what was answered. Raises what reading colleagues raises."""
    to = colleague(opened, services, "Who is asked", without=None)
    severity = st.segmented_control(
        "How severe it is",
        [severity.value for severity in Severity],
        default="medium",
        required=True,
        format_func=str.capitalize,
        key=act_field(opened.key, "severity"),
    )
    st.caption(sentences.clock(str(severity), services.actions.today()))
    ask = st.text_area("What you ask for", key=act_field(opened.key, "ask"), height=110)
    refused.under(opened, "ask", "What you ask for", ask=ask)
    _pack(opened, services)
    given = {"to": to, "severity": severity, "ask": ask}
    return {key: value for key, value in given.items() if value is not None}


def colleague(opened: Opened, services: Services, label: str, *, without: str | None) -> str | None:
    """One of the active people of the company but oneself; their id."""
    people = {each.id: each for each in offered.colleagues(opened, services) if each.id != without}
    if not people:
        st.caption("Nobody else is in your company yet.")
    chosen: str | None = st.selectbox(
        label,
        list(people),
        None,
        format_func=lambda who: f"{people[who].full_name}, {ROLES.get(people[who].role, people[who].role)}",
        placeholder="Choose",
        key=act_field(opened.key, "to"),
    )
    refused.under(opened, "to", "Who is asked", to=chosen)
    return chosen


def _pack(opened: Opened, services: Services) -> None:
    execution_id = opened.one.execution_id
    if execution_id is None:
        st.caption("The facts of the account are handed over with it.")
        return
    try:
        found = opened.once("pack", lambda: services.lifecycle.escalation_context(execution_id))
    except ZenError as error:
        st.caption(f"What will be handed over cannot be shown right now. {escape(error.message)}")
        return
    with st.expander("What will be handed over", type="compact"):
        pack.draw(found, services.person.time_zone)
