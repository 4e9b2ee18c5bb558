"""Example files are recognised by the code they are examples for."""

import io

import pytest

from lib.imports.column_profile import profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.example_files import build_example_csv, build_example_workbook, describe_columns_of_kind
from lib.imports.file_reader import read_file_table
from lib.imports.file_summary import summarize_file
from lib.imports.record_fields import FieldUse
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.imports.record_parser import RecordParser

EXAMPLE_FILES = {"example.csv": build_example_csv, "example.xlsx": build_example_workbook}


@pytest.mark.parametrize("file_name", EXAMPLE_FILES)
@pytest.mark.parametrize("kind", list(RECORD_SCHEMAS))
def test_an_example_has_every_column_and_can_be_read_as_it_is(kind: ImportKind, file_name: str) -> None:
    table = read_file_table(io.BytesIO(EXAMPLE_FILES[file_name](kind)), file_name)
    profile = profile_table(table)
    found = recognize_table(profile)
    assert found.mapping.kind is kind
    assert [column.field for column in found.mapping.list_mapped()] == [
        field.name for field in RECORD_SCHEMAS[kind].fields if field.use is not FieldUse.PART
    ]
    assert summarize_file(table.layout, profile, found).questions == ()
    [(_, cells)] = table.rows
    record = RecordParser(found.mapping).parse_record(cells)
    assert record.problems == ()
    assert len(record.values) == len(cells)


@pytest.mark.parametrize("kind", list(RECORD_SCHEMAS))
def test_the_table_of_columns_says_of_every_field_whether_it_is_needed(kind: ImportKind) -> None:
    columns = describe_columns_of_kind(kind)
    assert len(columns) == len(RECORD_SCHEMAS[kind].fields)
    assert columns[0].need == "needed"


def test_what_makes_a_column_needless_is_said() -> None:
    needs = {column.label: column.need for column in describe_columns_of_kind(ImportKind.CONTRACTS)}
    assert needs["Renewal date"] == "needed, or Last day of the term, or Start and Term in months"
    assert (
        needs["Customer's domain"] == "one of Customer's ID in the other system or Customer's domain or Customer's name"
    )
    assert needs["Seats"] == "needed"
    assert needs["Discount"] == "optional"


def test_a_summary_says_what_was_recognised() -> None:
    text = (
        "Kunde;Vertragsbeginn;Vertragsende;Lizenzen;Listenpreis;Farbe\nMüller;31.01.2025;30.01.2026;1.200;84,50;rot\n"
    )
    table = read_file_table(io.BytesIO(text.encode("cp1252")), "vertraege.csv")
    profile = profile_table(table)
    summary = summarize_file(table.layout, profile, recognize_table(profile))
    assert summary.sentences == (
        "CSV, separator semicolon, Windows-1252, decimal comma.",
        "1 row, 6 columns.",
        "Contracts.",
        "5 columns recognised, 1 to decide.",
    )
    assert [question.header for question in summary.questions if question.header] == ["Farbe"]


def test_words_of_other_systems_are_said_of_every_code() -> None:
    words = {column.label: column.words for column in describe_columns_of_kind(ImportKind.FLAT)}
    assert "mittelstand" in words["Customer: Segment"]["mid"]
    assert "champion" in words["Contact: Role"]
