"""Between what slides are made of and what a conversation keeps: charts and tables, both ways."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from lib.chat.blocks import (
    MAX_POINTS,
    MAX_ROWS,
    ChartBlock,
    ChartLine,
    ChartPoint,
    ChartSeries,
    TableBlock,
    TableColumn,
    WireCell,
    clean_line,
    to_finite_number,
)
from lib.content.model import Cell, Chart, Column, ColumnKind, Point, ReferenceLine, Series, Table
from lib.text.json_values import parse_date

MAX_CELL_LENGTH = 500


def table_to_block(table: Table) -> TableBlock:
    """`table` as a block; rows beyond the most a block holds are counted in its source."""
    beyond = len(table.rows) - MAX_ROWS
    source = f"{table.source or ''} {beyond} more rows are not shown.".strip() if beyond > 0 else table.source
    return TableBlock(
        title=clean_line(table.title),
        columns=tuple(
            TableColumn(key=column.key, label=clean_line(column.label), kind=column.kind) for column in table.columns
        ),
        rows=tuple(
            {column.key: _cell_to_wire(row.get(column.key)) for column in table.columns}
            for row in table.rows[:MAX_ROWS]
        ),
        empty=clean_line(table.empty),
        source=clean_line(source) if source else None,
    )


def chart_to_block(chart: Chart) -> ChartBlock:
    reference = chart.reference
    return ChartBlock(
        title=clean_line(chart.title),
        kind=chart.kind,
        series=tuple(
            ChartSeries(name=clean_line(series.name), points=tuple(_points_to_wire(series.points)), tone=series.tone)
            for series in chart.series
        ),
        x_label=clean_line(chart.x_label),
        y_label=clean_line(chart.y_label),
        empty=clean_line(chart.empty),
        takeaway=clean_line(chart.takeaway) if chart.takeaway else None,
        y_format=chart.y_format,
        x_format=chart.x_format,
        reference=ChartLine(y=reference.y, label=clean_line(reference.label)) if reference else None,
        source=clean_line(chart.source) if chart.source else None,
    )


def block_to_table(block: TableBlock) -> Table:
    """What `lib.ui.tables` draws."""
    return Table(
        title=clean_line(block.title),
        columns=tuple(
            Column(key=column.key, label=clean_line(column.label), kind=column.kind) for column in block.columns
        ),
        rows=tuple(
            {column.key: _cell_from_wire(row.get(column.key), column.kind) for column in block.columns}
            for row in block.rows
        ),
        empty=clean_line(block.empty),
        source=clean_line(block.source) if block.source else None,
    )


def block_to_chart(block: ChartBlock) -> Chart:
    """What `lib.ui.charts` draws. Places that are all dates become dates."""
    places = [point.x for series in block.series for point in series.points]
    dated = bool(places) and all(parse_date(place) for place in places)
    return Chart(
        title=clean_line(block.title),
        kind=block.kind,
        series=tuple(
            Series(
                name=clean_line(series.name),
                points=tuple(_point_from_wire(point, dated=dated) for point in series.points),
                tone=series.tone,
            )
            for series in block.series
        ),
        x_label=clean_line(block.x_label),
        y_label=clean_line(block.y_label),
        empty=clean_line(block.empty),
        takeaway=clean_line(block.takeaway) if block.takeaway else None,
        y_format=block.y_format,
        x_format=block.x_format,
        reference=ReferenceLine(y=block.reference.y, label=clean_line(block.reference.label))
        if block.reference
        else None,
        source=clean_line(block.source) if block.source else None,
    )


def _points_to_wire(points: Iterable[Point]) -> Iterable[ChartPoint]:
    for point in tuple(points)[-MAX_POINTS:]:
        place = _cell_to_wire(point.x)
        yield ChartPoint(
            x="" if place is None else place,
            y=to_finite_number(point.y),
            label=clean_line(point.label) if point.label is not None else None,
            size=to_finite_number(point.size),
            tone=point.tone,
        )


def _point_from_wire(point: ChartPoint, *, dated: bool) -> Point:
    place: Cell = clean_line(point.x) if isinstance(point.x, str) else point.x
    return Point(
        x=parse_date(point.x) if dated else place,
        y=point.y,
        label=clean_line(point.label) if point.label is not None else None,
        size=point.size,
        tone=point.tone,
    )


def _cell_to_wire(cell: Cell) -> WireCell:
    match cell:
        case None:
            return None
        case bool():
            return "yes" if cell else "no"
        case date():
            return cell.isoformat()
        case Decimal():
            return int(cell) if cell == cell.to_integral_value() else float(cell)
        case str():
            return clean_line(cell, MAX_CELL_LENGTH)
        case _:
            return cell


def _cell_from_wire(cell: WireCell, kind: ColumnKind) -> Cell:
    """A cell its column can hold; a word in a column of numbers stays a word nowhere, it is no data."""
    if kind is ColumnKind.TEXT:
        return None if cell is None else clean_line(str(cell), MAX_CELL_LENGTH)
    if kind is ColumnKind.DATE:
        return parse_date(cell)
    return None if isinstance(cell, str) or cell is None else float(cell) if isinstance(cell, float) else cell
