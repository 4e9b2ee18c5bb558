"""Formats of mapped columns, as their cells show them: order of dates, decimal sign, percentages, codes."""

from lib.imports.code_words import find_code_of_word, normalize_word
from lib.imports.column_mapping import ColumnMapping, MappedColumn, UsagePeriod
from lib.imports.column_profile import ColumnProfile, TableProfile
from lib.imports.record_fields import RecordField, ValueType
from lib.imports.usage_rollup import detect_usage_granularity

NUMBER_TYPES = (ValueType.WHOLE, ValueType.MONEY, ValueType.PERCENT)


def detect_column_formats(mapping: ColumnMapping, profile: TableProfile) -> ColumnMapping:
    """The mapping with every format its cells show. What somebody chose stays, but for the usage's period."""
    columns = (
        _detect_column_format(mapping, column, cells, profile) if isinstance(column, MappedColumn) else column
        for column, cells in zip(mapping.columns, profile.columns, strict=True)
    )
    settled = mapping.model_copy(update={"columns": tuple(columns)})
    return settled.model_copy(update={"usage_period": _detect_usage_period(settled, profile)})


def _detect_column_format(
    mapping: ColumnMapping, column: MappedColumn, cells: ColumnProfile, profile: TableProfile
) -> MappedColumn:
    field = find_mapped_field(mapping, column)
    if field.type is ValueType.DAY and column.day_order is None:
        return column.model_copy(update={"day_order": cells.find_day_order()})
    if field.type in NUMBER_TYPES:
        sign = column.decimal_sign or cells.find_decimal_sign(field.type) or profile.find_decimal_sign()
        update: dict[str, object] = {"decimal_sign": sign}
        if field.type is ValueType.PERCENT and column.is_fraction is None and not _may_be_fraction(cells):
            update["is_fraction"] = False
        return column.model_copy(update=update)
    if field.type is ValueType.CODE:
        return column.model_copy(update={"words": {**list_known_words(mapping, column, cells), **column.words}})
    return column


def _detect_usage_period(mapping: ColumnMapping, profile: TableProfile) -> UsagePeriod:
    for column, cells in zip(mapping.columns, profile.columns, strict=True):
        if isinstance(column, MappedColumn) and column.field == "week_starts_on":
            return detect_usage_granularity(column.header, cells.values, column.day_order)
    return mapping.usage_period


def find_mapped_field(mapping: ColumnMapping, column: MappedColumn) -> RecordField:
    """The field of a column that is mapped."""
    field = mapping.find_field(column.field)
    assert field is not None  # the mapping is validated
    return field


def _may_be_fraction(cells: ColumnProfile) -> bool:
    return cells.largest is not None and 0 < cells.largest <= 1


def list_known_words(mapping: ColumnMapping, column: MappedColumn, cells: ColumnProfile) -> dict[str, str]:
    """Codes by the words of the column's cells that Zen knows."""
    field = find_mapped_field(mapping, column)
    owner, _, name = column.field.rpartition(".")
    found = (
        (normalize_word(text), find_code_of_word(owner or mapping.kind, name, field.codes, text))
        for text in cells.values
    )
    return {word: code for word, code in found if code is not None}
