"""Everything that was said beside the slides: searched, filtered, opened as it was, and what it used."""

import streamlit as st

from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build
from lib.ui import states
from lib.ui.explorer import address, drafts, filters, found, looking, thread, use
from lib.ui.explorer.views import view_of

person = require_person()
services = build(current_client(), person)
opened = st.query_params.get(address.THREAD)

if opened:
    thread.draw(opened, services)
    st.stop()

st.markdown("# Conversations")
view = view_of(person.role)
if view == address.USE:
    use.draw(services.chat, person)
    st.stop()
if view == address.DRAFTS:
    drafts.draw(services.chat, person)
    st.stop()

wanted = address.read(st.query_params)
try:
    with states.loading(height=400):
        looked = looking.look(services.chat, wanted)
except ZenError as error:
    filters.box(wanted)
    states.problem(error, retry=looking.forget, key="explorer")
    st.stop()

filters.box(wanted)
beside, listed = st.columns([1, 3], gap="large")
with beside:
    filters.facets(wanted, looked.facets, person)
with listed:
    found.draw(looked, services.chat, person.time_zone)
