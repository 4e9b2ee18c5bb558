"""Who would get the customers of an import: colleagues, and addresses that have not joined yet."""

from collections.abc import Sequence

import streamlit as st

from lib.imports.import_overview import ImportOverview, ImportOwner
from lib.text.format import format_count, join_names
from lib.text.markdown_escape import escape_markdown
from lib.ui.page_links import PEOPLE
from lib.ui.session_keys import ADDRESSES_TO_INVITE, import_button_key

MAX_NAMED = 50


def draw_future_owners(opened: ImportOverview, *, may_invite: bool) -> None:
    """Nothing for a file that names no owners. Inviting leads to the page of the people."""
    colleagues = [owner for owner in opened.owners if owner.name]
    waiting = [owner for owner in opened.owners if not owner.name]
    if not opened.owners:
        return
    st.markdown("#### Owners")
    if colleagues:
        st.markdown(escape_markdown(f"{describe_future_owners(colleagues)}."))
    if waiting:
        st.markdown(
            f":orange[:material/person_add:] {escape_markdown(f'Not here yet: {describe_future_owners(waiting)}.')} "
            "They get their customers when they join with these addresses."
        )
        addresses = "\n".join(owner.email for owner in waiting)
        st.code(addresses, language=None)
        if not may_invite:
            st.caption("Ask an admin of your company to invite them.")
        elif st.button("Invite them", key=import_button_key("invite", opened.id), icon=":material/person_add:"):
            # Not in the address of the page: addresses of people would stand in logs.
            st.session_state[ADDRESSES_TO_INVITE] = addresses
            st.switch_page(PEOPLE)


def describe_future_owners(owners: Sequence[ImportOwner]) -> str:
    """ "Ann Lee (12 customers) and Bo Berg (1 customer)"; of many the first, and how many others."""
    named = [f"{owner.name or owner.email} ({format_count(owner.customers, 'customer')})" for owner in owners]
    more = len(named) - MAX_NAMED
    return join_names([*named[:MAX_NAMED], format_count(more, "other owner")] if more > 0 else named)
