"""Values that are written as a person of some country writes them are read back; the same cells say the same."""

import csv
import io
import random
import time
from datetime import date
from decimal import Decimal

import pytest
from babel import dates, numbers
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.forms.model import FieldKind
from lib.forms.number_parser import format_typed_number
from lib.imports.amount_parser import parse_amount
from lib.imports.cell_value_parser import UNKNOWN, ValueRules, parse_cell_value, parse_domain
from lib.imports.column_mapping import ColumnMapping, DayOrder, DecimalSign, MappedColumn, UsagePeriod
from lib.imports.column_profile import profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.day_parser import parse_day
from lib.imports.file_reader import read_file_table
from lib.imports.parsed_records import Rejection
from lib.imports.record_fields import FieldUse, RecordField, ValueType
from lib.imports.record_kinds import ImportKind
from lib.imports.record_parser import parse_single_record

DAYS = st.dates(date(1901, 1, 1), date(2899, 12, 31))
DAY_FIRST = ("de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "en_GB", "da_DK", "pl_PL", "fi_FI", "nb_NO")
WITH_NAMES = (*DAY_FIRST, "en_US", "sv_SE")
COMMA = ("de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "da_DK", "pl_PL", "fi_FI", "sv_SE", "nb_NO")
POINT = ("en_US", "en_GB", "de_CH", "hi_IN", "ja_JP")


def parse(text: str, value_type: ValueType, name: str = "field", **rules: object) -> object:
    field = RecordField(
        name=name, label="Field", type=value_type, use=rules.pop("use", FieldUse.COLUMN), maximum=10**10
    )
    return parse_cell_value(text, ValueRules(kind="customers", field=field, words={}, currency="USD", **rules))


@given(day=DAYS, locale=st.sampled_from(DAY_FIRST))
def test_a_day_in_figures_is_read_back_where_the_day_comes_first(day: date, locale: str) -> None:
    pattern = dates.get_date_format("short", locale).pattern
    full_year = pattern if "yyyy" in pattern else pattern.replace("yy", "y").replace("yy", "y")
    assert parse_day(dates.format_date(day, full_year, locale), DayOrder.DAY_FIRST) == day


@given(DAYS)
def test_a_day_in_figures_is_read_back_where_the_month_comes_first(day: date) -> None:
    assert parse_day(dates.format_date(day, "M/d/y", "en_US"), DayOrder.MONTH_FIRST) == day


@given(day=DAYS, locale=st.sampled_from(WITH_NAMES), width=st.sampled_from(["medium", "long"]))
def test_a_day_with_the_name_of_its_month_is_read_back_in_every_language(day: date, locale: str, width: str) -> None:
    text = dates.format_date(day, width, locale)
    assert parse_day(text, DayOrder.DAY_FIRST) == day


@given(day=DAYS)
def test_a_day_that_is_two_days_is_never_guessed(day: date) -> None:
    found = parse_day(day.strftime("%d/%m/") + str(day.year), None)
    assert found == day if day.day > 12 or day.day == day.month else isinstance(found, Rejection)


@given(amount=st.decimals(0, 10**9, places=2), locale=st.sampled_from(COMMA))
def test_an_amount_is_read_back_where_the_comma_is_the_decimal_sign(amount: Decimal, locale: str) -> None:
    text = numbers.format_decimal(amount, "#,##0.00", locale)
    assert parse_amount(text, ValueType.MONEY, DecimalSign.COMMA, "EUR") == amount


@given(amount=st.decimals(0, 10**9, places=2), locale=st.sampled_from(POINT))
def test_an_amount_is_read_back_where_the_point_is_the_decimal_sign(amount: Decimal, locale: str) -> None:
    # Babel's own grouping writes 1000000'000 in de-CH.
    text = format_typed_number(amount, FieldKind.MONEY, locale)
    assert parse_amount(text, ValueType.MONEY, DecimalSign.POINT, "USD") == amount


@given(st.text(max_size=40), st.sampled_from(list(ValueType)))
def test_no_text_makes_a_parser_fail(text: str, value_type: ValueType) -> None:
    parse(text, value_type)


ROWS = st.lists(
    st.tuples(
        st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(str.strip),
        DAYS.map(lambda day: f"{day.day:02}.{day.month:02}.{day.year}"),
        st.decimals(0, 10**6, places=2).map(lambda amount: numbers.format_decimal(amount, "#,##0.00", "de_DE")),
    ),
    min_size=3,
    max_size=30,
)


@given(rows=ROWS, seed=st.integers(), separator=st.sampled_from(";\t|,"))
@settings(max_examples=60, deadline=None)
def test_what_is_recognised_does_not_depend_on_the_order_of_the_rows(
    rows: list[tuple[str, str, str]], seed: int, separator: str
) -> None:
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    assert describe(rows, separator) == describe(shuffled, separator)


def describe(rows: list[tuple[str, str, str]], separator: str) -> object:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([("Customer", "Start date", "ARR"), *rows])
    table = read_file_table(io.BytesIO(text.getvalue().encode()), "x.csv")
    profile = profile_table(table)
    found = recognize_table(profile)
    return table.layout, found.mapping, [(column.day_orders, column.unclear_day) for column in profile.columns]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-04T23:30:00Z", date(2026, 3, 4)),
        ("2026-03-04 23:30:00.000", date(2026, 3, 4)),
        ("3/14/2026, 5:06 PM", date(2026, 3, 14)),
        ("20260314", date(2026, 3, 14)),
        ("2026/3/4", date(2026, 3, 4)),
        ("Wed, 4 Mar 2026", date(2026, 3, 4)),
        ("March 4th, 2026", date(2026, 3, 4)),
        ("1772582400", date(2026, 3, 4)),
        ("04/04/2026", date(2026, 4, 4)),
        ("31/12/9999", None),
        ("9999-12-31", None),
        ("Unbefristet", None),
    ],
)
def test_a_day_that_shows_its_order_is_read(text: str, day: date | None) -> None:
    assert parse_day(text, None) == day


