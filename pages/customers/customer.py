"""A customer whole: where it stands, what happened, who is there, and what was agreed."""

from functools import partial

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.text.local_time import today_in_zone
from lib.ui import page_cache
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.current_page import set_page_title
from lib.ui.customer import customer_page
from lib.ui.customer.customer_dialogs import CUSTOMER_DIALOGS
from lib.ui.customer.customer_url import parse_customer_id
from lib.ui.customer.past_day_view import parse_past_day
from lib.ui.session_keys import customer_page_key

person = require_person()
services = build_services(get_client_of_person(), person)
action_state.run_pending_command(services)

customer_id = parse_customer_id(st.query_params)
if customer_id is None:
    customer_page.draw_no_customer()
    st.stop()

day = parse_past_day(dict(st.query_params), today_in_zone(person.time_zone))
key = customer_page_key(customer_id, day)
try:
    cached = page_cache.load_for_page(
        key, partial(services.customers.fetch_customer_page, customer_id, as_of=day), skeleton_height=480
    )
except ZenError as error:
    customer_page.draw_missing_customer(error, retry=lambda: page_cache.invalidate(key))
    st.stop()

set_page_title(cached.value.account.customer.name)
buttons.draw_flash_message()
customer_page.draw_customer_page(cached, services, key)
dialogs.draw_open_dialog(ActionSource.CUSTOMER, page_dialogs=CUSTOMER_DIALOGS)
