"""Finds the encoding of a text file by rules. The order of its rows does not matter."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from lib.errors import InvalidInput

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENCODING_LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}
CHUNK = 1 << 18
# One array of JSON may stand on one line; it has a limit of its own.
MAX_LINE_LENGTH = 11_000_000
# Latin text in UTF-16 has a zero in nearly every second byte; damaged text in UTF-8 has a few anywhere.
ZERO_SHARE = 0.3


def detect_charset(file: BinaryIO) -> str:
    """The name Python has for the encoding. Reads the whole file: its last line may hold the only accent."""
    file.seek(0)
    start = file.read(CHUNK)
    for mark, name in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return name
    return _find_utf16_without_mark(start) or ("utf-8" if _is_utf8(file) else "cp1252")


def read_text_lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines with their ends, as `csv` wants them: split at LF, CR and CR LF only. `file` stays open."""
    file.seek(0)
    reader = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        for line in reader:
            if len(line) > MAX_LINE_LENGTH:
                raise InvalidInput("The file has a line of more than 10 MB.", hint="Export it with one record a line.")
            yield line
    finally:
        if not file.closed:
            reader.detach()


def _find_utf16_without_mark(start: bytes) -> str | None:
    half = max(1, len(start) // 2)
    if start[1::2].count(0) / half > ZERO_SHARE and start[::2].count(0) / half < ZERO_SHARE / 10:
        return "utf-16-le"
    if start[::2].count(0) / half > ZERO_SHARE and start[1::2].count(0) / half < ZERO_SHARE / 10:
        return "utf-16-be"
    return None


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
