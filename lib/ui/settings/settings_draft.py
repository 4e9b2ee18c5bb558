"""A section of the settings being edited in this tab: what it began with, the preview, the error of the last save."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lib.companies.holiday_rows import HolidayRow
from lib.companies.score_rules import RulePreview
from lib.companies.settings_previews import CodePreview, LimitPreview
from lib.companies.workflow_suggestion_rules import SuggestionPreview
from lib.errors import ZenError
from lib.ui import empty_and_error_states
from lib.ui.actions.action_state import get_action_state
from lib.ui.session_keys import settings_button_key, settings_draft_key, settings_field_key
from lib.ui.settings.reason_and_outcome_rows import EditedCode
from lib.ui.settings.suggestion_rows import SuggestionRow

Preview = RulePreview | SuggestionPreview | LimitPreview | CodePreview


@dataclass(kw_only=True)
class SettingsDraft:
    """`base` is the stored content at `revision`; `content` what the fields held when they were last drawn.

    `invalid_fields` hold text that is no number they take; their content is None.
    """

    section: str
    base: Mapping[str, Any]
    revision: int
    content: Mapping[str, Any]
    draft_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    error: ZenError | None = None
    preview: Preview | None = None
    previewed: Mapping[str, Any] | None = None
    invalid_fields: set[str] = field(default_factory=set)
    holiday_rows: list[HolidayRow] | None = None
    code_rows: dict[str, list[EditedCode]] = field(default_factory=dict)
    suggestion_rows: list[SuggestionRow] | None = None

    @property
    def is_edited(self) -> bool:
        return self.content != self.base

    @property
    def can_be_sent(self) -> bool:
        return self.is_edited and not self.invalid_fields

    @property
    def is_previewed(self) -> bool:
        return self.preview is not None and self.previewed == self.content

    def field_key(self, name: str) -> str:
        return settings_field_key(self.draft_id, name)

    def button_key(self, name: str) -> str:
        return settings_button_key(self.draft_id, name)


def get_settings_draft(section: str, base: Mapping[str, Any], revision: int) -> SettingsDraft:
    """The draft of a section; a new one where there is none, or where nothing is typed and the stored one is newer."""
    draft: SettingsDraft | None = st.session_state.get(settings_draft_key(section))
    if draft is None or (draft.revision != revision and not draft.is_edited):
        draft = SettingsDraft(section=section, base=base, revision=revision, content=base)
        st.session_state[settings_draft_key(section)] = draft
    return draft


def close_settings_draft(section: str) -> None:
    """For callbacks, and after saving: the fields begin with what is stored."""
    st.session_state.pop(settings_draft_key(section), None)


def draw_settings_conflict(draft: SettingsDraft, base: Mapping[str, Any], revision: int) -> None:
    """Where somebody saved the section since: say so, and let the person choose."""
    if draft.revision == revision:
        return
    with st.container(border=True, gap="small", key=f"settings_conflict_{draft.section}"):
        st.markdown("##### Somebody else saved these settings meanwhile")
        st.markdown("Yours are still in the fields. Keep them to save over theirs, or take theirs.")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Keep mine", key=draft.button_key("mine"), on_click=_rebase_settings_draft, args=(draft, base, revision)
            )
            st.button(
                "Take theirs", key=draft.button_key("theirs"), on_click=close_settings_draft, args=(draft.section,)
            )


def draw_draft_error(draft: SettingsDraft) -> None:
    if draft.error is not None:
        empty_and_error_states.draw_error(draft.error, key=f"settings_{draft.section}_error")


def draw_discard_settings_button(draft: SettingsDraft) -> None:
    """Shown while something is typed that is not saved."""
    if draft.is_edited:
        key = draft.button_key("discard")
        st.button("Discard changes", key=key, type="tertiary", on_click=close_settings_draft, args=(draft.section,))


def draw_preview_buttons(draft: SettingsDraft, save_label: str = "Save") -> str:
    """Which was clicked: "preview", "save" or none. Saving is offered once the preview was seen."""
    clicked = ""
    with st.container(horizontal=True, gap="small"):
        if draft.is_previewed and draft.can_be_sent:
            if st.button(save_label, key=draft.button_key("save"), type="primary"):
                clicked = "save"
        else:
            key = draft.button_key("preview")
            if st.button("Show what changes", key=key, type="primary", disabled=not draft.can_be_sent):
                clicked = "preview"
        draw_discard_settings_button(draft)
    return clicked


def load_settings_preview(draft: SettingsDraft, fetch: Callable[[], Preview]) -> None:
    """Fetch what `draft.content` would change, or the error. One request."""
    draft.error = draft.preview = None
    try:
        draft.preview, draft.previewed = fetch(), draft.content
    except ZenError as error:
        draft.error = error
        get_action_state().mark_data_changed()


def _rebase_settings_draft(draft: SettingsDraft, base: Mapping[str, Any], revision: int) -> None:
    draft.base, draft.revision, draft.error = base, revision, None
