"""Typed numbers: what a text means in a locale, what is asked, and that what is shown is read again."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.forms.model import FieldKind
from lib.forms.number_parser import NumberError, NumberLimits, format_typed_number, parse_typed_number

MONEY, PERCENT, WHOLE = FieldKind.MONEY, FieldKind.PERCENT, FieldKind.WHOLE
LOCALES = ("en-US", "de-DE", "fr-FR", "de-CH", "en-IN", "pt-BR", "ar", "ar-EG", "hi-IN", "sv-SE", "fa-IR")

EVERYWHERE = [
    ("84,50", MONEY, "84.5"),
    ("84.50", MONEY, "84.5"),
    ("7,5", PERCENT, "7.5"),
    ("12,5 %", PERCENT, "12.5"),
    ("12.5%", PERCENT, "12.5"),
    ("% 12,5", PERCENT, "12.5"),
    (".5", PERCENT, "0.5"),
    (",5", PERCENT, "0.5"),
    ("41066,50", MONEY, "41066.5"),
    ("41.066,50", MONEY, "41066.5"),
    ("41,066.50", MONEY, "41066.5"),
    ("41 066,50", MONEY, "41066.5"),
    ("41\u202f066,50", MONEY, "41066.5"),
    ("41\u00a0066,50 $", MONEY, "41066.5"),
    ("41'066.50", MONEY, "41066.5"),
    ("41’066.50", MONEY, "41066.5"),
    ("$41,066.50", MONEY, "41066.5"),
    ("-$5.00", MONEY, "-5"),
    ("$ -5.00", MONEY, "-5"),
    ("USD 1,234,567.89", MONEY, "1234567.89"),
    ("1.234.567", MONEY, "1234567"),
    ("12,34,567", WHOLE, "1234567"),
    ("−12,5", PERCENT, "-12.5"),
    ("٤١٬٠٦٦٫٥٠", MONEY, "41066.5"),
    ("\u200f٨٤٫٥٠", MONEY, "84.5"),
    ("120", WHOLE, "120"),
    ("30,00", WHOLE, "30"),
    (" 0 ", MONEY, "0"),
]  # fmt: skip


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "fr-FR", "unknown", ""])
@pytest.mark.parametrize(("text", "kind", "number"), EVERYWHERE)
def test_a_number_that_can_mean_one_thing_is_read_the_same_everywhere(text, kind, number, locale):
    assert parse_typed_number(text, kind, locale) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "locale"), [("1,234", "en-US"), ("1.234", "de-DE"), ("1,234", "en-IN"), ("1.234", "pt-BR")]
)
@pytest.mark.parametrize("kind", [MONEY, WHOLE])
def test_a_thousand_written_as_the_locale_writes_it_is_a_thousand(text, locale, kind):
    assert parse_typed_number(text, kind, locale) == 1234


@pytest.mark.parametrize(
    ("text", "locale", "kind", "message", "readings"),
    [
        ("1,234", "de-DE", MONEY, "is unclear. Did you mean 1.234,00?", [1234]),
        ("1.234", "en-US", MONEY, "is unclear. Did you mean 1,234.00?", [1234]),
        ("1.230", "en-US", MONEY, "can be read in two ways. Did you mean 1.23 or 1,230.00?", ["1.23", 1230]),
        ("1.250", "en-US", PERCENT, "can be read in two ways. Did you mean 1.25 or 1,250?", ["1.25", 1250]),
        ("1.000", "en-US", WHOLE, "can be read in two ways. Did you mean 1 or 1,000?", [1, 1000]),
    ],
)
def test_a_number_that_can_mean_two_things_is_asked_about(text, locale, kind, message, readings):
    found = parse_typed_number(text, kind, locale)
    assert found == NumberError(message=message, readings=tuple(map(Decimal, readings)))


def test_what_is_asked_leaves_out_what_is_out_of_bounds():
    found = parse_typed_number("1.250", PERCENT, "en-US", NumberLimits(minimum=0, maximum=100))
    assert isinstance(found, NumberError)
    assert found.readings == (Decimal("1.25"),)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("8450", ["84.50", "8450"]),
        ("5", ["5"]),
        ("0", ["0"]),
        ("84500", ["84.50", "84500"]),
        ("21.12", ["21.12"]),
        ("338.01", ["338.01"]),
        ("845", ["84.50", "845"]),
    ],
)
def test_a_number_far_from_the_usual_one_is_asked_about(text, readings):
    limits = NumberLimits(minimum=0, usual=Decimal("84.50"), usual_name="list price")
    found = parse_typed_number(text, MONEY, "en-US", limits)
    assert isinstance(found, NumberError)
    assert "is far from the list price of 84.50. Did you mean " in found.message
    assert found.readings == tuple(map(Decimal, readings))


@pytest.mark.parametrize("text", ["21.13", "338", "84,5", "100"])
def test_a_number_near_the_usual_one_is_not_asked_about(text):
    limits = NumberLimits(minimum=0, usual=Decimal("84.50"))
    assert isinstance(parse_typed_number(text, MONEY, "en-US", limits), Decimal)


def test_a_negative_number_where_none_is_possible_is_asked_about():
    found = parse_typed_number("-50", MONEY, "de-DE", NumberLimits(minimum=0))
    assert found == NumberError(message="cannot be negative. Did you mean 50,00?", readings=(Decimal(50),))
    assert parse_typed_number("-50", PERCENT, "de-DE", NumberLimits(minimum=-90)) == -50


@pytest.mark.parametrize(
    "text",
    ["abc", "1e5", "NaN", "Infinity", "-inf", "1,2,3", "1.2.3", "1,,5", "84.", "--5", "5-", "12 34", "1 2345", "0x10",
     "½", "10k", "€ 5", "5 $ $", "'5", "1_000", "123,45,678", "0,123", "1$2", "$1$", "$", "1'23",
     "1.234,567.8", "Ⅷ", "²"],
)  # fmt: skip
@pytest.mark.parametrize("locale", ["en-US", "de-DE", "ar-EG"])
def test_what_is_no_amount_says_what_one_looks_like(text, locale):
    found = parse_typed_number(text, MONEY, locale)
    assert isinstance(found, NumberError)
    assert f"such as {format_typed_number(Decimal('1234.5'), MONEY, locale)}." in found.message
    assert found.readings == ()


@pytest.mark.parametrize(("kind", "text"), [(MONEY, "12 %"), (PERCENT, "$12"), (WHOLE, "12 %"), (WHOLE, "1.5")])
def test_a_foreign_unit_or_a_fraction_of_a_count_is_refused(kind, text):
    assert isinstance(parse_typed_number(text, kind, "en-US"), NumberError)


def test_more_digits_than_json_keeps_are_refused():
    assert isinstance(parse_typed_number("1234567890123456", WHOLE, "en-US"), NumberError)
    assert parse_typed_number("123456789012345", WHOLE, "en-US") == 123456789012345


@pytest.mark.parametrize("locale", LOCALES)
@given(cents=st.integers(-(10**14), 10**14))
def test_an_amount_is_read_as_it_is_shown(locale, cents):
    amount = Decimal(cents).scaleb(-2)
    assert parse_typed_number(format_typed_number(amount, MONEY, locale), MONEY, locale) == amount


@pytest.mark.parametrize("locale", LOCALES)
@given(hundredths=st.integers(-10_000, 1_000_000))
def test_a_percentage_is_read_as_it_is_shown(locale, hundredths):
    share = Decimal(hundredths).scaleb(-2)
    assert parse_typed_number(format_typed_number(share, PERCENT, locale), PERCENT, locale) == share


@pytest.mark.parametrize("locale", LOCALES)
@given(count=st.integers(-(10**12), 10**12))
def test_a_count_is_read_as_it_is_shown(locale, count):
    assert parse_typed_number(format_typed_number(Decimal(count), WHOLE, locale), WHOLE, locale) == count


@given(text=st.text(st.sampled_from("0123456789.,' -+%$٠١٫٬\u202f\u200f")), locale=st.sampled_from(LOCALES))
def test_any_text_is_a_number_or_an_error(text, locale):
    for kind in (MONEY, PERCENT, WHOLE):
        assert isinstance(parse_typed_number(text, kind, locale), Decimal | NumberError)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en-US", "1,234,567.50"),
        ("de-DE", "1.234.567,50"),
        ("fr-FR", "1\u202f234\u202f567,50"),
        ("en-IN", "12,34,567.50"),
        ("ar-EG", "١٬٢٣٤٬٥٦٧٫٥٠"),
        ("zz-ZZ", "1,234,567.50"),
    ],
)
def test_an_amount_is_shown_as_the_locale_writes_it(locale, text):
    assert format_typed_number(Decimal("1234567.5"), MONEY, locale) == text
