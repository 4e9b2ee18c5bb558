"""Fields of records that can be imported: types, limits, uses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

FieldValue = str | int | bool | list[str] | None
"""A value as JSON. None is known to be open or unknown, such as the end of what did not end."""

RecordValues = Mapping[str, FieldValue]
"""Field name -> value. A field the file says nothing about is absent: what is stored stays."""


class ValueType(StrEnum):
    """What a field takes, and its JSON:

    TEXT, EMAIL, DOMAIN, CODE, TIME_ZONE str · DAY "YYYY-MM-DD" · WHOLE int · MONEY, PERCENT decimal as str, such as
    "84.50" · BOOLEAN bool · NAMES list[str].
    """

    TEXT = "text"
    EMAIL = "email"
    DOMAIN = "domain"
    CODE = "code"
    TIME_ZONE = "time_zone"
    DAY = "day"
    WHOLE = "whole"
    MONEY = "money"
    PERCENT = "percent"
    BOOLEAN = "boolean"
    NAMES = "names"


class FieldUse(StrEnum):
    """What becomes of a value.

    COLUMN is stored in the column of this name. KEY tells which record it is and has no column: the id in the file's
    system, a contract number. REFERENCE names a row of another table. PART makes another field, and is not
    in the values of a parsed record.
    """

    COLUMN = "column"
    KEY = "key"
    REFERENCE = "reference"
    PART = "part"


@dataclass(frozen=True, kw_only=True)
class RecordField:
    """One field of a record.

    `codes` are the only values of a CODE; `proposed_code` is proposed for blank cells. `made_from` lists sets of other
    fields: each set makes this one. `default` is what the database stores for a new record without it. `hint` says in
    words what belongs in it.
    """

    name: str
    label: str
    type: ValueType = ValueType.TEXT
    use: FieldUse = FieldUse.COLUMN
    is_required: bool = False
    is_multiline: bool = False
    codes: tuple[str, ...] = ()
    proposed_code: str | None = None
    max_length: int = 200
    minimum: int = 0
    maximum: Decimal | int = 2_147_483_647
    made_from: tuple[tuple[str, ...], ...] = ()
    default: FieldValue = None
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordSchema:
    """The fields of one kind of record.

    `table` is where it is stored; None for the flat file. `natural_keys` are sets of fields that identify a record
    without an external id, tried in this order. Of each set in `needs_one_of` one field has to be there.
    """

    label: str
    table: str | None
    fields: tuple[RecordField, ...]
    natural_keys: tuple[tuple[str, ...], ...] = ()
    needs_one_of: tuple[tuple[str, ...], ...] = ()

    def find_field(self, name: str) -> RecordField | None:
        return next((field for field in self.fields if field.name == name), None)

    def list_columns(self) -> tuple[RecordField, ...]:
        """The fields that are columns of the table."""
        return tuple(field for field in self.fields if field.use is FieldUse.COLUMN)

    def list_missing(self, available: frozenset[str]) -> Iterator[tuple[str, ...]]:
        """What a new record still needs beside the fields `available`. Of each set of names one has to be there."""
        for field in self.fields:
            made = any(available.issuperset(parts) for parts in field.made_from)
            if field.is_required and field.name not in available and not made:
                yield (field.name,)
        for names in self.needs_one_of:
            if available.isdisjoint(names):
                yield names
