"""Correcting the cells of a refused row in place."""

from itertools import chain

import streamlit as st

from lib.imports.import_overview import ImportOverview
from lib.imports.mapping import MappedColumn
from lib.imports.model import StagedRow
from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.ui.actions.action_state import queue_command
from lib.ui.imports import commands
from lib.ui.session_keys import import_button_key, import_field_key

MAX_CELL_CHARS = 200_000


def draw_correction_button(row: StagedRow, opened: ImportOverview) -> None:
    """A popover with the cells that are used, those with a problem first. Nothing is drawn while it is closed."""
    shown = st.popover(
        "Correct", type="tertiary", icon=":material/edit:", key=import_button_key("correct", row.id), on_change="rerun"
    )
    if not shown.open:
        return
    refused, others = split_editable_places(row, opened)
    with shown, st.form(key=import_button_key("cells", row.id), border=False):
        for place in refused or others:
            _draw_cell(place, row, opened)
        if refused and others:
            with st.expander(format_count(len(others), "other cell"), type="compact"):
                for place in others:
                    _draw_cell(place, row, opened)
        st.form_submit_button("Correct the row", type="primary", on_click=_correct_row, args=(row, opened))


def _draw_cell(place: int, row: StagedRow, opened: ImportOverview) -> None:
    st.text_input(
        escape_markdown(opened.headers[place]),
        value=row.cells[place] if place < len(row.cells) else "",
        key=_cell_key(row, place),
        max_chars=MAX_CELL_CHARS,
    )


def split_editable_places(row: StagedRow, opened: ImportOverview) -> tuple[list[int], list[int]]:
    """Places of the columns that are mapped: those named by a refusal, and the others."""
    named = {refusal.column or "" for refusal in row.refusals}
    fields = {refusal.field or "" for refusal in row.refusals}
    columns = enumerate(opened.column_mapping.columns)
    used = [(place, column) for place, column in columns if isinstance(column, MappedColumn)]
    refused = [place for place, column in used if column.header in named or column.field in fields]
    return refused, [place for place, _ in used if place not in refused]


def _correct_row(row: StagedRow, opened: ImportOverview) -> None:
    """A callback."""
    before = [*row.cells, *[""] * (len(opened.headers) - len(row.cells))]
    places = chain(*split_editable_places(row, opened))
    typed = {place: st.session_state[_cell_key(row, place)] for place in places}
    changed = {opened.headers[place]: cell for place, cell in typed.items() if cell != before[place]}
    queue_command(commands.build_correct_row_command(opened, row, changed), import_button_key("correct.do", row.id))


def _cell_key(row: StagedRow, place: int) -> str:
    return import_field_key(row.id, f"cell.{place}")
