"""Forms as values: the questions of a slide, an action or a setting, and the answers to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lib.content.model import Cell, Column

Answers = Mapping[str, Any]
"""The answers to one form: field key -> JSON value."""


class FieldKind(StrEnum):
    """The JSON of an answer: TEXT, LONG_TEXT, CHOICE str · MULTI list[str] · WHOLE int · MONEY, PERCENT float ·
    YES_NO bool · DATE "YYYY-MM-DD" · TIME "HH:MM" · ROWS list[dict by column key]. Unanswered is null."""

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
    """A choice: `value` is stored, `label` is read."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class EditableColumn(Column):
    """A column of a ROWS field. `required` holds in every row that is not blank; `default` is for a new row."""

    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    default: Cell = None


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `required_when` makes an answer needed given the others; `columns` are those of a ROWS field."""

    key: str
    label: str
    kind: FieldKind
    help: str | None = None
    required: bool = False
    required_when: Callable[[Answers], bool] | None = None
    default: Any = None
    options: tuple[Option, ...] = ()
    columns: tuple[EditableColumn, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    placeholder: str | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    title: str
    fields: tuple[Field, ...]
