"""A question about several customers, read as filters and an order of the book. Pure.

What is not understood is told, never guessed: whoever asks sees the filters in words and the words that were left out.
"""

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from operator import itemgetter
from typing import Any

from lib.book.model import BookFilter, BookOwner, BookSort
from lib.text.format import MONTH_NAMES
from lib.text.search_terms import STOP_WORDS, fold_text

MAX_QUESTION_CHARS = 300
MAX_DAYS = 3650
DAYS_IN = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
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
_FILLER = frozenset(_COMMON.split())
_SPAN = r"(?:(\d{1,4}) ?)?(day|week|month|quarter|year)s?"
_MONEY = r"[$€£]? ?(\d[\d.,]*) ?(k|thousand|m|mio|million)?\b"
_MONTHS = {name.casefold(): number for number, name in enumerate(MONTH_NAMES, start=1)} | {
    name.casefold(): number for number, name in enumerate(calendar.month_name) if number
}
_MONTH = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b(?: (20\d\d))?"
_DEADLINE, _RENEWAL = (
    r"(?:notice|deadlines?|cancel\w*|to act)",
    r"(?:renew\w*|expir\w*|contracts? ends?|ending|ends?|end)",
)


@dataclass(frozen=True, kw_only=True)
class BookReading:
    """What was understood. `sort` is None where no order was asked for; `unread` are words that mean nothing here."""

    filter: BookFilter
    sort: BookSort | None = None
    descending: bool = False
    hints: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_understood(self) -> bool:
        return self.sort is not None or bool(self.filter.to_json().keys() - {"owner"}) or self.filter.owner is not None


@dataclass(kw_only=True)
class _PartlyReadQuestion:
    today: date
    rest: str
    filters: dict[str, Any] = field(default_factory=dict)
    sort: tuple[BookSort, bool] | None = None
    hints: list[str] = field(default_factory=list)

    def take(self, pattern: str, use: Callable[[re.Match[str]], object]) -> None:
        """Give each place that fits to `use`, and read its words no more."""
        while found := re.search(pattern, self.rest):
            use(found)
            self.rest = f"{self.rest[: found.start()]} | {self.rest[found.end() :]}"

    def take_words(self, pattern: str, use: Callable[[], object]) -> None:
        """As `take`, where the words say all there is to know."""
        self.take(pattern, lambda _: use())

    def add_code(self, name: str, code: str) -> None:
        self.filters[name] = tuple(dict.fromkeys((*self.filters.get(name, ()), code)))

    def choose_order(self, sort: BookSort, descending: bool) -> None:
        self.sort = self.sort or (sort, descending)


