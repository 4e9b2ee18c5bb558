"""Who has to agree to a discount."""

from decimal import Decimal
from enum import StrEnum


class Approver(StrEnum):
    CSM = "CSM"
    MANAGER = "manager"
    DIRECTOR = "director"
    CFO = "CFO"


DISCOUNT_LIMITS: tuple[tuple[Decimal, Approver], ...] = (
    (Decimal(10), Approver.CSM),
    (Decimal(20), Approver.MANAGER),
    (Decimal(30), Approver.DIRECTOR),
)
"""The largest discount, in percent of the list price, each may agree to; above the last it is the CFO."""


def find_approver(discount_percent: Decimal) -> Approver:
    """The first who may agree to this discount (0-100)."""
    return next((approver for limit, approver in DISCOUNT_LIMITS if discount_percent <= limit), Approver.CFO)
