"""Severities of escalations with their days, as rows to edit."""

from decimal import Decimal
from typing import Any

import streamlit as st

from lib.customers.company_codes_and_limits import CompanyRules
from lib.ui.settings.number_field import draw_number_field
from lib.ui.settings.reason_and_outcome_rows import EditedCode
from lib.ui.settings.settings_draft import SettingsDraft

LIST = "severities"
NEW: dict[str, Any] = {"code": None, "label": "", "response_days": None, "is_archived": False}


def build_severities(rules: CompanyRules) -> list[dict[str, Any]]:
    """The severities as they are saved, labels without their days."""
    return [
        {
            "code": each.code,
            "label": each.short_label,
            "response_days": each.response_days,
            "is_archived": each.is_archived,
        }
        for each in rules.severities
    ]


def draw_severities(draft: SettingsDraft) -> list[dict[str, Any]]:
    """The severities as they are edited, then those that are archived."""
    st.markdown("##### First answer to an escalation")
    st.caption("How severe an escalation may be, and within how many days it is answered, on a working day.")
    rows = draft.code_rows.setdefault(LIST, [EditedCode(values=dict(row)) for row in draft.base[LIST]])
    for row in [each for each in rows if not each.values["is_archived"]]:
        _draw_severity_row(draft, rows, row)
    st.button(
        "Add a severity",
        key=draft.button_key(f"{LIST}.add"),
        icon=":material/add:",
        on_click=_add_severity_row,
        args=(rows,),
    )
    archived = [row for row in rows if row.values["is_archived"]]
    if archived:
        with st.expander(f"Archived ({len(archived)})"):
            st.caption("No longer offered; escalations that have them keep them.")
            for row in archived:
                _draw_archived_severity_row(draft, row)
    return [row.values | {"label": row.values["label"].strip()} for row in rows]


def _add_severity_row(rows: list[EditedCode]) -> None:
    rows.append(EditedCode(values=dict(NEW)))


def _draw_severity_row(draft: SettingsDraft, rows: list[EditedCode], edited: EditedCode) -> None:
    row, key = edited.values, edited.id
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        row["label"] = st.text_input(
            "Severity", row["label"], key=draft.field_key(f"{key}.label"), max_chars=50, placeholder="Severity",
            label_visibility="collapsed", width=280,
        )  # fmt: skip
        with st.container(width=120, gap=None):
            stored = row["response_days"]
            days = draw_number_field(
                draft, f"{key}.days", f"Days to answer {row['label'] or 'the new one'}",
                None if stored is None else Decimal(stored), least=1, most=365, shows_label=False,
            )  # fmt: skip
        row["response_days"] = None if days is None else int(days)
        st.caption("days", width="content")
        if row["code"] is None:
            st.button(
                "Remove", key=draft.button_key(f"{key}.remove"), icon=":material/close:", type="tertiary",
                on_click=rows.remove, args=(edited,),
            )  # fmt: skip
        else:
            st.button(
                "Archive", key=draft.button_key(f"{key}.archive"), icon=":material/archive:", type="tertiary",
                on_click=row.update, args=({"is_archived": True},),
            )  # fmt: skip


def _draw_archived_severity_row(draft: SettingsDraft, edited: EditedCode) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.text(edited.values["label"], width=280)
        st.button(
            "Restore", key=draft.button_key(f"{edited.id}.restore"), icon=":material/unarchive:", type="tertiary",
            on_click=edited.values.update, args=({"is_archived": False},),
        )  # fmt: skip
