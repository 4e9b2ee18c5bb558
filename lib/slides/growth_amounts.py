"""Seats, modules and amounts of a growth plan, for its slide, the quote and the summary."""

from decimal import Decimal

from lib.customers.account_rankings import list_unbought_product_modules
from lib.customers.arr_computation import compute_arr
from lib.customers.model import Account, ProductModule
from lib.forms.model import Answers
from lib.text.json_values import parse_integer, parse_texts

SATURATED_SHARE = 0.9
ROOMY_SHARE = 0.75


def list_chosen_modules(account: Account, answers: Answers) -> tuple[ProductModule, ...]:
    """The modules chosen in the growth plan that are still for sale."""
    chosen = parse_texts(answers.get("modules"))
    return tuple(module for module in list_unbought_product_modules(account) if module.name in chosen)


def count_extra_seats(answers: Answers) -> int:
    return max(0, parse_integer(answers.get("extra_seats")) or 0)


def suggest_extra_seats(account: Account) -> int:
    """The seats that bring a saturated account back to 80% in use; 0 for others."""
    week = account.latest_usage
    if week is None or week.utilisation <= SATURATED_SHARE:
        return 0
    return max(0, round(week.active_users / 0.8) - week.seats)


def count_seats_after(account: Account, answers: Answers) -> int | None:
    """Seats of the contract plus the extra ones; None without a contract."""
    return account.contract.seats + count_extra_seats(answers) if account.contract else None


def compute_extra_seats_price(account: Account, answers: Answers) -> Decimal | None:
    """USD a year for the extra seats, at the contract's price and discount."""
    contract = account.contract
    if contract is None:
        return None
    seats = Decimal(count_extra_seats(answers))
    return compute_arr(seats, contract.annual_price_per_seat, contract.discount_percent)


def compute_module_price(account: Account, module: ProductModule, seats: int | None = None) -> Decimal | None:
    """USD a year for `module` on every seat, at list price; None without seats."""
    count = seats if seats is not None else account.contract.seats if account.contract else None
    return compute_arr(Decimal(count), module.annual_price_per_seat, Decimal(0)) if count is not None else None


def compute_growth_plan_price(account: Account, answers: Answers) -> Decimal | None:
    """USD a year of the whole plan; None if nothing in it can be priced."""
    seats = count_seats_after(account, answers)
    modules = [compute_module_price(account, module, seats) for module in list_chosen_modules(account, answers)]
    parts = [part for part in (*modules, compute_extra_seats_price(account, answers)) if part]
    return sum(parts, Decimal(0)) if parts else None
