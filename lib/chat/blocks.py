"""What can appear in a conversation: text, a table, a chart, code. A closed union with this wire format, kept in
`workflow_chat_messages.content`:

    {"type": "text",  "text": Markdown, "citations": [{"number", "source", "id", "label", "quote"}]}
    {"type": "table", "title", "columns": [{"key", "label", "kind"}], "rows": [{key: cell}], "empty", "source"}
    {"type": "chart", "title", "kind", "series": [{"name", "points": [{"x", "y", …}]}], "x_label", "y_label", …}
    {"type": "code",  "language", "code"}

Dates are "YYYY-MM-DD". Nothing in a block runs: a chart is data, code is shown. A block of an older or unknown format
is never an error, it is shown as the JSON it is. Adding a kind costs a class here, a case in `lib.ui`, a test for both.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, field_validator

from lib.slides.model import ChartKind, ColumnKind, Tone
from lib.slides.words import cut, plain, visible

LONGEST_TEXT = 120_000
LONGEST_BLOCK = 300_000
MOST_ROWS = 500
MOST_POINTS = 500

LANGUAGES = frozenset({"text", "python", "sql", "json", "yaml", "html", "css", "javascript", "bash", "csv", "markdown"})
"""What code is highlighted as; anything else is plain text."""

FORMAT = re.compile(r"(\$?,?(\.\d)?[fds%]?)")
"""The few number formats of d3 a chart may ask for: it ends up in a template of Plotly's."""

Line = Annotated[str, StringConstraints(max_length=400)]
WireCell = str | int | float | None


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Source(StrEnum):
    NOTE = "note"
    TICKET = "ticket"
    CONTRACT = "contract"
    PAST_RUN = "past_run"


class Citation(_Wire):
    """What a sentence rests on. `number` is the [1] in the text, `id` the record's, `quote` its very words."""

    number: int = Field(ge=1, le=200)
    source: Source
    id: Line
    label: Line
    quote: Annotated[str, StringConstraints(max_length=1000)]


class TextBlock(_Wire):
    """`text` is untrusted Markdown: it is shown through `lib.chat.safe_markdown`."""

    type: Literal["text"] = "text"
    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
    citations: tuple[Citation, ...] = Field(default=(), max_length=60)


class TableColumn(_Wire):
    key: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    label: Line
    kind: ColumnKind = ColumnKind.TEXT


class TableBlock(_Wire):
    type: Literal["table"] = "table"
    title: Line = ""
    columns: tuple[TableColumn, ...] = Field(min_length=1, max_length=20)
    rows: tuple[dict[str, WireCell], ...] = Field(default=(), max_length=MOST_ROWS)
    empty: Line = "There is nothing to show."
    source: Line | None = None


class ChartPoint(_Wire):
    x: str | int | float
    y: float | None
    label: Line | None = None
    size: float | None = None
    tone: Tone = Tone.NEUTRAL


class ChartSeries(_Wire):
    name: Line
    points: tuple[ChartPoint, ...] = Field(max_length=MOST_POINTS)
    tone: Tone = Tone.NEUTRAL


class ChartLine(_Wire):
    y: float
    label: Line


class ChartBlock(_Wire):
    type: Literal["chart"] = "chart"
    title: Line
    kind: ChartKind
    series: tuple[ChartSeries, ...] = Field(min_length=1, max_length=12)
    x_label: Line
    y_label: Line
    empty: Line = "No data."
    takeaway: Line | None = None
    y_format: str = ",.0f"
    x_format: str | None = None
    reference: ChartLine | None = None
    source: Line | None = None

    @field_validator("y_format", "x_format")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        if value is not None and not FORMAT.fullmatch(value):
            raise ValueError("this is not a format of numbers charts may use")
        return value


class CodeBlock(_Wire):
    type: Literal["code"] = "code"
    language: Annotated[str, StringConstraints(max_length=40)] = "text"
    code: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]

    @property
    def shown_as(self) -> str:
        """The language to highlight it as."""
        return self.language if self.language in LANGUAGES else "text"


Block = TextBlock | TableBlock | ChartBlock | CodeBlock

_BLOCK: TypeAdapter[Block] = TypeAdapter(Annotated[Block, Field(discriminator="type")])


@dataclass(frozen=True)
class Unreadable:
    """A stored block that is none, or none any more: shown as the JSON it is, with the note."""

    raw: str
    note: str = "This part cannot be drawn any more; it is shown as it was stored."


def read_block(stored: Any) -> Block | Unreadable:
    """The block in a message's content. Never raises."""
    try:
        if len(json.dumps(stored, ensure_ascii=False)) > LONGEST_BLOCK:
            return Unreadable(
                raw=_raw(stored), note="This part is too large to be drawn; it is shown as it was stored."
            )
        return _BLOCK.validate_python(stored)
    except (ValidationError, ValueError, TypeError, RecursionError):
        return Unreadable(raw=_raw(stored))


def write_block(block: Block) -> dict[str, Any]:
    """What is stored; what stands at its default is left out, the type never."""
    return {"type": block.type, **block.model_dump(mode="json", exclude_defaults=True)}


def plain_text(block: Block | Unreadable) -> str:
    """A block as words, for a model, a search or an export that cannot draw."""
    match block:
        case TextBlock(text=text):
            return text
        case CodeBlock(code=code):
            return code
        case TableBlock():
            rows = [" | ".join(_said(row.get(column.key)) for column in block.columns) for row in block.rows[:30]]
            head = " | ".join(column.label for column in block.columns)
            return "\n".join((block.title, head, *rows)) if rows else f"{block.title}: {block.empty}"
        case ChartBlock():
            return f"{block.title}: {block.takeaway or block.y_label}"
        case Unreadable(raw=raw):
            return raw


def line(text: str | None, most: int = 400) -> str:
    return plain(text or "", most=most)


def number(value: Any) -> float | None:
    """A finite number; None for what is none."""
    return float(value) if value is not None and math.isfinite(value) else None


def _said(cell: WireCell) -> str:
    return "no data" if cell is None else str(cell)


def _raw(stored: Any) -> str:
    try:
        text = json.dumps(stored, ensure_ascii=False, indent=1, sort_keys=isinstance(stored, Mapping))
    except (TypeError, ValueError, RecursionError):
        text = repr(stored)
    return cut(visible(text), 20_000)
