"""Refuses archives that must not be unpacked."""

import zipfile
from typing import BinaryIO

from lib.errors import InvalidInput

MAX_UNPACKED_BYTES = 300_000_000
MAX_ENTRIES = 5000
# Sheets of equal numbers pack 100 to 1; DEFLATE's own limit is 1032 to 1.
MAX_RATIO = 400
RATIO_FREE_BYTES = 20_000_000
WORKBOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


def check_workbook_archive(file: BinaryIO) -> None:
    """Raise InvalidInput unless the archive is a workbook of bounded size. Looks at the central directory only.

    A directory may lie about sizes; the process that reads the workbook has a limit of its own.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, UnicodeDecodeError) as error:
        raise _build_damaged_workbook_error() from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES:
        raise _build_too_large_error(unpacked)
    if unpacked > RATIO_FREE_BYTES and unpacked > packed * MAX_RATIO:
        raise _build_too_large_error(unpacked)
    names = {entry.filename for entry in entries}
    if names.isdisjoint(WORKBOOK_PARTS):
        raise InvalidInput("The file is an archive without a workbook.", hint="Unpack it and choose the file inside.")


def _build_damaged_workbook_error() -> InvalidInput:
    return InvalidInput("The workbook is damaged.", hint="Open it in your spreadsheet program and save it again.")


def _build_too_large_error(size: int) -> InvalidInput:
    return InvalidInput(
        f"The workbook would take {size / 1_000_000:,.0f} MB unpacked. Zen reads up to "
        f"{MAX_UNPACKED_BYTES / 1_000_000:,.0f} MB.",
        hint="Save the sheet as CSV and choose that file.",
    )
