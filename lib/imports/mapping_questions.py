"""Questions about a column mapping that only a person can answer."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lib.imports.blank_words import is_blank_value
from lib.imports.code_words import NO_ANSWER_WORDS, NO_WORDS, YES_WORDS, normalize_word
from lib.imports.column_formats import NUMBER_TYPES, find_mapped_field, list_known_words
from lib.imports.column_mapping import (
    ColumnMapping,
    DayOrder,
    DecimalSign,
    MappedColumn,
    UndecidedColumn,
    join_field_labels,
)
from lib.imports.column_profile import ColumnProfile, TableProfile
from lib.imports.day_parser import parse_day
from lib.imports.record_fields import FieldUse, RecordField, ValueType

MAX_WORDS_ASKED = 50


class QuestionKind(StrEnum):
    """What is asked about a column, or, for MISSING, about the records."""

    UNDECIDED = "undecided"
    DAY_ORDER = "day_order"
    DECIMAL_SIGN = "decimal_sign"
    FRACTION = "fraction"
    WORDS = "words"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class MappingQuestion:
    """Something about a mapping that only a person can say.

    `header` is the column, or "" for MISSING. `options` are values to choose from with labels, `suggestion` the one
    that other columns of the file show. `cells` need a translation; of `fields` new records need one. All but MISSING
    stop an import: records that are there already can do without.
    """

    kind: QuestionKind
    header: str
    text: str
    options: Mapping[str, str] | None = None
    suggestion: str | None = None
    cells: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


def list_mapping_questions(mapping: ColumnMapping, profile: TableProfile) -> tuple[MappingQuestion, ...]:
    """What is still open, in the order of the columns, then what new records miss."""
    return (*_ask_about_columns(mapping, profile), *_ask_for_missing_fields(mapping))


def _ask_about_columns(mapping: ColumnMapping, profile: TableProfile) -> Iterator[MappingQuestion]:
    for column, cells in zip(mapping.columns, profile.columns, strict=True):
        if isinstance(column, UndecidedColumn):
            yield MappingQuestion(
                kind=QuestionKind.UNDECIDED, header=column.header, text="Which field is this, or is it left out?"
            )
        elif isinstance(column, MappedColumn):
            yield from _ask_about_column(mapping, column, cells, profile)


def _ask_about_column(
    mapping: ColumnMapping, column: MappedColumn, cells: ColumnProfile, profile: TableProfile
) -> Iterator[MappingQuestion]:
    field = find_mapped_field(mapping, column)
    if field.type is ValueType.DAY and column.day_order is None:
        yield from _ask_day_order(column, cells, profile.find_day_order())
    elif field.type in NUMBER_TYPES:
        unclear = cells.find_unclear_number(field.type)
        if column.decimal_sign is None and unclear:
            yield _ask_decimal_sign(column, unclear)
        if field.type is ValueType.PERCENT and column.is_fraction is None:
            yield MappingQuestion(
                kind=QuestionKind.FRACTION,
                header=column.header,
                text="All numbers are at most 1. Does 0.15 mean 15%?",
                options={"true": "0.15 means 15%", "false": "0.15 means 0.15%"},
            )
    elif field.type in (ValueType.CODE, ValueType.BOOLEAN) or field.use is FieldUse.REFERENCE:
        unknown = _list_unknown_cells(mapping, column, cells)
        if unknown:
            yield _ask_word_meanings(field, column, unknown)


def _ask_day_order(column: MappedColumn, cells: ColumnProfile, usual: DayOrder | None) -> Iterator[MappingQuestion]:
    """Asked where a cell is two days, or where no order suits all cells."""
    orders = cells.day_orders or frozenset({DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST})
    if cells.unclear_day is None and cells.day_orders:
        return
    labels = {
        DayOrder.DAY_FIRST: "day, month, year",
        DayOrder.MONTH_FIRST: "month, day, year",
        DayOrder.YEAR_FIRST: "year, month, day",
    }
    text = "In which order are the days written? No order suits all cells."
    if cells.unclear_day:
        text = _build_day_question_text(cells.unclear_day, orders) or f"How is {cells.unclear_day} read?"
    yield MappingQuestion(
        kind=QuestionKind.DAY_ORDER,
        header=column.header,
        text=text,
        options={str(order): label for order, label in labels.items() if order in orders},
        suggestion=usual if usual in orders else None,
    )


def _build_day_question_text(text: str, orders: Collection[DayOrder]) -> str | None:
    """ "Is 04/05/2026 4 May or April 5?"; None if not both orders read it."""
    read = [
        f"{day.day} {day:%B}" if order is DayOrder.DAY_FIRST else f"{day:%B} {day.day}"
        for order in (DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST)
        if order in orders and isinstance(day := parse_day(text, order, None), date)
    ]
    return f"Is {text} {read[0]} or {read[1]}?" if len(read) > 1 else None


def _ask_decimal_sign(column: MappedColumn, unclear: str) -> MappingQuestion:
    return MappingQuestion(
        kind=QuestionKind.DECIMAL_SIGN,
        header=column.header,
        text=f"Is the decimal sign a point or a comma? {unclear} can be two numbers.",
        options={DecimalSign.POINT: "point: 1,234.50", DecimalSign.COMMA: "comma: 1.234,50"},
    )


def _ask_word_meanings(field: RecordField, column: MappedColumn, unknown: tuple[str, ...]) -> MappingQuestion:
    text = "Which address has each of these names?" if field.type is ValueType.EMAIL else "What do these words mean?"
    codes = ("true", "false") if field.type is ValueType.BOOLEAN else field.codes
    labels = {"true": "yes", "false": "no"}
    return MappingQuestion(
        kind=QuestionKind.WORDS,
        header=column.header,
        text=text,
        cells=unknown,
        options={**{code: labels.get(code, code.replace("_", " ")) for code in codes}, "": "unknown"}
        if codes
        else None,
    )


def _ask_for_missing_fields(mapping: ColumnMapping) -> Iterator[MappingQuestion]:
    for names in mapping.list_missing():
        field = mapping.find_field(names[0])
        labels = join_field_labels(mapping.record_schema, names)
        yield MappingQuestion(
            kind=QuestionKind.MISSING,
            header="",
            text=f"New records need {labels}: map a column or give one value for all.",
            options={code: code.replace("_", " ") for code in field.codes} if field and field.codes else None,
            fields=names,
        )


def _list_unknown_cells(mapping: ColumnMapping, column: MappedColumn, cells: ColumnProfile) -> tuple[str, ...]:
    """Cells that have to be translated: unknown words, names of colleagues."""
    field = find_mapped_field(mapping, column)
    known = set(map(normalize_word, column.words))
    if field.type is ValueType.CODE:
        known |= set(list_known_words(mapping, column, cells))
    elif field.type is ValueType.BOOLEAN:
        known |= YES_WORDS | NO_WORDS | NO_ANSWER_WORDS
    elif not field.name.endswith(("owner_email", "author_email")):
        return ()
    unknown = (
        text.strip()
        for text in cells.values
        if normalize_word(text) not in known
        and not is_blank_value(text.strip())
        and not (field.type is ValueType.EMAIL and "@" in text)
    )
    return tuple(sorted(set(unknown)))[:MAX_WORDS_ASKED]