@pytest.mark.parametrize("text", ["31.02.2026", "2026-13-01", "12", "soon", "1/2/3/4", "0004-01-01", "26-03-04"])
def test_what_is_no_day_is_refused(text: str) -> None:
    assert isinstance(parse_day(text, None), Rejection)


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-03-01", date(2026, 3, 2)),
        ("2026-03-02", date(2026, 3, 2)),
        ("2026-03-05", date(2026, 3, 2)),
        ("2026-W09", date(2026, 2, 23)),
        ("Week 9, 2026", date(2026, 2, 23)),
        ("KW09 2026", date(2026, 2, 23)),
    ],
)
def test_a_week_is_its_nearest_monday(text: str, monday: date) -> None:
    assert parse_day(text, None, UsagePeriod.WEEK) == monday


@pytest.mark.parametrize("text", ["-", "--", "n/a", "#N/A", "NULL", " ", "—"])
@pytest.mark.parametrize("value_type", list(ValueType))
def test_a_sign_for_nothing_says_nothing(text: str, value_type: ValueType) -> None:
    assert parse(text, value_type) is UNKNOWN


@pytest.mark.parametrize("value_type", list(ValueType))
@pytest.mark.parametrize("text", ["1:" + " " * 190_000 + "x", "a@" + "." * 190_000, "(" * 190_000, "1," * 95_000])
def test_a_long_cell_costs_no_time(text: str, value_type: ValueType) -> None:
    started = time.process_time()
    parse(text, value_type)
    assert time.process_time() - started < 1


