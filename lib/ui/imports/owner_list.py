"""Who would get the customers of an import: colleagues, and addresses that have not joined yet."""

from collections.abc import Sequence

import streamlit as st

from lib.imports.import_overview import ImportOverview, ImportOwner
from lib.text.format import format_count, join_names
from lib.text.markdown_escape import escape_markdown
from lib.ui.navigation import PEOPLE


def draw_owners(opened: ImportOverview) -> None:
    """Nothing for a file that names no owners."""
    colleagues = [owner for owner in opened.owners if owner.name]
    waiting = [owner for owner in opened.owners if not owner.name]
    if not opened.owners:
        return
    st.markdown("#### Owners")
    if colleagues:
        st.markdown(escape_markdown(f"{describe_owners(colleagues)}."))
    if waiting:
        st.markdown(
            f":orange[:material/person_add:] {escape_markdown(f'Not here yet: {describe_owners(waiting)}.')} "
            "They get their customers when they join with these addresses."
        )
        st.code("\n".join(owner.email for owner in waiting), language=None)
        st.page_link(PEOPLE, label="Invite them: paste the list", icon=":material/person_add:")


def describe_owners(owners: Sequence[ImportOwner]) -> str:
    """ "Ann Lee (12 customers) and Bo Berg (1 customer)"."""
    return join_names(f"{owner.name or owner.email} ({format_count(owner.customers, 'customer')})" for owner in owners)
