"""Persons who may go further below list than their role, as rows to edit."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from lib.customers.company_codes_and_limits import CompanyRules
from lib.forms.model import FieldKind
from lib.ui.settings.number_field import draw_number_field
from lib.ui.settings.reason_and_outcome_rows import EditedCode
from lib.ui.settings.settings_draft import SettingsDraft

LIST = "person_limits"


def build_person_limits(rules: CompanyRules) -> list[dict[str, Any]]:
    """The limits of persons as they are saved."""
    return [
        {"person_id": band.approver_id, "up_to_percent": float(band.up_to_percent)}
        for band in rules.approval_bands
        if band.approver_id
    ]


def draw_person_limits(draft: SettingsDraft, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """A row a person, and a choice to add one. `names` by id: who may have one, the stored ones among them."""
    rows = draft.code_rows.setdefault(LIST, [EditedCode(values=dict(row)) for row in draft.base[LIST]])
    st.caption("Persons who may go further than their role:" if rows else "Nobody may go further than their role.")
    limits = [_draw_person_limit_row(draft, rows, row, names) for row in rows]
    taken = {row.values["person_id"] for row in rows}
    free = [each for each in names if each not in taken]
    if free:
        key = draft.field_key(f"{LIST}.add")
        st.selectbox(
            "Give a person a limit of their own", free, index=None, key=key, format_func=names.__getitem__,
            placeholder="Choose a person", on_change=_add_person_limit, args=(rows, key), width=320,
        )  # fmt: skip
    return limits


def _draw_person_limit_row(
    draft: SettingsDraft, rows: list[EditedCode], edited: EditedCode, names: Mapping[str, str]
) -> dict[str, Any]:
    stored = edited.values["up_to_percent"]
    person = edited.values["person_id"]
    name = names.get(person, "A former colleague")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        with st.container(width=320):
            limit = draw_number_field(
                draft, f"{LIST}.{edited.id}", f"{name}, %", None if stored is None else Decimal(str(stored)),
                kind=FieldKind.PERCENT, least=0, most=100,
            )  # fmt: skip
        st.button(
            "Remove", key=draft.button_key(f"{LIST}.{edited.id}.remove"), icon=":material/close:", type="tertiary",
            on_click=rows.remove, args=(edited,),
        )  # fmt: skip
    return {"person_id": person, "up_to_percent": None if limit is None else float(limit)}


def _add_person_limit(rows: list[EditedCode], key: str) -> None:
    """A callback: a row for the person chosen."""
    person = st.session_state.get(key)
    if person is not None:
        rows.append(EditedCode(values={"person_id": person, "up_to_percent": None}))
        st.session_state[key] = None
