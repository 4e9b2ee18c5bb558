"""Writes the binary files of `tests/imports/files`: `python -m tests.imports.make_files`.

They are committed; this script says what is in them. What each comes to is in `outcomes.toml`. With `--xlsb` it also
writes `table.xlsb`, by pyxlsbwriter 0.1.0, which nothing else needs.
"""

import io
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

FOLDER = Path(__file__).with_name("files")

UMLAUTS = "Company;Segment;Customer since\nMüller & Söhne – Zürich;smb;2024-01-31\n"
ENCODED_FILES = {
    "utf8_with_mark.csv": (UMLAUTS, "utf-8-sig"),
    "utf16_named_csv.csv": (UMLAUTS, "utf-16"),
    "utf16_without_mark.csv": (UMLAUTS, "utf-16-le"),
    "windows_1252.csv": (UMLAUTS, "cp1252"),
    "french_tickets_utf16.tsv": (
        "Numéro de ticket\tSujet\tPriorité\tStatut\tCréé le\tRésolu le\tClient\n"
        "1\tNe marche pas\tUrgente\tOuvert\t31/03/2026\t\tÉté SA\n"
        "2\tUne question\tBasse\tRésolu\t01/04/2026\t02/04/2026\tÉté SA\n",
        "utf-16",
    ),
}


def write_workbook(fill: Callable[[Workbook, Worksheet], None]) -> bytes:
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime(2026, 1, 1)})
        fill(workbook, workbook.add_worksheet("Accounts"))
    return content.getvalue()


def fill_dates(workbook: Workbook, sheet: Worksheet) -> None:
    """A title over merged cells, days as days and as numbers, a customer over two rows, percentages as fractions."""
    day = workbook.add_format({"num_format": "dd/mm/yyyy"})
    percent = workbook.add_format({"num_format": "0%"})
    sheet.merge_range("A1:D1", "Contracts of 2026")
    headers = ["Customer", "Contract number", "Start date", "Renewal date", "Notice days", "Auto renews", "Seats"]
    sheet.write_row(2, 0, [*headers, "Price per seat", "Discount"])
    sheet.merge_range("A4:A5", "Acme")
    for row, (number, start, share) in enumerate((("C-1", 45689, 0.15), ("C-2", 45690, 0.1)), 3):
        sheet.write(row, 1, number)
        sheet.write_number(row, 2, start)
        sheet.write_datetime(row, 3, date(2026, 3, row), day)
        sheet.write_row(row, 4, [30, True, 1234, 84.505])
        sheet.write_number(row, 8, share, percent)


def fill_sheets(workbook: Workbook, sheet: Worksheet) -> None:
    """The first sheet is blank, the second hidden, the third holds the table; its last column is a formula."""
    hidden = workbook.add_worksheet("Secret")
    hidden.write(0, 0, "Company")
    hidden.hide()
    third = workbook.add_worksheet("Customers")
    third.write_row(0, 0, ["Company", "Segment", "Customer since", "Account ID"])
    third.write_row(1, 0, ["Acme", "smb", "2024-01-31"])
    third.write_formula(1, 3, '=CONCATENATE("A","-1")', None, "A-1")
    third.write_row(2, 0, ["Bolt", "mid", "2023-05-02"])
    third.write_formula(2, 3, "=NA()", None, "#N/A")


def fill_off_corner(workbook: Workbook, sheet: Worksheet) -> None:
    """A table that begins in C5, with a name merged over two rows."""
    sheet.write_row(4, 2, ["Company", "Segment", "Customer since"])
    sheet.merge_range(5, 2, 6, 2, "Acme")
    sheet.write_row(5, 3, ["smb", "2024-01-31"])
    sheet.write_row(6, 3, ["mid", "2024-02-01"])


def fill_far_cell(workbook: Workbook, sheet: Worksheet) -> None:
    sheet.write(0, 0, "Company")
    sheet.write(1_048_575, 16_383, "far away")


def make_zip(entries: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def make_bomb() -> bytes:
    """A directory that says 4 GB, over a few bytes."""
    plain = make_zip({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"<worksheet/>"})
    entry = plain.rindex(b"PK\x01\x02")
    return plain[: entry + 24] + struct.pack("<I", 4_000_000_000) + plain[entry + 28 :]


def make_protected() -> bytes:
    """What Excel writes for a workbook with a password, as far as it is recognised: an OLE container by its names."""
    names = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage")
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + names.ljust(512, b"\0")


def make_ods() -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"

    def cell(value: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    day = '<table:table-cell office:value-type="date" office:date-value="2024-01-31"/>'
    rows = "".join(
        f"<table:table-row>{cells}</table:table-row>"
        for cells in (cell("Company") + cell("Segment") + cell("Customer since"), cell("Acme") + cell("smb") + day)
    )
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{office}" '
        f'xmlns:table="{table}" xmlns:text="{text}">'
        f'<office:body><office:spreadsheet><table:table table:name="Kunden">{rows}'
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return make_zip({"mimetype": mimetype, "content.xml": content.encode(), "META-INF/manifest.xml": manifest})


def list_binary_files() -> Iterator[tuple[str, bytes]]:
    yield "dates_as_numbers.xlsx", write_workbook(fill_dates)
    yield "third_sheet.xlsx", write_workbook(fill_sheets)
    yield "off_corner.xlsx", write_workbook(fill_off_corner)
    yield "far_cell.xlsx", write_workbook(fill_far_cell)
    yield "zip_bomb.xlsx", make_bomb()
    yield "password.xlsx", make_protected()
    yield "damaged.xlsx", write_workbook(fill_sheets)[:2000]
    yield "table.ods", make_ods()
    yield "archive.zip", make_zip({"accounts.csv": b"Company\nAcme\n"})
    yield "packed.csv", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


def write_xlsb(path: Path) -> None:
    from pyxlsbwriter import XlsbWriter

    with XlsbWriter(str(path)) as writer:
        writer.add_sheet("Kunden")
        writer.write_sheet(
            [["Company", "Segment", "Customer since", "Account ID"], ["Acme", "smb", date(2024, 1, 31), 12]]
        )


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    if "--xlsb" in sys.argv:
        write_xlsb(FOLDER / "table.xlsb")
    for name, (text, encoding) in ENCODED_FILES.items():
        (FOLDER / name).write_bytes(text.encode(encoding))
    for name, content in list_binary_files():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