def test_na_is_a_country_and_no_number() -> None:
    assert parse("NA", ValueType.TEXT) == "NA"
    assert parse("NA", ValueType.WHOLE) is UNKNOWN


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.Acme.com/en?x=1", "acme.com"),
        ("jo@acme.com", "acme.com"),
        ("acme.com; acme.org", "acme.com"),
        ("http://user:secret@acme.com:8080/", "acme.com"),
        ("müller.example", "xn--mller-kva.example"),
        ("localhost", None),
        ("acme", None),
        ("1.2.3.4", None),
    ],
)
def test_a_domain_is_found_in_what_people_write(text: str, domain: str | None) -> None:
    assert parse_domain(text) == domain


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("€100", "The amount is in €, the import is in USD."),
        ("100 EUR", "The amount is in EUR, the import is in USD."),
        ("1.2E+05", "A spreadsheet program shortened this number."),
        ("#REF!", "This is an error of a formula."),
        ("-5", "Field must be between 0 and 10,000,000,000."),
        ("twelve", "This is no amount Zen can read."),
        ("NaN5", "This is no amount Zen can read."),
    ],
)
def test_an_amount_that_is_none_says_why(cell: str, reason: str) -> None:
    found = parse(cell, ValueType.MONEY)
    assert isinstance(found, Rejection)
    assert found.reason == reason


def test_amounts_are_rounded_to_cents_where_they_are_clear() -> None:
    assert parse("41.6666667", ValueType.MONEY) == "41.67"
    assert parse("41,6666667", ValueType.MONEY) == "41.67"


def test_days_of_notice_may_say_so_but_months_are_no_days() -> None:
    assert parse("30 Days", ValueType.WHOLE, name="notice_days") == 30
    assert parse("90 Tage", ValueType.WHOLE, name="contracts.notice_days") == 90
    assert isinstance(parse("3 months", ValueType.WHOLE, name="notice_days"), Rejection)


def test_the_id_of_another_system_is_text_and_keeps_its_zeros() -> None:
    assert parse("0012", ValueType.TEXT, name="external_id", use=FieldUse.KEY) == "0012"
    assert isinstance(parse("1.2E+11", ValueType.TEXT, name="customer_external_id"), Rejection)


def test_invisible_characters_are_taken_out_of_texts() -> None:
    assert parse("Ac\u200bme\u202e", ValueType.TEXT) == "Acme"


def test_a_row_corrected_by_hand_is_parsed_by_itself() -> None:
    mapping = ColumnMapping(
        kind=ImportKind.CUSTOMERS,
        columns=(MappedColumn(header="Name", field="name"), MappedColumn(header="Since", field="customer_since")),
        fixed={"segment": "mid"},
    )
    assert parse_single_record(mapping, ("Acme", "soon")).problems[0].column == "Since"
    assert parse_single_record(mapping, ("Acme", "2026-03-04")).values == {
        "name": "Acme",
        "customer_since": "2026-03-04",
        "segment": "mid",
    }


def test_what_follows_from_a_refused_cell_is_not_said_twice() -> None:
    columns = [("Number", "number"), ("Status", "status"), ("Solved", "solved_on")]
    mapping = ColumnMapping(
        kind=ImportKind.TICKETS, columns=tuple(MappedColumn(header=header, field=name) for header, name in columns)
    )
    assert [problem.reason for problem in parse_single_record(mapping, ("1", "solved", "soon")).problems] == [
        "This is no day Zen can read."
    ]
    assert [problem.reason for problem in parse_single_record(mapping, ("1", "solved", "")).problems] == [
        "A solved ticket needs the day it was solved."
    ]


def test_a_blank_cell_of_a_flat_row_gets_its_value_only_where_the_row_has_a_contact() -> None:
    mapping = ColumnMapping(
        kind=ImportKind.FLAT,
        columns=(
            MappedColumn(header="Company", field="customers.name"),
            MappedColumn(header="Email", field="contacts.email"),
            MappedColumn(header="Role", field="contacts.role", blank_value="user"),
        ),
    )
    assert parse_single_record(mapping, ("Acme", "ann@acme.test", "")).values["contacts.role"] == "user"
    assert "contacts.role" not in parse_single_record(mapping, ("Acme", "", "")).values


@pytest.mark.parametrize("text", ["=CONCAT(A1,B1)", "=A1", "=1+1", "=HYPERLINK(0)"])
def test_a_text_that_begins_as_a_formula_is_plain_text(text: str) -> None:
    assert parse(text, ValueType.TEXT) == text
