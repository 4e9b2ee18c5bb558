"""The day and time zone of an export, in its file name and in columns of their own."""

from datetime import date

from lib.content.model import ColumnKind
from lib.text.file_names import build_filename
from lib.text.local_time import today_in_zone

DAY_LABELS = ("As of", "Time zone")
DAY_KINDS = (ColumnKind.DATE, ColumnKind.TEXT)


def list_day_cells(time_zone: str) -> tuple[date, str]:
    """Today in a time zone and its IANA name, for the columns `DAY_LABELS`."""
    return today_in_zone(time_zone), time_zone


def build_dated_filename(prefix: str, extension: str, time_zone: str) -> str:
    """ "book-2026-11-30.xlsx", the day being today in the time zone."""
    return build_filename(prefix, today_in_zone(time_zone).isoformat(), extension)
