"""Reading files: no content makes it fail in another way than by a refusal; rows are streamed again and again."""

import csv
import io
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from lib.errors import InvalidInput
from lib.imports.charset_detection import detect_charset
from lib.imports.column_profile import profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.csv_dialect import detect_csv_dialect
from lib.imports.file_reader import read_file_table
from lib.imports.file_table import MAX_ROWS, MAX_TEXT_BYTES, MAX_WORKBOOK_BYTES, FileChoices
from lib.imports.mapping_questions import list_mapping_questions
from lib.imports.record_parser import RecordParser

STARTS = (
    b"",
    b"{",
    b"[",
    b"PK\x03\x04",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"sep=;\n",
    b'"',
    b"a,b\n1,2\n",
    b"=",
)
TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=15)


@given(start=st.sampled_from(STARTS), content=st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_make_reading_fail_but_by_a_refusal(start: bytes, content: bytes) -> None:
    with suppress(InvalidInput):
        table = read_file_table(io.BytesIO(start + content), "x.json")
        profile = profile_table(table)
        mapping = recognize_table(profile).mapping
        list_mapping_questions(mapping, profile)
        for _, cells in table.rows:
            RecordParser(mapping).parse_record(cells)


@given(
    rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=8),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(deadline=None)
def test_cells_written_are_read_back_from_every_encoding(rows: list[list[str]], separator: str, encoding: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([("Customer name", "Industry"), *rows])
    table = read_file_table(io.BytesIO(out.getvalue().encode(encoding)), "x.csv", FileChoices(separator=separator))
    assert table.columns == ("Customer name", "Industry")
    header = ["Customer name", "Industry"]
    kept = [row for row in rows if any(cell.strip() for cell in row) and row != header]
    assert [list(cells) for _, cells in table.rows] == [list(map(unwrap, row)) for row in kept]


def unwrap(cell: str) -> str:
    is_shell = cell.startswith('="') and cell.endswith('"') and cell.count('"') == 2 and len(cell) > 3
    return cell[2:-1] if is_shell else cell


def test_a_backslash_before_a_closing_quote_escapes_nothing() -> None:
    table = read_file_table(io.BytesIO(b'Path,Note\n"C:\\","x"\n"D:\\"\n'), "x.csv")
    assert [cells for _, cells in table.rows] == [("C:\\", "x"), ("D:\\", "")]


def test_escaped_quotes_are_seen_beside_empty_cells() -> None:
    table = read_file_table(io.BytesIO(b'Name,Note\n"The \\"Best\\" Co",""\n"",","\n'), "x.csv")
    assert [cells for _, cells in table.rows] == [('The "Best" Co', ""), ("", ",")]


def test_rows_can_be_read_again_and_the_file_stays_open() -> None:
    file = io.BytesIO(b"a,b\n1,2\n3,4\n")
    table = read_file_table(file, "x.csv")
    assert list(table.rows) == list(table.rows) == [(2, ("1", "2")), (3, ("3", "4"))]
    assert not file.closed


def test_lines_are_those_of_the_file_where_cells_have_line_breaks() -> None:
    table = read_file_table(io.BytesIO(b'sep=;\nKey;Text\n1;"a\nb"\n\n2;c\n'), "x.csv")
    assert [line for line, _ in table.rows] == [3, 6]


def test_what_a_person_chose_stands_before_what_is_recognised() -> None:
    content = "Name;Straße\nMüller;1\n".encode("cp437")
    table = read_file_table(io.BytesIO(content), "x.csv", FileChoices(encoding="cp437", has_header=False))
    assert table.columns == ("Column 1", "Column 2")
    assert list(table.rows)[1][1] == ("Müller", "1")
    with pytest.raises(InvalidInput, match="does not know the encoding klingon"):
        read_file_table(io.BytesIO(content), "x.csv", FileChoices(encoding="klingon"))


def test_a_last_line_decides_about_the_encoding() -> None:
    plain = b"Name,City\n" + b"Acme,Oslo\n" * 40_000
    assert detect_charset(io.BytesIO(plain)) == "utf-8"
    assert detect_charset(io.BytesIO(plain + "Müller,Köln\n".encode("cp1252"))) == "cp1252"


@pytest.mark.parametrize(
    ("size", "name"), [(MAX_TEXT_BYTES, "A text file may have 50 MB"), (MAX_WORKBOOK_BYTES, "20 MB")]
)
def test_a_file_that_is_too_large_is_refused_before_it_is_read(size: int, name: str) -> None:
    magic = b"PK\x03\x04" if size == MAX_WORKBOOK_BYTES else b"a,b\n"
    with pytest.raises(InvalidInput, match=name):
        read_file_table(io.BytesIO(magic.ljust(size + 1, b"1")), "x")


def test_too_many_rows_are_refused_and_too_many_columns() -> None:
    rows = io.BytesIO(b"a,b\n" + b"1,2\n" * (MAX_ROWS + 1))
    with pytest.raises(InvalidInput, match="more than 200,000 rows"):
        list(read_file_table(rows, "x.csv").rows)
    with pytest.raises(InvalidInput, match="has 501 columns"):
        read_file_table(io.BytesIO(",".join(f"c{number}" for number in range(501)).encode()), "x.csv")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"," * 3_000_000, "more than 2,000,000 characters"),
        (b'a,b\n1,"' + b"x\n" * 1_500_000, "never closed|more than 2,000,000"),
        (b"x" * 12_000_000, "more than 10 MB"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_line_without_an_end_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        profile_table(read_file_table(io.BytesIO(content), "x.json"))


def test_memory_does_not_grow_with_the_rows() -> None:
    file = io.BytesIO(b"Customer,Note\n" + b"Acme,A note with words of every day in it\n" * 100_000)
    tracemalloc.start()
    try:
        profile_table(read_file_table(file, "x.csv"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def test_an_archive_that_lies_about_its_size_ends_the_process_and_not_the_app(tmp_path: Path) -> None:
    """The directory says a few bytes, the sheet has 1.5 GB of zeros."""
    book = io.BytesIO()
    with Workbook(book) as workbook:
        workbook.add_worksheet().write(0, 0, "Company")
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename == "xl/sharedStrings.xml":
                with target.open(entry.filename, "w", force_zip64=False) as strings:
                    strings.write(b"<sst><si><t>")
                    for _ in range(280):
                        strings.write(b"0" * 1_000_000)
                    strings.write(b"</t></si></sst>")
            else:
                target.writestr(entry, source.read(entry))
    content = bytearray(bomb.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    while place >= 0 and b"sharedStrings" not in content[place : place + 80]:
        place = content.rindex(b"PK\x01\x02", 0, place)
    content[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    with pytest.raises(InvalidInput):
        profile_table(read_file_table(io.BytesIO(bytes(content)), "bomb.xlsx"))


def test_a_workbook_with_another_sheet_chosen() -> None:
    content = (Path(__file__).with_name("files") / "third_sheet.xlsx").read_bytes()
    assert read_file_table(io.BytesIO(content), "x.xlsx").layout.sheets == ("Accounts", "Customers")
    table = read_file_table(io.BytesIO(content), "x.xlsx", FileChoices(sheet="Accounts"))
    assert list(table.rows) == []
    with pytest.raises(InvalidInput, match="no such sheet"):
        read_file_table(io.BytesIO(content), "x.xlsx", FileChoices(sheet="Secret"))


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a;b\n1,5;2,5\n2,5;3,5\n", ";"),
        ("1,5;2,5;3,5\n2,5;3,5;4,5\n", ";"),
        ("name,tags\nA,x;y\nB,x;y;z\n", ","),
        ("Name\tText\nA\tOne, two\nB\tThree, four\n", "\t"),
        ("when|what\n10:00|a\n11:30|b\n", "|"),
        ("a:b\n1:2\n", ":"),
        ('a;b\n"C:\\";1\n"D:\\";2\n', ";"),
        ("Name, First;City\nDoe, Jo;Oslo\nRoe, Al;Rome\n", ";"),
    ],
)
def test_the_separator_is_what_cuts_rows_most_evenly(text: str, separator: str) -> None:
    assert detect_csv_dialect(text.splitlines(keepends=True)).separator == separator
