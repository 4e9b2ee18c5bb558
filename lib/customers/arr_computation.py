"""ARR = seats x price x (1 - discount), rounded to the dollar as in the database."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from lib.text.json_values import MAX_NUMBER

HUNDRED = Decimal(100)
WIDE_CONTEXT = Context(prec=80)
"""Room for whatever somebody types into a scenario."""


def compute_arr(seats: Decimal, price: Decimal, discount: Decimal, uplift: Decimal = Decimal(0)) -> Decimal:
    """Money a year. `price` is per seat and year before `uplift`; `discount` and `uplift` are 0-100."""
    exact = seats * price * (1 + uplift / HUNDRED) * (1 - discount / HUNDRED)
    return exact.quantize(Decimal(1), ROUND_HALF_UP, WIDE_CONTEXT)


def compute_off_list_percent(share: Decimal, discount: Decimal) -> Decimal:
    """How far a price is below list, in percent to two decimals; negative above it.

    `share` is the price before `discount` (0-100) as a share of the list price. The database's generated columns
    compute the same.
    """
    with localcontext(WIDE_CONTEXT):
        return bound_percent(HUNDRED - share * (HUNDRED - discount))


def bound_percent(value: Decimal) -> Decimal:
    """`value` to two decimals, within MAX_NUMBER, as `private.bound_percent` has it."""
    with localcontext(WIDE_CONTEXT):
        bounded = min(max(value, Decimal(-MAX_NUMBER)), Decimal(MAX_NUMBER))
        return bounded.quantize(Decimal("0.01"), ROUND_HALF_UP)


def compute_percentage(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` in percent of `whole`; None when there is no whole."""
    return HUNDRED * part / whole if whole else None
