"""The refused rows on screen as a grid: many cells are corrected, then saved and checked at once."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from lib.imports.column_mapping import MappedColumn
from lib.imports.import_overview import ImportOverview
from lib.imports.model import StagedRow
from lib.imports.refusal_sentences import label_refusal
from lib.imports.staged_records import makes_weeks_of_several_rows
from lib.imports.usage_rollup import find_file_line_of_number
from lib.text.format import format_count
from lib.text.truncate import single_line
from lib.ui.actions.action_state import queue_command
from lib.ui.imports import commands
from lib.ui.imports.edited_lines import EditedLine, EditedLines, note_typed_cell
from lib.ui.session_keys import import_button_key, import_field_key

LINE, REASON = "Line", "Why"
ROW_HEIGHT, MAX_GRID_HEIGHT = 36, 400


@dataclass(frozen=True)
class GridLine:
    """A line with its cells, and why its records are refused."""

    line: int
    cells: tuple[str, ...]
    reasons: str


def draw_refused_rows_grid(rows: Sequence[StagedRow], opened: ImportOverview) -> None:
    """The mapped columns of these rows, those with a refusal first; nothing where rows have no cells of their own."""
    lines, places = list_grid_lines(rows), list_grid_column_places(rows, opened)
    if not lines or not places or makes_weeks_of_several_rows(opened.column_mapping):
        return
    edited = get_edited_lines(opened.id)
    key = import_field_key(opened.id, f"grid.{_compute_grid_version(lines, places)}")
    # The grid sends its edits on top of the frame it began with; where it was left meanwhile, it begins again.
    if key not in st.session_state or f"{key}.frame" not in st.session_state:
        st.session_state[f"{key}.frame"] = _build_grid_frame(lines, places, edited)
    frame: pd.DataFrame = st.session_state[f"{key}.frame"]
    st.caption("Type over the cells that are wrong, or paste a column of them; then check all of them at once.")
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        disabled=[LINE, REASON],
        height=min(MAX_GRID_HEIGHT, ROW_HEIGHT * (len(lines) + 1) + 2),
        column_config=_build_column_config(places, opened),
        alt="Refused rows",
    )
    _read_typed_cells(frame, st.session_state[key]["edited_rows"], lines, places, edited)
    if edited:
        label = f"Check {format_count(len(edited), 'corrected row')}"
        button = import_button_key("correct", f"{opened.id}.{opened.revision}")
        st.button(label, key=button, on_click=_queue_row_corrections, args=(opened, edited, button))


def get_edited_lines(import_id: str) -> EditedLines:
    """What was typed into the grids of an import and is not saved yet."""
    edited: EditedLines = st.session_state.setdefault(import_field_key(import_id, "edited"), {})
    return edited


def list_grid_lines(rows: Sequence[StagedRow]) -> list[GridLine]:
    """A line for each of the file: several records of one line share its cells."""
    found: dict[int, tuple[tuple[str, ...], list[str]]] = {}
    for row in rows:
        _, reasons = found.setdefault(row.line, (row.cells, []))
        told = (label_refusal(row.kind, each) for each in row.refusals)
        reasons += [text for each in told if (text := f"{each.reason} {each.remedy}".strip()) not in reasons]
    return [GridLine(line, cells, " ".join(reasons)) for line, (cells, reasons) in found.items() if cells]


def list_grid_column_places(rows: Sequence[StagedRow], opened: ImportOverview) -> list[int]:
    """Places of the mapped columns: those that a refusal of these rows names, then the others."""
    named = {refusal.column for row in rows for refusal in row.refusals if refusal.column}
    fields = {refusal.field for row in rows for refusal in row.refusals if refusal.field}
    columns = enumerate(opened.column_mapping.columns)
    used = [(place, column) for place, column in columns if isinstance(column, MappedColumn)]
    first = [place for place, column in used if column.header in named or column.field in fields]
    return first + [place for place, _ in used if place not in first]


def _compute_grid_version(lines: Sequence[GridLine], places: Sequence[int]) -> str:
    """Another one wherever edits by number of row and column would mean other cells."""
    return f"{zlib.crc32(repr((lines, places)).encode()):08x}"


def _build_grid_frame(lines: Sequence[GridLine], places: Sequence[int], edited: EditedLines) -> pd.DataFrame:
    """All cells are texts: a column of numbers would drop a decimal comma."""
    shown = [edited.get(each.line) or EditedLine(cells=each.cells) for each in lines]
    cells = {str(place): pd.Series([each.get_cell_text(place) for each in shown], dtype="object") for place in places}
    numbers = [str(find_file_line_of_number(each.line)) for each in lines]
    return pd.DataFrame({LINE: numbers, REASON: [each.reasons for each in lines], **cells})


def _build_column_config(places: Sequence[int], opened: ImportOverview) -> dict[str, Any]:
    cells = {str(place): st.column_config.TextColumn(single_line(opened.headers[place])) for place in places}
    return {
        LINE: st.column_config.TextColumn(LINE, width=60, pinned=True),
        REASON: st.column_config.TextColumn(REASON, width="medium"),
        **cells,
    }


def _read_typed_cells(
    frame: pd.DataFrame,
    changes: Mapping[int, Mapping[str, str | None]],
    lines: Sequence[GridLine],
    places: Sequence[int],
    edited: EditedLines,
) -> None:
    """Note what the cells hold now, so that what is undone in the grid is forgotten. An emptied cell comes as None."""
    for row, each in enumerate(lines):
        typed = changes.get(row, {})
        for place in places:
            name = str(place)
            text = typed[name] or "" if name in typed else str(frame.at[row, name])
            note_typed_cell(edited, each.line, each.cells, place, text)


def _queue_row_corrections(opened: ImportOverview, edited: EditedLines, key: str) -> None:
    """A callback."""
    queue_command(commands.build_correct_rows_command(opened, edited), key)
