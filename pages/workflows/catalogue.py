"""The workflows one can start, what is in each, and copying a stock one."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.catalogue.description_dialog import draw_describe_button
from lib.ui.catalogue.workflow_cards import build_workflow_cards, find_workflow_card_by_address
from lib.ui.catalogue.workflow_list import WORKFLOW_PARAM, draw_workflow_list
from lib.ui.catalogue.workflow_page import draw_workflow_not_found, draw_workflow_page

person = require_person()
services = build_services(get_client_of_person(), person)
address = st.query_params.get(WORKFLOW_PARAM)

if address is None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("# Workflows", width="content")
        draw_describe_button()
try:
    catalogue = page_cache.load_for_page(
        session_keys.CATALOGUE, services.workflows.fetch_workflow_catalogue, skeleton_height=480
    )
except ZenError as error:
    empty_and_error_states.draw_error(
        error, retry=lambda: page_cache.invalidate(session_keys.CATALOGUE), key="catalogue"
    )
    st.stop()

page_cache.draw_cache_error(session_keys.CATALOGUE, catalogue, what="the catalogue", time_zone=person.time_zone)
cards = build_workflow_cards(catalogue.value)
chosen = find_workflow_card_by_address(cards, address) if address else None
if chosen is not None:
    draw_workflow_page(chosen, cards, catalogue.value.customers, services)
elif address:
    draw_workflow_not_found(address)
else:
    draw_workflow_list(cards, services)
page_cache.draw_refresh_footer(session_keys.CATALOGUE, catalogue, time_zone=person.time_zone)
