"""A question about several customers, read as filters and an order of the book. Pure.

What is not understood is told, never guessed: whoever asks sees the filters in words and the words that were left out.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from lib.book.book_question_words import (
    CODES,
    DEADLINE,
    FACTORS,
    FILLER,
    MONEY,
    MONTH,
    MONTHS,
    NO_CONTACT_FILTER,
    NO_RENEWAL_RANGE,
    ORDERS,
    RENEWAL,
    SPAN,
    TURNING,
)
from lib.book.model import BookFilter, BookOwner, BookSort
from lib.llm.rule_based.argument_extraction import DAYS_PER_UNIT, SPOKEN_NUMBERS
from lib.text.search_terms import fold_text

MAX_QUESTION_CHARS = 300
MAX_DAYS = 3650


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
        """False where nothing was read, or where what was left unread may turn it round."""
        if TURNING.intersection(self.unread) or ("or" in self.unread):
            return False
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
    # The filters of the book hold all at once; only those of one kind are alternatives.
    filler = FILLER - {"or"} if len(reading.filters.keys() - {"owner"}) > 1 else FILLER
    return BookReading(
        filter=BookFilter(**reading.filters),
        sort=sort,
        descending=descending,
        hints=tuple(dict.fromkeys(reading.hints)),
        unread=tuple(word for word in words if word not in filler),
    )


def _read_contact(reading: _PartlyReadQuestion) -> None:
    def use(_: re.Match[str]) -> None:
        reading.choose_order(BookSort.LAST_CONTACT, False)
        reading.hints.append(NO_CONTACT_FILTER)

    spoken = r"(?:contacted|spoken (?:to|with)|talked to|heard from|called|contact (?=for|since|in ))"
    silent = rf"(?:not|no|never|without|last|haven't|hasn't)\b[^|.?]{{0,12}}\b{spoken}"
    reading.take(rf"\b{silent}(?:[^|.?]{{0,15}}\b{SPAN}\b)?", use)


def _read_days(reading: _PartlyReadQuestion) -> None:
    def use_overdue(_: re.Match[str]) -> None:
        reading.filters |= {"days_from": None, "days_to": -1}

    def use_days(found: re.Match[str]) -> None:
        count, unit = found.groups()[-2:]
        number = SPOKEN_NUMBERS.get(count) or int(count or 1)
        reading.filters |= {"days_from": 0, "days_to": min(MAX_DAYS, number * DAYS_PER_UNIT[unit])}

    def explain(_: re.Match[str]) -> None:
        reading.hints.append(NO_RENEWAL_RANGE)

    ahead = r"(?:with)?in|under|less than|next|over the next|during the next"
    reading.take(
        rf"\b(?:overdue|{DEADLINE}\b[^|.?]{{0,20}}\b(?:passed|missed|past|(?:is|are) over)|past \w* ?{DEADLINE})\b",
        use_overdue,
    )
    reading.take(rf"\b{DEADLINE}\b[^|.?]{{0,25}}?\b(?:{ahead})\b(?: the)?(?: next)? {SPAN}\b", use_days)
    reading.take(rf"\b{RENEWAL}\b[^|.?]{{0,25}}?\b(?:{ahead}|this|before|after)\b(?: the)?(?: next)? {SPAN}\b", explain)


def _read_months(reading: _PartlyReadQuestion) -> None:
    def use(name: str) -> Callable[[re.Match[str]], None]:
        def set_month(found: re.Match[str]) -> None:
            number = MONTHS[found[1]]
            later = reading.today.year + (number < reading.today.month)
            reading.filters[name] = f"{found[2] or later}-{number:02}"

        return set_month

    reading.take(rf"\b{DEADLINE}\b[^|.?]{{0,20}}?\b(?:in|during) {MONTH}", use("deadline_month"))
    reading.take(rf"\b{RENEWAL}\b[^|.?]{{0,20}}?\b(?:in|during) {MONTH}", use("end_month"))
    reading.take(
        rf"\b{RENEWAL}\b[^|.?]{{0,20}}?\b(?:before|after|by|until|since) {MONTH}",
        lambda _: reading.hints.append(NO_RENEWAL_RANGE),
    )


def _read_amounts(reading: _PartlyReadQuestion) -> None:
    def use(*names: str) -> Callable[[re.Match[str]], None]:
        def set_amounts(found: re.Match[str]) -> None:
            groups = found.groups()
            for place, name in enumerate(names):
                signed, factor_of_signed, counted, factor, plain = groups[5 * place : 5 * place + 5]
                reading.filters[name] = _read_amount(signed or counted or plain, factor_of_signed or factor)

        return set_amounts

    reading.take(rf"\bbetween {MONEY} and {MONEY}", use("arr_from", "arr_to"))
    more, less = "over|above|more than|at least|from|larger than|bigger than", "under|below|less than|up to|at most"
    reading.take(rf"(?:\b(?:{more})|>=?) {MONEY}", use("arr_from"))
    reading.take(rf"(?:\b(?:{less}|smaller than)|<=?) {MONEY}", use("arr_to"))


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


def _read_codes(reading: _PartlyReadQuestion) -> None:
    for name, codes in CODES.items():
        for code, pattern in codes:
            reading.take_words(rf"\b(?:{pattern})\b", partial(reading.add_code, name, code))
    reading.take(
        r"\b(?:churned|lost (?:customers?|accounts?)|former (?:customers?|accounts?))\b",
        lambda _: reading.filters.update(status="churned"),
    )


def _read_orders(reading: _PartlyReadQuestion) -> None:
    for pattern, sort, descending in ORDERS:
        reading.take_words(rf"\b{pattern}\b", partial(reading.choose_order, sort, descending))


def _read_owner(reading: _PartlyReadQuestion, owners: Sequence[BookOwner]) -> None:
    """The first that is named: everybody's, one's own, or a colleague's.

    A first name counts where only one of them has it, and where it owns something: "Alice's", "of Alice".
    """
    take = partial(reading.filters.setdefault, "owner")
    reading.take_words(
        r"\b(?:everybody'?s?|everyone'?s?|all (?:customers|accounts)|(?:my |the |our )?(?:whole )?team'?s?|ours)\b",
        partial(take, "team"),
    )
    reading.take_words(r"\b(?:mine|my|of mine|do i (?:own|have)|i own)\b", partial(take, "mine"))
    for owner in owners:
        if name := re.escape(fold_text(owner.name)):
            reading.take_words(rf"\b(?:(?:owned by|of|by|from) )?{name}(?:['’]s)?\b", partial(take, owner.id))
    first = [fold_text(owner.name).partition(" ")[0] for owner in owners]
    for name, owner in zip(first, owners, strict=True):
        if name and first.count(name) == 1:
            name = re.escape(name)
            reading.take_words(
                rf"\b(?:owned by|of|by|from) {name}(?:['’]s)?\b|\b{name}['’]s\b", partial(take, owner.id)
            )
