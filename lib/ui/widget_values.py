"""Values of widgets from stored JSON and back, and the edits of a row editor.

JSON that a widget cannot hold becomes an empty widget; it stays stored until somebody types.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from lib.content.model import Column, ColumnKind
from lib.forms.model import Field, FieldKind
from lib.text.json_values import parse_date, parse_integer, parse_number, parse_rows, parse_texts, parse_time

JsonRow = dict[str, Any]
NUMBER_KINDS = (ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.PERCENT)


def json_to_widget_value(field: Field, value: Any) -> Any:
    """Stored JSON as the value of the field's widget. For ROWS see `rows_to_frame`."""
    match field.kind:
        case FieldKind.TEXT | FieldKind.LONG_TEXT:
            return value if isinstance(value, str) else ""
        case FieldKind.CHOICE:
            return value if isinstance(value, str) and value else None
        case FieldKind.MULTI:
            return list(parse_texts(value))
        case FieldKind.WHOLE:
            return parse_integer(value)
        case FieldKind.MONEY | FieldKind.PERCENT:
            number = parse_number(value)
            return None if number is None else float(number)
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


def widget_value_to_json(field: Field, value: Any) -> Any:
    """The value of a widget as JSON to store; blank is None."""
    match value:
        case None | "" | []:
            return None
        case datetime() | pd.Timestamp():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case float() if field.kind is FieldKind.WHOLE:
            return int(value)
        case _:
            return value


def rows_to_frame(columns: tuple[Column, ...], rows: list[JsonRow]) -> pd.DataFrame:
    """Rows as an editable frame, typed by column even without rows."""

    def to_series(column: Column) -> Any:
        cells = [_cell_to_widget(column, row.get(column.key)) for row in rows]
        return pd.Series(cells, dtype=_choose_editable_column_dtype(column))

    return pd.DataFrame({column.key: to_series(column) for column in columns})


def apply_row_edits(
    columns: tuple[Column, ...], rows: list[JsonRow], changes: Mapping[str, Any] | None
) -> list[JsonRow]:
    """`rows` with the row editor's `changes` (edited_rows, added_rows, deleted_rows) laid over them."""
    if not changes:
        return rows
    edits = {int(index): change for index, change in changes.get("edited_rows", {}).items()}
    deleted = {int(index) for index in changes.get("deleted_rows", [])}
    left = [row | _parse_edited_cells(columns, edits.get(i, {})) for i, row in enumerate(rows) if i not in deleted]
    return left + [_parse_edited_cells(columns, added) for added in changes.get("added_rows", [])]


def _parse_edited_cells(columns: tuple[Column, ...], change: Mapping[str, Any]) -> JsonRow:
    return {column.key: _cell_to_json(column, change[column.key]) for column in columns if column.key in change}


def _cell_to_widget(column: Column, value: Any) -> Any:
    if column.kind in NUMBER_KINDS:
        number = parse_number(value)
        return None if number is None else float(number)
    if column.kind is ColumnKind.DATE:
        return pd.Timestamp(day) if (day := parse_date(value)) else None
    return None if value is None else str(value)


def _cell_to_json(column: Column, value: Any) -> Any:
    """A cell from the browser as JSON: whole numbers stay whole, days lose their hour."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if column.kind is ColumnKind.DATE:
        return str(value)[:10]
    if column.kind in NUMBER_KINDS and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _choose_editable_column_dtype(column: Column) -> Any:
    if column.kind in NUMBER_KINDS:
        return "Float64"
    return "datetime64[s]" if column.kind is ColumnKind.DATE else "string"


def number_duplicate_labels(labels: list[str]) -> Iterator[str]:
    """The labels, with a number behind duplicates: browsers know an option by its label."""
    seen: dict[str, int] = {}
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        yield label if seen[label] == 1 else f"{label} ({seen[label]})"
