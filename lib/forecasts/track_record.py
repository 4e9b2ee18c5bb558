"""How right the calls of the forecast were, by whose call and by category."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class CallScore:
    """The Brier score of a call: the mean squared difference of claim and outcome. 0 is best, 0.25 a coin toss.

    `standard_error` is None for a single renewal.
    """

    call: str
    renewals: int
    renewed: int
    brier: Decimal
    standard_error: Decimal | None


@dataclass(frozen=True, kw_only=True)
class CategoryRecord:
    """How many renewals called so did renew. `claim` is what the category says, as a share.

    For the computed call `category` is the tenth its shares are in, such as "90%", and `claim` their mean.
    """

    call: str
    category: str
    claim: Decimal
    renewals: int
    renewed: int


@dataclass(frozen=True, kw_only=True)
class TrackRecord:
    """`closed` renewals in all; those without a call in time are not judged."""

    closed: int
    least_experience: int
    scores: tuple[CallScore, ...]
    categories: tuple[CategoryRecord, ...]
