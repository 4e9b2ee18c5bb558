"""Between what slides are made of and what a conversation keeps: charts and tables, both ways."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from lib.chat.blocks import (
    MOST_POINTS,
    MOST_ROWS,
    ChartBlock,
    ChartLine,
    ChartPoint,
    ChartSeries,
    TableBlock,
    TableColumn,
    WireCell,
    line,
    number,
)
from lib.slides import answers as read
from lib.slides.model import Cell, Chart, Column, ColumnKind, Point, ReferenceLine, Series, Table

LONGEST_CELL = 500


def table_block(table: Table) -> TableBlock:
    """`table` as a block; rows beyond the most a block holds are counted in its source."""
    beyond = len(table.rows) - MOST_ROWS
    source = f"{table.source or ''} {beyond} more rows are not shown.".strip() if beyond > 0 else table.source
    return TableBlock(
        title=line(table.title),
        columns=tuple(
            TableColumn(key=column.key, label=line(column.label), kind=column.kind) for column in table.columns
        ),
        rows=tuple(
            {column.key: _wire(row.get(column.key)) for column in table.columns} for row in table.rows[:MOST_ROWS]
        ),
        empty=line(table.empty),
        source=line(source) if source else None,
    )


def chart_block(chart: Chart) -> ChartBlock:
    reference = chart.reference
    return ChartBlock(
        title=line(chart.title),
        kind=chart.kind,
        series=tuple(
            ChartSeries(name=line(series.name), points=tuple(_points(series.points)), tone=series.tone)
            for series in chart.series
        ),
        x_label=line(chart.x_label),
        y_label=line(chart.y_label),
        empty=line(chart.empty),
        takeaway=line(chart.takeaway) if chart.takeaway else None,
        y_format=chart.y_format,
        x_format=chart.x_format,
        reference=ChartLine(y=reference.y, label=line(reference.label)) if reference else None,
        source=line(chart.source) if chart.source else None,
    )


def table_of(block: TableBlock) -> Table:
    """What `lib.ui.tables` draws."""
    return Table(
        title=line(block.title),
        columns=tuple(Column(key=column.key, label=line(column.label), kind=column.kind) for column in block.columns),
        rows=tuple(
            {column.key: _cell(row.get(column.key), column.kind) for column in block.columns} for row in block.rows
        ),
        empty=line(block.empty),
        source=line(block.source) if block.source else None,
    )


def chart_of(block: ChartBlock) -> Chart:
    """What `lib.ui.charts` draws. Places that are all dates become dates."""
    places = [point.x for series in block.series for point in series.points]
    dated = bool(places) and all(read.day(place) for place in places)
    return Chart(
        title=line(block.title),
        kind=block.kind,
        series=tuple(
            Series(
                name=line(series.name),
                points=tuple(_point(point, dated=dated) for point in series.points),
                tone=series.tone,
            )
            for series in block.series
        ),
        x_label=line(block.x_label),
        y_label=line(block.y_label),
        empty=line(block.empty),
        takeaway=line(block.takeaway) if block.takeaway else None,
        y_format=block.y_format,
        x_format=block.x_format,
        reference=ReferenceLine(y=block.reference.y, label=line(block.reference.label)) if block.reference else None,
        source=line(block.source) if block.source else None,
    )


def _points(points: Iterable[Point]) -> Iterable[ChartPoint]:
    for point in tuple(points)[-MOST_POINTS:]:
        place = _wire(point.x)
        yield ChartPoint(
            x="" if place is None else place,
            y=number(point.y),
            label=line(point.label) if point.label is not None else None,
            size=number(point.size),
            tone=point.tone,
        )


def _point(point: ChartPoint, *, dated: bool) -> Point:
    place: Cell = line(point.x) if isinstance(point.x, str) else point.x
    return Point(
        x=read.day(point.x) if dated else place,
        y=point.y,
        label=line(point.label) if point.label is not None else None,
        size=point.size,
        tone=point.tone,
    )


def _wire(cell: Cell) -> WireCell:
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
            return line(cell, LONGEST_CELL)
        case _:
            return cell


def _cell(cell: WireCell, kind: ColumnKind) -> Cell:
    """A cell its column can hold; a word in a column of numbers stays a word nowhere, it is no data."""
    if kind is ColumnKind.TEXT:
        return None if cell is None else line(str(cell), LONGEST_CELL)
    if kind is ColumnKind.DATE:
        return read.day(cell)
    return None if isinstance(cell, str) or cell is None else float(cell) if isinstance(cell, float) else cell
