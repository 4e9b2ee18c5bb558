from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from lib.auth.model import ROLE_NAMES
from lib.companies.people_and_invitations import TeamMember
from lib.text.format import format_count
from lib.text.truncate import single_line


def label_colleagues(colleagues: Sequence[TeamMember]) -> dict[UUID, str]:
    """ "Carol Adeyemi, manager, 12 customers" by id; people of the same name with their addresses."""
    names = Counter(each.full_name.casefold() for each in colleagues)
    return {each.id: _label_colleague(each, has_namesake=names[each.full_name.casefold()] > 1) for each in colleagues}


def _label_colleague(colleague: TeamMember, *, has_namesake: bool) -> str:
    name = f"{colleague.full_name} ({colleague.email})" if has_namesake else colleague.full_name
    return single_line(f"{name}, {ROLE_NAMES[colleague.role]}, {format_count(colleague.customers, 'customer')}")


def draw_colleague_select(label: str, colleagues: Sequence[TeamMember], *, key: str) -> UUID | None:
    """A select box of colleagues; nobody at first."""
    labels = label_colleagues(colleagues)
    return st.selectbox(
        label, list(labels), None, key=key, format_func=lambda value: labels.get(value, ""), placeholder="Choose"
    )
