"""What SQL lets a staged record hold is what lib/imports makes of a file."""

import pytest

from lib.imports.record_fields import FieldUse, RecordField, ValueType
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from tests.database.factories import fetch_rows

NUMBERS = {ValueType.WHOLE, ValueType.MONEY, ValueType.PERCENT}
TEXTS = {ValueType.TEXT, ValueType.EMAIL, ValueType.DOMAIN, ValueType.NAMES}


def describe(kind: ImportKind, field: RecordField) -> dict[str, object]:
    return {
        "kind": kind.value,
        "field": field.name,
        "type": field.type.value,
        "usage": field.use.value,
        "is_required": field.is_required,
        "max_length": field.max_length if field.type in TEXTS else None,
        "minimum": field.minimum if field.type in NUMBERS else None,
        "maximum": int(field.maximum) if field.type in NUMBERS else None,
        "codes": list(field.codes) or None,
        "default_value": field.default,
    }


@pytest.mark.parametrize("kind", [kind for kind in RECORD_SCHEMAS if kind is not ImportKind.FLAT])
def test_the_fields_of_a_kind_are_the_same_in_sql(kind, sql):
    stored = fetch_rows(sql, "select * from private.import_fields where kind = %s", kind.value)
    fields = [field for field in RECORD_SCHEMAS[kind].fields if field.use is not FieldUse.PART]
    expected = [describe(kind, field) for field in fields]
    assert {row["field"]: row for row in stored} == {row["field"]: row for row in expected}
