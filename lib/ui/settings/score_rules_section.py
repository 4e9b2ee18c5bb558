"""The rules of health and of priority: fields, a preview of what they change, and saving a new version."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from lib.companies.score_rules import RulePreview, ScoreKind, ScoreRule
from lib.customers.model import SEGMENT_LABELS
from lib.errors import ZenError
from lib.services import Services
from lib.text.format import format_date
from lib.text.html import Html
from lib.text.local_time import to_local_time
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.safe_text import draw_html
from lib.ui.settings import settings_draft
from lib.ui.settings.number_field import draw_number_field
from lib.ui.settings.score_rule_preview import draw_rule_preview
from lib.ui.settings.settings_draft import SettingsDraft

WEIGHT_LABELS = {
    ScoreKind.HEALTH: {"usage": "Usage", "engagement": "Engagement", "support": "Support", "voice": "Voice"},
    ScoreKind.PRIORITY: {"arr": "ARR", "deadline": "Notice deadline", "signals": "Signals"},
}


def draw_score_rules_section(
    kind: ScoreKind, rule: ScoreRule, services: Services, *, may_edit: bool, time_zone: str
) -> None:
    """The fields; for an admin a preview, and once it was seen the button to save. One request for each of both."""
    draft = settings_draft.get_settings_draft(kind, rule.rules, rule.version)
    settings_draft.draw_settings_conflict(draft, rule.rules, rule.version)
    draw_html(Html('<p class="zen-muted">{}</p>').format(describe_score_rule_version(rule, time_zone)))
    with st.container(width=640, gap="small", key=f"settings_{kind}"):
        _draw_score_rule_fields(kind, draft, is_disabled=not may_edit)
        if not may_edit:
            st.caption("An admin of your company can change these.")
            return
        note = st.text_input(
            "Why (optional)", key=draft.field_key("note"), max_chars=2000, placeholder="Usage tells most about us."
        )
        settings_draft.draw_draft_error(draft)
        if isinstance(draft.preview, RulePreview) and draft.is_previewed:
            draw_rule_preview(kind, draft.preview)
        clicked = settings_draft.draw_preview_buttons(draft, f"Save as version {rule.version + 1}")
    if clicked == "preview":
        content = draft.content
        settings_draft.load_settings_preview(draft, lambda: services.score_rules.preview_score_rules(kind, content))
        st.rerun()
    elif clicked == "save":
        _save_score_rules(kind, draft, services, note)
        st.rerun()


def describe_score_rule_version(rule: ScoreRule, time_zone: str) -> str:
    """ "Version 3, by Dan Roth on 30 Nov 2026: Usage tells most."."""
    if rule.is_stock:
        return f"Version {rule.version}, the one Zen comes with."
    day = format_date(to_local_time(rule.created_at, time_zone).date())
    by = f", by {rule.created_by_name}" if rule.created_by_name else ""
    return f"Version {rule.version}{by} on {day}{f': {rule.note}' if rule.note else '.'}"


def _draw_score_rule_fields(kind: ScoreKind, draft: SettingsDraft, *, is_disabled: bool) -> None:
    draft.invalid_fields.clear()
    content = dict(draft.base) | {"weights": _draw_weight_fields(kind, draft, is_disabled=is_disabled)}
    if kind is ScoreKind.HEALTH:
        content |= _draw_band_fields(draft, "", draft.base, is_disabled=is_disabled)
        with st.expander("Thresholds by segment"):
            content["segments"] = _draw_segment_thresholds(draft, content, is_disabled=is_disabled)
    else:
        label = "Customers wait on Today from a priority of"
        content["today_from"] = _draw_whole_number_field(
            draft, "today", label, draft.base["today_from"], is_disabled=is_disabled
        )
    draft.content = content


def _draw_weight_fields(kind: ScoreKind, draft: SettingsDraft, *, is_disabled: bool) -> dict[str, int | None]:
    labels, weights = WEIGHT_LABELS[kind], {}
    for column, (key, label) in zip(st.columns(len(labels)), labels.items(), strict=True):
        with column:
            stored = draft.base["weights"][key]
            weights[key] = _draw_whole_number_field(
                draft, f"weight.{key}", label, stored, is_disabled=is_disabled, least=0
            )
    total = sum(weight or 0 for weight in weights.values())
    text = "Weights add up to 100." if total == 100 else f"Weights add up to {total}; they have to add up to 100."
    st.caption(text if total == 100 else f":material/warning: {text}")
    return weights


def _draw_band_fields(
    draft: SettingsDraft, of: str, stored: Mapping[str, Any], *, is_disabled: bool
) -> dict[str, int | None]:
    """The scores green and yellow begin with, side by side."""
    bands = {}
    for column, band in zip(st.columns(2), ("green", "yellow"), strict=True):
        with column:
            label = f"{f'{SEGMENT_LABELS[of]}: ' if of else ''}{band if of else band.capitalize()} from"
            bands[band] = _draw_whole_number_field(draft, f"{of}.{band}", label, stored[band], is_disabled=is_disabled)
    return bands


def _draw_segment_thresholds(
    draft: SettingsDraft, general: Mapping[str, Any], *, is_disabled: bool
) -> dict[str, dict[str, int | None]]:
    """Thresholds of the segments that have their own."""
    own = {}
    for segment, label in SEGMENT_LABELS.items():
        stored = draft.base["segments"].get(segment)
        key = draft.field_key(f"own.{segment}")
        if st.checkbox(f"{label} has its own thresholds", stored is not None, key=key, disabled=is_disabled):
            own[segment] = _draw_band_fields(draft, segment, stored or general, is_disabled=is_disabled)
    return own


def _draw_whole_number_field(
    draft: SettingsDraft, name: str, label: str, stored: int | None, *, is_disabled: bool, least: int = 1
) -> int | None:
    number = draw_number_field(
        draft, name, label, Decimal(least if stored is None else stored), least=least, most=100, is_disabled=is_disabled
    )
    return None if number is None else int(number)


def _save_score_rules(kind: ScoreKind, draft: SettingsDraft, services: Services, note: str) -> None:
    actions = get_action_state()
    with actions.commands.lock:
        try:
            saved = services.score_rules.save_score_rules(kind, draft.content, note=note, version=draft.revision)
        except ZenError as error:
            draft.error = error
            actions.mark_data_changed()
            return
        settings_draft.close_settings_draft(kind)
        actions.record_success(
            FlashMessage(text=f"{kind.value.capitalize()} rules version {saved.version} are in force.")
        )
