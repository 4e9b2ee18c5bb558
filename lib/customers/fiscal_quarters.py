"""Fiscal quarters of a company, as `private.fiscal_quarter` names them: "FY27 Q1"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class FiscalQuarter:
    """The first day of a quarter, and its label. A fiscal year is named after the calendar year it ends in."""

    starts_on: date
    label: str


def label_fiscal_quarter(quarters: Sequence[FiscalQuarter], day: date) -> str | None:
    """The label of the quarter that `day` is in, of quarters in their order; None before the first of them."""
    return next((each.label for each in reversed(quarters) if each.starts_on <= day), None)
