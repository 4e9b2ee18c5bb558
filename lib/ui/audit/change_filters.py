"""The filters of the audit page, kept in this browser tab."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from lib.actions.model import Colleague
from lib.audit.change_text import SOURCE_NAMES, TABLE_NAMES, format_source, format_table_name
from lib.audit.model import ChangeFilter
from lib.services import Services
from lib.ui import page_cache
from lib.ui.session_keys import AUDIT_PEOPLE, audit_filter_key


def draw_change_filter(services: Services) -> ChangeFilter:
    """The chosen filter. Leaders choose a person; one request for their names, none within a minute."""
    person = services.person
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="audit_filters"):
        chosen = _draw_person_filter(services) if person.role.leads_team else None
        table = st.selectbox(
            "What",
            sorted(TABLE_NAMES, key=format_table_name),
            index=None,
            format_func=format_table_name,
            placeholder="Everything",
            key=audit_filter_key("table"),
            width=180,
        )
        source = st.selectbox(
            "How",
            list(SOURCE_NAMES),
            index=None,
            format_func=format_source,
            placeholder="Any way",
            key=audit_filter_key("source"),
            width=200,
        )
        since = st.date_input("From", value=None, format="YYYY-MM-DD", key=audit_filter_key("since"), width=170)
        until = st.date_input("Until", value=None, format="YYYY-MM-DD", key=audit_filter_key("until"), width=170)
    return ChangeFilter(person_id=chosen, table_name=table, source=source, since=since, until=until)


def _draw_person_filter(services: Services) -> UUID | None:
    me = services.person
    others: Sequence[Colleague] = page_cache.load_with_max_age(
        AUDIT_PEOPLE, services.actions.fetch_colleagues, page_cache.CACHE_SECONDS
    ).value
    names = {str(me.id): f"{me.full_name}, you", **{each.id: each.full_name for each in others}}
    chosen = st.selectbox(
        "Who",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Everybody",
        key=audit_filter_key("person"),
        width=200,
    )
    return UUID(chosen) if chosen else None
