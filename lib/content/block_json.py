"""Content as the JSON of `workflow_chat_messages.content`, and back.

    {"type": "text",  "text": Markdown, "citations": [{"number", "source", "id", "label", "quote"}],
     "unknown_claims": [{"kind", "said", "nearest"}], "dropped_sentences": 2}
    {"type": "table", "title", "columns": [{"key", "label", "kind"}], "rows": [{key: cell}], "empty", "source"}
    {"type": "chart", "title", "kind", "series": [{"name", "points": [{"x", "y", …}]}], "x_label", "y_label", …}
    {"type": "code",  "language", "code"}

Dates are "YYYY-MM-DD". What cannot be read is never an error: it is shown as the JSON it is.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lib.content.model import (
    MAX_LINE_LENGTH,
    MAX_POINTS,
    MAX_ROWS,
    Cell,
    Chart,
    Code,
    ColumnKind,
    Series,
    Table,
    Text,
)
from lib.text.format import format_yes_no
from lib.text.json_values import parse_date
from lib.text.truncate import single_line, strip_invisible, truncate

MAX_BLOCK_LENGTH = 300_000
MAX_CELL_LENGTH = 500

Block = Text | Table | Chart | Code
"""What a message of the chat may hold."""

TYPES: Mapping[str, type[Block]] = {"text": Text, "table": Table, "chart": Chart, "code": Code}

_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in TYPES.items()}


@dataclass(frozen=True)
class UnreadableBlock:
    """A stored block that cannot be read, or not any more: shown as JSON, with the note."""

    raw: str
    note: str = "This part can no longer be drawn, so it is shown as stored."


def get_block_type(block: Block) -> str:
    """ "text", "table", "chart" or "code"."""
    return next(name for name, kind in TYPES.items() if isinstance(block, kind))


def parse_block(stored: Any) -> Block | UnreadableBlock:
    """The block in a message's content. Never raises."""
    try:
        if len(json.dumps(stored, ensure_ascii=False)) > MAX_BLOCK_LENGTH:
            note = "This part is too large to draw, so it is shown as stored."
            return UnreadableBlock(raw=_format_raw_json(stored), note=note)
        values = {key: value for key, value in stored.items() if key != "type"}
        return _restore_block_types(_ADAPTERS[stored["type"]].validate_python(values))
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return UnreadableBlock(raw=_format_raw_json(stored))


def serialize_block(block: Block) -> dict[str, Any]:
    """A block as it is stored, defaults left out; rows beyond MAX_ROWS are counted in its source."""
    name = get_block_type(block)
    stored = _ADAPTERS[name].dump_python(limit_block_size(block), mode="json", by_alias=True, exclude_defaults=True)
    return {"type": name, **stored}


def limit_block_size(block: Block) -> Block:
    """The block within the bounds of what is stored, and with the cells of JSON."""
    match block:
        case Table():
            return _limit_table_size(block)
        case Chart():
            return _limit_chart_size(block)
        case _:
            return block


def _limit_table_size(table: Table) -> Table:
    beyond = len(table.rows) - MAX_ROWS
    source = f"{table.source or ''} {beyond} more rows are not shown.".strip() if beyond > 0 else table.source
    return replace(
        table,
        title=_limit_line_length(table.title) or "",
        columns=tuple(replace(column, label=_limit_line_length(column.label) or "") for column in table.columns),
        rows=tuple(
            {column.key: _serialize_table_cell(row.get(column.key)) for column in table.columns}
            for row in table.rows[:MAX_ROWS]
        ),
        empty=_limit_line_length(table.empty) or "",
        source=_limit_line_length(source),
    )


def _limit_chart_size(chart: Chart) -> Chart:
    reference = chart.reference
    return replace(
        chart,
        title=_limit_line_length(chart.title) or "",
        series=tuple(_limit_series_points(series) for series in chart.series),
        x_label=_limit_line_length(chart.x_label) or "",
        y_label=_limit_line_length(chart.y_label) or "",
        empty=_limit_line_length(chart.empty) or "",
        takeaway=_limit_line_length(chart.takeaway),
        reference=replace(reference, label=_limit_line_length(reference.label) or "") if reference else None,
        source=_limit_line_length(chart.source),
    )


def _limit_series_points(series: Series) -> Series:
    points = tuple(
        replace(
            point,
            x="" if (place := _serialize_table_cell(point.x)) is None else place,
            y=_drop_non_finite_number(point.y),
            label=_limit_line_length(point.label),
            size=_drop_non_finite_number(point.size),
        )
        for point in series.points[-MAX_POINTS:]
    )
    return replace(series, name=_limit_line_length(series.name) or "", points=points)


def _restore_block_types(block: Block) -> Block:
    """The block with the dates and numbers its JSON stands for."""
    match block:
        case Table():
            rows = tuple(
                {c.key: _parse_table_cell(row.get(c.key), c.kind) for c in block.columns} for row in block.rows
            )
            return replace(block, rows=rows)
        case Chart():
            places = [point.x for series in block.series for point in series.points]
            if not places or not all(parse_date(place) for place in places):
                return block
            return replace(block, series=tuple(_restore_series_dates(series) for series in block.series))
        case _:
            return block


def _restore_series_dates(series: Series) -> Series:
    return replace(series, points=tuple(replace(point, x=parse_date(point.x)) for point in series.points))


def _parse_table_cell(cell: Cell, kind: ColumnKind) -> Cell:
    """A stored cell as its column's kind; text in a numeric column becomes None."""
    if kind is ColumnKind.TEXT:
        return None if cell is None else single_line(str(cell), max_length=MAX_CELL_LENGTH)
    if kind is ColumnKind.DATE:
        return parse_date(cell)
    return cell if isinstance(cell, int | float) else None


def _serialize_table_cell(cell: Cell) -> str | int | float | None:
    match cell:
        case bool():
            return format_yes_no(cell)
        case date():
            return cell.isoformat()
        case Decimal():
            return int(cell) if cell == cell.to_integral_value() else float(cell)
        case str():
            return single_line(cell, max_length=MAX_CELL_LENGTH)
        case _:
            return cell


def _limit_line_length(text: str | None) -> str | None:
    return None if text is None else single_line(text, max_length=MAX_LINE_LENGTH)


def _drop_non_finite_number(number: float | None) -> float | None:
    return float(number) if number is not None and math.isfinite(number) else None


def _format_raw_json(stored: Any) -> str:
    try:
        text = json.dumps(stored, ensure_ascii=False, indent=1, sort_keys=isinstance(stored, Mapping))
    except (TypeError, ValueError, RecursionError):
        text = repr(stored)
    return truncate(strip_invisible(text), 20_000)
