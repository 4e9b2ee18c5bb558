"""Small forms about who goes on: give a run to a colleague, open it again, hand an escalation back."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.actions.model import Faults
from lib.services import Services
from lib.slides.words import escape
from lib.ui.acting import escalate, refused
from lib.ui.acting.desk import Notice, Opened, told
from lib.ui.keys import act_field


def give(opened: Opened, services: Services) -> Mapping[str, Any]:
    st.markdown("They become the owner of the run and are told. The answers stay as they are.")
    return {"to": escalate.colleague(opened, services, "Who goes on with it", without=opened.one.owner_id)}


def send_give(opened: Opened, services: Services, given: Mapping[str, Any]) -> Notice:
    _needed(given, "to", "Choose who goes on with it.")
    people = opened.found.get("colleagues", ())
    name = next((each.full_name for each in people if each.id == given["to"]), "a colleague")
    services.lifecycle.reassign(_run(opened), str(given["to"] or ""))
    return Notice(text=f"The run belongs to {name} now.")


def reopen(opened: Opened, _: Services) -> Mapping[str, Any]:
    st.markdown("The run goes on where it stood; how it had ended stays in its history.")
    reason = st.text_area("Why it is opened again", key=act_field(opened.key, "reason"), height=88)
    refused.under(opened, "reason", "", reason=reason)
    return {"reason": reason}


def send_reopen(opened: Opened, services: Services, given: Mapping[str, Any]) -> Notice:
    _needed(given, "reason", "Say why it is opened again.")
    services.lifecycle.reopen(_run(opened), given["reason"])
    return Notice(text="The run is open again.")


def hand_back(opened: Opened, _: Services) -> Mapping[str, Any]:
    name = escape(opened.one.customer_name)
    st.markdown(f"The run for {name} goes back to its owner, who sees your decision on Today.")
    decision = st.text_area("What was decided", key=act_field(opened.key, "decision"), height=110)
    refused.under(opened, "decision", "", decision=decision)
    return {"decision": decision}


def send_hand_back(opened: Opened, services: Services, given: Mapping[str, Any]) -> Notice:
    _needed(given, "decision", "Say what was decided.")
    done = services.lifecycle.hand_back(opened.one.escalation_id or "", given["decision"], key=opened.key)
    return told(done)


def _needed(given: Mapping[str, Any], name: str, said: str) -> None:
    """Raises Faults with the sentence where there is no answer."""
    if not str(given[name] or "").strip():
        raise Faults((said,), {said: name})


def _run(opened: Opened) -> str:
    return opened.one.execution_id or ""
