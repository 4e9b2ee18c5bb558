"""Small forms about who goes on: give a run to a colleague, open it again, hand an escalation back."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.forms.schema_errors import ValidationFailed
from lib.services import Services
from lib.text.escape import escape_markdown
from lib.ui.actions import escalate_form, field_errors
from lib.ui.actions.action_state import DialogState, FlashMessage, describe_result
from lib.ui.keys import action_field


def draw_reassign_form(opened: DialogState, services: Services) -> Mapping[str, Any]:
    st.markdown("They become the owner of the run and are told. The answers stay as they are.")
    return {
        "to": escalate_form.draw_colleague_choice(
            opened, services, "Who goes on with it", without=opened.target.owner_id
        )
    }


def submit_reassign(opened: DialogState, services: Services, given: Mapping[str, Any]) -> FlashMessage:
    _require_answer(given, "to", "Choose who goes on with it.")
    people = opened.loaded.get("colleagues", ())
    name = next((each.full_name for each in people if each.id == given["to"]), "a colleague")
    services.lifecycle.reassign_run(_execution_id(opened), str(given["to"] or ""))
    return FlashMessage(text=f"The run belongs to {name} now.")


def draw_reopen_form(opened: DialogState, _: Services) -> Mapping[str, Any]:
    st.markdown("The run goes on where it stood; how it had ended stays in its history.")
    reason = st.text_area("Why it is opened again", key=action_field(opened.idempotency_key, "reason"), height=88)
    field_errors.reserve_error_slot(opened, "reason", "", reason=reason)
    return {"reason": reason}


def submit_reopen(opened: DialogState, services: Services, given: Mapping[str, Any]) -> FlashMessage:
    _require_answer(given, "reason", "Say why it is opened again.")
    services.lifecycle.reopen_run(_execution_id(opened), given["reason"])
    return FlashMessage(text="The run is open again.")


def draw_hand_back_form(opened: DialogState, _: Services) -> Mapping[str, Any]:
    name = escape_markdown(opened.target.customer_name)
    st.markdown(f"The run for {name} goes back to its owner, who sees your decision on Today.")
    decision = st.text_area("What was decided", key=action_field(opened.idempotency_key, "decision"), height=110)
    field_errors.reserve_error_slot(opened, "decision", "", decision=decision)
    return {"decision": decision}


def submit_hand_back(opened: DialogState, services: Services, given: Mapping[str, Any]) -> FlashMessage:
    _require_answer(given, "decision", "Say what was decided.")
    done = services.lifecycle.hand_back_escalation(
        opened.target.escalation_id or "", given["decision"], key=opened.idempotency_key
    )
    return describe_result(done)


def _require_answer(given: Mapping[str, Any], name: str, said: str) -> None:
    """Raises Faults with the sentence where there is no answer."""
    if not str(given[name] or "").strip():
        raise ValidationFailed((said,), {said: name})


def _execution_id(opened: DialogState) -> str:
    return opened.target.execution_id or ""
