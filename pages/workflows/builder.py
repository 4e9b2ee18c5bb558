"""The workflow builder: a draft's slides in order, their texts, and how they look for a customer."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_links
from lib.ui.builder.builder_loader import load_builder_page
from lib.ui.builder.builder_page import draw_builder
from lib.ui.builder.builder_url import parse_builder_url
from lib.ui.current_page import set_page_title

person = require_person()
services = build_services(get_client_of_person(), person)
address = parse_builder_url(st.query_params)

if address is None:
    empty_and_error_states.draw_empty_state(
        "No draft is open", "Clone a workflow, or open one of your drafts.", icon=":material/edit_off:"
    )
    page_links.draw_workflows_link()
    st.stop()

try:
    state = load_builder_page(services, address)
except ZenError as error:
    empty_and_error_states.draw_error(error, key="builder")
    page_links.draw_workflows_link()
    st.stop()

set_page_title(state.draft.name, "Builder")
draw_builder()
