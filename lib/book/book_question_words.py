"""The words of questions to the book: patterns over folded text, and what they mean. No rules."""

import calendar
from collections.abc import Mapping

from lib.book.model import BookSort
from lib.llm.rule_based.argument_extraction import DAYS_PER_UNIT, SPOKEN_NUMBERS
from lib.text.format import MONTH_NAMES
from lib.text.search_terms import STOP_WORDS

FACTORS = {"": 1, "k": 1_000, "thousand": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000}

NO_RENEWAL_RANGE = "Renewal dates are found by month: ask for “renewing in March”. By days, the notice deadline is."
NO_CONTACT_FILTER = (
    "There is no filter for the last contact: those who waited longest stand first, those without any at the end."
)

# Words of a question that say nothing about which customers are meant.
_COMMON = (
    "account accounts annual arr book by client clients companies company contract contracts count currency currently "
    "customer customers deadline deadlines dollar dollars eur euro euros far find first get give got list many much "
    "need needs now number ones only order ordered renewal renewals revenue right segment sort sorted sum there those "
    "today total usd value want worth year"
)
# Common words that would say which customers are meant, if the book knew: they are told when nothing has read them.
_TELLING_WORDS = "again before had last latest more most new newest no not recent recently than"
FILLER = (STOP_WORDS - frozenset(_TELLING_WORDS.split())) | frozenset(_COMMON.split())
_TURNING_WORDS = "but except excluding no nor not other than unless without"
TURNING = frozenset(_TURNING_WORDS.split())
"""Left unread, one of these may turn round what was read: "not at risk"."""
SPAN = rf"(?:(\d{{1,4}}|{'|'.join(SPOKEN_NUMBERS)}) ?)?({'|'.join(DAYS_PER_UNIT)})s?"
# A bare number is money from 10,000 on: "more than 3 tickets", "from 2025".
MONEY = (
    r"(?:(?:[$€£] ?)(\d[\d.,]*)(?: ?(k|thousand|m|mio|million))?|(\d[\d.,]*) ?(k|thousand|m|mio|million)"
    r"|(\d{1,3}(?:[.,]\d{3})+|\d{5,}))\b(?! ?(?:day|week|month|seat|user))"
)
MONTHS = {name.casefold(): number for number, name in enumerate(MONTH_NAMES, start=1)} | {
    name.casefold(): number for number, name in enumerate(calendar.month_name) if number
}
MONTH = rf"({'|'.join(sorted(MONTHS, key=len, reverse=True))})\b(?: (20\d\d))?"
DEADLINE, RENEWAL = (
    r"(?:notice|deadlines?|cancel\w*|to act)",
    r"(?:renew\w*|expir\w*|contracts? ends?|ending|ends?|end)",
)


CODES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "bands": (
        ("none", r"(?:without|no|missing)(?: any)? (?:health score|health data|health|score)"),
        ("red", r"at[ -]risk|red|unhealthy|in danger|endangered"),
        ("yellow", r"yellow|amber|need\w* attention"),
        ("green", r"green|healthy"),
    ),
    "segments": (
        ("smb", r"smb|small business(?:es)?|small customers"),
        ("mid", r"mid[ -]?market|mid[ -]?size\w*|midmarket"),
        ("enterprise", r"enterprises?"),
    ),
}


ORDERS: tuple[tuple[str, BookSort, bool], ...] = (
    (r"(?:largest|biggest|highest arr|most arr|worth most|pay\w* (?:us )?(?:the )?most|top)", BookSort.ARR, True),
    (r"(?:smallest|lowest arr|least arr|pay\w* (?:us )?(?:the )?least)", BookSort.ARR, False),
    (r"(?:unhealthiest|(?:worst|lowest|least|poorest) health\w*)", BookSort.HEALTH, False),
    (r"(?:healthiest|(?:best|highest) health\w*)", BookSort.HEALTH, True),
    (r"(?:most urgent|most important|highest priority|by priority|act (?:on )?first|urgent)", BookSort.PRIORITY, True),
    (r"(?:soonest|due first|due next|next deadlines?|by (?:notice )?deadline)", BookSort.DEADLINE, False),
)
