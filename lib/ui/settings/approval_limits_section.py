"""How far below list roles and persons may go, and how soon escalations want their first answer, to change."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from lib.actions.model import Colleague
from lib.companies.settings_previews import LimitPreview
from lib.customers.code_labels import MEMBER_ROLES
from lib.customers.company_codes_and_limits import CompanyRules
from lib.errors import ZenError
from lib.forms.model import FieldKind
from lib.services import Services
from lib.ui import page_cache
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.session_keys import SETTINGS_COLLEAGUES
from lib.ui.settings import settings_draft
from lib.ui.settings.approval_limit_preview import draw_limit_preview
from lib.ui.settings.number_field import draw_number_field
from lib.ui.settings.person_approval_limits import build_person_limits, draw_person_limits
from lib.ui.settings.settings_draft import SettingsDraft
from lib.ui.settings.severity_rows import build_severities, draw_severities

SECTION = "limits"


def draw_limits_section(rules: CompanyRules, revision: int, services: Services) -> None:
    """The fields of an admin; what a change does, then a button to save. A request for each of both."""
    base = build_approval_limits(rules)
    draft = settings_draft.get_settings_draft(SECTION, base, revision)
    settings_draft.draw_settings_conflict(draft, base, revision)
    draft.invalid_fields.clear()
    with st.container(width=760, gap="small", key="settings_limits"):
        content = {
            "role_limits": _draw_role_limits(draft),
            "person_limits": draw_person_limits(draft, _list_approver_names(rules, _load_limit_candidates(services))),
            "severities": draw_severities(draft),
        }
        draft.content = content
        settings_draft.draw_draft_error(draft)
        if isinstance(draft.preview, LimitPreview) and draft.is_previewed:
            draw_limit_preview(draft.preview)
        clicked = settings_draft.draw_preview_buttons(draft)
    if clicked == "preview":
        settings_draft.load_settings_preview(draft, lambda: services.company_settings.preview_limits(content))
        st.rerun()
    elif clicked == "save":
        _save_approval_limits(draft, services)
        st.rerun()


def build_approval_limits(rules: CompanyRules) -> dict[str, Any]:
    """The limits as they are saved; 0 for a role without one."""
    by_role = {band.approver_role: band.up_to_percent for band in rules.approval_bands if band.approver_role}
    return {
        "role_limits": {role: float(by_role.get(role, Decimal())) for role in MEMBER_ROLES},
        "person_limits": build_person_limits(rules),
        "severities": build_severities(rules),
    }


def _load_limit_candidates(services: Services) -> Sequence[Colleague]:
    """Who can be given a limit of their own. One request, none within a minute; nobody while it fails."""
    try:
        fetch = services.actions.fetch_colleagues
        return page_cache.load_with_max_age(SETTINGS_COLLEAGUES, fetch, page_cache.CACHE_SECONDS).value
    except ZenError:
        return ()


def _list_approver_names(rules: CompanyRules, colleagues: Sequence[Colleague]) -> Mapping[str, str]:
    """The names of colleagues, and of those who have a limit, by id."""
    stored = {band.approver_id: band.approver for band in rules.approval_bands if band.approver_id}
    return {each.id: each.full_name for each in colleagues} | stored


def _draw_role_limits(draft: SettingsDraft) -> dict[str, float | None]:
    st.markdown("##### Approval limits")
    st.caption(
        "How far below list each role may go without approval. Above the highest limit, an admin records who approved."
    )
    limits = {}
    for column, (role, label) in zip(st.columns(len(MEMBER_ROLES)), MEMBER_ROLES.items(), strict=True):
        with column:
            stored = draft.base["role_limits"][role]
            limits[role] = draw_number_field(
                draft, role, f"{label}, %", Decimal(str(stored)), kind=FieldKind.PERCENT, least=0, most=100
            )
    return {role: None if limit is None else float(limit) for role, limit in limits.items()}


def _save_approval_limits(draft: SettingsDraft, services: Services) -> None:
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
