"""Money and numbers as the company writes them: by its currency and locale, the same for every page."""

import threading
from contextvars import copy_context
from decimal import Decimal

import pytest

from lib.text import format as text_format
from lib.text.regional_format import (
    DEFAULT_FORMAT,
    LOCALES,
    RegionalFormat,
    get_regional_format,
    keep_regional_format,
    list_currencies,
    list_currency_signs,
    use_regional_format,
)

NBSP = "\u00a0"
WRITTEN = {
    ("USD", "en_US"): ("$284,400", "$12.50", "-$1,200", "$1,234,567.00", "1,250", "12.25%"),
    ("EUR", "de_DE"): (f"284.400{NBSP}€", f"12,50{NBSP}€", f"-1.200{NBSP}€", f"1.234.567,00{NBSP}€", "1.250", "12,25%"),
    ("JPY", "en_US"): ("¥284,400", "¥13", "-¥1,200", "¥1,234,567", "1,250", "12.25%"),
    ("JPY", "ja_JP"): ("￥284,400", "￥13", "-￥1,200", "￥1,234,567", "1,250", "12.25%"),
    ("CHF", "de_CH"): (
        f"CHF{NBSP}284'400",
        f"CHF{NBSP}12.50",
        "CHF-1'200",
        f"CHF{NBSP}1'234'567.00",
        "1'250",
        "12.25%",
    ),
    ("INR", "en_IN"): ("₹2,84,400", "₹12.50", "-₹1,200", "₹12,34,567.00", "1,250", "12.25%"),
}


@pytest.fixture
def use_format():
    yield lambda *parts: use_regional_format(RegionalFormat(*parts))
    use_regional_format(DEFAULT_FORMAT)


@pytest.mark.parametrize(("regional", "written"), WRITTEN.items())
def test_money_and_numbers_are_written_as_in_the_company_s_country(use_format, regional, written):
    use_format(*regional)
    assert (
        text_format.format_money(284400),
        text_format.format_money(Decimal("12.5")),
        text_format.format_money(-1200),
        text_format.format_exact_money(Decimal(1234567)),
        text_format.format_number(1250),
        text_format.format_exact_percent(Decimal("12.250")),
    ) == written


def test_what_rounds_to_nothing_has_no_sign_and_a_swiss_loss_of_millions_is_grouped(use_format):
    use_format("SEK", "sv_SE")
    assert text_format.format_money(-0.001) == f"0{NBSP}kr"
    use_format("CHF", "de_CH")
    assert text_format.format_money(-1234567) == "CHF-1'234'567"


def test_without_a_company_money_is_in_dollars():
    assert (get_regional_format(), text_format.format_change(1200)) == (RegionalFormat("USD", "en_US"), "+$1,200")


def test_every_currency_can_be_written_in_every_locale(use_format):
    for locale in LOCALES:
        for currency in list_currencies():
            use_format(currency, locale)
            digits = [char for char in text_format.format_money(1234567) if char.isdigit()]
            assert digits == list("1234567"), (currency, locale)


def test_a_thread_that_works_for_a_page_writes_money_as_the_page(use_format):
    use_format("EUR", "de_DE")
    written: list[str] = []
    context = copy_context()
    worker = threading.Thread(target=lambda: context.run(lambda: written.append(text_format.format_money(5))))
    worker.start()
    worker.join()
    assert written == [f"5{NBSP}€"]


def test_a_download_built_later_in_another_thread_is_in_the_currency_of_its_page(use_format):
    use_format("JPY", "en_US")
    build, written = keep_regional_format(lambda: text_format.format_money(5)), []
    worker = threading.Thread(target=lambda: written.extend((build(), text_format.format_money(5))))
    worker.start()
    worker.join()
    assert written == ["¥5", "$5"]


def test_what_people_write_for_a_currency_begins_with_the_longest():
    assert list_currency_signs(RegionalFormat("USD", "en_US"))[-1] == "$"
    assert {"EUR", "€"} <= set(list_currency_signs(RegionalFormat("EUR", "de_DE")))
