"""The guided run: one slide at a time, with the customer's data on it and the answers saved as they are typed."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.log_context import bind_run_to_log
from lib.services import build_services
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.current_page import set_page_title
from lib.ui.find import dialog_from_url
from lib.ui.run import (
    browser_form,
    customer_records,
    run_activity,
    run_banners,
    run_header,
    run_loader,
    run_page_layout,
    run_url,
    slide_view,
)
from lib.ui.run.run_commands import save_and_run_command
from lib.ui.run.version_change import VERSION_CHANGE_DIALOG

person = require_person()
services = build_services(get_client_of_person(), person)
address = run_url.parse_run_url(st.query_params)

if address is None:
    run_banners.draw_no_run_selected()
    st.stop()

try:
    state = run_loader.load_run_page(services, address)
    bind_run_to_log(state.execution.id)
    save_and_run_command(state, services)
    run_loader.wake_run_if_due(state, services)
    action_state.run_pending_command(services)
    run_loader.reload_if_stale(state, services)
    run_loader.mark_decisions_seen(state, services)
except ZenError as error:
    run_banners.draw_run_load_error(error, address)
    st.stop()

set_page_title(state.execution.customer_name, state.workflow.name)
browser_form.draw_browser_form(state)
page = run_page_layout.create_run_layout()
with page.slide:
    buttons.draw_flash_message()
    run_header.draw_run_header(state, person)
    run_banners.draw_run_banners(state, person)
    slide_view.draw_slide(state, services)
    customer_records.draw_customer_records(state, services)
    run_activity.draw_activity(state, services)
run_page_layout.draw_page_script(state)
run_page_layout.draw_run_footer(page.footer, state, person)
dialog_from_url.open_dialog_from_url(
    run_header.list_offered_dialogs(state, person), ActionSource.SLIDE, state.build_action_target()
)
dialogs.draw_open_dialog(ActionSource.SLIDE, state.execution.id or None, page_dialogs={"move": VERSION_CHANGE_DIALOG})
run_loader.write_slide_to_url(state, address)
if page.chat is not None:
    with page.chat:
        run_page_layout.draw_chat(state)
