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

from lib.content.model import ChartKind, ColumnKind, Tone
from lib.text.truncate import single_line, strip_invisible, truncate

MAX_TEXT_LENGTH = 120_000
MAX_BLOCK_LENGTH = 300_000
MAX_ROWS = 500
MAX_POINTS = 500

LANGUAGES = frozenset({"text", "python", "sql", "json", "yaml", "html", "css", "javascript", "bash", "csv", "markdown"})
"""What code is highlighted as; anything else is plain text."""

NUMBER_FORMAT = re.compile(r"(\$?,?(\.\d)?[fds%]?)")
"""The few number formats of d3 a chart may ask for: it ends up in a template of Plotly's."""

WireLine = Annotated[str, StringConstraints(max_length=400)]
WireCell = str | int | float | None


class _WireModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class CitationSource(StrEnum):
    NOTE = "note"
    TICKET = "ticket"
    CONTRACT = "contract"
    PAST_RUN = "past_run"


class Citation(_WireModel):
    """What a sentence rests on. `number` is the [1] in the text, `id` the record's, `quote` its very words."""

    number: int = Field(ge=1, le=200)
    source: CitationSource
    id: WireLine
    label: WireLine
    quote: Annotated[str, StringConstraints(max_length=1000)]


class TextBlock(_WireModel):
    """`text` is untrusted Markdown: it is shown through `lib.chat.safe_markdown`."""

    type: Literal["text"] = "text"
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_LENGTH)]
    citations: tuple[Citation, ...] = Field(default=(), max_length=60)


class TableColumn(_WireModel):
    key: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    label: WireLine
    kind: ColumnKind = ColumnKind.TEXT


class TableBlock(_WireModel):
    type: Literal["table"] = "table"
    title: WireLine = ""
    columns: tuple[TableColumn, ...] = Field(min_length=1, max_length=20)
    rows: tuple[dict[str, WireCell], ...] = Field(default=(), max_length=MAX_ROWS)
    empty: WireLine = "There is nothing to show."
    source: WireLine | None = None


class ChartPoint(_WireModel):
    x: str | int | float
    y: float | None
    label: WireLine | None = None
    size: float | None = None
    tone: Tone = Tone.NEUTRAL


class ChartSeries(_WireModel):
    name: WireLine
    points: tuple[ChartPoint, ...] = Field(max_length=MAX_POINTS)
    tone: Tone = Tone.NEUTRAL


class ChartLine(_WireModel):
    y: float
    label: WireLine


class ChartBlock(_WireModel):
    type: Literal["chart"] = "chart"
    title: WireLine
    kind: ChartKind
    series: tuple[ChartSeries, ...] = Field(min_length=1, max_length=12)
    x_label: WireLine
    y_label: WireLine
    empty: WireLine = "No data."
    takeaway: WireLine | None = None
    y_format: str = ",.0f"
    x_format: str | None = None
    reference: ChartLine | None = None
    source: WireLine | None = None

    @field_validator("y_format", "x_format")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        if value is not None and not NUMBER_FORMAT.fullmatch(value):
            raise ValueError("this is not a format of numbers charts may use")
        return value


class CodeBlock(_WireModel):
    type: Literal["code"] = "code"
    language: Annotated[str, StringConstraints(max_length=40)] = "text"
    code: Annotated[str, StringConstraints(max_length=MAX_TEXT_LENGTH)]

    @property
    def highlight_language(self) -> str:
        """The language to highlight it as."""
        return self.language if self.language in LANGUAGES else "text"


Block = TextBlock | TableBlock | ChartBlock | CodeBlock

_BLOCK: TypeAdapter[Block] = TypeAdapter(Annotated[Block, Field(discriminator="type")])


@dataclass(frozen=True)
class UnreadableBlock:
    """A stored block that is none, or none any more: shown as the JSON it is, with the note."""

    raw: str
    note: str = "This part cannot be drawn any more; it is shown as it was stored."


def parse_block(stored: Any) -> Block | UnreadableBlock:
    """The block in a message's content. Never raises."""
    try:
        if len(json.dumps(stored, ensure_ascii=False)) > MAX_BLOCK_LENGTH:
            return UnreadableBlock(
                raw=_raw_json(stored), note="This part is too large to be drawn; it is shown as it was stored."
            )
        return _BLOCK.validate_python(stored)
    except (ValidationError, ValueError, TypeError, RecursionError):
        return UnreadableBlock(raw=_raw_json(stored))


def serialize_block(block: Block) -> dict[str, Any]:
    """What is stored; what stands at its default is left out, the type never."""
    return {"type": block.type, **block.model_dump(mode="json", exclude_defaults=True)}


def block_to_text(block: Block | UnreadableBlock) -> str:
    """A block as words, for a model, a search or an export that cannot draw."""
    match block:
        case TextBlock(text=text):
            return text
        case CodeBlock(code=code):
            return code
        case TableBlock():
            rows = [" | ".join(_cell_text(row.get(column.key)) for column in block.columns) for row in block.rows[:30]]
            head = " | ".join(column.label for column in block.columns)
            return "\n".join((block.title, head, *rows)) if rows else f"{block.title}: {block.empty}"
        case ChartBlock():
            return f"{block.title}: {block.takeaway or block.y_label}"
        case UnreadableBlock(raw=raw):
            return raw


def clean_line(text: str | None, most: int = 400) -> str:
    return single_line(text or "", max_length=most)


def to_finite_number(value: Any) -> float | None:
    """A finite number; None for what is none."""
    return float(value) if value is not None and math.isfinite(value) else None


def _cell_text(cell: WireCell) -> str:
    return "no data" if cell is None else str(cell)


def _raw_json(stored: Any) -> str:
    try:
        text = json.dumps(stored, ensure_ascii=False, indent=1, sort_keys=isinstance(stored, Mapping))
    except (TypeError, ValueError, RecursionError):
        text = repr(stored)
    return truncate(strip_invisible(text), 20_000)
