"""The lines and totals of a quote, for the quote and the summary slide."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from lib.customers.arr_computation import HUNDRED, WIDE_CONTEXT, compute_percentage
from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.model import Account
from lib.forms.model import Answers
from lib.slides.growth_amounts import count_seats_after, list_chosen_modules
from lib.slides.model import SlideId, SlideInput
from lib.slides.pricing_scenarios import find_chosen_pricing_scenario
from lib.text.format import round_half_up
from lib.text.json_values import parse_number, parse_rows, parse_text
from lib.text.truncate import single_line

CENT = Decimal("0.01")

# An expansion's quote comes on top of the current contract.
EXPANSION_CATEGORY = "expansion"


@dataclass(frozen=True, kw_only=True)
class QuoteLine:
    """A line. `price` is the list price in USD per seat and year, `discount` 0-100, `total` USD a year
    to the cent."""

    item: str
    seats: Decimal | None
    price: Decimal | None
    discount: Decimal
    list_total: Decimal | None
    total: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A quote. `discount` is the effective one, 0-100; `approver` is for the largest discount of any line."""

    lines: tuple[QuoteLine, ...]
    list_total: Decimal
    total: Decimal
    discount: Decimal | None
    approver: str
    needs_other_approval: bool
    unpriced_count: int


def compute_quote(answers: Answers, rules: CompanyRules) -> Quote:
    """The quote from its form. Lines without seats or price count as unpriced, not as 0."""
    lines = tuple(_compute_quote_line(row) for row in parse_rows(answers.get("lines")))
    listed = sum((line.list_total for line in lines if line.list_total is not None), Decimal(0))
    largest = max((line.discount for line in lines), default=Decimal(0))
    total = sum((line.total for line in lines if line.total is not None), Decimal(0))
    return Quote(
        lines=lines,
        list_total=listed,
        total=total,
        discount=compute_percentage(listed - total, listed),
        approver=rules.find_discount_approver(largest),
        needs_other_approval=rules.needs_discount_approval(largest),
        unpriced_count=sum(line.total is None for line in lines),
    )


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


def _compute_quote_line(row: Mapping[str, Any]) -> QuoteLine:
    seats, price = parse_number(row.get("seats")), parse_number(row.get("price"))
    discount = parse_number(row.get("discount")) or Decimal(0)
    return QuoteLine(
        item=single_line(parse_text(row.get("item")) or "Unnamed line", max_length=200),
        seats=seats,
        price=price,
        discount=discount,
        list_total=_compute_line_amount(seats, price, Decimal(0)),
        total=_compute_line_amount(seats, price, discount),
    )


def _compute_line_amount(seats: Decimal | None, price: Decimal | None, discount: Decimal) -> Decimal | None:
    """USD a year to the cent: who adds up the lines gets the total, as on any invoice."""
    if seats is None or price is None:
        return None
    with localcontext(WIDE_CONTEXT):
        return (seats * price * (1 - discount / HUNDRED)).quantize(CENT, ROUND_HALF_UP)
