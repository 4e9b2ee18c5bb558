"""Formats of columns: settled where the cells show them, asked where they do not, suggested where others do."""

import io

import pytest

from lib.imports.column_formats import detect_column_formats
from lib.imports.column_mapping import ColumnMapping, DayOrder, DecimalSign, LeftOutColumn, MappedColumn
from lib.imports.column_profile import TableProfile, profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.file_reader import read_file_table
from lib.imports.mapping_questions import QuestionKind, list_mapping_questions
from lib.imports.record_kinds import ImportKind


def recognize(text: str, kind: ImportKind | None = None) -> tuple[TableProfile, ColumnMapping]:
    profile = profile_table(read_file_table(io.BytesIO(text.encode()), "x.csv"))
    return profile, recognize_table(profile, kind).mapping


def test_the_order_another_column_shows_is_suggested_and_not_taken() -> None:
    profile, mapping = recognize("Kunde;Vertragsbeginn;Vertragsende;Lizenzen\nAcme;01.03.2025;28.02.2026;10\n")
    [question] = [each for each in list_mapping_questions(mapping, profile) if each.kind is QuestionKind.DAY_ORDER]
    assert question.header == "Vertragsbeginn"
    assert question.suggestion == DayOrder.DAY_FIRST
    assert question.options == {"dmy": "day, month, year", "mdy": "month, day, year"}
    assert question.text == "Is 01.03.2025 1 March or January 3?"


def test_what_somebody_chose_stays_when_formats_are_settled() -> None:
    profile, mapping = recognize("Company,Customer since,Segment\nAcme,31/01/2024,smb\n")
    column = MappedColumn(
        header="Customer since", field="customer_since", day_order=DayOrder.MONTH_FIRST, decimal_sign=None
    )
    segment = MappedColumn(header="Segment", field="segment", words={"smb": "enterprise"})
    chosen = mapping.model_copy(update={"columns": (mapping.columns[0], column, segment)})
    settled = detect_column_formats(chosen, profile)
    assert settled.columns[1:] == (column, segment)


def test_the_decimal_sign_of_another_column_of_amounts_is_taken() -> None:
    text = "Contract number;Customer;Seats;List price;ARR\nC1;Acme;10;1.234;12,50\n"
    profile, mapping = recognize(text)
    signs = {column.field: column.decimal_sign for column in mapping.list_mapped()}
    assert signs["annual_price_per_seat"] is DecimalSign.COMMA
    assert not [each for each in list_mapping_questions(mapping, profile) if each.kind is QuestionKind.DECIMAL_SIGN]


def test_amounts_with_two_decimal_signs_are_asked_about_where_they_are_unclear() -> None:
    profile, mapping = recognize("Module;Price\nCore;12,50\nPlus;12.50\nMax;1.234\n")
    [question] = list_mapping_questions(mapping, profile)
    assert (question.kind, question.header) == (QuestionKind.DECIMAL_SIGN, "Price")


def test_percentages_above_one_or_with_their_sign_are_no_fractions() -> None:
    for discounts in ("0.5\nC2,B,12", "15%\nC2,B,10%", "0\nC2,B,0"):
        text = f"Contract number,Customer,Discount\nC1,A,{discounts}\n"
        _, mapping = recognize(text, ImportKind.CONTRACTS)
        assert {column.field: column.is_fraction for column in mapping.list_mapped()}["discount_percent"] is False, text


def test_words_are_translated_as_far_as_they_are_known() -> None:
    profile, mapping = recognize("Company;Segment\nAcme;Mittelstand\nBolt;Riesig\nCrux;n/a\n")
    assert mapping.list_mapped()[1].words == {"mittelstand": "mid"}
    [question] = [each for each in list_mapping_questions(mapping, profile) if each.kind is QuestionKind.WORDS]
    assert question.cells == ("Riesig",)
    assert question.options == {"smb": "smb", "mid": "mid", "enterprise": "enterprise", "": "unknown"}


def test_missing_fields_are_asked_for_with_their_codes() -> None:
    profile, mapping = recognize("Name,Email,Company\nJo,jo@acme.example,Acme\n", ImportKind.CONTACTS)
    [question] = list_mapping_questions(mapping, profile)
    assert question.kind is QuestionKind.MISSING
    assert question.fields == ("role",)
    assert question.options
    assert "champion" in question.options
    fixed = mapping.model_copy(update={"fixed": {"role": "user"}})
    assert list_mapping_questions(fixed, profile) == ()


def test_a_column_without_a_cell_is_left_out_unless_its_header_is_known() -> None:
    _, mapping = recognize("Company,Segment,Country,Shoe size\nAcme,smb,,\n")
    assert isinstance(mapping.columns[3], LeftOutColumn)
    assert mapping.columns[2] == MappedColumn(header="Country", field="country")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Company Nmae", "name"),
        ("SEGMENT", "segment"),
        ("customer_since", "customer_since"),
        ("Kunde seit", "customer_since"),
        ("Account Owner Email", "owner_email"),
        ("Customer Success Manager", "owner_email"),
    ],
)
def test_headers_are_found_with_other_case_signs_language_and_a_typing_mistake(header: str, field: str) -> None:
    cells = {"customer_since": "2024-01-31", "owner_email": "a@us.example"}
    _, mapping = recognize(f"{header},Industry\n{cells.get(field, 'smb')},Gaming\n", ImportKind.CUSTOMERS)
    assert mapping.list_mapped()[0].field == field
