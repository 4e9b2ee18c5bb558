"""A quote as values: its lines and what they come to. Shared by the slides that write it and sum it up."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lib.accounts.approval import Approver, approver_of
from lib.accounts.model import Account
from lib.accounts.pricing import arr_of, share_of
from lib.slides import answers as read
from lib.slides import words
from lib.slides.deck.growth import chosen_modules, seats_after
from lib.slides.deck.scenarios import chosen_scenario
from lib.slides.model import Answers, SlideId, SlideInput

EXPANSION = "expansion"
"""The category whose quotes come on top of what is paid today."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """`price` is list, USD per seat and year; `discount` 0-100; `total` USD a year, None while something is missing."""

    item: str
    seats: Decimal | None
    price: Decimal | None
    discount: Decimal
    list_total: Decimal | None
    total: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """`discount` is the effective one over all lines, 0-100; `approver` answers to the largest discount of any line."""

    lines: tuple[Line, ...]
    list_total: Decimal
    total: Decimal
    discount: Decimal | None
    approver: Approver
    unpriced: int


def quote_of(answers: Answers) -> Quote:
    """The quote as typed. Lines without seats or price count as unpriced, not as 0."""
    lines = tuple(_line(row) for row in read.rows(answers.get("lines")))
    listed = sum((line.list_total for line in lines if line.list_total is not None), Decimal(0))
    total = sum((line.total for line in lines if line.total is not None), Decimal(0))
    return Quote(
        lines=lines,
        list_total=listed,
        total=total,
        discount=share_of(listed - total, listed),
        approver=approver_of(max((line.discount for line in lines), default=Decimal(0))),
        unpriced=sum(line.total is None for line in lines),
    )


def suggested_lines(inp: SlideInput) -> list[dict[str, Any]]:
    """Lines from the chosen scenario, else from the contract; and the modules chosen in the growth plan.

    An expansion quotes only what is new.
    """
    account, growth = inp.account, read.of(inp, SlideId.GROWTH_PLAN)
    first = _subscription(account, read.of(inp, SlideId.PRICING_STRATEGY), growth)
    seats = first[0]["seats"] if first else None
    if inp.category == EXPANSION and account.contract and seats is not None:
        more = seats - account.contract.seats
        first = [first[0] | {"item": "More seats", "seats": more}] if more > 0 else []
    modules = [
        {"item": module.name, "seats": seats, "price": float(module.annual_price_per_seat), "discount": 0.0}
        for module in chosen_modules(account, growth)
    ]
    return first + modules


def _subscription(account: Account, pricing: Answers, growth: Answers) -> list[dict[str, Any]]:
    contract = account.contract
    if contract is None:
        return []
    scenario = chosen_scenario(account, pricing)
    line = {
        "item": "Subscription",
        "seats": seats_after(account, growth),
        "price": float(contract.annual_price_per_seat),
        "discount": float(contract.discount_percent),
    }
    if scenario and scenario.seats is not None:
        price = contract.annual_price_per_seat * (1 + scenario.uplift / 100)
        line |= {
            "seats": int(scenario.seats),
            "price": float(words.rounded(price, "0.01")),
            "discount": float(scenario.discount),
        }
    return [line]


def _line(row: Mapping[str, Any]) -> Line:
    seats, price = read.number(row.get("seats")), read.number(row.get("price"))
    discount = read.number(row.get("discount")) or Decimal(0)
    return Line(
        item=words.plain(read.text(row.get("item")) or "Unnamed line", most=200),
        seats=seats,
        price=price,
        discount=discount,
        list_total=arr_of(seats, price, Decimal(0)) if seats is not None and price is not None else None,
        total=arr_of(seats, price, discount) if seats is not None and price is not None else None,
    )
