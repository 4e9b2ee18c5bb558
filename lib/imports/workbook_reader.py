"""Rows of workbooks (XLSX, XLSB, XLS, ODS), read by a process with limits of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from lib.errors import InvalidInput
from lib.imports.file_table import FileRow

PROCESS = Path(__file__).with_name("workbook_reader_process.py")
# The process reads files from outside: it gets nothing of the app's environment but what Python needs to start.
ENVIRONMENT_NAMES = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
SAVE_AS_CSV = "Save the sheet as CSV and choose that file."


@dataclass(frozen=True, kw_only=True)
class WorkbookSheets:
    """The visible sheets of a workbook, and the one that is read. If none is chosen, it is the first that is filled."""

    sheet: str
    sheets: tuple[str, ...]


def describe_workbook(file: BinaryIO, sheet: str | None) -> WorkbookSheets:
    """Find the sheets of a workbook. Raises InvalidInput if it is damaged, protected, too large, or lacks the sheet."""
    with _open_reader_process_lines(file, sheet) as lines:
        found = _parse_description(next(lines, ""))
        return WorkbookSheets(sheet=found["sheet"], sheets=tuple(found["sheets"]))


def read_workbook_rows(file: BinaryIO, sheet: str) -> Iterator[FileRow]:
    """Each row of a sheet with its number. The process ends when the reader stops before the end."""
    with _open_reader_process_lines(file, sheet) as lines:
        _parse_description(next(lines, ""))
        for line in lines:
            number, cells = json.loads(line)
            yield number, tuple(cells)


@contextmanager
def _open_reader_process_lines(file: BinaryIO, sheet: str | None) -> Iterator[Iterator[str]]:
    file.seek(0)
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own script, and a sheet's name as its only argument
            [sys.executable, "-I", str(PROCESS), *([sheet] if sheet else [])],
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in ENVIRONMENT_NAMES if name in os.environ},
            encoding="utf-8",
        )
        stdout: IO[str] = process.stdout  # type: ignore[assignment]
        try:
            yield _read_lines_and_check_exit(stdout, process)
        finally:
            process.kill()
            process.wait()
            stdout.close()


def _read_lines_and_check_exit(stdout: IO[str], process: "subprocess.Popen[str]") -> Iterator[str]:
    yield from stdout
    if process.wait() != 0:
        raise InvalidInput("The workbook is too large to read: its cells need too much memory.", hint=SAVE_AS_CSV)


def _parse_description(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line or '{"error": "damaged"}')
    match found.get("error"):
        case None:
            return found
        case "password":
            raise build_password_error()
        case "sheet":
            raise InvalidInput(f"The workbook has no such sheet. It has: {', '.join(found['sheets']) or 'none'}.")
    raise InvalidInput("The workbook is damaged.", hint="Open it in your spreadsheet program and save it again.")


def build_password_error() -> InvalidInput:
    return InvalidInput(
        "The workbook is protected by a password.", hint="Remove the password in your spreadsheet program and save it."
    )
