"""Pricing scenarios, for the pricing, quote and summary slides and the chat."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lib.customers.arr_computation import HUNDRED, compute_arr, compute_off_list_percent
from lib.customers.model import Account
from lib.forms.model import Answers
from lib.slides.stored_prices import PriceStatus, StoredPrice, read_price_status
from lib.text.json_values import parse_number, parse_rows, parse_text
from lib.text.truncate import single_line

USUAL_UPLIFT = Decimal(5)
MAX_SEATS = 2_147_483_647


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One offer. Percentages are 0-100, `off_list_percent` below list; `arr` is USD a year, None without a contract."""

    name: str
    uplift: Decimal
    discount: Decimal
    seats: Decimal | None
    price: Decimal | None
    arr: Decimal | None
    off_list_percent: Decimal
    approver: str
    needs_other_approval: bool
    is_above_cap: bool


def compute_pricing_scenarios(account: Account, answers: Answers) -> tuple[Scenario, ...]:
    """The scenarios of the form, or the suggested ones. A blank cell means as today."""
    typed = answers.get("scenarios")
    rows = suggest_pricing_scenarios(account) if typed is None else parse_rows(typed)
    return tuple(_compute_pricing_scenario(account, row, place) for place, row in enumerate(rows, start=1))


def find_chosen_pricing_scenario(account: Account, answers: Answers) -> Scenario | None:
    name = answers.get("chosen")
    return next((scenario for scenario in compute_pricing_scenarios(account, answers) if scenario.name == name), None)


def read_scenario_status(account: Account, scenario: Scenario, stored: StoredPrice | None) -> PriceStatus:
    """What the price of a scenario needs, and who approved it."""
    contract = account.contract
    figures = {
        "uplift_percent": scenario.uplift,
        "discount_percent": scenario.discount,
        "seats": scenario.seats,
        "list_price": contract.annual_price_per_seat if contract else None,
    }
    return read_price_status(account.rules, scenario.off_list_percent, figures, stored)


def suggest_pricing_scenarios(account: Account) -> list[dict[str, Any]]:
    contract, week = account.contract, account.latest_usage
    if contract is None:
        return []
    cap = contract.uplift_cap_percent
    uplift = min(USUAL_UPLIFT, cap) if cap is not None else USUAL_UPLIFT
    discount, seats = contract.discount_percent, contract.seats
    rows = [
        {"name": "As today", "uplift": 0, "discount": discount, "seats": seats},
        {"name": "Usual uplift", "uplift": uplift, "discount": discount, "seats": seats},
        {"name": "Five points more discount", "uplift": 0, "discount": min(Decimal(100), discount + 5), "seats": seats},
    ]
    if week and 0 < week.active_users < 0.75 * contract.seats:
        rows.append({"name": "Seats in use", "uplift": uplift, "discount": discount, "seats": week.active_users})
    if week and week.utilisation > 0.9:
        more = min(MAX_SEATS, contract.seats + max(1, contract.seats // 10))
        rows.append({"name": "Ten percent more seats", "uplift": uplift, "discount": discount, "seats": more})
    return rows


def _compute_pricing_scenario(account: Account, row: Mapping[str, Any], place: int) -> Scenario:
    contract = account.contract
    uplift = parse_number(row.get("uplift")) or Decimal(0)
    discount, seats = parse_number(row.get("discount")), parse_number(row.get("seats"))
    if discount is None:
        discount = contract.discount_percent if contract else Decimal(0)
    if seats is None and contract:
        seats = Decimal(contract.seats)
    price = contract.annual_price_per_seat if contract else None
    cap = contract.uplift_cap_percent if contract else None
    off_list = compute_off_list_percent(1 + uplift / HUNDRED, discount)
    return Scenario(
        name=single_line(parse_text(row.get("name")) or f"Scenario {place}", max_length=80),
        uplift=uplift,
        discount=discount,
        seats=seats,
        price=price,
        arr=compute_arr(seats, price, discount, uplift) if seats is not None and price is not None else None,
        off_list_percent=off_list,
        approver=account.rules.find_discount_approver(off_list),
        needs_other_approval=account.rules.needs_discount_approval(off_list),
        is_above_cap=cap is not None and uplift > cap,
    )