def read_book_question(text: str, *, today: date, owners: Sequence[BookOwner]) -> BookReading:
    """The filters and the order that `text` asks for. A person is found among `owners` by a whole or a first name."""
    reading = _PartlyReadQuestion(today=today, rest=" ".join(fold_text(text[:MAX_QUESTION_CHARS]).split()))
    for read in (_read_contact, _read_days, _read_months, _read_amounts, _read_runs, _read_codes, _read_orders):
        read(reading)
    _read_owner(reading, owners)
    sort, descending = reading.sort or (None, False)
    words = dict.fromkeys(re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", reading.rest))
    return BookReading(
        filter=BookFilter(**reading.filters),
        sort=sort,
        descending=descending,
        hints=tuple(dict.fromkeys(reading.hints)),
        unread=tuple(word for word in words if word not in STOP_WORDS and word not in _FILLER),
    )


def _read_contact(reading: _PartlyReadQuestion) -> None:
    def use(_: re.Match[str]) -> None:
        reading.choose_order(BookSort.LAST_CONTACT, False)
        reading.hints.append(NO_CONTACT_FILTER)

    silent = (
        r"(?:not|no|never|without|last|haven't|hasn't)[^|.?]{0,25}\b(?:contact\w*|spoken|spoke|talked|heard|called)\b"
    )
    reading.take(rf"\b{silent}(?:[^|.?]{{0,15}}\b{_SPAN}\b)?", use)


def _read_days(reading: _PartlyReadQuestion) -> None:
    def use_overdue(_: re.Match[str]) -> None:
        reading.filters |= {"days_from": None, "days_to": -1}

    def use_days(found: re.Match[str]) -> None:
        count, unit = found.groups()[-2:]
        reading.filters |= {"days_from": 0, "days_to": min(MAX_DAYS, int(count or 1) * DAYS_IN[unit])}

    def explain(_: re.Match[str]) -> None:
        reading.hints.append(NO_RENEWAL_RANGE)

    ahead = r"(?:with)?in|under|less than|next|over|during"
    reading.take(
        rf"\b(?:overdue|{_DEADLINE}\b[^|.?]{{0,20}}\b(?:passed|missed|past|over)|past \w* ?{_DEADLINE})\b",
        use_overdue,
    )
    reading.take(rf"\b{_DEADLINE}\b[^|.?]{{0,25}}?\b(?:{ahead})\b(?: the)?(?: next)? {_SPAN}\b", use_days)
    reading.take(
        rf"\b{_RENEWAL}\b[^|.?]{{0,25}}?\b(?:{ahead}|this|before|after)\b(?: the)?(?: next)? {_SPAN}\b", explain
    )


def _read_months(reading: _PartlyReadQuestion) -> None:
    def use(name: str) -> Callable[[re.Match[str]], None]:
        def set_month(found: re.Match[str]) -> None:
            number = _MONTHS[found[1]]
            later = reading.today.year + (number < reading.today.month)
            reading.filters[name] = f"{found[2] or later}-{number:02}"

        return set_month

    reading.take(rf"\b{_DEADLINE}\b[^|.?]{{0,20}}?\b(?:in|during) {_MONTH}", use("deadline_month"))
    reading.take(rf"\b{_RENEWAL}\b[^|.?]{{0,20}}?\b(?:in|during) {_MONTH}", use("end_month"))
    reading.take(
        rf"\b{_RENEWAL}\b[^|.?]{{0,20}}?\b(?:before|after|by|until|since) {_MONTH}",
        lambda _: reading.hints.append(NO_RENEWAL_RANGE),
    )


def _read_amounts(reading: _PartlyReadQuestion) -> None:
    def use(*names: str) -> Callable[[re.Match[str]], None]:
        def set_amounts(found: re.Match[str]) -> None:
            amounts = (found.groups()[place : place + 2] for place in range(0, 2 * len(names), 2))
            reading.filters |= {name: _read_amount(*each) for name, each in zip(names, amounts, strict=True)}

        return set_amounts

    reading.take(rf"\bbetween {_MONEY} and {_MONEY}", use("arr_from", "arr_to"))
    reading.take(
        rf"(?:\b(?:over|above|more than|at least|from|larger than|bigger than)|>=?) {_MONEY}(?! (?:day|week|month))",
        use("arr_from"),
    )
    reading.take(
        rf"(?:\b(?:under|below|less than|up to|at most|smaller than)|<=?) {_MONEY}(?! (?:day|week|month))",
        use("arr_to"),
    )


def _read_amount(digits: str, factor: str | None) -> int:
    """Whole units of money. A comma or a point before three digits groups them, else it is the decimal sign."""
    plain = re.sub(r"[.,](?=\d{3}(?!\d))", "", digits.rstrip(".,")).replace(",", ".")
    whole, _, rest = plain.partition(".")
    return min(10**12, int(float(f"{whole}.{rest.replace('.', '') or 0}") * FACTORS[factor or ""]))


def _read_runs(reading: _PartlyReadQuestion) -> None:
    def use(has_run: bool) -> Callable[[re.Match[str]], None]:
        return lambda _: reading.filters.update(has_run=has_run)

    runs = r"(?:an? |any )?(?:open |active )?(?:runs?|workflows?)(?: open| started)?"
    reading.take(rf"\b(?:without|no|not|with no|has no|have no) {runs}\b", use(False))
    reading.take(rf"\b(?:with|has|have|having) {runs}\b|\bopen runs?\b", use(True))


_CODES: Mapping[str, tuple[tuple[str, str], ...]] = {
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


def _read_codes(reading: _PartlyReadQuestion) -> None:
    for name, codes in _CODES.items():
        for code, pattern in codes:
            reading.take_words(rf"\b(?:{pattern})\b", partial(reading.add_code, name, code))
    reading.take(
        r"\b(?:churned|lost (?:customers?|accounts?)|former (?:customers?|accounts?))\b",
        lambda _: reading.filters.update(status="churned"),
    )


_ORDERS: tuple[tuple[str, BookSort, bool], ...] = (
    (r"(?:largest|biggest|highest arr|most arr|worth most|pay\w* (?:us )?(?:the )?most|top)", BookSort.ARR, True),
    (r"(?:smallest|lowest arr|least arr|pay\w* (?:us )?(?:the )?least)", BookSort.ARR, False),
    (r"(?:unhealthiest|(?:worst|lowest|least|poorest) health\w*)", BookSort.HEALTH, False),
    (r"(?:healthiest|(?:best|highest) health\w*)", BookSort.HEALTH, True),
    (r"(?:most urgent|most important|highest priority|by priority|act (?:on )?first|urgent)", BookSort.PRIORITY, True),
    (r"(?:soonest|due first|due next|next deadlines?|by (?:notice )?deadline)", BookSort.DEADLINE, False),
)


def _read_orders(reading: _PartlyReadQuestion) -> None:
    for pattern, sort, descending in _ORDERS:
        reading.take_words(rf"\b{pattern}\b", partial(reading.choose_order, sort, descending))


def _read_owner(reading: _PartlyReadQuestion, owners: Sequence[BookOwner]) -> None:
    """The first that is named: one's own, everybody's, or those of a colleague whose name only one of them has."""
    reading.take(
        r"\b(?:mine|my|of mine|do i (?:own|have)|i own)\b", lambda _: reading.filters.setdefault("owner", "mine")
    )
    reading.take(
        r"\b(?:everybody'?s?|everyone'?s?|all (?:customers|accounts)|(?:my |the |our )?(?:whole )?team'?s?|ours)\b",
        lambda _: reading.filters.setdefault("owner", "team"),
    )
    names = [(fold_text(owner.name), owner.id) for owner in owners]
    first = [(name.split()[0], identity) for name, identity in names if name.split()]
    once = [(name, identity) for name, identity in first if [each for each, _ in first].count(name) == 1]
    for name, identity in filter(itemgetter(0), (*names, *once)):
        whose = rf"\b(?:(?:owned by|of|by|from) )?{re.escape(name)}(?:['’]s)?\b"
        reading.take_words(whose, partial(reading.filters.setdefault, "owner", identity))
