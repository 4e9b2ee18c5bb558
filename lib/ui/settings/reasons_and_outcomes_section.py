"""Reasons to skip and outcomes of the company, to change: labels, what is asked then, archived or not."""

import streamlit as st

from lib.companies.settings_previews import CodePreview
from lib.customers.code_labels import WORKFLOW_CATEGORY_LABELS
from lib.customers.company_codes_and_limits import CompanyRules
from lib.errors import ZenError
from lib.services import Services
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.settings import settings_draft
from lib.ui.settings.reason_and_outcome_preview import draw_code_preview
from lib.ui.settings.reason_and_outcome_rows import CodeRow, EditedCode, build_new_code_row, build_reasons_and_outcomes
from lib.ui.settings.settings_draft import SettingsDraft

SECTION = "codes"
FLAGS = {"needs_words": "Needs words", "needs_amount": "Needs ARR", "needs_reason": "Needs reason"}
LISTS = {"skip_reasons": ("Reasons to skip", "reason"), "outcome_codes": ("Outcomes of runs", "outcome")}


def draw_codes_section(rules: CompanyRules, revision: int, services: Services) -> None:
    """Both lists of an admin; what a change does, then a button to save. A request for each of both."""
    base = build_reasons_and_outcomes(rules)
    draft = settings_draft.get_settings_draft(SECTION, base, revision)
    settings_draft.draw_settings_conflict(draft, base, revision)
    with st.container(width=1040, gap="small", key="settings_codes"):
        content = {}
        for name, (title, noun) in LISTS.items():
            st.markdown(f"##### {title}")
            content[name] = _draw_code_list(draft, name, noun)
        draft.content = content
        settings_draft.draw_draft_error(draft)
        if isinstance(draft.preview, CodePreview) and draft.is_previewed:
            draw_code_preview(draft.preview)
        clicked = settings_draft.draw_preview_buttons(draft)
    if clicked == "preview":
        settings_draft.load_settings_preview(draft, lambda: services.company_settings.preview_codes(content))
        st.rerun()
    elif clicked == "save":
        _save_reasons_and_outcomes(draft, services)
        st.rerun()


def _draw_code_list(draft: SettingsDraft, name: str, noun: str) -> list[CodeRow]:
    """The rows of a list as they are edited, then those that are archived."""
    rows = draft.code_rows.setdefault(name, [EditedCode(values=dict(row)) for row in draft.base[name]])
    for row in [each for each in rows if not each.values["is_archived"]]:
        _draw_code_row(draft, rows, row)
    st.button(
        f"Add {'an' if noun[0] in 'aeiou' else 'a'} {noun}", key=draft.button_key(f"{name}.add"),
        icon=":material/add:", on_click=rows.append, args=(EditedCode(values=build_new_code_row(rows[0].values)),),
    )  # fmt: skip
    archived = [row for row in rows if row.values["is_archived"]]
    if archived:
        with st.expander(f"Archived ({len(archived)})"):
            st.caption("No longer offered. Runs that already use it keep it.")
            for row in archived:
                _draw_archived_code_row(draft, row)
    return [row.values | {"label": row.values["label"].strip()} for row in rows]


def _draw_code_row(draft: SettingsDraft, rows: list[EditedCode], edited: EditedCode) -> None:
    row, key = edited.values, edited.id
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        row["label"] = st.text_input(
            "Label", row["label"], key=draft.field_key(f"{key}.label"), max_chars=80, placeholder="Label",
            label_visibility="collapsed", width=240,
        )  # fmt: skip
        if "categories" in row:
            chosen = st.pills(
                "Workflows that may end so", list(WORKFLOW_CATEGORY_LABELS), selection_mode="multi",
                default=row["categories"], format_func=WORKFLOW_CATEGORY_LABELS.__getitem__,
                key=draft.field_key(f"{key}.categories"), label_visibility="collapsed",
            )  # fmt: skip
            row["categories"] = sort_categories(chosen, row["categories"])
        for flag in [each for each in FLAGS if each in row]:
            row[flag] = st.checkbox(FLAGS[flag], row[flag], key=draft.field_key(f"{key}.{flag}"))
        if row["code"] is None:
            st.button(
                "Remove", key=draft.button_key(f"{key}.remove"), icon=":material/close:", type="tertiary",
                on_click=rows.remove, args=(edited,),
            )  # fmt: skip
        else:
            st.button(
                "Archive", key=draft.button_key(f"{key}.archive"), icon=":material/archive:", type="tertiary",
                on_click=_set_code_archived, args=(row, True),
            )  # fmt: skip


def sort_categories(chosen: list[str], before: list[str]) -> list[str]:
    """Those chosen; in the order they had, so that nothing seems edited where nothing is."""
    return list(before) if set(chosen) == set(before) else [each for each in WORKFLOW_CATEGORY_LABELS if each in chosen]


def _draw_archived_code_row(draft: SettingsDraft, edited: EditedCode) -> None:
    row, key = edited.values, edited.id
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.text(row["label"], width=240)
        st.button(
            "Restore", key=draft.button_key(f"{key}.restore"), icon=":material/unarchive:", type="tertiary",
            on_click=_set_code_archived, args=(row, False),
        )  # fmt: skip


def _set_code_archived(row: CodeRow, is_archived: bool) -> None:
    row["is_archived"] = is_archived


def _save_reasons_and_outcomes(draft: SettingsDraft, services: Services) -> None:
    actions = get_action_state()
    with actions.commands.lock:
        try:
            services.company_settings.save_codes(draft.content, revision=draft.revision)
        except ZenError as error:
            draft.error = error
            actions.mark_data_changed()
            return
        settings_draft.close_settings_draft(SECTION)
        actions.record_success(FlashMessage(text="The reasons and outcomes are saved."))
