"""Changes of a column mapping, as a person makes them: each returns a new mapping."""

from collections.abc import Mapping
from typing import Any

from lib.imports.code_words import normalize_word
from lib.imports.column_mapping import (
    ColumnMapping,
    ColumnUse,
    DayOrder,
    DecimalSign,
    LeftOutColumn,
    MappedColumn,
    UndecidedColumn,
)
from lib.imports.record_fields import FieldValue


def map_column(mapping: ColumnMapping, place: int, field: str) -> ColumnMapping:
    """Map the column at `place` to a field. A column or fixed value that gave this field before gives it no more."""
    columns: list[ColumnUse] = [
        UndecidedColumn(header=column.header) if isinstance(column, MappedColumn) and column.field == field else column
        for column in mapping.columns
    ]
    columns[place] = MappedColumn(header=columns[place].header, field=field)
    fixed = {name: value for name, value in mapping.fixed.items() if name != field}
    return _copy_mapping_with(mapping, columns=tuple(columns), fixed=fixed)


def leave_out_column(mapping: ColumnMapping, place: int) -> ColumnMapping:
    return _replace_column(mapping, place, LeftOutColumn(header=mapping.columns[place].header))


def leave_out_undecided_columns(mapping: ColumnMapping) -> ColumnMapping:
    columns = tuple(
        LeftOutColumn(header=column.header) if isinstance(column, UndecidedColumn) else column
        for column in mapping.columns
    )
    return _copy_mapping_with(mapping, columns=columns)


def reset_column(mapping: ColumnMapping, place: int) -> ColumnMapping:
    """Make the column at `place` undecided."""
    return _replace_column(mapping, place, UndecidedColumn(header=mapping.columns[place].header))


def set_day_order(mapping: ColumnMapping, place: int, order: DayOrder) -> ColumnMapping:
    return _copy_mapping_with_column(mapping, place, day_order=order)


def set_decimal_sign(mapping: ColumnMapping, place: int, sign: DecimalSign) -> ColumnMapping:
    return _copy_mapping_with_column(mapping, place, decimal_sign=sign)


def set_is_fraction(mapping: ColumnMapping, place: int, is_fraction: bool) -> ColumnMapping:
    """Say whether 0.15 means 15%."""
    return _copy_mapping_with_column(mapping, place, is_fraction=is_fraction)


def add_code_translations(mapping: ColumnMapping, place: int, words: Mapping[str, str | None]) -> ColumnMapping:
    """Add translations of cells; one to None is removed, one to "" says that the cell is unknown."""
    column = mapping.columns[place]
    known: dict[str, str | None] = dict(column.words) if isinstance(column, MappedColumn) else {}
    known |= {normalize_word(word): code for word, code in words.items()}
    return _copy_mapping_with_column(
        mapping, place, words={word: code for word, code in known.items() if code is not None}
    )


def set_blank_value(mapping: ColumnMapping, place: int, value: str | None) -> ColumnMapping:
    """Say what a blank cell means; None for unknown."""
    return _copy_mapping_with_column(mapping, place, blank_value=value)


def set_mapping_setting(mapping: ColumnMapping, name: str, value: str) -> ColumnMapping:
    """Change `source`, `currency` or `usage_period`."""
    return _copy_mapping_with(mapping, **{name: value})


def set_fixed_value(mapping: ColumnMapping, field: str, value: FieldValue) -> ColumnMapping:
    """Give a field the same value in each record; None takes the value away."""
    fixed = {name: known for name, known in mapping.fixed.items() if name != field}
    return _copy_mapping_with(mapping, fixed=fixed if value is None else {**fixed, field: value})


def _copy_mapping_with_column(mapping: ColumnMapping, place: int, **changes: Any) -> ColumnMapping:
    """`mapping` itself where the column is not mapped."""
    column = mapping.columns[place]
    if not isinstance(column, MappedColumn):
        return mapping
    return _replace_column(mapping, place, column.model_copy(update=changes))


def _replace_column(mapping: ColumnMapping, place: int, column: ColumnUse) -> ColumnMapping:
    return _copy_mapping_with(mapping, columns=(*mapping.columns[:place], column, *mapping.columns[place + 1 :]))


def _copy_mapping_with(mapping: ColumnMapping, **changes: Any) -> ColumnMapping:
    """A copy with changes. Raises ValueError for a field given twice."""
    return ColumnMapping.model_validate(mapping.model_dump() | changes)
