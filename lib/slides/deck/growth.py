"""Room to grow, as values. Shared by the growth plan, the quote and the summary."""

from decimal import Decimal

from lib.accounts.model import Account, Module
from lib.accounts.pricing import arr_of
from lib.accounts.reading import modules_not_bought
from lib.slides import answers as read
from lib.slides.model import Answers

SATURATED = 0.9
ROOMY = 0.75


def chosen_modules(account: Account, answers: Answers) -> tuple[Module, ...]:
    """The modules chosen in the growth plan that are still on the price list and not bought."""
    chosen = read.texts(answers.get("modules"))
    return tuple(module for module in modules_not_bought(account) if module.name in chosen)


def extra_seats(answers: Answers) -> int:
    return max(0, read.whole(answers.get("extra_seats")) or 0)


def seats_after(account: Account, answers: Answers) -> int | None:
    """Seats under contract with the extra ones; None without a contract."""
    return account.contract.seats + extra_seats(answers) if account.contract else None


def seats_amount(account: Account, answers: Answers) -> Decimal | None:
    """USD a year for the extra seats at today's price and discount; None without a contract."""
    contract = account.contract
    if contract is None:
        return None
    seats = Decimal(extra_seats(answers))
    return arr_of(seats, contract.annual_price_per_seat, contract.discount_percent)


def module_amount(account: Account, module: Module, seats: int | None = None) -> Decimal | None:
    """USD a year for `module` on every seat, at list price; None without a contract to know the seats from."""
    count = seats if seats is not None else account.contract.seats if account.contract else None
    return arr_of(Decimal(count), module.annual_price_per_seat, Decimal(0)) if count is not None else None


def plan_amount(account: Account, answers: Answers) -> Decimal | None:
    """USD a year of all that is chosen; None when nothing is, or nothing can be priced."""
    seats = seats_after(account, answers)
    modules = [module_amount(account, module, seats) for module in chosen_modules(account, answers)]
    parts = [part for part in (*modules, seats_amount(account, answers)) if part]
    return sum(parts, Decimal(0)) if parts else None
