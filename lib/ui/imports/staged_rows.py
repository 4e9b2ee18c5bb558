"""The preview of an import: its rows by what would become of them, a page at a time."""

from collections.abc import Mapping

import streamlit as st

from lib.imports.import_overview import ImportOverview, RowGroup
from lib.imports.model import Refusal, StagedRow, Verdict
from lib.imports.record_kinds import ImportKind
from lib.imports.refusal_sentences import label_refusal
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import empty_and_error_states, row_pager
from lib.ui.actions import buttons
from lib.ui.imports import commands, staged_row_html
from lib.ui.imports.refused_rows_grid import draw_refused_rows_grid
from lib.ui.safe_text import draw_row_with_buttons
from lib.ui.session_keys import import_field_key

PAGE_ROWS = 50
TABS: Mapping[RowGroup, str] = {
    RowGroup.NEW: "New",
    RowGroup.CHANGED: "Changed",
    RowGroup.UNCHANGED: "Unchanged",
    RowGroup.REFUSED: "Refused",
    RowGroup.DROPPED: "Left out",
}
EMPTY_TEXTS: Mapping[RowGroup, tuple[str, str]] = {
    RowGroup.NEW: ("Nothing new", "All rows match records Zen already has."),
    RowGroup.CHANGED: ("Nothing changed", "No record in Zen would get another value."),
    RowGroup.UNCHANGED: ("Nothing unchanged", "Every row adds or changes something."),
    RowGroup.REFUSED: ("Nothing refused", "Every row can be brought in."),
    RowGroup.DROPPED: ("Nothing left out", "Rows you leave out appear here, and can be taken in again."),
}


def draw_staged_rows(opened: ImportOverview, services: Services) -> None:
    """Tabs with their counts, and the rows of the one that is chosen. One request for each page of rows."""
    group = _draw_row_group_tabs(opened)
    total = opened.count_rows_of_group(group)
    if not total:
        title, text = EMPTY_TEXTS[group]
        empty_and_error_states.draw_empty_state(title, text, icon=":material/check:")
        return
    part = import_field_key(opened.id, f"rows.{group}")
    window = row_pager.get_row_window(part, total, at_first=PAGE_ROWS)
    fetch = services.import_views.fetch_rows_of_group
    rows = row_pager.load_window_rows(part, window, lambda first, most: fetch(opened.id, group, first=first, most=most))
    if group is RowGroup.REFUSED and opened.can_change:
        draw_refused_rows_grid(rows, opened)
    for row in rows:
        _draw_staged_row(row, opened)
    row_pager.draw_row_pager(part, window, total, "row", page_rows=PAGE_ROWS)


def _draw_row_group_tabs(opened: ImportOverview) -> RowGroup:
    shown = [group for group in TABS if group is not RowGroup.DROPPED or opened.count_rows_of_group(group)]
    first = RowGroup.REFUSED if opened.count_rows_of_group(RowGroup.REFUSED) else RowGroup.NEW
    chosen = st.segmented_control(
        "Rows",
        shown,
        key=import_field_key(opened.id, "tab"),
        default=first,
        required=True,
        format_func=lambda group: f"{TABS[group]} {opened.count_rows_of_group(group):,}",
        label_visibility="collapsed",
    )
    return RowGroup(chosen)


def _draw_staged_row(row: StagedRow, opened: ImportOverview) -> None:
    with draw_row_with_buttons(build_staged_row_html(row, opened), key=f"staged.{row.id}"):
        if not opened.can_change:
            return
        label, icon = ("Take in", ":material/undo:") if row.is_dropped else ("Leave out", ":material/block:")
        command = commands.build_drop_row_command(opened.id, row, is_dropped=not row.is_dropped)
        buttons.draw_command_button(label, command, key=f"drop.{row.id}.{row.is_dropped}", icon=icon, is_quiet=True)


def build_staged_row_html(row: StagedRow, opened: ImportOverview) -> Html:
    if row.verdict is Verdict.REFUSED:
        return staged_row_html.build_refused_row_html(row.line, row.kind, row.field_values, list_refusals(row, opened))
    if row.verdict is Verdict.CHANGED:
        return staged_row_html.build_changed_row_html(
            row.line, row.kind, row.field_values, row.changes, find_customer_id(row)
        )
    return staged_row_html.build_new_row_html(row.line, row.kind, row.field_values, find_customer_id(row))


def find_customer_id(row: StagedRow) -> str | None:
    """The customer a row is about; None while it would only be added."""
    if row.verdict is Verdict.NEW and row.applied_at is None:
        return None
    found = row.row_id if row.kind is ImportKind.CUSTOMERS else row.record.get("customer_id")
    return str(found) if found else None


def list_refusals(row: StagedRow, opened: ImportOverview) -> tuple[Refusal, ...]:
    """Without "a new record needs it" for a field whose cell was refused already."""
    columns = opened.column_mapping.list_mapped()
    refused = {refusal.column for refusal in row.refusals if refusal.column}
    fields = {column.field.rpartition(".")[2] for column in columns if column.header in refused}
    told = (each for each in row.refusals if each.column or each.cell or each.field not in fields)
    return tuple(label_refusal(row.kind, each) for each in told)


def describe_row_counts(opened: ImportOverview) -> str:
    """ "980 new, 120 changed, 3 refused"."""
    counted = ((group, opened.count_rows_of_group(group)) for group in TABS)
    return ", ".join(f"{count:,} {TABS[group].lower()}" for group, count in counted if count) or format_count(0, "row")
