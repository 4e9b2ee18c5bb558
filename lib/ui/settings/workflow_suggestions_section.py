"""When each workflow is suggested: rows in order, a preview of what a change does, and saving."""

import streamlit as st

from lib.companies.workflow_suggestion_rules import SuggestionPreview, SuggestionRules
from lib.customers.code_labels import WORKFLOW_CATEGORY_LABELS
from lib.errors import ZenError
from lib.services import Services
from lib.text.html import Html
from lib.ui import empty_and_error_states, page_cache
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import SUGGESTION_RULES
from lib.ui.settings import settings_draft
from lib.ui.settings.settings_draft import SettingsDraft
from lib.ui.settings.suggestion_fields import draw_suggestion_fields
from lib.ui.settings.suggestion_preview import draw_suggestion_preview
from lib.ui.settings.suggestion_rows import (
    SuggestionRow,
    build_suggestion_row,
    build_suggestions,
    describe_suggestion_rule,
    merge_offered_workflows,
    move_suggestion_row,
)

SECTION = "suggestions"
_ROW = Html('<p><strong>{}</strong> <span class="zen-muted">{}</span></p><p class="zen-small zen-muted">{}</p>')


def draw_suggestions_section(services: Services, *, may_edit: bool, time_zone: str) -> None:
    """The workflows with their rules; for an admin to change. A request for the rules, the preview and saving."""
    try:
        loaded = page_cache.load_with_max_age(
            SUGGESTION_RULES, services.suggestion_rules.fetch_rules, page_cache.CACHE_SECONDS
        )
    except ZenError as error:
        retry = lambda: page_cache.invalidate(SUGGESTION_RULES)  # noqa: E731
        empty_and_error_states.draw_error(error, retry=retry, key="suggestions")
        return
    page_cache.draw_cache_error(SUGGESTION_RULES, loaded, what="the suggestions", time_zone=time_zone)
    st.markdown("Zen suggests for each customer the first of these workflows whose rule fits.")
    if may_edit:
        _draw_suggestion_editor(loaded.value, services)
    else:
        st.caption("An admin of your company can change these.")
        for each in loaded.value.rules:
            draw_html(_build_suggestion_row_html(build_suggestion_row(each)))


def _draw_suggestion_editor(stored: SuggestionRules, services: Services) -> None:
    draft = _get_suggestion_draft(stored)
    rows = draft.suggestion_rows = merge_offered_workflows(draft.suggestion_rows or [], stored.rules)
    draft.invalid_fields.clear()
    with st.container(width=760, gap="small", key="settings_suggestions"):
        for row in rows:
            _draw_suggestion_row(draft, rows, row)
        draft.content = build_suggestions(rows)
        settings_draft.draw_draft_error(draft)
        if isinstance(draft.preview, SuggestionPreview) and draft.is_previewed:
            draw_suggestion_preview(draft.preview)
        clicked = settings_draft.draw_preview_buttons(draft)
    if clicked == "preview":
        rules = draft.content["rules"]
        settings_draft.load_settings_preview(draft, lambda: services.suggestion_rules.preview_rules(rules))
        st.rerun()
    elif clicked == "save":
        _save_suggestion_rules(draft, services)
        st.rerun()


def _get_suggestion_draft(stored: SuggestionRules) -> SettingsDraft:
    """The draft of the section. A workflow that was published or archived meanwhile is no edit of the person's."""
    base = build_suggestions([build_suggestion_row(each) for each in stored.rules])
    draft = settings_draft.get_settings_draft(SECTION, base, stored.revision)
    if draft.revision == stored.revision and draft.base != base:
        if draft.is_edited:
            draft.base = base
        else:
            settings_draft.close_settings_draft(SECTION)
            draft = settings_draft.get_settings_draft(SECTION, base, stored.revision)
    settings_draft.draw_settings_conflict(draft, base, stored.revision)
    return draft


def _draw_suggestion_row(draft: SettingsDraft, rows: list[SuggestionRow], row: SuggestionRow) -> None:
    with st.container(border=True, gap="small", key=f"settings_suggestion_{row.workflow.workflow_id}"):
        # Drawn last: what the fields hold is known only then.
        head = st.container()
        controls = st.container(horizontal=True, gap="small", vertical_alignment="center")
        if row.is_open:
            draw_suggestion_fields(draft, row)
        with controls:
            _draw_suggestion_controls(draft, rows, row)
        with head:
            draw_html(_build_suggestion_row_html(row))


def _draw_suggestion_controls(draft: SettingsDraft, rows: list[SuggestionRow], row: SuggestionRow) -> None:
    of = row.workflow
    row.is_suggested = st.checkbox("Suggest", row.is_suggested, key=draft.field_key(row.build_field_name("on")))
    st.button(
        "Done" if row.is_open else "Change", key=draft.button_key(f"{of.workflow_id}.open"), type="tertiary",
        on_click=setattr, args=(row, "is_open", not row.is_open),
    )  # fmt: skip
    _draw_move_buttons(draft, rows, row)
    if not row.is_as_defined:
        label = "Back to Zen's rule" if of.is_stock else "Back to the workflow's rule"
        st.button(
            label, key=draft.button_key(f"{of.workflow_id}.reset"), type="tertiary", on_click=row.reset_to_definition
        )


def _draw_move_buttons(draft: SettingsDraft, rows: list[SuggestionRow], row: SuggestionRow) -> None:
    for label, by, end in (("Up", -1, rows[0]), ("Down", 1, rows[-1])):
        key = draft.button_key(f"{row.workflow.workflow_id}.{label.lower()}")
        st.button(
            label, key=key, type="tertiary", disabled=row is end, on_click=move_suggestion_row, args=(rows, row, by)
        )


def _build_suggestion_row_html(row: SuggestionRow) -> Html:
    """Name and category; below them when it is suggested."""
    of = row.workflow
    rule = describe_suggestion_rule(row.rule)
    text = rule if row.is_suggested else "Not suggested" if row.is_as_defined or not row.rule else f"Off: {rule}"
    own = "" if of.is_stock else " · your own"
    return _ROW.format(of.name, f"{WORKFLOW_CATEGORY_LABELS.get(of.category, of.category)}{own}", text)


def _save_suggestion_rules(draft: SettingsDraft, services: Services) -> None:
    actions = get_action_state()
    with actions.commands.lock:
        try:
            services.suggestion_rules.save_rules(draft.content["rules"], revision=draft.revision)
        except ZenError as error:
            draft.error = error
            actions.mark_data_changed()
            return
        settings_draft.close_settings_draft(SECTION)
        actions.record_success(FlashMessage(text="The suggestions are saved."))
