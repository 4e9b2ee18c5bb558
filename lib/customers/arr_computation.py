"""ARR = seats x price x (1 - discount), rounded to the dollar as in the database."""

from decimal import ROUND_HALF_UP, Context, Decimal

HUNDRED = Decimal(100)
WIDE_CONTEXT = Context(prec=80)
"""Room for whatever somebody types into a scenario."""


def compute_arr(seats: Decimal, price: Decimal, discount: Decimal, uplift: Decimal = Decimal(0)) -> Decimal:
    """USD a year. `price` is per seat and year before `uplift`; `discount` and `uplift` are 0-100."""
    exact = seats * price * (1 + uplift / HUNDRED) * (1 - discount / HUNDRED)
    return exact.quantize(Decimal(1), ROUND_HALF_UP, WIDE_CONTEXT)


def compute_percentage(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` in percent of `whole`; None when there is no whole."""
    return HUNDRED * part / whole if whole else None
