"""The lines and totals of a quote, for the quote and the summary slide."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from lib.customers.arr_computation import (
    HUNDRED,
    WIDE_CONTEXT,
    bound_percent,
    compute_off_list_percent,
    compute_percentage,
)
from lib.customers.model import Account
from lib.forms.model import Answers
from lib.slides.growth_amounts import count_seats_after, list_chosen_modules
from lib.slides.model import SlideId, SlideInput
from lib.slides.pricing_scenarios import find_chosen_pricing_scenario
from lib.slides.stored_prices import PriceStatus, StoredPrice, read_price_status
from lib.text.format import round_half_up
from lib.text.json_values import parse_number, parse_rows, parse_text, to_exact_numbers
from lib.text.regional_format import get_regional_format
from lib.text.truncate import single_line, strip_invisible

# An expansion's quote comes on top of the current contract.
EXPANSION_CATEGORY = "expansion"

TERM_KEYS = ("remarks", "term_months", "valid_until")
"""Answers of its slide that are approved with the lines: `holds_terms` of the database's slide_answer_keys."""


@dataclass(frozen=True, kw_only=True)
class QuoteLine:
    """A line. `price` is as typed, in USD per seat and year, `discount` 0-100, `total` USD a year to the cent.

    `list_price` is what it is compared with: that of the module in the price list, else the contract's; None if neither
    is known.
    """

    item: str
    seats: Decimal | None
    price: Decimal | None
    discount: Decimal
    list_price: Decimal | None
    list_total: Decimal | None
    total: Decimal | None

    @property
    def is_credit(self) -> bool:
        """True for a line that takes money off: it counts against the whole quote. Two negatives are a price again."""
        if self.seats is None or self.price is None or self.total is None:
            return False
        return (self.seats < 0 or self.price < 0) and self.total <= 0

    @property
    def off_list_percent(self) -> Decimal | None:
        """How far it is below list (0-100), whatever the seats; without a price its discount. None for a credit."""
        if self.is_credit:
            return None
        if self.price is None:
            return bound_percent(self.discount) or None
        if not self.list_price:
            return bound_percent(self.discount)
        price = -self.price if self.seats is not None and self.seats < 0 else self.price
        with localcontext(WIDE_CONTEXT):
            return compute_off_list_percent(price / self.list_price, self.discount)

    @property
    def lacks_list_price(self) -> bool:
        """True if there is nothing to compare its price with."""
        return self.list_price is None and self.price is not None and not self.is_credit


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A quote. `discount` is that of the typed prices, 0-100.

    `off_list_percent` is how far the line furthest below list is, or the whole with its credits if that is more.
    `terms` are the answers that say what it promises besides its lines.
    """

    lines: tuple[QuoteLine, ...]
    list_total: Decimal
    total: Decimal
    discount: Decimal | None
    off_list_percent: Decimal
    unpriced_count: int
    terms: Mapping[str, Any]

    @property
    def lacks_list_price(self) -> bool:
        """True if a line has nothing to compare its price with."""
        return any(line.lacks_list_price for line in self.lines)


def compute_quote(answers: Answers, account: Account) -> Quote:
    """The quote from its form. Lines without seats or price count as unpriced, not as 0."""
    lines = tuple(_compute_quote_line(account, row) for row in parse_rows(answers.get("lines")))
    listed = sum((line.list_total for line in lines if line.list_total is not None), Decimal(0))
    total = sum((line.total for line in lines if line.total is not None), Decimal(0))
    return Quote(
        lines=lines,
        list_total=listed,
        total=total,
        discount=compute_percentage(listed - total, listed),
        off_list_percent=_compute_quote_off_list(lines),
        unpriced_count=sum(line.total is None for line in lines),
        terms={key: answers[key] for key in TERM_KEYS if not _is_blank_answer(answers.get(key))},
    )


def _is_blank_answer(answer: object) -> bool:
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _compute_quote_off_list(lines: tuple[QuoteLine, ...]) -> Decimal:
    ordinary = [line for line in lines if not line.is_credit]
    furthest = [line.off_list_percent for line in ordinary if line.off_list_percent is not None]
    credit = sum(
        (min(line.total, Decimal(0)) for line in lines if line.is_credit and line.total is not None), Decimal(0)
    )
    if not credit:
        return max(furthest, default=Decimal(0))
    with localcontext(WIDE_CONTEXT):
        paid = sum((line.total or Decimal(0) for line in ordinary), credit)
        # A line above list makes room for no credit.
        worth = sum((max(_compute_list_amount(line), line.total or Decimal(0)) for line in ordinary), Decimal(0))
        whole = bound_percent(HUNDRED - HUNDRED * paid / worth) if worth else HUNDRED
    return max([*furthest, whole])


def _compute_list_amount(line: QuoteLine) -> Decimal:
    seats = None if line.seats is None else abs(line.seats)
    price = line.price if line.list_price is None else line.list_price
    return (_compute_line_amount(seats, price, Decimal(0)) if line.price is not None else None) or Decimal(0)


def read_quote_status(account: Account, quote: Quote, stored: StoredPrice | None) -> PriceStatus:
    """What the price of a quote needs, and who approved it."""
    lines = [
        {
            "seats": line.seats,
            "price": line.price,
            "discount_percent": line.discount,
            "list_price": line.list_price,
        }
        for line in quote.lines
    ]
    figures = {"lines": lines, "terms": to_exact_numbers(quote.terms)}
    same_shape = replace(stored, figures=_drop_item_names(stored.figures)) if stored else None
    return read_price_status(
        account.rules, quote.off_list_percent, figures, same_shape, lacks_list_price=quote.lacks_list_price
    )


def _drop_item_names(figures: Any) -> dict[str, Any]:
    """Stored figures without the items' names, which the database stores on one line in its own way."""
    lines = [{key: value for key, value in line.items() if key != "item"} for line in figures["lines"] or ()]
    return {"lines": lines, "terms": figures["terms"]}


