"""One import: its preview while it can be changed, its progress, and what it came to."""

from functools import partial

import streamlit as st

from lib.auth.model import Role
from lib.errors import ZenError
from lib.imports.import_overview import ImportOverview, RowGroup
from lib.imports.model import ImportStatus
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import empty_and_error_states, page_cache, page_links, theme
from lib.ui.actions import buttons
from lib.ui.current_page import set_page_title
from lib.ui.imports import commands, refused_rows_file
from lib.ui.imports.future_customer_owners import draw_future_owners
from lib.ui.imports.import_draft import discard_checked_draft, get_checked_draft, reopen_checked_draft
from lib.ui.imports.import_list import STATUS_WORDS
from lib.ui.imports.import_progress import draw_progress
from lib.ui.imports.import_undo import draw_import_undo, forget_undo_plans
from lib.ui.imports.import_url import close_import
from lib.ui.imports.similar_customers import draw_similar_customers
from lib.ui.imports.staged_rows import describe_row_counts, draw_staged_rows
from lib.ui.safe_text import draw_html
from lib.ui.script_values import PageValue, send_value_to_scripts
from lib.ui.session_keys import import_button_key, open_import_key


def draw_open_import(import_id: str, services: Services) -> None:
    """One request, one for the rows on screen, and one every two seconds while the worker is at it."""
    st.button(
        "All imports",
        key=import_button_key("back", ""),
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=close_import,
    )
    key, fetch = open_import_key(import_id), partial(services.import_views.fetch_import, import_id)
    try:
        opened = page_cache.load_for_page(key, fetch, skeleton_height=300).value
    except ZenError as error:
        empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(key), key="import")
        return
    set_page_title(opened.file_name, "Import")
    # The page was scrolled to the button below the columns; a number that differs by file scrolls once.
    send_value_to_scripts(PageValue.SCROLL_TARGET, None, number=int(opened.id[:8], 16), scripts=["run_page.js"])
    _draw_import_header(opened, services.person.time_zone)
    if opened.is_running:
        forget_undo_plans(opened)
        draw_progress(opened, services)
        return
    if opened.error:
        st.warning(opened.error, icon=":material/error:")
    if opened.status is ImportStatus.STAGING:
        _draw_unfinished_import()
        _draw_discard_import_button(opened)
        return
    if opened.can_change:
        _draw_import_decision(opened)
        draw_future_owners(opened, may_invite=services.person.role is Role.ADMIN)
        draw_similar_customers(opened, services)
    else:
        discard_checked_draft()
        draw_import_undo(opened, services)
        if opened.status is ImportStatus.APPLIED:
            page_links.draw_today_link()
    draw_staged_rows(opened, services)
    refused_rows_file.draw_refused_rows_download(opened, services)


def _draw_import_header(opened: ImportOverview, time_zone: str) -> None:
    facts = [
        opened.label if opened.is_demo_book else f"{opened.label} from {opened.source}",
        STATUS_WORDS[opened.status],
        f"by {opened.created_by_name or 'the operator'}, {theme.format_timestamp(opened.created_at, time_zone)}",
        describe_row_counts(opened),
    ]
    draw_html(Html('<h2>{}</h2><p class="zen-muted">{}</p>').format(opened.file_name, " · ".join(facts)))


def _draw_import_decision(opened: ImportOverview) -> None:
    """What would happen, and the button that makes it happen."""
    count = opened.count_rows_of_group(RowGroup.NEW) + opened.count_rows_of_group(RowGroup.CHANGED)
    refused = opened.count_rows_of_group(RowGroup.REFUSED)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="import_decision"):
        if count:
            command = commands.build_decide_import_command(opened)
            label = f"Bring in {format_count(count, 'row')}"
            buttons.draw_command_button(
                label, command, key=f"decide.{opened.id}", icon=":material/check:", is_primary=True
            )
        _draw_back_to_columns(opened)
        _draw_discard_import_button(opened)
    if not count:
        st.caption("No row of this file would add or change anything.")
    elif refused:
        st.caption(
            f"{format_count(refused, 'refused row')} will not be brought in. Everything can be undone afterwards."
        )
    else:
        st.caption("Nothing has been changed yet. Everything can be undone afterwards.")


def _draw_back_to_columns(opened: ImportOverview) -> None:
    """A button back to the columns, if this tab has the file; else how to get there."""
    draft = get_checked_draft(opened.id)
    if draft is None:
        st.caption("To change the columns, choose the file again: its mapping is remembered.", width="content")
        return
    if st.button(
        "Change the columns",
        key=import_button_key("columns", opened.id),
        icon=":material/view_column:",
        type="tertiary",
        help="Rows are then checked anew: those you corrected or left out are read from the file again.",
    ):
        reopen_checked_draft(draft)
        close_import()
        st.rerun()


def _draw_discard_import_button(opened: ImportOverview) -> None:
    command = commands.build_discard_import_command(opened)
    buttons.draw_command_button("Discard", command, key=f"discard.{opened.id}", icon=":material/delete:", is_quiet=True)


def _draw_unfinished_import() -> None:
    """A file whose rows were not all read or checked, because the page was closed meanwhile."""
    empty_and_error_states.draw_empty_state(
        "This file was not read to its end",
        "Nothing was brought in. Choose the file again.",
        icon=":material/hourglass_disabled:",
    )
