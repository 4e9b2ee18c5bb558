"""How the columns of a file become fields of records. Kept as JSON, and used again for the next file like it."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lib.imports.record_fields import FieldValue, RecordField, RecordSchema
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind, list_missing_fields


class DayOrder(StrEnum):
    """The order of day, month and year in a column of dates."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class DecimalSign(StrEnum):
    """What stands before the decimals in a column of numbers."""

    POINT = "."
    COMMA = ","


class UsagePeriod(StrEnum):
    """What a row of usage covers. Days and months are rolled up into weeks."""

    WEEK = "week"
    DAY = "day"
    MONTH = "month"


class _MappingPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MappedColumn(_MappingPart):
    """A column that becomes a field.

    `day_order` and `decimal_sign` are None where the column has no dates or numbers, or nobody has said yet. So is
    `is_fraction`, True if 0.15 means 15%. `words` translates cells, spelled as `code_words.normalize_word` has them, to
    codes; for the address of a colleague, names to addresses. An empty translation means unknown. `blank_value` is what
    a blank cell means; None leaves the field unknown.
    """

    use: Literal["field"] = "field"
    header: str
    field: str
    day_order: DayOrder | None = None
    decimal_sign: DecimalSign | None = None
    is_fraction: bool | None = None
    words: Mapping[str, str] = Field(default_factory=dict)
    blank_value: str | None = Field(default=None, max_length=200)


class LeftOutColumn(_MappingPart):
    """A column that is left out knowingly."""

    use: Literal["left_out"] = "left_out"
    header: str


class UndecidedColumn(_MappingPart):
    """A column nobody has decided about yet. Nothing can be imported until it is mapped or left out."""

    use: Literal["undecided"] = "undecided"
    header: str


ColumnUse = Annotated[MappedColumn | LeftOutColumn | UndecidedColumn, Field(discriminator="use")]


class ColumnMapping(_MappingPart):
    """Every column of a file, and values that every record gets.

    `source` names the system the file comes from; external ids are of this system. `currency` is that of amounts
    without a sign of their own. `usage_period` is for usage only.
    """

    kind: ImportKind
    source: str = Field(default="file", min_length=1, max_length=100)
    columns: tuple[ColumnUse, ...] = Field(max_length=500)
    fixed: Mapping[str, FieldValue] = Field(default_factory=dict)
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    usage_period: UsagePeriod = UsagePeriod.WEEK

    @model_validator(mode="after")
    def _require_known_fields_once(self) -> "ColumnMapping":
        names = [column.field for column in self.list_mapped()]
        unknown = [name for name in (*names, *self.fixed) if self.record_schema.find_field(name) is None]
        if unknown:
            raise ValueError(f"{self.record_schema.label} have no {', '.join(unknown)}.")
        twice = sorted({name for name in names if names.count(name) > 1} | (set(names) & set(self.fixed)))
        if twice:
            raise ValueError(f"Mapped more than once: {', '.join(twice)}.")
        return self

    @property
    def record_schema(self) -> RecordSchema:
        return RECORD_SCHEMAS[self.kind]

    def list_mapped(self) -> tuple[MappedColumn, ...]:
        return tuple(column for column in self.columns if isinstance(column, MappedColumn))

    def list_undecided(self) -> tuple[str, ...]:
        """Headers of the columns nobody has decided about."""
        return tuple(column.header for column in self.columns if isinstance(column, UndecidedColumn))

    def list_missing(self) -> tuple[tuple[str, ...], ...]:
        """Fields a new record needs and the mapping does not give: sets of names, of which one has to be there.

        Records that exist already can be changed without them.
        """
        available = frozenset((*(column.field for column in self.list_mapped()), *self.fixed))
        return tuple(list_missing_fields(self.kind, available))

    def find_field(self, name: str) -> RecordField | None:
        return self.record_schema.find_field(name)

    def arrange_for_headers(self, headers: Sequence[str]) -> "ColumnMapping | None":
        """This mapping for a file with these headers. None unless the file has every column that is mapped.

        Columns this mapping does not know are undecided.
        """
        known = {normalize_header(column.header): column for column in self.columns}
        keys = [normalize_header(header) for header in headers]
        mapped = {normalize_header(column.header) for column in self.list_mapped()}
        if not mapped <= set(keys) or len(set(keys)) < len(keys):
            return None
        arranged = (known.get(key) or UndecidedColumn(header=header) for key, header in zip(keys, headers, strict=True))
        return self.model_copy(update={"columns": tuple(arranged)})


def normalize_header(header: str) -> str:
    """A header without case, signs and blanks: "Company Name *" is "companyname"."""
    return "".join(character for character in header.casefold() if character.isalnum())


def join_field_labels(schema: RecordSchema, names: Iterable[str]) -> str:
    """Labels of fields, to read: "Domain or Name"."""
    fields = (schema.find_field(name) for name in names)
    return " or ".join(field.label for field in fields if field is not None)
