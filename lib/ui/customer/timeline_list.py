"""What happened to a customer, newest first: filtered by kind, searched in notes, paged in the database."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

import streamlit as st

from lib.actions.model import ActionSource
from lib.customers.customer_page_data import CustomerPage
from lib.customers.customer_timeline import TIMELINE_FILTERS, TimelineEntry, build_timeline_place_after_day
from lib.errors import ZenError
from lib.services import Services
from lib.text.html import Html
from lib.text.search_terms import list_word_beginnings
from lib.ui import empty_and_error_states, page_cache, tables
from lib.ui.actions import buttons
from lib.ui.actions.action_state import open_dialog
from lib.ui.actions.action_target import ActionTarget
from lib.ui.customer.customer_tables import build_ticket_table
from lib.ui.customer.dialog_fields import build_undo_command
from lib.ui.customer.timeline_entries import build_entry_html, describe_changed_row
from lib.ui.run.customer_records import build_note_html
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.session_keys import customer_button_key, customer_field_key, customer_timeline_key

PAGE_ENTRIES = 30
MAX_FOUND = 50  # as public.find_customer_records
NOTE_KINDS = ("note", "call", "meeting", "email")


def draw_timeline(page: CustomerPage, services: Services) -> None:
    """The entries of the chosen kind; the first ones came with the page."""
    customer_id = page.account.customer.id
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="customer_timeline"):
        chosen = st.segmented_control(
            "Show",
            list(TIMELINE_FILTERS),
            key=customer_field_key(customer_id, "filter"),
            default="All",
            required=True,
            label_visibility="collapsed",
        )
        # Search finds what is on record now, so a past day has none.
        words = _draw_search_field(customer_id) if page.as_of is None else ""
    try:
        if words.strip():
            _draw_found_records(page, services, words)
        else:
            _draw_timeline_pages(page, services, chosen or "All")
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="customer_timeline_error")


def _draw_search_field(customer_id: str) -> str:
    return st.text_input(
        "Search notes and tickets",
        key=customer_field_key(customer_id, "search"),
        placeholder="Search",
        label_visibility="collapsed",
        icon=":material/search:",
        width=150,
    )


def _draw_timeline_pages(page: CustomerPage, services: Services, chosen: str) -> None:
    pages = _load_timeline_pages(page, services, chosen)
    entries = [entry for each in pages for entry in each]
    if not entries:
        text = "Nothing yet." if chosen == "All" else "Nothing of this kind."
        draw_html(Html('<p class="zen-muted">{}</p>').format(text))
    draw_timeline_entries(entries, page, services)
    if len(pages[-1]) == PAGE_ENTRIES:
        st.button(
            "Show older",
            key=customer_button_key("older", f"{page.account.customer.id}.{chosen}"),
            type="tertiary",
            icon=":material/expand_more:",
            on_click=_show_older_entries,
            args=(customer_timeline_key(page.account.customer.id, f"{page.as_of or ''}.{chosen}"), len(pages) + 1),
        )


def _load_timeline_pages(page: CustomerPage, services: Services, chosen: str) -> list[tuple[TimelineEntry, ...]]:
    """The pages the person asked for. One request for each new one, none for the first of all kinds."""
    customer_id, kinds = page.account.customer.id, TIMELINE_FILTERS[chosen]
    key = customer_timeline_key(customer_id, f"{page.as_of or ''}.{chosen}")
    pages: list[tuple[TimelineEntry, ...]] = [page.timeline] if kinds is None else []
    while len(pages) < st.session_state.get(f"{key}.pages", 1) and not (pages and len(pages[-1]) < PAGE_ENTRIES):
        before = pages[-1][-1].place if pages else build_timeline_place_after_day(page.as_of)
        fetch = partial(services.customers.fetch_timeline, customer_id, kinds=kinds, before=before, most=PAGE_ENTRIES)
        place = f"{key}.{before['key'] if before else ''}"
        pages.append(page_cache.load_with_max_age(place, fetch, page_cache.CACHE_SECONDS).value)
    return pages


def _show_older_entries(key: str, number: int) -> None:
    """A callback."""
    st.session_state[f"{key}.pages"] = number


def draw_timeline_entries(entries: Sequence[TimelineEntry], page: CustomerPage, services: Services) -> None:
    """Neighbours without buttons as one element, because each element costs time."""
    with st.container(gap=None):
        _draw_entry_groups(entries, page, services)


def _draw_entry_groups(entries: Sequence[TimelineEntry], page: CustomerPage, services: Services) -> None:
    for has_buttons, group in groupby(
        entries, key=lambda entry: page.as_of is None and _has_entry_button(entry, services)
    ):
        if not has_buttons:
            draw_html(Html("").join(build_entry_html(entry, page.account.rules, page.as_of) for entry in group))
            continue
        for entry in group:
            html = build_entry_html(entry, page.account.rules, page.as_of)
            with draw_row_with_buttons(html, key=f"timeline.{entry.key}"):
                _draw_entry_button(entry, page)


def _has_entry_button(entry: TimelineEntry, services: Services) -> bool:
    is_own_note = entry.kind in NOTE_KINDS and entry.author_id == str(services.person.id)
    return is_own_note or bool(entry.detail.get("change_id"))


def _draw_entry_button(entry: TimelineEntry, page: CustomerPage) -> None:
    customer = page.account.customer
    if entry.kind in NOTE_KINDS:
        target = ActionTarget(customer_name=customer.name, customer_id=customer.id, row_id=entry.row_id)
        st.button(
            "Edit",
            key=customer_button_key("edit_note", entry.row_id),
            type="tertiary",
            on_click=open_dialog,
            args=("edit_note", ActionSource.CUSTOMER, target),
        )
        return
    command = build_undo_command(str(entry.detail["change_id"]), f"{describe_changed_row(entry)}.")
    buttons.draw_command_button("Undo", command, key=f"timeline.{entry.key}", icon=":material/undo:", is_quiet=True)


def _draw_found_records(page: CustomerPage, services: Services, words: str) -> None:
    """Notes and tickets with the words, those with most of them first."""
    customer_id = page.account.customer.id
    fetch = partial(services.accounts.search_notes_and_tickets, customer_id, list_word_beginnings(words))
    key = customer_timeline_key(customer_id, f"search.{words}")
    notes, tickets = page_cache.load_with_max_age(key, fetch, page_cache.CACHE_SECONDS).value
    if MAX_FOUND in (len(notes), len(tickets)):
        st.caption(f"At most {MAX_FOUND} notes and {MAX_FOUND} tickets, those with most of these words. Add a word.")
    if not notes and not tickets:
        draw_html(Html('<p class="zen-muted">No note or ticket has “{}”.</p>').format(words))
    for note in notes:
        draw_html(build_note_html(note))
    if tickets:
        tables.draw_table(build_ticket_table(tickets), key="customer.found")
