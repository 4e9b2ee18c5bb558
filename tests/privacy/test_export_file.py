"""The file of an export: everything as JSON, each table with rows as CSV."""

import csv
import io
import json
import zipfile

from lib.privacy.export_file import build_export_file

TABLES = {
    "customers": ({"name": "Käse & Co", "arr": 12, "domain": None},),
    "notes": ({"body": '=HYPERLINK("x")'}, {"body": "Two\nlines", "kind": "call"}),
    "tickets": (),
}


def open_export() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(build_export_file(TABLES)))


def read_csv(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(open_export().read(name).decode("utf-8-sig"), newline="")))


def test_the_json_has_every_table():
    assert json.loads(open_export().read("export.json")) == {name: list(rows) for name, rows in TABLES.items()}


def test_a_table_without_rows_has_no_csv():
    assert sorted(open_export().namelist()) == ["customers.csv", "export.json", "notes.csv"]


def test_a_csv_has_a_column_for_each_key_of_any_row():
    assert read_csv("customers.csv") == [["name", "arr", "domain"], ["Käse & Co", "12", ""]]


def test_a_cell_is_never_a_formula():
    assert read_csv("notes.csv")[1:] == [['\'=HYPERLINK("x")', ""], ["Two\nlines", "call"]]
