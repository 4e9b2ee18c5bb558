"""Values that are the same in each record of a file, typed by a person."""

from lib.imports.cell_value_parser import Unknown, ValueRules, parse_cell_value
from lib.imports.column_mapping import ColumnMapping, UsagePeriod
from lib.imports.parsed_records import Rejection
from lib.imports.record_fields import FieldValue, RecordField
from lib.imports.record_kinds import ImportKind


def parse_fixed_value(mapping: ColumnMapping, field: RecordField, text: str) -> FieldValue | Rejection:
    """The value a text means, as in a cell of a column of this field; None for "n/a" and the like."""
    kind, _, _ = field.name.rpartition(".")
    rules = ValueRules(
        kind=kind or mapping.kind,
        field=field,
        words={},
        currency=mapping.currency,
        period=UsagePeriod.DAY if mapping.kind is ImportKind.USAGE_WEEKS else None,
    )
    value = parse_cell_value(text, rules)
    return None if isinstance(value, Unknown) else value
