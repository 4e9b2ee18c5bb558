"""Columns and example files of each kind of record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.content.model import Cell, ColumnKind
from lib.files.spreadsheet_writer import Sheet, SheetRow, build_csv, build_xlsx
from lib.imports.code_words import list_code_words
from lib.imports.column_mapping import join_field_labels
from lib.imports.record_fields import FieldUse, RecordField, RecordSchema, ValueType
from lib.imports.record_kinds import FLAT_PARTS, RECORD_SCHEMAS, ImportKind

CUSTOMER = {"customer_external_id": "C-100", "customer_domain": "northwind.example", "customer_name": "Northwind"}
EXAMPLES: Mapping[ImportKind, Mapping[str, str]] = {
    ImportKind.CUSTOMERS: {
        "external_id": "C-100",
        "name": "Northwind",
        "domain": "northwind.example",
        "owner_email": "alice@yourcompany.example",
        "industry": "Logistics",
        "country": "Norway",
        "segment": "mid",
        "customer_since": "2024-01-31",
        "time_zone": "Europe/Oslo",
        "summary": "Plans its routes with us.",
        "competitor": "Contoso",
        "status": "active",
    },
    ImportKind.CONTACTS: {
        "external_id": "P-200",
        **CUSTOMER,
        "name": "Jo Hansen",
        "title": "Head of Operations",
        "email": "jo@northwind.example",
        "role": "champion",
        "influence": "4",
        "sentiment": "positive",
        "last_contact_on": "2026-03-14",
        "status": "left",
        "left_on": "2026-03-31",
        "replaced_by_email": "kim@northwind.example",
    },
    ImportKind.CONTRACTS: {
        "external_id": "D-300",
        "number": "2025-017",
        **CUSTOMER,
        "starts_on": "2025-01-31",
        "ends_on": "2026-01-31",
        "term_months": "12",
        "notice_days": "90",
        "auto_renews": "yes",
        "seats": "120",
        "annual_price_per_seat": "84.50",
        "discount_percent": "12.5",
        "uplift_cap_percent": "5.5",
        "modules": "Core; Analytics",
    },
    ImportKind.USAGE_WEEKS: {
        **CUSTOMER,
        "week_starts_on": "2026-03-02",
        "active_users": "86",
        "seats": "120",
        "logins": "412",
        "key_actions": "1530",
    },
    ImportKind.TICKETS: {
        "external_id": "T-400",
        **CUSTOMER,
        "contact_email": "jo@northwind.example",
        "number": "4711",
        "title": "Export fails",
        "priority": "p2",
        "status": "solved",
        "opened_on": "2026-03-01",
        "solved_on": "2026-03-04",
        "satisfied": "yes",
    },
    ImportKind.SURVEY_RESPONSES: {
        "external_id": "S-500",
        **CUSTOMER,
        "contact_email": "jo@northwind.example",
        "score": "9",
        "comment": "Saves us an hour a day.",
        "responded_on": "2026-03-14",
    },
    ImportKind.NOTES: {
        "external_id": "N-600",
        **CUSTOMER,
        "contact_email": "jo@northwind.example",
        "author_email": "alice@yourcompany.example",
        "kind": "call",
        "body": "Went through the roadmap.",
        "happened_on": "2026-03-14",
    },
    ImportKind.MODULES: {"external_id": "M-700", "name": "Analytics", "annual_price_per_seat": "84.50"},
}


MAX_SHEET_NAME = 31
"""Excel's own limit."""
CELL_KINDS = {
    ValueType.DAY: ColumnKind.DATE,
    ValueType.WHOLE: ColumnKind.NUMBER,
    ValueType.MONEY: ColumnKind.NUMBER,
    ValueType.PERCENT: ColumnKind.NUMBER,
}
"""Kinds of spreadsheet cells; all other fields are text."""


@dataclass(frozen=True, kw_only=True)
class ColumnDescription:
    """A column a file may have. `need` is "needed", "optional" or what makes it needless, `takes` what goes in.

    `words` are codes, each with words of other systems that stand for it.
    """

    label: str
    need: str
    takes: str
    hint: str
    words: Mapping[str, tuple[str, ...]]

    @property
    def is_needed(self) -> bool:
        return self.need != "optional"


