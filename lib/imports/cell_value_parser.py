"""Cells as values of their field's type. They are JSON as the database takes it, or a reason why not."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from zoneinfo import available_timezones

from lib.imports.amount_parser import parse_amount, round_amount
from lib.imports.blank_words import is_blank_text, is_blank_value
from lib.imports.code_words import NO_ANSWER_WORDS, NO_WORDS, YES_WORDS, find_code_of_word, normalize_word
from lib.imports.column_mapping import DayOrder, DecimalSign, UsagePeriod
from lib.imports.day_parser import NO_DAYS, parse_day
from lib.imports.html_to_text import html_to_text
from lib.imports.parsed_records import Rejection
from lib.imports.record_fields import FieldUse, FieldValue, RecordField, ValueType
from lib.text.email_addresses import parse_email_address
from lib.text.truncate import join_lines, strip_invisible

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_IN_BRACKETS = re.compile(r"\(([A-Za-z]+/[A-Za-z_/+-]+)\)")
_SHORTENED_ID = re.compile(r"\d[.,]?\d*E\+\d+", re.IGNORECASE)
_NAME_SEPARATOR = re.compile(r"[;|\n]")
MAX_LENGTH = 1000
ID_NAMES = ("external_id", "number")
UNIT_WORDS = {
    "notice_days": re.compile(r"([\d.,' ]+)(?:d|days?|tagen?|tage|jours?|d[ií]as?|giorni|dias|dagen)", re.IGNORECASE),
    "term_months": re.compile(r"([\d.,' ]+)(?:m|months?|monaten?|monate|mois|meses|mesi|maanden)", re.IGNORECASE),
    "seats": re.compile(r"([\d.,' ]+)(?:seats?|users?|licen[sc]es?|lizenzen|nutzer|sièges|puestos)", re.IGNORECASE),
}
SHEET_ERRORS = frozenset({"#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#spill!", "#calc!"})


class Unknown:
    """Says that a cell tells nothing about its field."""


UNKNOWN = Unknown()

ParsedValue = FieldValue | Unknown | Rejection


@dataclass(frozen=True, kw_only=True)
class ValueRules:
    """How the cells of one column are read; see `MappedColumn` and `ColumnMapping`."""

    kind: str
    field: RecordField
    day_order: DayOrder | None = None
    decimal_sign: DecimalSign | None = None
    is_fraction: bool | None = None
    words: Mapping[str, str]
    currency: str
    period: UsagePeriod | None = None


def parse_cell_value(cell: str, rules: ValueRules) -> ParsedValue:
    """The value in a cell, UNKNOWN for a blank one, or a Rejection."""
    text = cell.strip()
    if not text:
        return UNKNOWN
    if text.casefold() in SHEET_ERRORS:
        return Rejection("This is an error of a formula.", "Correct the formula, or clear the cell.")
    if rules.words and (translated := rules.words.get(normalize_word(text))) is not None:
        text = translated.strip()
        if not text:
            return UNKNOWN
    # Patterns that look for days and numbers take the square of a text's length at worst.
    if len(text) > MAX_LENGTH and rules.field.type not in (ValueType.TEXT, ValueType.NAMES):
        return Rejection(f"This is longer than {MAX_LENGTH} characters.", "Correct it, or clear the cell.")
    return PARSERS[rules.field.type](text, rules)


def _parse_text_cell(text: str, rules: ValueRules) -> ParsedValue:
    if is_blank_text(text):
        return UNKNOWN
    if rules.field.name.endswith(ID_NAMES) and _SHORTENED_ID.fullmatch(text):
        return Rejection(
            "A spreadsheet program shortened this ID.", "Format the column as text and export the file again."
        )
    clean = strip_invisible(html_to_text(text) if rules.field.is_multiline else text).strip()
    clean = clean if rules.field.is_multiline else join_lines(clean)
    if len(clean) > rules.field.max_length:
        return Rejection(
            f"The text has {len(clean):,} characters; {rules.field.max_length:,} fit.", "Shorten it in the file."
        )
    return clean or UNKNOWN


def _parse_email_cell(text: str, rules: ValueRules) -> ParsedValue:
    if is_blank_value(text):
        return UNKNOWN
    address = _normalize_email_or_none(text)
    if address is None:
        is_name = rules.field.use is FieldUse.REFERENCE and "@" not in text
        return Rejection(
            "This is a name, no email address." if is_name else "This is no email address.",
            "Say for the column which address each name has." if is_name else "Correct it, or clear the cell.",
        )
    return address


@lru_cache(maxsize=50_000)
def _normalize_email_or_none(text: str) -> str | None:
    address = parse_email_address(text)
    return str(address) if address is not None else None


def _parse_domain_cell(text: str, rules: ValueRules) -> ParsedValue:
    if is_blank_value(text):
        return UNKNOWN
    domain = parse_domain(text)
    return domain or Rejection("This is no domain.", "Write it as acme.com.")


def parse_domain(text: str) -> str | None:
    """ "https://www.Acme.com/about" and "jo@acme.com" are "acme.com"; of a list it is the first."""
    first = re.split(r"[;,\s]", text.strip().casefold(), maxsplit=1)[0]
    host = re.sub(r"^[a-z]+://", "", first).partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0]
    plain = host.rstrip(".").removeprefix("www.")
    if not plain.isascii():
        try:
            plain = plain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return plain if _DOMAIN.fullmatch(plain) else None


def _parse_code_cell(text: str, rules: ValueRules) -> ParsedValue:
    code = find_code_of_word(rules.kind, rules.field.name.rpartition(".")[2], rules.field.codes, text)
    if code is None:
        if is_blank_value(text):
            return UNKNOWN
        return Rejection(
            f"Zen does not know this {rules.field.label.lower()}.",
            f"Say for the column what it means: {', '.join(rules.field.codes)}.",
        )
    return code


def _parse_boolean_cell(text: str, rules: ValueRules) -> ParsedValue:
    word = normalize_word(text)
    if word in YES_WORDS or word in NO_WORDS:
        return word in YES_WORDS
    if is_blank_value(text) or word in NO_ANSWER_WORDS:
        return UNKNOWN
    return Rejection("This is neither yes nor no.", "Write yes or no, or say for the column what it means.")


def _parse_time_zone_cell(text: str, rules: ValueRules) -> ParsedValue:
    if is_blank_value(text):
        return UNKNOWN
    in_brackets = _IN_BRACKETS.search(text)
    name = _list_time_zones_by_casefold().get((in_brackets[1] if in_brackets else text).casefold().replace(" ", "_"))
    return name or Rejection("This is no time zone Zen knows.", "Write it as Europe/Berlin.")


@cache
def _list_time_zones_by_casefold() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _parse_day_cell(text: str, rules: ValueRules) -> ParsedValue:
    if text in NO_DAYS or is_blank_value(text):
        return UNKNOWN
    match parse_day(text, rules.day_order, rules.period):
        case date() as day:
            return day.isoformat()
        case other:
            return other


def _parse_number_cell(text: str, rules: ValueRules) -> ParsedValue:
    if is_blank_value(text):
        return UNKNOWN
    text = _strip_unit(text, rules.field.name)
    number = parse_amount(text, rules.field.type, rules.decimal_sign, rules.currency)
    if isinstance(number, Rejection):
        return number
    field = rules.field
    if field.type is ValueType.PERCENT and "%" not in text:
        if rules.is_fraction is None and 0 < number <= 1:
            return Rejection(
                f"This can be {number.normalize():f}% or {100 * number.normalize():f}%.",
                "Say for the column whether 0.15 means 15%.",
            )
        number *= 100 if rules.is_fraction else 1
    if not field.minimum <= number <= field.maximum:
        return Rejection(
            f"{field.label} must be between {field.minimum:,} and {field.maximum:,}.", "Correct it, or clear the cell."
        )
    return int(number) if field.type is ValueType.WHOLE else str(round_amount(number))


def _strip_unit(text: str, field: str) -> str:
    """ "30 days" is 30 where days are counted. "3 months" of notice stays, and is refused."""
    unit = UNIT_WORDS.get(field.rpartition(".")[2])
    match = unit.fullmatch(text) if unit else None
    return match[1].strip() if match else text


def _parse_name_list_cell(text: str, rules: ValueRules) -> ParsedValue:
    """Names between semicolons, bars or line breaks; between commas where there is nothing else."""
    if is_blank_value(text):
        return UNKNOWN
    parts = _read_json_list(text) or (_NAME_SEPARATOR.split(text) if _NAME_SEPARATOR.search(text) else text.split(","))
    names = list(dict.fromkeys(join_lines(strip_invisible(part)).strip() for part in parts if part.strip()))
    long = next((name for name in names if len(name) > rules.field.max_length), None)
    if long:
        return Rejection(f"A name has more than {rules.field.max_length} characters.", "Put ; between the names.")
    return names or UNKNOWN


def _read_json_list(text: str) -> list[str] | None:
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return [str(item) for item in found] if isinstance(found, list) else None


PARSERS: Mapping[ValueType, Callable[[str, ValueRules], ParsedValue]] = {
    ValueType.TEXT: _parse_text_cell,
    ValueType.EMAIL: _parse_email_cell,
    ValueType.DOMAIN: _parse_domain_cell,
    ValueType.CODE: _parse_code_cell,
    ValueType.TIME_ZONE: _parse_time_zone_cell,
    ValueType.DAY: _parse_day_cell,
    ValueType.WHOLE: _parse_number_cell,
    ValueType.MONEY: _parse_number_cell,
    ValueType.PERCENT: _parse_number_cell,
    ValueType.BOOLEAN: _parse_boolean_cell,
    ValueType.NAMES: _parse_name_list_cell,
}
