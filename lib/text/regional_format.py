"""How a company writes money and numbers: its currency and locale, set once for a page or a thread.

A context variable, as the log's: the gate sets it from the person's company in every run, before anything is drawn. A
thread that works for a page begins in a copy (`copy_context().run`). Without a company it is that of the demo.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

from babel import Locale, numbers
from babel.core import get_global

T = TypeVar("T")

# Written from left to right in 0-9. As `private.locale_codes`.
_LOCALE_CODES = """
cs_CZ da_DK de_AT de_CH de_DE en_AU en_CA en_GB en_IE en_IN en_NZ en_SG en_US en_ZA es_AR es_CL es_CO es_ES es_MX
et_EE fi_FI fr_BE fr_CA fr_CH fr_FR hr_HR hu_HU id_ID is_IS it_CH it_IT ja_JP ko_KR lt_LT lv_LV nb_NO nl_BE nl_NL
pl_PL pt_BR pt_PT ro_RO sk_SK sl_SI sv_SE tr_TR uk_UA zh_CN zh_TW
"""
LOCALES = tuple(_LOCALE_CODES.split())


@dataclass(frozen=True)
class RegionalFormat:
    """`currency` is an ISO 4217 code, `locale` a language and region such as de_DE."""

    currency: str = "USD"
    locale: str = "en_US"

    @property
    def currency_digits(self) -> int:
        """Decimals of the currency: 2 for USD, 0 for JPY."""
        return numbers.get_currency_precision(self.currency)

    @property
    def currency_symbol(self) -> str:
        """The symbol of the currency in this locale, its code where it has none."""
        return numbers.get_currency_symbol(self.currency, parse_locale(self.locale))

    @property
    def is_symbol_last(self) -> bool:
        """True where the symbol stands after the amount: "12,50 €"."""
        return bool(parse_locale(self.locale).currency_formats["standard"].suffix[0])


# Beside the code and the symbol of the locale.
_COMMON_SIGNS = {
    "USD": ("US$", "$"),
    "CAD": ("CA$", "C$", "$"),
    "AUD": ("A$", "$"),
    "NZD": ("NZ$", "$"),
    "SGD": ("S$", "$"),
    "HKD": ("HK$", "$"),
    "MXN": ("MX$", "$"),
    "GBP": ("£",),
    "JPY": ("¥", "￥"),
    "CNY": ("¥", "￥"),
    "CHF": ("Fr.", "SFr."),
}
DEFAULT_FORMAT = RegionalFormat()
_CURRENT: ContextVar[RegionalFormat] = ContextVar("regional_format", default=DEFAULT_FORMAT)


def use_regional_format(regional: RegionalFormat) -> None:
    """From here on money and numbers are written so, in this context."""
    _CURRENT.set(regional)


def get_regional_format() -> RegionalFormat:
    return _CURRENT.get()


def keep_regional_format(build: Callable[[], T]) -> Callable[[], T]:
    """`build` for another thread, such as that of a download: there it writes money as here."""
    regional = get_regional_format()

    def build_in_format() -> T:
        token = _CURRENT.set(regional)
        try:
            return build()
        finally:
            _CURRENT.reset(token)

    return build_in_format


def get_currency() -> str:
    """The ISO 4217 code of the company's currency."""
    return _CURRENT.get().currency


def list_currency_signs(regional: RegionalFormat) -> tuple[str, ...]:
    """What people write for the currency, the longest first: "US$", "USD", "$"."""
    english = numbers.get_currency_symbol(regional.currency, parse_locale("en_US"))
    signs = {regional.currency, regional.currency_symbol, english, *_COMMON_SIGNS.get(regional.currency, ())}
    return tuple(sorted(signs, key=len, reverse=True))


@lru_cache(maxsize=256)
def parse_locale(code: str) -> Locale:
    return Locale.parse(code)


@cache
def list_currencies() -> tuple[str, ...]:
    """The ISO 4217 codes of the money in use somewhere. As `private.currency_codes`."""
    used = get_global("territory_currencies")
    return tuple(sorted({code for all in used.values() for code, _, end, is_tender in all if is_tender and not end}))


def describe_currency(code: str) -> str:
    """ "EUR, Euro"."""
    return f"{code}, {numbers.get_currency_name(code, locale=parse_locale('en_US'))}"


def describe_locale(code: str) -> str:
    """ "German (Germany)"."""
    return parse_locale(code).get_display_name("en_US") or code
