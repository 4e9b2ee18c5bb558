"""Numbers, amounts and percentages as files write them, with the decimal sign of their column."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel import numbers

from lib.forms.model import FieldKind
from lib.forms.number_parser import MAX_DIGITS, NumberError, parse_typed_number
from lib.imports.column_mapping import DecimalSign
from lib.imports.parsed_records import Rejection
from lib.imports.record_fields import ValueType

KINDS = {ValueType.WHOLE: FieldKind.WHOLE, ValueType.MONEY: FieldKind.MONEY, ValueType.PERCENT: FieldKind.PERCENT}
# What stands for thousands and decimals is read by these locales; where it was clear it was found before.
LOCALES = {DecimalSign.POINT: "en_US", DecimalSign.COMMA: "de_DE"}
CURRENCY_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "US$": ("USD",),
    "A$": ("AUD",),
    "C$": ("CAD",),
    "CA$": ("CAD",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "R$": ("BRL",),
    "kr": ("SEK", "NOK", "DKK"),
    "kr.": ("DKK", "SEK", "NOK"),
    "Fr.": ("CHF",),
    "zł": ("PLN",),
}
_SIGN = r"(?:US|CA|A|C|R)?\$|[€£¥₹]|kr\.?|Fr\.|zł|[A-Za-z]{3}"
_UNIT = re.compile(rf"(?P<minus>[-−]?)\s*(?P<before>{_SIGN})?\s*(?P<number>.*?[\d)])\s*(?P<after>{_SIGN})?")
_SCIENTIFIC = re.compile(r"[-+]?\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\u00a0\u202f'’]")
_GROUPED_BY_BLANKS = re.compile(r"-?\d{1,3}(?:[\s\u00a0\u202f'’]\d{3})+(?:[.,]\d+)?")
_PLAIN = {
    DecimalSign.POINT: re.compile(r"(-?)(\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?"),
    DecimalSign.COMMA: re.compile(r"(-?)(\d{1,15}|\d{1,3}(?:\.\d{3})+)(?:,(\d+))?"),
}
_ONE_SIGN = re.compile(r"-?(\d+)([.,])(\d+)")
SAY_SIGN = "Say for the column whether the decimal sign is a point or a comma."


@lru_cache(maxsize=50_000)
def parse_amount(text: str, value_type: ValueType, sign: DecimalSign | None, currency: str) -> Decimal | Rejection:
    """The exact number, with all its decimals. `currency` is that of the import."""
    if _SCIENTIFIC.fullmatch(text):
        return Rejection(
            "A spreadsheet program shortened this number.", "Format the column as a number and save the file again."
        )
    body, unit = split_currency_unit(text, value_type)
    if unit and currency not in CURRENCY_SIGNS.get(unit, (unit.upper(),)):
        return Rejection(f"The amount is in {unit}, the import is in {currency}.", f"Convert it to {currency}.")
    kind = KINDS[value_type]
    if sign is None and is_ambiguous_number(body, value_type):
        return Rejection("The number can be read in two ways.", SAY_SIGN)
    exact = parse_plain_number(body, sign or detect_decimal_sign(body) or DecimalSign.POINT)
    if exact is None:
        found = parse_typed_number(body, kind, LOCALES[sign or DecimalSign.POINT]) if body else None
        if not isinstance(found, Decimal):
            return _build_number_rejection(found, value_type)
        exact = found
    if value_type is ValueType.WHOLE and exact != exact.to_integral_value():
        return Rejection("This is no whole number.", "Write it without decimals.")
    return exact


def round_amount(exact: Decimal) -> Decimal:
    """To two decimals, half up, as money and percentages are stored."""
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def is_ambiguous_number(body: str, value_type: ValueType) -> bool:
    """True for "1.234" and "1,234": thousands to some, decimals to others."""
    match = _ONE_SIGN.fullmatch(_BLANKS.sub("", body))
    if match is None or not 1 <= len(match[1]) <= 3 or len(match[3]) != 3 or match[1].startswith("0"):
        return False
    return value_type is not ValueType.WHOLE or match[3] == "000"


def split_currency_unit(text: str, value_type: ValueType) -> tuple[str, str]:
    """The number and its unit of money. (1,200) is how accountants write -1,200."""
    body = text.strip()
    if body.startswith("(") and body.endswith(")"):
        body = f"-{body[1:-1].strip()}"
    if value_type is not ValueType.MONEY:
        return body.replace("−", "-").rstrip("%").rstrip() if value_type is ValueType.PERCENT else body, ""
    match = _UNIT.fullmatch(body)
    unit = (match["before"] or match["after"] or "") if match else ""
    if match is None or (match["before"] and match["after"]) or not _is_currency(unit):
        return body, ""
    return match["minus"].replace("−", "-") + match["number"], unit


@cache
def _is_currency(unit: str) -> bool:
    return not unit or unit in CURRENCY_SIGNS or unit.upper() in numbers.list_currencies()


def detect_decimal_sign(body: str, value_type: ValueType = ValueType.MONEY) -> DecimalSign | None:
    """The decimal sign a number shows by itself: "1.234,5", "12,50", "1,234,567"; None if it shows none."""
    plain = _BLANKS.sub("", body)
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        return DecimalSign.POINT if plain.rindex(".") > plain.rindex(",") else DecimalSign.COMMA
    if points > 1 or commas > 1:
        return DecimalSign.COMMA if points else DecimalSign.POINT
    match = _ONE_SIGN.fullmatch(plain)
    if match is None or is_ambiguous_number(plain, value_type):
        return None
    if len(match[3]) == 3 and value_type is ValueType.WHOLE and not match[1].startswith("0"):
        return DecimalSign.COMMA if match[2] == "." else DecimalSign.POINT
    return DecimalSign(match[2])


def parse_plain_number(body: str, sign: DecimalSign) -> Decimal | None:
    match = _PLAIN[sign].fullmatch(_BLANKS.sub("", body) if _GROUPED_BY_BLANKS.fullmatch(body) else body)
    if match is None or len(match[2]) > MAX_DIGITS:
        return None
    whole = match[2].replace(",", "").replace(".", "")
    return Decimal(f"{match[1]}{whole}.{match[3] or 0}")


def _build_number_rejection(found: NumberError | None, value_type: ValueType) -> Rejection:
    nouns = {ValueType.WHOLE: "whole number", ValueType.MONEY: "amount", ValueType.PERCENT: "percentage"}
    examples = {ValueType.WHOLE: "1200", ValueType.MONEY: "1234.50", ValueType.PERCENT: "12.5"}
    if found is not None and found.readings:
        return Rejection("The number can be read in two ways.", SAY_SIGN)
    return Rejection(f"This is no {nouns[value_type]} Zen can read.", f"Write it as {examples[value_type]}.")
