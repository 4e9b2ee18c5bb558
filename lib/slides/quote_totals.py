"""The lines and totals of a quote, for the quote and the summary slide."""

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
from lib.text.json_values import parse_number, parse_rows, parse_text
from lib.text.truncate import single_line

CENT = Decimal("0.01")

# An expansion's quote comes on top of the current contract.
EXPANSION_CATEGORY = "expansion"


@dataclass(frozen=True, kw_only=True)
class QuoteLine:
    """A line. `price` is as typed, in USD per seat and year, `discount` 0-100, `total` USD a year to the cent.

    `list_price` is what it is compared with: that of the module in the price list, else the contract's, else `price`.
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
        """How far it is below list (0-100); None for a credit and without a price."""
        if self.total is None or self.price is None or self.is_credit:
            return None
        if not self.list_price:
            return bound_percent(self.discount)
        price = -self.price if self.seats is not None and self.seats < 0 else self.price
        with localcontext(WIDE_CONTEXT):
            return compute_off_list_percent(price / self.list_price, self.discount)


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A quote. `discount` is that of the typed prices, 0-100.

    `off_list_percent` is how far the line furthest below list is, or the whole with its credits if that is more.
    """

    lines: tuple[QuoteLine, ...]
    list_total: Decimal
    total: Decimal
    discount: Decimal | None
    off_list_percent: Decimal
    unpriced_count: int


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
    )


def _compute_quote_off_list(lines: tuple[QuoteLine, ...]) -> Decimal:
    ordinary = [line for line in lines if not line.is_credit and line.total is not None]
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
    return _compute_line_amount(seats, line.list_price, Decimal(0)) or Decimal(0)


def read_quote_status(account: Account, quote: Quote, stored: StoredPrice | None) -> PriceStatus:
    """What the price of a quote needs, and who approved it."""
    figures = [
        {
            "seats": line.seats,
            "price": line.price,
            "discount_percent": line.discount,
            "list_price": line.list_price,
        }
        for line in quote.lines
    ]
    same_shape = replace(stored, figures=_drop_items(stored.figures)) if stored else None
    return read_price_status(account.rules, quote.off_list_percent, figures, same_shape)


def _drop_items(figures: Any) -> list[dict[str, Any]]:
    """The numbers of stored lines: the database stores an item's name on one line in its own way."""
    return [{key: value for key, value in line.items() if key != "item"} for line in figures or ()]


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
        list_price=price if list_price is None else list_price,
        list_total=_compute_line_amount(seats, price, Decimal(0)),
        total=_compute_line_amount(seats, price, discount),
    )


def find_list_price(account: Account, item: object) -> Decimal | None:
    """USD per seat and year of the module of that name, else of the contract; None without either."""
    contracted = account.contract.annual_price_per_seat if account.contract else None
    return next((m.annual_price_per_seat for m in account.price_list if m.name == item), contracted)


def _compute_line_amount(seats: Decimal | None, price: Decimal | None, discount: Decimal) -> Decimal | None:
    """USD a year to the cent: who adds up the lines gets the total, as on any invoice."""
    if seats is None or price is None:
        return None
    with localcontext(WIDE_CONTEXT):
        return (seats * price * (1 - discount / HUNDRED)).quantize(CENT, ROUND_HALF_UP)
