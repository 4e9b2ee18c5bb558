"""Bringing in data of other systems: choose a file, map it, look at what would change, bring it in, undo it."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.services import build_services
from lib.ui import empty_and_error_states
from lib.ui.actions import action_state, buttons
from lib.ui.imports import import_list, mapping_form, open_import_view
from lib.ui.imports.import_draft import get_import_draft
from lib.ui.imports.import_url import get_open_import_id

person = require_person()
services = build_services(get_client_of_person(), person)
action_state.run_pending_command(services)

st.markdown("# Import")
buttons.draw_flash_message()
if not person.role.leads_team:
    empty_and_error_states.draw_empty_state(
        "Managers and admins bring data in",
        "An import changes customers of the whole company. Send your file to a manager, who can bring it in.",
        icon=":material/lock:",
    )
elif import_id := get_open_import_id():
    open_import_view.draw_open_import(import_id, services)
elif draft := get_import_draft():
    mapping_form.draw_mapping_form(draft, services)
else:
    import_list.draw_earlier_imports(services)
