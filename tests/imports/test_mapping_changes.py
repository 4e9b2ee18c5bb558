import pytest

from lib.imports import mapping_changes
from lib.imports.column_mapping import ColumnMapping, DayOrder, LeftOutColumn, MappedColumn, UndecidedColumn
from lib.imports.record_kinds import ImportKind


@pytest.fixture
def mapping() -> ColumnMapping:
    columns = (
        MappedColumn(header="Company", field="name"),
        UndecidedColumn(header="Since"),
        UndecidedColumn(header="Fax"),
    )
    return ColumnMapping(kind=ImportKind.CUSTOMERS, columns=columns, fixed={"segment": "mid"})


def test_a_mapped_column_gives_its_field(mapping: ColumnMapping) -> None:
    changed = mapping_changes.map_column(mapping, 1, "customer_since")
    assert changed.columns[1] == MappedColumn(header="Since", field="customer_since")
    assert mapping.columns[1] == UndecidedColumn(header="Since")


def test_the_column_that_gave_a_field_before_is_undecided_again(mapping: ColumnMapping) -> None:
    changed = mapping_changes.map_column(mapping, 2, "name")
    assert changed.columns[0] == UndecidedColumn(header="Company")
    assert changed.columns[2] == MappedColumn(header="Fax", field="name")


def test_a_column_takes_the_place_of_a_fixed_value(mapping: ColumnMapping) -> None:
    assert mapping_changes.map_column(mapping, 2, "segment").fixed == {}


def test_undecided_columns_can_all_be_left_out_at_once(mapping: ColumnMapping) -> None:
    changed = mapping_changes.leave_out_undecided_columns(mapping)
    assert changed.columns[1:] == (LeftOutColumn(header="Since"), LeftOutColumn(header="Fax"))
    assert changed.list_undecided() == ()


def test_the_order_of_days_belongs_to_a_mapped_column_only(mapping: ColumnMapping) -> None:
    assert mapping_changes.set_day_order(mapping, 1, DayOrder.DAY_FIRST) == mapping
    mapped = mapping_changes.map_column(mapping, 1, "customer_since")
    column = mapping_changes.set_day_order(mapped, 1, DayOrder.DAY_FIRST).columns[1]
    assert isinstance(column, MappedColumn)
    assert column.day_order is DayOrder.DAY_FIRST


def test_words_are_added_and_taken_away_whatever_their_case(mapping: ColumnMapping) -> None:
    mapped = mapping_changes.map_column(mapping, 2, "status")
    known = mapping_changes.add_code_translations(mapped, 2, {"Gone ": "churned", "LIVE": "active", "?": ""})
    column = mapping_changes.add_code_translations(known, 2, {"live": None}).columns[2]
    assert isinstance(column, MappedColumn)
    assert column.words == {"gone": "churned", "?": ""}


def test_a_setting_that_is_none_is_refused(mapping: ColumnMapping) -> None:
    assert mapping_changes.set_mapping_setting(mapping, "currency", "EUR").currency == "EUR"
    with pytest.raises(ValueError, match="currency"):
        mapping_changes.set_mapping_setting(mapping, "currency", "euros")


def test_a_fixed_value_is_set_and_taken_away(mapping: ColumnMapping) -> None:
    assert mapping_changes.set_fixed_value(mapping, "status", "active").fixed == {"segment": "mid", "status": "active"}
    assert mapping_changes.set_fixed_value(mapping, "segment", None).fixed == {}
