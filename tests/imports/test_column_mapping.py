"""Mappings: what they hold, and when they fit another file."""

import pytest
from pydantic import ValidationError

from lib.imports.column_mapping import ColumnMapping, LeftOutColumn, MappedColumn, UndecidedColumn
from lib.imports.record_kinds import ImportKind


def make_mapping(*columns: MappedColumn | LeftOutColumn | UndecidedColumn, **values: object) -> ColumnMapping:
    return ColumnMapping.model_validate({"kind": ImportKind.CUSTOMERS, "columns": columns, **values})


NAME = MappedColumn(header="Company Name", field="name")
PHONE = LeftOutColumn(header="Phone")


def test_a_mapping_survives_json() -> None:
    mapping = make_mapping(NAME, PHONE, fixed={"segment": "mid"})
    assert ColumnMapping.model_validate_json(mapping.model_dump_json()) == mapping


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="Customers have no shoe_size"):
        make_mapping(MappedColumn(header="Shoes", field="shoe_size"))


@pytest.mark.parametrize("twice", [{"columns": [NAME, NAME]}, {"columns": [NAME], "fixed": {"name": "Acme"}}])
def test_a_field_is_mapped_once(twice: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="Mapped more than once: name"):
        ColumnMapping.model_validate({"kind": "customers", **twice})


def test_what_is_undecided_and_missing_is_listed() -> None:
    mapping = make_mapping(NAME, UndecidedColumn(header="Since"))
    assert mapping.list_undecided() == ("Since",)
    assert mapping.list_missing() == (("segment",), ("customer_since",))


def test_a_mapping_fits_the_same_columns_in_another_order_and_spelling() -> None:
    arranged = make_mapping(NAME, PHONE).arrange_for_headers(["phone", "Fax", "company_name"])
    assert arranged is not None
    assert arranged.columns == (PHONE, UndecidedColumn(header="Fax"), NAME)


def test_a_mapping_does_not_fit_a_file_without_a_mapped_column() -> None:
    assert make_mapping(NAME, PHONE).arrange_for_headers(["Phone"]) is None


def test_a_mapping_does_not_fit_a_file_with_a_header_twice() -> None:
    assert make_mapping(NAME).arrange_for_headers(["Company Name", "company name"]) is None