def suggest_quote_lines(slide_input: SlideInput) -> list[dict[str, Any]]:
    """Default lines: the chosen scenario or the contract, and the modules of the growth plan.

    An expansion quotes only what is new.
    """
    account, growth = slide_input.account, slide_input.answers_of(SlideId.GROWTH_PLAN)
    first = _build_subscription_line(account, slide_input.answers_of(SlideId.PRICING_STRATEGY), growth)
    seats = first[0]["seats"] if first else None
    if slide_input.category == EXPANSION_CATEGORY and account.contract and seats is not None:
        more = seats - account.contract.seats
        first = [first[0] | {"item": "Extra seats", "seats": more}] if more > 0 else []
    modules = [
        {"item": module.name, "seats": seats, "price": module.annual_price_per_seat, "discount": 0}
        for module in list_chosen_modules(account, growth)
    ]
    return first + modules


def _build_subscription_line(account: Account, pricing: Answers, growth: Answers) -> list[dict[str, Any]]:
    contract = account.contract
    if contract is None:
        return []
    scenario = find_chosen_pricing_scenario(account, pricing)
    line = {
        "item": "Subscription",
        "seats": count_seats_after(account, growth),
        "price": contract.annual_price_per_seat,
        "discount": contract.discount_percent,
    }
    if scenario and scenario.seats is not None:
        price = contract.annual_price_per_seat * (1 + scenario.uplift / 100)
        line |= {
            "seats": int(scenario.seats),
            "price": round_half_up(price, "0.01"),
            "discount": scenario.discount,
        }
    return [line]


def _compute_quote_line(account: Account, row: Mapping[str, Any]) -> QuoteLine:
    seats, price = parse_number(row.get("seats")), parse_number(row.get("price"))
    discount = parse_number(row.get("discount")) or Decimal(0)
    item = single_line(parse_text(row.get("item")) or "Unnamed line", max_length=200)
    list_price = find_list_price(account, item)
    return QuoteLine(
        item=item,
        seats=seats,
        price=price,
        discount=discount,
        list_price=list_price,
        list_total=_compute_line_amount(seats, price, Decimal(0)),
        total=_compute_line_amount(seats, price, discount),
    )


def find_list_price(account: Account, item: object) -> Decimal | None:
    """USD per seat and year of the module of that name, however spelt, else of the contract; None without either."""
    same = [module for module in account.price_list if _normalize_item_name(module.name) == _normalize_item_name(item)]
    if same:
        return max((module.name == item, module.annual_price_per_seat) for module in same)[1]
    contracted = account.contract.annual_price_per_seat if account.contract else None
    return contracted or None  # a contract at nothing, such as a pilot's, says nothing about the price


def _normalize_item_name(name: object) -> str:
    """As `private.item_key` has it."""
    visible = strip_invisible(unicodedata.normalize("NFKC", name)) if isinstance(name, str) else ""
    return " ".join(visible.replace("\u200c", "").replace("\u200d", "").lower().split())


def _compute_line_amount(seats: Decimal | None, price: Decimal | None, discount: Decimal) -> Decimal | None:
    """Money a year to the cent (a yen has none): who adds up the lines gets the total, as on any invoice."""
    if seats is None or price is None:
        return None
    step = Decimal(1).scaleb(-min(2, get_regional_format().currency_digits))
    with localcontext(WIDE_CONTEXT):
        return (seats * price * (1 - discount / HUNDRED)).quantize(step, ROUND_HALF_UP)
