"""What is held on a customer, a contact or a person: to download, and to erase."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states
from lib.ui.actions import action_state, buttons
from lib.ui.privacy.erasure_form import draw_erasure_form
from lib.ui.privacy.erasure_list import draw_erasures
from lib.ui.privacy.export_download import draw_export_download
from lib.ui.privacy.subject_choice import choose_subject

person = require_person()
services = build_services(get_client_of_person(), person)
action_state.run_pending_command(services)

st.markdown("# Privacy")
buttons.draw_flash_message()
try:
    subject = choose_subject(services)
    if subject is not None:
        draw_export_download(subject, services)
        if person.role.leads_team and subject.is_erasable:
            draw_erasure_form(subject, services)
    if person.role.leads_team:
        draw_erasures(services.privacy.fetch_erasures(), person.time_zone)
except ZenError as error:
    empty_and_error_states.draw_error(error, key="privacy")
