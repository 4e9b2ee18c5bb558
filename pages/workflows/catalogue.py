"""The workflows one can start, what is in each, and copying a stock one."""

import streamlit as st

from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build
from lib.ui import kept, keys, states
from lib.ui.catalogue.cards import addressed, cards_of
from lib.ui.catalogue.detail import draw_detail, draw_unknown
from lib.ui.catalogue.listing import ADDRESS, draw_list

person = require_person()
services = build(current_client(), person)
address = st.query_params.get(ADDRESS)

if address is None:
    st.markdown("# Workflows")
try:
    with states.loading(height=480):
        catalogue = kept.keep(keys.CATALOGUE, services.workflows.catalogue)
except ZenError as error:
    states.problem(error, retry=lambda: kept.forget(keys.CATALOGUE), key="catalogue")
    st.stop()

kept.draw_fault(keys.CATALOGUE, catalogue, what="the catalogue", time_zone=person.time_zone)
cards = cards_of(catalogue.value)
chosen = addressed(cards, address) if address else None
if chosen is not None:
    draw_detail(chosen, cards, catalogue.value.customers, services)
elif address:
    draw_unknown(address)
else:
    draw_list(cards)
kept.draw_as_of(keys.CATALOGUE, catalogue, time_zone=person.time_zone)
