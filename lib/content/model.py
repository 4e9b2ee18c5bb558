"""What slides and chat answers show: a closed family of frozen values that `lib.ui` draws with one `match`.

Nothing here carries HTML or runs. The annotated bounds hold where a stored value is read (`lib.content.block_json`);
values made in Python are trusted. Adding a kind costs a class here, a case in `lib.ui`, a test for both, and an entry
in `lib.content.block_json` if the chat may store it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, with_config

from lib.text.truncate import single_line

MAX_LINE_LENGTH = 400
MAX_TEXT_LENGTH = 120_000
MAX_UNKNOWN_CLAIMS = 60
MAX_ROWS = 500
MAX_POINTS = 500

LANGUAGES = frozenset({"text", "python", "sql", "json", "yaml", "html", "css", "javascript", "bash", "csv", "markdown"})
"""What code is highlighted as; anything else is plain text."""

Cell = str | int | float | Decimal | date | bool | None
"""A value of a table or a chart; None is drawn as "no data"."""

Line = Annotated[str, StringConstraints(max_length=MAX_LINE_LENGTH), AfterValidator(single_line)]
# A format ends up in a template of Plotly's, so only a few of d3's are let in.
NumberFormat = Annotated[str, StringConstraints(pattern=r"^\$?,?(\.\d~?)?[fds%]?$")]
ScaleEnd = Annotated[int, Field(ge=-1000, le=1000)]

_stored = with_config(ConfigDict(extra="forbid", allow_inf_nan=False))


class Tone(StrEnum):
    """What a value means. Never shown by colour alone."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class CitationSource(StrEnum):
    NOTE = "note"
    TICKET = "ticket"
    CONTRACT = "contract"
    PAST_RUN = "past_run"
    ANSWER = "answer"


@_stored
@dataclass(frozen=True, kw_only=True)
class Citation:
    """The record a sentence rests on. `number` is the [1] in the text, `id` the record's, `quote` its exact words."""

    number: Annotated[int, Field(ge=1, le=200)]
    source: CitationSource
    id: Line
    label: Line
    quote: Annotated[str, StringConstraints(max_length=1000)]


class ClaimKind(StrEnum):
    FIGURE = "figure"
    DAY = "day"
    NAME = "name"
    SOURCE = "source"
    ACT = "act"


@_stored
@dataclass(frozen=True, kw_only=True)
class UnknownClaim:
    """What an answer says and nothing the model was given does, in its own words; `nearest` is the fact closest to it.

    A claim of kind SOURCE is the number of a source that does not exist, and is taken out of the text. One of kind ACT
    says that something was done of which there is no row.
    """

    kind: ClaimKind
    said: Line
    nearest: Line | None = None


@_stored
@dataclass(frozen=True, kw_only=True)
class Text:
    """Untrusted Markdown. A slide's has its values escaped; `lib.ui` sanitizes a model's as it draws it.

    `dropped_sentences` counts those of a model that their sources did not say.
    """

    markdown: Annotated[str, StringConstraints(max_length=MAX_TEXT_LENGTH), Field(alias="text")]
    citations: Annotated[tuple[Citation, ...], Field(max_length=60)] = ()
    unknown_claims: Annotated[tuple[UnknownClaim, ...], Field(max_length=MAX_UNKNOWN_CLAIMS)] = ()
    dropped_sentences: Annotated[int, Field(ge=0, le=10_000)] = 0


@dataclass(frozen=True, kw_only=True)
class PlainText:
    """Text drawn exactly as it is, line breaks kept."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Callout:
    """One sentence that must not be missed, such as the notice deadline."""

    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A labelled value, ready to read with its unit; None is "no data"."""

    label: str
    value: str | None
    note: str | None = None
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, kw_only=True)
class Facts:
    title: str
    items: tuple[Fact, ...]


class ColumnKind(StrEnum):
    """How the cells of a column read. PERCENT is 0-100, MONEY is USD."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"


@_stored
@dataclass(frozen=True, kw_only=True)
class Column:
    key: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    label: Line
    kind: ColumnKind = ColumnKind.TEXT


@_stored
@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows by column key. `empty` is the sentence shown when there are none."""

    title: Line = ""
    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=20)]
    rows: Annotated[tuple[Mapping[str, Cell], ...], Field(max_length=MAX_ROWS)] = ()
    empty: Line = "There is nothing to show."
    source: Line | None = None


class ChartKind(StrEnum):
    """The points of a waterfall are steps from zero; the last one is their sum."""

    LINE = "line"
    BAR = "bar"
    STACKED_BAR = "stacked_bar"
    SCATTER = "scatter"
    WATERFALL = "waterfall"


@_stored
@dataclass(frozen=True, kw_only=True)
class Point:
    """A mark. `y` is None where there is no data, and a line breaks there; `label` is written beside the mark."""

    x: Cell
    y: float | None
    label: Line | None = None
    size: float | None = None
    tone: Tone = Tone.NEUTRAL


@_stored
@dataclass(frozen=True, kw_only=True)
class Series:
    name: Line
    points: Annotated[tuple[Point, ...], Field(max_length=MAX_POINTS)]
    tone: Tone = Tone.NEUTRAL


@_stored
@dataclass(frozen=True, kw_only=True)
class ReferenceLine:
    """A threshold drawn across a chart, with its meaning in words."""

    y: float
    label: Line


@_stored
@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart as data. `takeaway` is the sentence above it; `empty` is shown instead if no point has a value.

    `y_format` and `x_format` are d3 formats (",.0f", "$,.0f", ".0%"). `y_scale` is the first and the last value of a
    scale of whole numbers: the axis shows those and no others.
    """

    title: Line
    kind: ChartKind
    series: Annotated[tuple[Series, ...], Field(min_length=1, max_length=12)]
    x_label: Line
    y_label: Line
    empty: Line = "No data."
    takeaway: Line | None = None
    y_format: NumberFormat = ",.0f"
    x_format: NumberFormat | None = None
    y_scale: tuple[ScaleEnd, ScaleEnd] | None = None
    reference: ReferenceLine | None = None
    source: Line | None = None

    @property
    def has_data(self) -> bool:
        return any(point.y is not None for series in self.series for point in series.points)


@_stored
@dataclass(frozen=True, kw_only=True)
class Code:
    """Source code, or a text in its own right such as a letter; shown and never run."""

    code: Annotated[str, StringConstraints(max_length=MAX_TEXT_LENGTH)]
    language: Annotated[str, StringConstraints(max_length=40)] = "text"
    unknown_claims: Annotated[tuple[UnknownClaim, ...], Field(max_length=MAX_UNKNOWN_CLAIMS)] = ()

    @property
    def highlight_language(self) -> str:
        return self.language if self.language in LANGUAGES else "text"
