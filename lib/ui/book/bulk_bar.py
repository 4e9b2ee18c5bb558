"""What to do with the customers that are ticked, and the book as a file."""

from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial

import streamlit as st

from lib.actions.model import ActionSource
from lib.book.export import export_book_csv, export_book_xlsx
from lib.book.model import BookPage, BookRow, BookView
from lib.book.repository import BookRepository
from lib.files.dated_export import build_dated_filename
from lib.files.spreadsheet_writer import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE
from lib.services import Services
from lib.text.format import format_count
from lib.ui.actions.action_state import open_dialog
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.book.table_commands import clear_selection, find_selected_rows
from lib.ui.session_keys import book_button_key


def draw_bulk_bar(book: BookPage, view: BookView, services: Services) -> None:
    """Buttons for the rows that are ticked; beside them the book as a file."""
    rows = find_selected_rows(book)
    elsewhere = len({row.id for row in rows} - {row.id for row in book.rows})
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="book_bulk"):
        selected = f"{len(rows)} selected" + (f", {elsewhere} on other pages" if elsewhere else "")
        st.caption(selected if rows else "Tick rows to act on several at once.", width="content")
        if rows:
            _draw_bulk_buttons(rows, services)
            st.button("Clear selection", key=book_button_key("clear_selection"), type="tertiary",
                      on_click=clear_selection)  # fmt: skip
        _draw_book_export(book, view, services)


def build_customer_target(row: BookRow) -> ActionTarget:
    """A customer with its owner, for a dialog about several."""
    return ActionTarget(
        customer_name=row.name,
        customer_id=row.id,
        worked_by=row.owner_id,
        notice_deadline=row.notice_deadline,
    )


def build_run_target(row: BookRow) -> ActionTarget:
    """The open run of a customer, for the dialog that snoozes several."""
    assert row.run is not None
    return ActionTarget(
        customer_name=row.name,
        customer_id=row.id,
        workflow_id=row.run.workflow_id,
        workflow_name=row.run.workflow_name,
        execution_id=row.run.execution_id,
        due_on=row.run.due_on,
        notice_deadline=row.notice_deadline,
    )


def _draw_bulk_buttons(rows: Sequence[BookRow], services: Services) -> None:
    customers = [build_customer_target(row) for row in rows]
    if services.person.role.leads_team:
        _draw_bulk_dialog_button("assign_customers", "Assign", ":material/person_add:", customers)
    runs = [build_run_target(row) for row in rows if row.run is not None]
    if runs:
        _draw_bulk_dialog_button("snooze", f"Snooze {format_count(len(runs), 'run')}", ":material/snooze:", runs)
    _draw_bulk_dialog_button("start_runs", "Start a workflow", ":material/play_circle:", customers)


def _draw_bulk_dialog_button(kind: DialogKind, label: str, icon: str, targets: Sequence[ActionTarget]) -> None:
    st.button(
        label, key=book_button_key(kind), icon=icon, on_click=open_dialog, args=(kind, ActionSource.BOOK, *targets)
    )


def _draw_book_export(book: BookPage, view: BookView, services: Services) -> None:
    """Two files of all rows that match, each made once it is asked for."""
    if not book.total:
        return
    with st.popover("Export", icon=":material/download:", type="tertiary"):
        st.caption(f"{format_count(book.total, 'customer')}, with the columns shown.")
        _draw_export_download("Workbook (XLSX)", "xlsx", XLSX_MEDIA_TYPE, export_book_xlsx, view, services)
        _draw_export_download("CSV", "csv", CSV_MEDIA_TYPE, export_book_csv, view, services)


def _draw_export_download(
    label: str,
    extension: str,
    media_type: str,
    export: Callable[[BookRepository, BookView, str], bytes],
    view: BookView,
    services: Services,
) -> None:
    time_zone = services.person.time_zone
    # Streamlit makes the file in another thread, which would not know how the company writes money.
    st.download_button(
        label,
        partial(copy_context().run, export, services.book, view, time_zone),
        build_dated_filename("book", extension, time_zone),
        media_type,
        key=book_button_key("export", extension),
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
