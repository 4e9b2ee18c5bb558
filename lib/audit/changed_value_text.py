"""Values of changed rows in words: labels instead of codes, names instead of ids, days, amounts."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lib.audit.model import RowChange
from lib.customers.code_labels import label_code
from lib.text.format import format_date, format_exact_money, format_yes_no, humanize_code, join_names
from lib.text.local_time import format_local_time, format_time_zone
from lib.text.regional_format import describe_currency, describe_locale
from lib.text.truncate import single_line

NO_VALUE = "—"
MAX_VALUE_CHARACTERS = 300
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MONEY_COLUMNS = frozenset({"annual_price_per_seat"})
UNNAMED_REFERENCE = "another record"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}.*")


def format_changed_value(change: RowChange, column: str, value: Any, time_zone: str) -> str:
    """A value of a column on one line, days and times in the person's zone; a dash for none."""
    text = _format_value_of_known_column(change, column, value)
    if text is None:
        text = _format_value_by_type(change, column, value, time_zone)
    return single_line(text, max_length=MAX_VALUE_CHARACTERS) or NO_VALUE


def _format_value_of_known_column(change: RowChange, column: str, value: Any) -> str | None:
    """Columns whose values only their name explains; None for any other."""
    match column, value:
        case _, None:
            return NO_VALUE
        case "currency", str():
            return describe_currency(value)
        case "locale", str():
            return describe_locale(value)
        case "time_zone", str():
            return format_time_zone(value)
        case "working_weekdays", list():
            return join_names([WEEKDAYS[day - 1] for day in value])
        case "fiscal_year_start_month", int():
            return MONTHS[value - 1]
        case "workflow_id" | "table_name", str():
            return humanize_code(value).capitalize()
        case _ if column in MONEY_COLUMNS:
            return format_exact_money(Decimal(str(value)))
        case _, str():
            return label_code(change.table_name, column, value)
    return None


def _format_value_by_type(change: RowChange, column: str, value: Any, time_zone: str) -> str:
    match value:
        case None:
            return NO_VALUE
        case bool():
            return format_yes_no(value)
        case str() if _UUID.fullmatch(value):
            return change.names.get(value, UNNAMED_REFERENCE)
        case str() if _DAY.fullmatch(value):
            return format_date(date.fromisoformat(value))
        case str() if _MOMENT.fullmatch(value):
            return format_local_time(datetime.fromisoformat(value), time_zone)
        case str():
            return value
        case Mapping():
            return _format_nested_fields(change, value, time_zone)
        case Sequence():
            items = [format_changed_value(change, column, item, time_zone) for item in value]
            return ", ".join(items) or "none"
    return json.dumps(value, ensure_ascii=False)


def _format_nested_fields(change: RowChange, fields: Mapping[str, Any], time_zone: str) -> str:
    """ "usage: 30, tickets: 25"; fields of fields in brackets."""
    parts = []
    for name, value in fields.items():
        text = format_changed_value(change, name, value, time_zone)
        parts.append(f"{humanize_code(name)}: {f'({text})' if isinstance(value, Mapping) else text}")
    return ", ".join(parts)
