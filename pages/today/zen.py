"""Today: the few things that matter, the book at a glance, and the runs to go on with."""

from datetime import UTC, datetime

import streamlit as st

from lib.actions.model import Source
from lib.auth.gate import current_client, require_person
from lib.errors import ZenError
from lib.services import build
from lib.slides.clock import local
from lib.ui import kept, keys, states
from lib.ui.acting import desk, dialogs, notice
from lib.ui.board import draw

person = require_person()
services = build(current_client(), person)
desk.settle(services)
now = local(datetime.now(UTC), person.time_zone)

draw.greeting(person, now)
notice.draw()
try:
    with states.loading(height=480):
        morning = kept.keep(keys.ZEN_BOARD, services.accounts.board)
except ZenError as error:
    states.problem(error, retry=lambda: kept.forget(keys.ZEN_BOARD), key="zen")
    st.stop()

if morning.value.customers:
    draw.today(morning, services.executions, person, now)
else:
    draw.first_day(morning, person, now)
dialogs.draw(Source.DASHBOARD)
