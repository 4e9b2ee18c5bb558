"""The actions of the company: everybody reads them, leaders keep them."""

import streamlit as st

from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build
from lib.ui import kept, keys, states
from lib.ui.acting import desk, notice
from lib.ui.actions import editor, listing
from lib.ui.actions.draft import the_draft

person = require_person()
services = build(current_client(), person)
desk.settle(services)
draft = the_draft() if person.role.leads_team else None

st.markdown("# Actions")
notice.draw()
try:
    if draft is not None:
        editor.draw(draft, services)
        st.stop()
    with states.loading(height=400):
        actions = kept.keep(keys.ADMIN_ALL, services.actions.all)
except ZenError as error:
    states.problem(error, retry=lambda: kept.forget(keys.ADMIN_ALL), key="actions")
    st.stop()

kept.draw_fault(keys.ADMIN_ALL, actions, what="the list", time_zone=person.time_zone)
listing.draw(actions.value, leads=person.role.leads_team)
kept.draw_as_of(keys.ADMIN_ALL, actions, time_zone=person.time_zone)
