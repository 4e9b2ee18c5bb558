"""What other approval limits, severities, reasons and outcomes would change before they are saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ChangedPrice:
    """A price of an open run, `off_list_percent` (0-100) below list, and who approves it; None for nobody.

    `subject` is scenario or quote.
    """

    execution_id: str
    subject: str
    customer_name: str
    workflow_name: str
    off_list_percent: Decimal | None
    lacks_list_price: bool
    approver_before: str | None
    approver_after: str | None


@dataclass(frozen=True, kw_only=True)
class ChangedPrices:
    """`changed` has at most 200 of `changed_count`."""

    changed_count: int
    changed: tuple[ChangedPrice, ...]


@dataclass(frozen=True, kw_only=True)
class ChangedClock:
    """An open escalation, and the days its first answer is due before and after."""

    execution_id: str
    customer_name: str
    assigned_to_name: str
    severity_label: str
    due_before: date
    due_after: date
    becomes_overdue: bool


@dataclass(frozen=True, kw_only=True)
class ChangedClocks:
    """`changed` has at most 200 of `changed_count`; `overdue_count` become overdue."""

    changed_count: int
    overdue_count: int
    changed: tuple[ChangedClock, ...]


@dataclass(frozen=True, kw_only=True)
class ArchivedSeverity:
    """A severity that would be archived, and the open and ended escalations that have it."""

    label: str
    open_count: int
    finished_count: int


@dataclass(frozen=True, kw_only=True)
class LimitPreview:
    prices: ChangedPrices
    clocks: ChangedClocks
    archived: tuple[ArchivedSeverity, ...]


@dataclass(frozen=True, kw_only=True)
class ChangedCode:
    """A reason or outcome (`list`: skip_reasons or outcome_codes) and the open and finished runs that name it."""

    list: str
    code: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    open_count: int
    finished_count: int


@dataclass(frozen=True, kw_only=True)
class CodePreview:
    """The stored codes that would change; `added_count` are new."""

    changed: tuple[ChangedCode, ...]
    added_count: int
