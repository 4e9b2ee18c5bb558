"""The guided run: one slide at a time, with the customer's data on it and the answers kept as they are typed."""

import streamlit as st

from lib.actions.model import Source
from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build
from lib.ui import states
from lib.ui.acting import desk, dialogs, notice
from lib.ui.chat import panel
from lib.ui.run import body, footer, header, layout, notices, story, waking
from lib.ui.run.saving import catch_up, settle
from lib.ui.run.sitting import open_sitting

person = require_person()
services = build(current_client(), person)
execution_id = st.query_params.get("execution")

if not execution_id:
    notices.no_run()
    st.stop()

try:
    with states.loading(height=480):
        sitting = open_sitting(services, execution_id, st.query_params.get("slide"))
        settle(sitting, services)
    waking.wake_if_due(sitting, services)
    desk.settle(services)
    catch_up(sitting, services)
    waking.see_if_decided(sitting, person, services)
except ZenError as error:
    notices.cannot_open(error, execution_id)
    st.stop()

slide, beside = layout.slide_and_chat()
with slide:
    notice.draw()
    header.draw(sitting, person)
    notices.draw(sitting, person)
    body.draw(sitting)
    story.timeline(sitting, person)
footer.draw(sitting, person)
dialogs.draw(Source.SLIDE, sitting.execution.id)
if st.query_params.get("slide") != sitting.slide_id:
    st.query_params["slide"] = sitting.url_slide = sitting.slide_id
if beside is not None:
    with beside:
        panel.draw(sitting)