def build_example_csv(kind: ImportKind) -> bytes:
    """A CSV file with every column and one record. UTF-8 with BOM, so that Excel shows it right."""
    cells = _list_example_cells(kind)
    return build_csv([[field.label for field, _ in cells], [cell for _, cell in cells]])


def build_example_workbook(kind: ImportKind) -> bytes:
    """An XLSX file with every column and one record; days and numbers are such."""
    cells = _list_example_cells(kind)
    head = SheetRow(cells=tuple(field.label for field, _ in cells), is_bold=True)
    record = SheetRow(
        cells=tuple(_parse_example_cell(field, cell) for field, cell in cells),
        kinds=tuple(CELL_KINDS.get(field.type, ColumnKind.TEXT) for field, _ in cells),
    )
    name = RECORD_SCHEMAS[kind].label[:MAX_SHEET_NAME]
    return build_xlsx(Sheet(name=name, rows=(head, record), widths=(24,), frozen_rows=1))


def describe_columns_of_kind(kind: ImportKind) -> tuple[ColumnDescription, ...]:
    """The columns of a kind, those a new record needs first."""
    schema = RECORD_SCHEMAS[kind]
    described = [
        ColumnDescription(
            label=field.label,
            need=_describe_field_need(schema, field),
            takes=describe_field_type(field),
            hint=field.hint,
            words=_list_words_by_code(kind, field),
        )
        for field in schema.fields
    ]
    return tuple(sorted(described, key=lambda column: column.need != "needed"))


def describe_field_type(field: RecordField) -> str:
    """What goes into a cell of a field: "a day, such as 2026-03-31"."""
    match field.type:
        case ValueType.TEXT:
            return f"text, up to {field.max_length:,} characters"
        case ValueType.EMAIL:
            return "an email address"
        case ValueType.DOMAIN:
            return "a domain or web address"
        case ValueType.CODE:
            return f"one of {', '.join(field.codes)}, or a word for it"
        case ValueType.TIME_ZONE:
            return "a time zone, such as Europe/Oslo"
        case ValueType.DAY:
            return "a day, such as 2026-03-31"
        case ValueType.WHOLE:
            return "a whole number"
        case ValueType.MONEY:
            return "an amount, such as 84.50"
        case ValueType.PERCENT:
            return "a percentage, such as 12.5"
        case ValueType.BOOLEAN:
            return "yes or no"
        case ValueType.NAMES:
            return "names with semicolons between them"


def _describe_field_need(schema: RecordSchema, field: RecordField) -> str:
    if field.is_required and field.made_from:
        sets = (" and ".join(_list_field_labels(schema, parts)) for parts in field.made_from)
        return f"needed, or {', or '.join(sets)}"
    if field.is_required:
        return "needed"
    together = next((names for names in schema.needs_one_of if field.name in names), None)
    return f"one of {join_field_labels(schema, together)}" if together else "optional"


def _list_words_by_code(kind: ImportKind, field: RecordField) -> dict[str, tuple[str, ...]]:
    part, _, name = field.name.rpartition(".")
    return {code: list_code_words(part or kind.value, name, code) for code in field.codes}


def _list_field_labels(schema: RecordSchema, names: tuple[str, ...]) -> Iterator[str]:
    yield from (field.label for name in names if (field := schema.find_field(name)))


def _parse_example_cell(field: RecordField, cell: str) -> Cell:
    match CELL_KINDS.get(field.type):
        case ColumnKind.DATE:
            return date.fromisoformat(cell)
        case ColumnKind.NUMBER:
            return Decimal(cell)
        case _:
            return cell


def _list_example_cells(kind: ImportKind) -> list[tuple[RecordField, str]]:
    """Every column of the kind but the parts, which make the same fields."""
    if kind is ImportKind.FLAT:
        examples = {f"{part}.{name}": cell for part in FLAT_PARTS for name, cell in EXAMPLES[part].items()}
    else:
        examples = dict(EXAMPLES[kind])
    fields = (field for field in RECORD_SCHEMAS[kind].fields if field.use is not FieldUse.PART)
    return [(field, examples[field.name]) for field in fields]
