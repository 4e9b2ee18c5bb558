"""The book: all customers one may see, as a table with filters, or by the months they renew in."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.ui import empty_and_error_states, page_cache
from lib.ui.actions import action_state, buttons, dialogs
from lib.ui.book import book_filters, book_page, renewals_calendar, saved_views, table_commands
from lib.ui.book.book_url import parse_book_url
from lib.ui.book.bulk_dialogs import BOOK_DIALOGS
from lib.ui.session_keys import BOOK

person = require_person()
services = build_services(get_client_of_person(), person)
leads_team = person.role.leads_team
table_commands.switch_to_clicked_page()
action_state.run_pending_command(services)
address = parse_book_url(st.query_params, leads_team=leads_team)

st.markdown("# Book")
buttons.draw_flash_message()
book_page.draw_unread_book_url(address)
table_commands.draw_command_field(leads_team=leads_team)
try:
    views = saved_views.load_saved_views(services)
    saved_views.show_named_view(address, views)
    book = book_page.load_book(services, address)
    renewals = renewals_calendar.load_renewals(services, address) if address.shows_renewals else None
except ZenError as error:
    empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(BOOK), key="book")
    st.stop()

page_cache.draw_cache_error(BOOK, book, what="the book", time_zone=person.time_zone)
book_filters.draw_book_filters(book.value, address, views, services)
renewals_calendar.draw_book_tabs(address, leads_team=leads_team)
book_page.draw_book_sums(book.value)
if renewals is not None and book.value.total:
    renewals_calendar.draw_renewals_calendar(renewals.value)
else:
    book_page.draw_book_rows(book.value, address, services)
page_cache.draw_refresh_footer(BOOK, book, time_zone=person.time_zone)
dialogs.draw_open_dialog(ActionSource.BOOK, page_dialogs=BOOK_DIALOGS)
