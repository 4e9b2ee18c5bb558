"""The demo book as a first step: load it into a company without customers, see it come in, remove it."""

import streamlit as st

from lib.customers.today_overview import DemoBookImport, FirstSteps, TodayOverview
from lib.errors import ZenError
from lib.imports.model import ImportStatus
from lib.services import Services
from lib.ui import empty_and_error_states, page_cache, page_links
from lib.ui.imports.import_progress import draw_progress
from lib.ui.imports.import_undo import open_undo_plan
from lib.ui.session_keys import DEMO_BOOK_BUTTON


def draw_demo_book(steps: FirstSteps, overview: TodayOverview, services: Services) -> None:
    """For an admin: the button that loads it, the worker's progress, or the button that removes it."""
    book = steps.demo_book
    try:
        if book is not None and book.status == ImportStatus.DECIDED:
            st.caption("The demo book is being brought in.")
            draw_progress(services.import_views.fetch_import(book.import_id), services)
        elif book is not None:
            _draw_demo_book_removal(book, services)
        elif steps.can_load_demo_book:
            _draw_demo_book_loading(overview, services)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="demo_book")


def _draw_demo_book_loading(overview: TodayOverview, services: Services) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_clicked = st.button("Load the demo book", key=DEMO_BOOK_BUTTON, icon=":material/auto_stories:")
        st.caption(
            "To look around first: 55 made-up customers, shared out among who is here. You can remove them again."
        )
    if not is_clicked:
        return
    me = services.person.email
    with st.spinner("Making the files and checking their rows…"):
        others = [person.email for person in services.people.fetch_team().people if person.email != me]
        services.demo_book.load_demo_book(overview.today, [me, *others])
    page_cache.get_data_version().increment()
    st.rerun()


def _draw_demo_book_removal(book: DemoBookImport, services: Services) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_clicked = st.button("Remove the demo book", key=DEMO_BOOK_BUTTON, icon=":material/undo:")
        st.caption("You see first what you worked on; the rest goes.")
    if is_clicked:
        with st.spinner("Looking at what was worked on…"):
            open_undo_plan(book.import_id, ImportStatus(book.status), services)
        page_links.switch_to_import(book.import_id)
