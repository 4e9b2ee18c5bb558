"""How far below list each role may go, and how soon an escalation of each severity wants its first answer."""

from decimal import Decimal
from typing import Any

import streamlit as st

from lib.customers.company_codes_and_limits import CompanyRules
from lib.errors import ZenError
from lib.forms.model import FieldKind
from lib.services import Services
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.settings import settings_draft
from lib.ui.settings.number_field import draw_number_field
from lib.ui.settings.settings_draft import SettingsDraft

SECTION = "limits"
ROLE_LABELS = {"csm": "CSM", "manager": "Manager", "admin": "Admin"}


def draw_limits_section(rules: CompanyRules, revision: int, services: Services) -> None:
    """The fields of an admin, and a button to save them. Saving is one request."""
    base = build_limits(rules)
    draft = settings_draft.get_settings_draft(SECTION, base, revision)
    settings_draft.draw_conflict(draft, base, revision)
    draft.invalid_fields.clear()
    with st.container(width=640, gap="small", key="settings_limits"):
        draft.content = {
            "role_limits": _draw_role_limits(draft),
            "response_days": _draw_response_days(draft, rules),
        }
        settings_draft.draw_draft_error(draft)
        with st.container(horizontal=True, gap="small"):
            key = draft.button_key("save")
            is_clicked = st.button("Save", key=key, type="primary", disabled=not draft.can_be_sent)
            settings_draft.draw_discard_button(draft)
    if is_clicked:
        _save(draft, services)
        st.rerun()


def build_limits(rules: CompanyRules) -> dict[str, Any]:
    """The limits as they are saved; 0 for a role without one."""
    by_role = {band.approver_role: band.up_to_percent for band in rules.approval_bands if band.approver_role}
    return {
        "role_limits": {role: float(by_role.get(role, Decimal())) for role in ROLE_LABELS},
        "response_days": {severity.code: severity.response_days for severity in rules.severities},
    }


def _draw_role_limits(draft: SettingsDraft) -> dict[str, float | None]:
    st.markdown("##### Approval limits")
    st.caption("Up to how many percent below list a role may go alone. Above the last, an admin records who agreed.")
    limits = {}
    for column, (role, label) in zip(st.columns(len(ROLE_LABELS)), ROLE_LABELS.items(), strict=True):
        with column:
            stored = draft.base["role_limits"][role]
            limits[role] = draw_number_field(
                draft, role, f"{label}, %", Decimal(str(stored)), kind=FieldKind.PERCENT, least=0, most=100
            )
    return {role: None if limit is None else float(limit) for role, limit in limits.items()}


def _draw_response_days(draft: SettingsDraft, rules: CompanyRules) -> dict[str, int | None]:
    st.markdown("##### First answer to an escalation")
    st.caption("Within how many days, by severity. It is due on a working day.")
    days = {}
    for column, severity in zip(st.columns(len(rules.severities)), rules.severities, strict=True):
        with column:
            stored = draft.base["response_days"].get(severity.code, severity.response_days)
            days[severity.code] = draw_number_field(
                draft, f"days.{severity.code}", severity.short_label, Decimal(stored), least=1, most=365
            )
    return {code: None if number is None else int(number) for code, number in days.items()}


def _save(draft: SettingsDraft, services: Services) -> None:
    actions = get_action_state()
    with actions.commands.lock:
        try:
            services.company_settings.save_limits(draft.content, revision=draft.revision)
        except ZenError as error:
            draft.error = error
            actions.mark_data_changed()
            return
        settings_draft.close_settings_draft(SECTION)
        actions.record_success(FlashMessage(text="The limits are saved."))
