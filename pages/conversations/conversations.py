"""Conversations: searched and filtered, opened as they are stored, their usage, and drafts of answers."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states
from lib.ui.conversations import (
    fixed_answer_draft_list,
    search,
    search_filters,
    search_results,
    thread_view,
    token_usage,
)

person = require_person()
services = build_services(get_client_of_person(), person)
opened = st.query_params.get(search.THREAD_PARAM)

if opened:
    thread_view.draw_stored_conversation(opened, services)
    st.stop()

st.markdown("# Conversations")
tab = search_filters.draw_conversation_tabs(person.role)
if tab == search.USAGE_TAB:
    token_usage.draw_token_usage(services.chat, person)
    st.stop()
if tab == search.DRAFTS_TAB:
    fixed_answer_draft_list.draw_fixed_answer_drafts(services)
    st.stop()

query = search.parse_search_query(st.query_params)
try:
    with empty_and_error_states.show_skeleton(height=400):
        found = search.load_search_results(services.chat, query)
except ZenError as error:
    search_filters.draw_search_box(query)
    empty_and_error_states.draw_error(error, retry=search.invalidate_search_results, key="conversations")
    st.stop()

search_filters.draw_search_box(query)
beside, listed = st.columns([1, 3], gap="large")
with beside:
    search_filters.draw_search_facets(query, found.facets, person)
with listed:
    search_results.draw_search_results(found, services.chat, person.time_zone)
