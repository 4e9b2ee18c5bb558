"""Kinds of records against the tables they are stored in."""

import re

import pytest

from lib.imports.record_fields import FieldUse, ValueType
from lib.imports.record_kinds import (
    FLAT_PARTS,
    RECORD_SCHEMAS,
    ImportKind,
    list_missing_fields,
    split_flat_values,
)
from tests.support.server import REPOSITORY

# Columns that name another row: by a reference field instead.
REFERENCES = {"company_id", "customer_id", "owner_id", "contact_id", "author_id", "replaced_by"}
# Taking an import back archives a customer with work on it; no file does.
SET_BY_UNDO = {"archived"}
STORED = [kind for kind, schema in RECORD_SCHEMAS.items() if schema.table]
MIGRATIONS = "\n".join(
    file.read_text(encoding="utf-8") for file in sorted((REPOSITORY / "supabase/migrations").glob("*.sql"))
)


def read_table(name: str) -> str:
    found = re.search(rf"create table public\.{name} \((.*?)\n\);", MIGRATIONS, re.DOTALL)
    assert found
    return found[1]


def list_table_columns(name: str) -> dict[str, str]:
    """Columns that an insert may name, with their definitions."""
    generated = {"id", "revision", "created_at", "updated_at"}
    lines = re.findall(r"^  ([a-z_]+) ((?:.|\n   )*?)(?:,?$)(?=\n  \S|\Z)", read_table(name), re.MULTILINE)
    constraints = {"unique", "foreign", "check", "primary", "constraint"}
    return {
        column: definition
        for column, definition in lines
        if column not in generated | constraints and "generated always" not in definition
    }


def test_every_kind_of_file_has_a_schema() -> None:
    assert {*RECORD_SCHEMAS, ImportKind.DEMO_BOOK} == set(ImportKind)


@pytest.mark.parametrize("kind", STORED)
def test_the_columns_of_a_kind_are_those_of_its_table(kind: ImportKind) -> None:
    schema = RECORD_SCHEMAS[kind]
    assert schema.table
    columns = list_table_columns(schema.table)
    assert {field.name for field in schema.list_columns()} == set(columns) - REFERENCES


@pytest.mark.parametrize("kind", STORED)
def test_a_field_is_required_where_the_table_has_no_default(kind: ImportKind) -> None:
    schema = RECORD_SCHEMAS[kind]
    assert schema.table
    columns = list_table_columns(schema.table)
    for field in schema.list_columns():
        definition = columns[field.name]
        assert field.is_required == ("not null" in definition and " default " not in definition), field.name
        assert (field.default is not None) == (" default " in definition), field.name


@pytest.mark.parametrize("kind", STORED)
def test_codes_and_lengths_are_those_of_the_table(kind: ImportKind) -> None:
    schema = RECORD_SCHEMAS[kind]
    assert schema.table
    columns = list_table_columns(schema.table)
    for field in schema.list_columns():
        definition = columns[field.name]
        if field.type is ValueType.CODE:
            stored = set(re.findall(r"'(\w+)'", definition.split(" in (")[1]))
            assert set(field.codes) == stored - SET_BY_UNDO, field.name
        length = re.search(r"length\(\w+\) (?:<=|between 1 and) (\d+)", definition)
        if length:
            assert field.max_length == int(length[1]), field.name


def test_a_flat_file_has_the_fields_of_its_parts_but_no_reference_to_a_customer() -> None:
    names = {field.name for field in RECORD_SCHEMAS[ImportKind.FLAT].fields}
    assert {"customers.name", "contracts.ends_on", "contacts.email"} <= names
    assert not any("customer_name" in name for name in names)
    required = {field.name for field in RECORD_SCHEMAS[ImportKind.FLAT].fields if field.is_required}
    assert required == {"customers.name", "customers.segment", "customers.customer_since"}


def test_a_flat_row_is_split_into_records_that_refer_to_its_customer() -> None:
    split = split_flat_values({"customers.name": "Acme", "customers.domain": "acme.example", "contacts.name": "Jo"})
    assert split == {
        ImportKind.CUSTOMERS: {"name": "Acme", "domain": "acme.example"},
        ImportKind.CONTACTS: {"customer_name": "Acme", "customer_domain": "acme.example", "name": "Jo"},
    }


def test_missing_fields_are_named_with_their_alternatives() -> None:
    available = frozenset({"name", "customer_since"})
    assert list(list_missing_fields(ImportKind.CUSTOMERS, available)) == [("segment",)]
    tickets = frozenset({"number", "title", "priority", "status", "opened_on"})
    assert list(list_missing_fields(ImportKind.TICKETS, tickets)) == [
        ("customer_external_id", "customer_domain", "customer_name", "contact_email")
    ]


def test_a_field_made_from_others_is_not_missing() -> None:
    parts = frozenset(
        {"customer_name", "starts_on", "last_day_on", "notice_days", "auto_renews", "seats", "annual_amount"}
    )
    assert list(list_missing_fields(ImportKind.CONTRACTS, parts)) == []


def test_a_flat_file_without_contracts_needs_nothing_of_them() -> None:
    available = frozenset({"customers.name", "customers.segment", "customers.customer_since", "contacts.name"})
    assert list(list_missing_fields(ImportKind.FLAT, available)) == [("contacts.role",)]


def test_natural_keys_and_parts_name_fields_of_the_kind() -> None:
    for kind in (*FLAT_PARTS, *STORED):
        schema = RECORD_SCHEMAS[kind]
        names = {field.name for field in schema.fields} | {"customer"}
        keys = {name for key in (*schema.natural_keys, *schema.needs_one_of) for name in key}
        parts = {name for field in schema.fields for made in field.made_from for name in made}
        assert keys | parts <= names
        used = {field.name for field in schema.fields if field.use is FieldUse.PART}
        assert used <= parts
