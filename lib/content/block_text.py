"""Blocks as text: as they are drawn, for search and files, and shorter, for a model that cannot draw."""

import math
from decimal import Decimal

from lib.content.block_json import Block, UnreadableBlock
from lib.content.model import Cell, Chart, ClaimKind, Code, Column, ColumnKind, Table, Text, UnknownClaim
from lib.text.format import (
    NO_DATA,
    Number,
    format_count,
    format_date,
    format_decimal,
    format_money,
    format_number,
    format_percent,
    format_yes_no,
)
from lib.text.html import markdown_to_text

MAX_MODEL_ROWS = 30
NOT_IN_RECORDS = "not in the records"
ON_RECORD = "On record"
NO_SUCH_SOURCE = "no source has this number"
NO_SUCH_ACT = "nothing on record shows that this was done"


def format_table_cell(value: Cell, kind: ColumnKind = ColumnKind.TEXT) -> str:
    """A cell as people read it: 5.0010438 in a column of PERCENT is "5%", a missing value "no data"."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NO_DATA
    match value:
        case bool():
            return format_yes_no(value)
        case int() | float() | Decimal():
            return _format_number_cell(value, kind)
        case str():
            return value
        case _:
            return format_date(value)


def list_chart_columns(chart: Chart) -> tuple[Column, ...]:
    """The columns of a chart's values as a table: series and labels only where there are any."""
    has_labels = any(point.label for series in chart.series for point in series.points)
    return (
        *((Column(key="series", label=""),) if len(chart.series) > 1 else ()),
        *((Column(key="label", label="Label"),) if has_labels else ()),
        Column(key="x", label=chart.x_label),
        Column(key="y", label=chart.y_label),
    )


def build_chart_table(chart: Chart) -> Table:
    """The values of a chart as a table of text, a row per point; missing ones read "no data"."""
    rows = tuple(
        {
            "series": series.name,
            "label": point.label or "",
            "x": format_point_value(point.x),
            "y": format_point_value(point.y),
        }
        for series in chart.series
        for point in series.points
    )
    return Table(title=chart.title, columns=list_chart_columns(chart), rows=rows, empty="")


def format_point_value(value: Cell) -> str:
    """A value of a chart with at most two decimals."""
    match value:
        case bool():
            return format_yes_no(value)
        case float() | Decimal():
            return format_decimal(value)
        case int():
            return format_number(value)
        case _:
            return format_table_cell(value)


def block_to_shown_text(block: Block | UnreadableBlock) -> str:
    """The whole block as it reads where it is drawn: Markdown without its signs, values as formatted."""
    match block:
        case Text():
            sources = (f"[{cited.number}] {cited.label}: {cited.quote}" for cited in block.citations)
            claims = map(describe_unknown_claim, block.unknown_claims)
            return "\n".join((markdown_to_text(block.markdown), *claims, *sources))
        case Table():
            return _join_nonempty_lines(block.title, _format_table_rows(block) or block.empty, block.source)
        case Chart():
            if not block.has_data:
                return _join_nonempty_lines(block.title, block.empty)
            reference = block.reference.label if block.reference else ""
            return _join_nonempty_lines(
                block.title, block.takeaway, reference, _format_table_rows(build_chart_table(block)), block.source
            )
        case Code():
            return "\n".join((block.code, *map(describe_unknown_claim, block.unknown_claims)))
        case _:
            return block_to_text(block)


def list_answer_remarks(block: Text | Code) -> tuple[str, ...]:
    """What the check of an answer found, a sentence each: claims that are not known, and how many were left out."""
    dropped = block.dropped_sentences if isinstance(block, Text) else 0
    return (*map(describe_unknown_claim, block.unknown_claims), *describe_dropped_sentences(dropped))


def describe_unknown_claim(claim: UnknownClaim) -> str:
    """ "19 days: not in the records. On record: notice, 60 days"."""
    if claim.kind is ClaimKind.SOURCE:
        return f"{claim.said}: {NO_SUCH_SOURCE}"
    if claim.kind is ClaimKind.ACT:
        return f"{claim.said}: {NO_SUCH_ACT}"
    return f"{claim.said}: {NOT_IN_RECORDS}" + (f". {ON_RECORD}: {claim.nearest}" if claim.nearest else "")


def describe_dropped_sentences(count: int) -> tuple[str, ...]:
    """A sentence on the sentences that were left out; none for none."""
    if not count:
        return ()
    if count == 1:
        return ("1 sentence was left out: its source does not say it.",)
    return (f"{format_count(count)} sentences were left out: their sources do not say them.",)


def block_to_text(block: Block | UnreadableBlock) -> str:
    """A block for a model or to copy: Markdown as it is, a table's first rows, what a chart says."""
    match block:
        case Text(markdown=text):
            return text
        case Code(code=code):
            return code
        case Table():
            rows = _format_table_rows(block, MAX_MODEL_ROWS)
            return f"{block.title}\n{rows}" if rows else f"{block.title}: {block.empty}"
        case Chart():
            return f"{block.title}: {block.takeaway or block.y_label}"
        case UnreadableBlock(raw=raw):
            return raw


def _format_table_rows(table: Table, max_rows: int | None = None) -> str:
    rows = [
        " | ".join(format_table_cell(row.get(column.key), column.kind) for column in table.columns)
        for row in table.rows[:max_rows]
    ]
    return "\n".join((" | ".join(column.label for column in table.columns), *rows)) if rows else ""


def _join_nonempty_lines(*lines: str | None) -> str:
    return "\n".join(line for line in lines if line)


def _format_number_cell(value: Number, kind: ColumnKind) -> str:
    match kind:
        case ColumnKind.MONEY:
            return format_money(value)
        case ColumnKind.PERCENT:
            return format_percent(value)
        case ColumnKind.NUMBER:
            return format_count(value)
        case _:
            return str(value)
