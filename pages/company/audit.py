"""The audit log: who changed what, before and after. CSMs see their own changes, leaders the company's."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.audit import change_filters, change_list
from lib.ui.audit.change_pager import draw_more_changes_button, load_changes

GAPS_SECONDS = 600.0

person = require_person()
services = build_services(get_client_of_person(), person)

st.markdown("# Audit")
change_list.draw_audit_scope(services)
try:
    wanted = change_filters.draw_change_filter(services)
    loaded = load_changes(services, wanted)
    if person.role.leads_team:
        gaps = page_cache.load_with_max_age(session_keys.AUDIT_GAPS, services.audit.fetch_gaps, GAPS_SECONDS)
        change_list.draw_history_gaps(gaps.value)
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(session_keys.AUDIT), key="audit")
    st.stop()

page_cache.draw_cache_error(session_keys.AUDIT, loaded, what="the log", time_zone=person.time_zone)
change_list.draw_changes(loaded.value.changes, person.time_zone)
draw_more_changes_button(loaded.value.next_before)
change_list.draw_changes_download(services, wanted)
page_cache.draw_refresh_footer(session_keys.AUDIT, loaded, time_zone=person.time_zone)
