"""Correcting the cells of a refused row in place."""

import streamlit as st

from lib.imports.import_overview import ImportOverview
from lib.imports.mapping import MappedColumn
from lib.imports.model import StagedRow
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
    with shown, st.form(key=import_button_key("cells", row.id), border=False):
        for place in list_editable_places(row, opened):
            st.text_input(
                escape_markdown(opened.headers[place]),
                value=row.cells[place] if place < len(row.cells) else "",
                key=_cell_key(row, place),
                max_chars=MAX_CELL_CHARS,
            )
        st.form_submit_button("Correct the row", type="primary", on_click=_correct_row, args=(row, opened))


def list_editable_places(row: StagedRow, opened: ImportOverview) -> list[int]:
    """Places of the columns that are mapped, those named by a refusal first."""
    named = {refusal.column or "" for refusal in row.refusals}
    fields = {refusal.field or "" for refusal in row.refusals}
    columns = enumerate(opened.column_mapping.columns)
    used = [(place, column) for place, column in columns if isinstance(column, MappedColumn)]
    return [
        place
        for place, column in sorted(used, key=lambda each: not (each[1].header in named or each[1].field in fields))
    ]


def _correct_row(row: StagedRow, opened: ImportOverview) -> None:
    """A callback."""
    before = [*row.cells, *[""] * (len(opened.headers) - len(row.cells))]
    typed = {place: st.session_state[_cell_key(row, place)] for place in list_editable_places(row, opened)}
    changed = {opened.headers[place]: cell for place, cell in typed.items() if cell != before[place]}
    queue_command(commands.build_correct_row_command(opened, row, changed), import_button_key("correct.do", row.id))


def _cell_key(row: StagedRow, place: int) -> str:
    return import_field_key(row.id, f"cell.{place}")
