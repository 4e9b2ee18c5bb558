"""Everything that was said beside the slides: searched, filtered, opened as it was, and what it used."""

import streamlit as st

from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import placeholders
from lib.ui.conversations import drafts, filters, results, search, thread, url_state, usage
from lib.ui.conversations.tabs import draw_tabs

person = require_person()
services = build_services(current_client(), person)
opened = st.query_params.get(url_state.THREAD_PARAM)

if opened:
    thread.draw_thread(opened, services)
    st.stop()

st.markdown("# Conversations")
view = draw_tabs(person.role)
if view == url_state.USAGE_TAB:
    usage.draw_usage(services.chat, person)
    st.stop()
if view == url_state.DRAFTS_TAB:
    drafts.draw_drafts(services.chat, person)
    st.stop()

wanted = url_state.parse_search(st.query_params)
try:
    with placeholders.show_skeleton(height=400):
        looked = search.load_results(services.chat, wanted)
except ZenError as error:
    filters.draw_search_box(wanted)
    placeholders.draw_error(error, retry=search.invalidate_results, key="explorer")
    st.stop()

filters.draw_search_box(wanted)
beside, listed = st.columns([1, 3], gap="large")
with beside:
    filters.draw_facets(wanted, looked.facets, person)
with listed:
    results.draw_results(looked, services.chat, person.time_zone)
