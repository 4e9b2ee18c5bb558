"""Values of widgets from stored JSON and back, and the edits of a row editor. Numbers are texts in a locale.

JSON that a widget cannot hold becomes an empty widget; it stays stored until somebody types.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from lib.content.model import ColumnKind
from lib.forms.answer_validation import FIELD_KIND_OF_COLUMN
from lib.forms.model import EditableColumn, Field, FieldKind
from lib.forms.number_answers import format_number_answer, is_number_column
from lib.text.json_values import parse_date, parse_rows, parse_texts, parse_time

JsonRow = dict[str, Any]
ReadCell = Callable[[EditableColumn, str, JsonRow], Any]
"""What a text in a column of numbers means, given the other cells of its row."""


def json_to_widget_value(field: Field, value: Any, locale: str) -> Any:
    """Stored JSON as the value of the field's widget. For ROWS see `rows_to_frame`."""
    match field.kind:
        case FieldKind.TEXT | FieldKind.LONG_TEXT:
            return value if isinstance(value, str) else ""
        case FieldKind.CHOICE:
            return value if isinstance(value, str) and value else None
        case FieldKind.MULTI:
            return list(parse_texts(value))
        case FieldKind.WHOLE | FieldKind.DECIMAL | FieldKind.MONEY | FieldKind.PERCENT:
            return format_number_answer(field.kind, value, locale)
        case FieldKind.YES_NO:
            return value if isinstance(value, bool) else None
        case FieldKind.DATE:
            return parse_date(value)
        case FieldKind.TIME:
            return parse_time(value)
        case FieldKind.ROWS:
            return [dict(row) for row in parse_rows(value)]
        case unknown:
            raise NotImplementedError(f"No widget for a field of {unknown}.")


def widget_value_to_json(value: Any) -> Any:
    """The value of a widget as JSON to store; blank is None. For numbers see `read_number_answer`."""
    match value:
        case None | "" | []:
            return None
        case datetime() | pd.Timestamp():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case _:
            return value


def rows_to_frame(columns: tuple[EditableColumn, ...], rows: list[JsonRow], locale: str) -> pd.DataFrame:
    """Rows as an editable frame, typed by column even without rows."""

    def to_series(column: EditableColumn) -> Any:
        cells = [_cell_to_widget(column, row.get(column.key), locale) for row in rows]
        return pd.Series(cells, dtype=_choose_editable_column_dtype(column))

    return pd.DataFrame({column.key: to_series(column) for column in columns})


def apply_row_edits(
    columns: tuple[EditableColumn, ...], rows: list[JsonRow], changes: Mapping[str, Any] | None, read_cell: ReadCell
) -> list[JsonRow]:
    """`rows` with the row editor's `changes` (edited_rows, added_rows, deleted_rows) laid over them."""
    if not changes:
        return rows
    edits = {int(index): change for index, change in changes.get("edited_rows", {}).items()}
    deleted = {int(index) for index in changes.get("deleted_rows", [])}
    left = [
        _apply_row_change(columns, row, edits.get(i, {}), read_cell) for i, row in enumerate(rows) if i not in deleted
    ]
    return left + [_apply_row_change(columns, {}, added, read_cell) for added in changes.get("added_rows", [])]


def _apply_row_change(
    columns: tuple[EditableColumn, ...], row: JsonRow, change: Mapping[str, Any], read_cell: ReadCell
) -> JsonRow:
    """The row with its edited cells. Numbers are read last, as they may be compared with the others."""
    edited = [column for column in columns if column.key in change]
    made = row | {column.key: _cell_to_json(column, change[column.key]) for column in edited}
    numbers = [column for column in edited if is_number_column(column) and isinstance(made[column.key], str)]
    return made | {column.key: read_cell(column, made[column.key], made) for column in numbers}


def _cell_to_widget(column: EditableColumn, value: Any, locale: str) -> Any:
    if is_number_column(column):
        return format_number_answer(FIELD_KIND_OF_COLUMN[column.kind], value, locale) or None
    if column.kind is ColumnKind.DATE:
        return pd.Timestamp(day) if (day := parse_date(value)) else None
    return None if value is None else str(value)


def _cell_to_json(column: EditableColumn, value: Any) -> Any:
    """A cell from the browser as JSON: days lose their hour."""
    if value is None or pd.isna(value):
        return None
    return str(value)[:10] if column.kind is ColumnKind.DATE else value


def _choose_editable_column_dtype(column: EditableColumn) -> Any:
    return "datetime64[s]" if column.kind is ColumnKind.DATE else "string"


def number_duplicate_labels(labels: list[str]) -> Iterator[str]:
    """The labels, with a number behind duplicates: browsers know an option by its label."""
    seen: dict[str, int] = {}
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        yield label if seen[label] == 1 else f"{label} ({seen[label]})"
