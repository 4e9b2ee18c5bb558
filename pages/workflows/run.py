"""The guided run: one slide at a time, with the customer's data on it and the answers kept as they are typed."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import placeholders
from lib.ui.actions import action_state, dialogs, flash_message
from lib.ui.chat import panel
from lib.ui.run import activity, auto_wake, banners, footer, header, layout, slide_view
from lib.ui.run.page_state import load_run_page
from lib.ui.run.slide_editor import reload_if_stale, run_pending_command

person = require_person()
services = build_services(current_client(), person)
execution_id = st.query_params.get("execution")

if not execution_id:
    banners.draw_no_run()
    st.stop()

try:
    with placeholders.show_skeleton(height=480):
        sitting = load_run_page(services, execution_id, st.query_params.get("slide"))
        run_pending_command(sitting, services)
    auto_wake.wake_if_due(sitting, services)
    action_state.run_pending_command(services)
    reload_if_stale(sitting, services)
    auto_wake.mark_decision_seen(sitting, person, services)
except ZenError as error:
    banners.draw_cannot_open(error, execution_id)
    st.stop()

slide, beside = layout.split_slide_and_chat()
with slide:
    flash_message.draw_flash_message()
    header.draw_header(sitting, person)
    banners.draw_banners(sitting, person)
    slide_view.draw_slide(sitting)
    activity.draw_activity(sitting, person)
footer.draw_footer(sitting, person)
dialogs.draw_open_dialog(ActionSource.SLIDE, sitting.execution.id)
if st.query_params.get("slide") != sitting.slide_id:
    st.query_params["slide"] = sitting.url_slide_id = sitting.slide_id
if beside is not None:
    with beside:
        panel.draw_panel(sitting)
