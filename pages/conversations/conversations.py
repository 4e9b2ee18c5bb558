"""Conversations: searched and filtered, opened as they are stored, their usage, and drafts of answers."""

import streamlit as st

from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import placeholders
from lib.ui.conversations import drafts, filters, results, search, thread, usage

person = require_person()
services = build_services(current_client(), person)
opened = st.query_params.get(search.THREAD_PARAM)

if opened:
    thread.draw_thread(opened, services)
    st.stop()

st.markdown("# Conversations")
tab = filters.draw_tabs(person.role)
if tab == search.USAGE_TAB:
    usage.draw_usage(services.chat, person)
    st.stop()
if tab == search.DRAFTS_TAB:
    drafts.draw_drafts(services.chat, person)
    st.stop()

query = search.parse_search(st.query_params)
try:
    with placeholders.show_skeleton(height=400):
        found = search.load_results(services.chat, query)
except ZenError as error:
    filters.draw_search_box(query)
    placeholders.draw_error(error, retry=search.invalidate_results, key="conversations")
    st.stop()

filters.draw_search_box(query)
beside, listed = st.columns([1, 3], gap="large")
with beside:
    filters.draw_facets(query, found.facets, person)
with listed:
    results.draw_results(found, services.chat, person.time_zone)
