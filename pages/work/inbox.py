"""What waits for the signed-in person, and what became of what they put away or handed on."""

from functools import partial

import streamlit as st

from lib.actions.model import Source
from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build
from lib.ui import kept, keys, states
from lib.ui.acting import desk, dialogs, notice
from lib.ui.inbox import address, looking, parts

person = require_person()
services = build(current_client(), person)
view = address.read(st.query_params, leads=person.role.leads_team)
key = keys.INBOX_OF_TEAM if view.is_team else keys.INBOX
desk.settle(services)

st.markdown("# Inbox")
notice.draw()
try:
    with states.loading(height=400):
        inbox = kept.keep(key, partial(services.inbox.read, team=view.is_team))
except ZenError as error:
    states.problem(error, retry=lambda: kept.forget(key), key="inbox")
    st.stop()

kept.draw_fault(key, inbox, what="the inbox", time_zone=person.time_zone)
looking.bar(inbox.value, view, person)
parts.draw(inbox.value, view, person)
kept.draw_as_of(key, inbox, time_zone=person.time_zone)
dialogs.draw(Source.INBOX)
