"""Evidence of each column's cells, gathered in one pass in bounded memory."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lib.imports.amount_parser import detect_decimal_sign, is_ambiguous_number, parse_plain_number, split_currency_unit
from lib.imports.blank_words import is_blank_value
from lib.imports.cell_value_parser import parse_domain
from lib.imports.column_mapping import DayOrder, DecimalSign
from lib.imports.day_parser import NO_DAYS, find_day_orders, is_unambiguous_day
from lib.imports.file_table import FileTable
from lib.imports.record_fields import ValueType

MAX_DISTINCT = 3000
MAX_DISTINCT_IN_FILE = 150_000
# Longer texts are neither days nor numbers nor words of a table.
MAX_EVIDENCE_LENGTH = 60
_HAS_DIGIT = re.compile(r"\d")
_MAY_BE_NUMBER = re.compile(r"\D{0,5}\d[\d.,'’\s]*\D{0,5}")
_MAY_BE_DAY = re.compile(r"[\d\-/.: ,TZ+apmAPM]+|\D{0,25}\d{1,4}\D{1,25}\d{1,4}\D{0,3}(?:[ ,T].*)?")
NUMBER_TYPES = (ValueType.WHOLE, ValueType.MONEY)


@dataclass(kw_only=True)
class ColumnProfile:
    """The evidence of one column. The same for any order of rows, up to which distinct cells are kept.

    `values` counts distinct cells, up to a limit. `day_orders` are those in which all its days can be read,
    `decimal_signs` those its numbers show by type; `unclear_day` and `unclear_numbers` are cells that can be read in
    two ways. `largest` is the largest number without a percent sign.
    """

    header: str
    filled: int = 0
    values: Counter[str] = field(default_factory=Counter)
    matches: Counter[ValueType] = field(default_factory=Counter)
    judged: int = 0
    has_more_values: bool = False
    max_length: int = 0
    day_orders: frozenset[DayOrder] = frozenset(DayOrder)
    unclear_day: str | None = None
    decimal_signs: dict[ValueType, set[DecimalSign]] = field(
        default_factory=lambda: {key: set() for key in NUMBER_TYPES}
    )
    unclear_numbers: dict[ValueType, str] = field(default_factory=dict)
    largest: Decimal | None = None

    def compute_type_share(self, value_type: ValueType) -> float:
        """How many of the distinct cells are of a type, 0 to 1."""
        return self.matches[value_type] / self.judged if self.judged else 0.0

    def find_day_order(self) -> DayOrder | None:
        """The only order all days can be read in."""
        return next(iter(self.day_orders)) if len(self.day_orders) == 1 else None

    def find_decimal_sign(self, value_type: ValueType) -> DecimalSign | None:
        """The sign all numbers agree on."""
        signs = self.decimal_signs[ValueType.WHOLE if value_type is ValueType.WHOLE else ValueType.MONEY]
        return next(iter(signs)) if len(signs) == 1 else None

    def find_unclear_number(self, value_type: ValueType) -> str | None:
        return self.unclear_numbers.get(ValueType.WHOLE if value_type is ValueType.WHOLE else ValueType.MONEY)


@dataclass(frozen=True, kw_only=True)
class TableProfile:
    """The profiles of all columns, in the file's order, and the numbers of rows and footer lines."""

    columns: tuple[ColumnProfile, ...]
    row_count: int
    long_row_count: int
    footer_line_count: int = 0

    def find_day_order(self) -> DayOrder | None:
        """The order that the columns which show one agree on."""
        orders = {order for column in self.columns if (order := column.find_day_order()) is not None}
        return orders.pop() if len(orders) == 1 else None

    def find_decimal_sign(self) -> DecimalSign | None:
        """The sign all columns of the file agree on."""
        signs = {sign for column in self.columns for sign in column.decimal_signs[ValueType.MONEY]}
        return signs.pop() if len(signs) == 1 else None


def profile_table(table: FileTable) -> TableProfile:
    """Reads all rows once. Raises InvalidInput where the file cannot be read to its end."""
    profiles = tuple(ColumnProfile(header=header) for header in table.columns)
    limit = min(MAX_DISTINCT, MAX_DISTINCT_IN_FILE // max(1, len(profiles)))
    rows = long_rows = 0
    for _, cells in table.rows:
        rows += 1
        if len(cells) > len(profiles):
            # Its cells stand in wrong columns, and it will be refused.
            long_rows += 1
        else:
            _add_row_to_profiles(profiles, cells, limit)
    return TableProfile(
        columns=profiles,
        row_count=rows,
        long_row_count=long_rows,
        footer_line_count=len(table.rows.footer_lines),
    )


def _add_row_to_profiles(profiles: Sequence[ColumnProfile], cells: Sequence[str], limit: int) -> None:
    for profile, cell in zip(profiles, cells, strict=False):
        if not cell:
            continue
        profile.filled += 1
        if cell in profile.values:
            profile.values[cell] += 1
            continue
        text = cell.strip()
        if not text:
            profile.filled -= 1
            continue
        if len(profile.values) < limit:
            profile.values[cell if len(cell) <= MAX_EVIDENCE_LENGTH else cell[:MAX_EVIDENCE_LENGTH]] = 1
        else:
            profile.has_more_values = True
        _add_cell_evidence(profile, text)


def _add_cell_evidence(profile: ColumnProfile, text: str) -> None:
    profile.max_length = max(profile.max_length, len(text))
    if len(text) > MAX_EVIDENCE_LENGTH:
        profile.judged += 1
        return
    if is_blank_value(text) or text in NO_DAYS:
        return
    profile.judged += 1
    if _HAS_DIGIT.search(text):
        if _MAY_BE_NUMBER.fullmatch(text):
            _add_number_evidence(profile, text)
        if _MAY_BE_DAY.fullmatch(text):
            _add_day_evidence(profile, text)
    if "@" in text:
        profile.matches[ValueType.EMAIL] += 1
    elif "." in text and parse_domain(text):
        profile.matches[ValueType.DOMAIN] += 1


def _add_day_evidence(profile: ColumnProfile, text: str) -> None:
    found = find_day_orders(text)
    if found is None:
        profile.matches[ValueType.DAY] += is_unambiguous_day(text)
        return
    profile.matches[ValueType.DAY] += 1
    profile.day_orders &= found.orders
    if found.is_unclear:
        profile.unclear_day = min(text, profile.unclear_day or text)


def _add_number_evidence(profile: ColumnProfile, text: str) -> None:
    body, _ = split_currency_unit(text, ValueType.MONEY)
    body = body.rstrip("% ")
    number = parse_plain_number(body, detect_decimal_sign(body, ValueType.MONEY) or DecimalSign.POINT)
    if number is None:
        return
    profile.matches[ValueType.MONEY] += 1
    profile.matches[ValueType.WHOLE] += number == number.to_integral_value()
    if "%" in text:
        profile.matches[ValueType.PERCENT] += 1
    else:
        profile.largest = max(number, number if profile.largest is None else profile.largest)
    for value_type in NUMBER_TYPES:
        own = detect_decimal_sign(body, value_type)
        if own is not None:
            profile.decimal_signs[value_type].add(own)
        elif is_ambiguous_number(body, value_type):
            profile.unclear_numbers[value_type] = min(text, profile.unclear_numbers.get(value_type, text))
