from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from lib.auth.model import ROLE_NAMES
from lib.companies.people import TeamMember
from lib.text.format import format_count
from lib.text.truncate import single_line
from lib.ui.widget_values import number_duplicate_labels


def label_colleagues(colleagues: Sequence[TeamMember]) -> dict[UUID, str]:
    """ "Carol Adeyemi, manager, 12 customers" by id; two of the same name are numbered."""
    labels = [
        single_line(f"{each.full_name}, {ROLE_NAMES[each.role]}, {format_count(each.customers, 'customer')}")
        for each in colleagues
    ]
    return dict(zip((each.id for each in colleagues), number_duplicate_labels(labels), strict=True))


def draw_colleague_select(label: str, colleagues: Sequence[TeamMember], *, key: str) -> UUID | None:
    """A select box of colleagues; nobody at first."""
    labels = label_colleagues(colleagues)
    return st.selectbox(
        label, list(labels), None, key=key, format_func=lambda value: labels.get(value, ""), placeholder="Choose"
    )
