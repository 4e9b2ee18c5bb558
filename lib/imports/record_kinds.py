"""The kinds of records that can be imported, and the flat file.

How to add a field: CONTRIBUTING.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

from lib.imports.account_schemas import CONTACTS, CONTRACTS, CUSTOMERS
from lib.imports.activity_schemas import MODULES, NOTES, SURVEY_RESPONSES, TICKETS, USAGE_WEEKS
from lib.imports.record_fields import RecordField, RecordSchema, RecordValues
from lib.imports.reference_fields import CUSTOMER_REFERENCE_NAMES


class ImportKind(StrEnum):
    """What an import brings in: records of one table.

    FLAT has a customer, a contract and a contact in each row. DEMO_BOOK has records of every table: Zen makes its files
    itself, and it has no schema.
    """

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    CONTRACTS = "contracts"
    USAGE_WEEKS = "usage_weeks"
    TICKETS = "tickets"
    SURVEY_RESPONSES = "survey_responses"
    NOTES = "notes"
    MODULES = "modules"
    FLAT = "flat"
    DEMO_BOOK = "demo_book"


FLAT_PARTS: Mapping[ImportKind, RecordSchema] = {
    ImportKind.CUSTOMERS: CUSTOMERS,
    ImportKind.CONTRACTS: CONTRACTS,
    ImportKind.CONTACTS: CONTACTS,
}
"""The records in a row of a flat file, in the order they are written."""


def _build_flat_field_name(kind: ImportKind, name: str) -> str:
    return f"{kind}.{name}"


def _list_flat_fields() -> tuple[RecordField, ...]:
    """The fields of the three kinds, such as "contracts.seats". Contract and contact are of the row's customer."""
    return tuple(
        replace(
            field,
            name=_build_flat_field_name(kind, field.name),
            label=f"{schema.label.removesuffix('s')}: {field.label}",
            is_required=field.is_required and kind is ImportKind.CUSTOMERS,
            made_from=tuple(tuple(_build_flat_field_name(kind, part) for part in parts) for parts in field.made_from),
        )
        for kind, schema in FLAT_PARTS.items()
        for field in schema.fields
        if field.name not in CUSTOMER_REFERENCE_NAMES
    )


RECORD_SCHEMAS: Mapping[ImportKind, RecordSchema] = {
    **FLAT_PARTS,
    ImportKind.USAGE_WEEKS: USAGE_WEEKS,
    ImportKind.TICKETS: TICKETS,
    ImportKind.SURVEY_RESPONSES: SURVEY_RESPONSES,
    ImportKind.NOTES: NOTES,
    ImportKind.MODULES: MODULES,
    ImportKind.FLAT: RecordSchema(label="Customers with contract and contact", table=None, fields=_list_flat_fields()),
}


def list_missing_fields(kind: ImportKind, available: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """What new records still need beside the fields `available`. Of each set of names one has to be there.

    Of a flat file the contract and the contact count only if it has anything of them.
    """
    if kind is not ImportKind.FLAT:
        yield from RECORD_SCHEMAS[kind].list_missing(available)
        return
    for part, schema in FLAT_PARTS.items():
        prefix = _build_flat_field_name(part, "")
        own = {name.removeprefix(prefix) for name in available if name.startswith(prefix)}
        if own or part is ImportKind.CUSTOMERS:
            for names in schema.list_missing(frozenset(own.union(CUSTOMER_REFERENCE_NAMES))):
                yield tuple(_build_flat_field_name(part, name) for name in names)


def split_flat_values(values: RecordValues) -> dict[ImportKind, RecordValues]:
    """The records of a flat row, customer first. Without values of a contract or contact there is none."""
    split: dict[ImportKind, RecordValues] = {}
    for kind in FLAT_PARTS:
        prefix = _build_flat_field_name(kind, "")
        part = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
        if part:
            split[kind] = part if kind is ImportKind.CUSTOMERS else {**_build_customer_reference(split), **part}
    return split


def _build_customer_reference(split: Mapping[ImportKind, RecordValues]) -> RecordValues:
    customer = split.get(ImportKind.CUSTOMERS, {})
    named = {f"customer_{name}": customer.get(name) for name in ("external_id", "domain", "name")}
    return {name: value for name, value in named.items() if value is not None}
