"""What a slide is made of. Sections are a closed union: `lib.ui.sections` draws them with one `match`.

A slide is pure: its builders read a `SlideInput` and return sections; nothing here fetches, writes or draws. Adding a
kind of section costs a member here, a case in `lib.ui.sections` and a test for both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lib.accounts.model import Account
from lib.slides.context import SlideContext

Answers = Mapping[str, Any]
"""What was typed into one slide's form: field key -> JSON value."""

Cell = str | int | float | Decimal | date | bool | None
"""A value of a table or a chart; None is drawn as "no data"."""


class SlideId(StrEnum):
    GREETING = "greeting"
    REVIEW_ACCOUNT = "review-account"
    SUMMARY = "summary"
    PREPARE_QUOTE = "prepare-quote"
    DRAFT_EMAIL = "draft-email"
    SCHEDULE_CALL = "schedule-call"
    ASSESS_DEPARTURE = "assess-departure"
    IDENTIFY_REPLACEMENT = "identify-replacement"
    ASSESS_RISK = "assess-risk"
    CONTRACT_TERMS = "contract-terms"
    PRICING_STRATEGY = "pricing-strategy"
    STAKEHOLDER_MAP = "stakeholder-map"
    SET_GOALS = "set-goals"
    GROWTH_PLAN = "growth-plan"
    EXECUTIVE_BRIEF = "executive-brief"


class SlideCategory(StrEnum):
    COMMON = "common"
    ACTION = "action"
    RISK = "risk"
    RENEWAL = "renewal"
    STRATEGY = "strategy"


@dataclass(frozen=True, kw_only=True)
class SlideInput:
    """All a slide may read: the account, the run's answers by slide id, its context, and who is working."""

    account: Account
    context: SlideContext
    category: str
    person_name: str
    answers: Mapping[str, Answers] = field(default_factory=dict)


class Tone(StrEnum):
    """What a value means. Never shown by colour alone."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Text:
    """Markdown already rendered and escaped by `lib.slides.template`."""

    markdown: str


@dataclass(frozen=True, kw_only=True)
class Callout:
    """One sentence that must not be missed, such as the notice deadline."""

    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, kw_only=True)
class Fact:
    """`value` is ready to read, unit included; None is "no data"."""

    label: str
    value: str | None
    note: str | None = None
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, kw_only=True)
class Facts:
    title: str
    items: tuple[Fact, ...]


class ColumnKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True, kw_only=True)
class Column:
    """`PERCENT` holds 0-100, `MONEY` USD. The rest is for editable rows: `required` in every row that is not blank;
    `minimum`/`maximum` bound numbers, `default` stands in a new row."""

    key: str
    label: str
    kind: ColumnKind = ColumnKind.TEXT
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    default: Cell = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """`empty` is the sentence shown when there are no rows."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Cell], ...]
    empty: str
    source: str | None = None


class ChartKind(StrEnum):
    LINE = "line"
    BAR = "bar"
    STACKED_BAR = "stacked_bar"
    SCATTER = "scatter"


@dataclass(frozen=True, kw_only=True)
class Point:
    """`y` is None where there is no data; the line breaks there. `label` is written beside the mark."""

    x: Cell
    y: float | None
    label: str | None = None
    size: float | None = None
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, kw_only=True)
class Series:
    name: str
    points: tuple[Point, ...]
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, kw_only=True)
class ReferenceLine:
    """A threshold drawn across the chart, with its meaning in words."""

    y: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart as data. `takeaway` is the sentence above it; `empty` is shown instead when no point has a value.

    `y_format` and `x_format` are d3 formats (",.0f", "$,.0f", ".0%"). `y_scale` is the first and the last value of a
    scale of whole numbers: the axis shows those and no others.
    """

    title: str
    kind: ChartKind
    series: tuple[Series, ...]
    x_label: str
    y_label: str
    empty: str
    takeaway: str | None = None
    y_format: str = ",.0f"
    x_format: str | None = None
    y_scale: tuple[int, int] | None = None
    reference: ReferenceLine | None = None
    source: str | None = None

    @property
    def has_data(self) -> bool:
        return any(point.y is not None for series in self.series for point in series.points)


class FieldKind(StrEnum):
    """The JSON kept: TEXT, LONG_TEXT, CHOICE str · MULTI list[str] · WHOLE int · MONEY, PERCENT float · YES_NO bool ·
    DATE "YYYY-MM-DD" · TIME "HH:MM" · ROWS list[dict by column key]. Anything unanswered is null."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    MULTI = "multi"
    WHOLE = "whole"
    MONEY = "money"
    PERCENT = "percent"
    YES_NO = "yes_no"
    DATE = "date"
    TIME = "time"
    ROWS = "rows"


@dataclass(frozen=True, kw_only=True)
class Option:
    """`value` is kept, `label` is read."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `default` is what stands there before anybody answers; `minimum`/`maximum` bound numbers.

    `columns` are those of a ROWS field. `required_when` makes an answer needed given the others.
    """

    key: str
    label: str
    kind: FieldKind
    help: str | None = None
    required: bool = False
    required_when: Callable[[Answers], bool] | None = None
    default: Any = None
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    placeholder: str | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """Something to take away, made from the answers as they stand: a quote, an e-mail, an invitation, a brief."""

    filename: str
    media_type: str
    content: bytes
    label: str


Section = Text | Callout | Facts | Table | Chart
SectionBuilder = Callable[[SlideInput], Section | None]
FormBuilder = Callable[[SlideInput], Form]
ResultBuilder = Callable[[SlideInput, Answers], tuple[Section, ...]]
DocumentBuilder = Callable[[SlideInput, Answers], tuple[Document, ...]]


@dataclass(frozen=True, kw_only=True)
class Slide:
    """An entry of the library. `sections` stand above the form; `results` are drawn below it from the current answers
    (a scenario chart, a quote's totals, the e-mail as it will read); `documents` are offered for download beside them.
    `short` names it where there is room for a word or two.
    """

    id: SlideId
    title: str
    short: str
    category: SlideCategory
    purpose: str
    sections: tuple[SectionBuilder, ...]
    form: FormBuilder
    defaults: SlideContext
    results: ResultBuilder | None = None
    documents: DocumentBuilder | None = None
