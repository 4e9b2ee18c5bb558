"""Forms as values: the questions of a slide, an action or a setting, and the answers to them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lib.content.model import Cell, Column

Answers = Mapping[str, Any]
"""The answers to one form: field key -> JSON value, amounts and percentages as Decimal."""

Bound = Decimal | int
"""The least or the largest value of a number."""


class FieldKind(StrEnum):
    """The value of an answer: TEXT, LONG_TEXT, CHOICE str · MULTI list[str] · WHOLE int · DECIMAL, MONEY,
    PERCENT Decimal · YES_NO bool · DATE "YYYY-MM-DD" · TIME "HH:MM" · ROWS list[dict by column key].
    Unanswered is null.

    A number that cannot be read, or needs a question, is the text as it was typed."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    MULTI = "multi"
    WHOLE = "whole"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    YES_NO = "yes_no"
    DATE = "date"
    TIME = "time"
    ROWS = "rows"


@dataclass(frozen=True, kw_only=True)
class Option:
    """A choice: `value` is stored, `label` is read."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class EditableColumn(Column):
    """A column of a ROWS field. `required` holds in every row that is not blank; `default` is for a new row.

    `usual` is what a number of the row is compared with, called `usual_name`; one far from it is asked about.
    """

    required: bool = False
    minimum: Bound | None = None
    maximum: Bound | None = None
    default: Cell = None
    usual: Callable[[Mapping[str, Any]], Decimal | None] | None = None
    usual_name: str = "usual value"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `required_when` makes an answer needed given the others; `columns` are those of a ROWS field.

    `check` says what is wrong with a text, a sentence each without the label: "is not an email address."
    `person_only`: a confirmation of what the person did, which no model may say for them.
    """

    key: str
    label: str
    kind: FieldKind
    help: str | None = None
    required: bool = False
    required_when: Callable[[Answers], bool] | None = None
    default: Any = None
    options: tuple[Option, ...] = ()
    columns: tuple[EditableColumn, ...] = ()
    minimum: Bound | None = None
    maximum: Bound | None = None
    placeholder: str | None = None
    check: Callable[[str], Iterable[str]] | None = None
    person_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    title: str
    fields: tuple[Field, ...]
