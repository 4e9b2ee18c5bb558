"""Escalations: a run handed to a colleague who decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.db.row_parsing import parse_row


@dataclass(frozen=True, kw_only=True)
class EscalationComment:
    body: str
    author_name: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class UnseenDecision:
    """A decision that the person reading the run has not seen yet."""

    escalation_id: str
    ask: str
    decision: str
    ended_at: datetime
    raised_by: str
    raised_by_name: str
    assigned_to_name: str


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """A run handed to a colleague.

    `respond_by` is when the first answer is due; acknowledging stops that clock. `context` is what was known at that
    moment: customer, workflow, facts, answers, chat (plain JSON). `unseen_decisions` are those on all escalations of
    the run, the latest first.
    """

    id: str
    severity: str
    ask: str
    raised_by: str
    raised_by_name: str
    assigned_to: str
    assigned_to_name: str
    respond_by: datetime
    acknowledged_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    decision: str | None
    seen_at: datetime | None
    is_overdue: bool
    context: Mapping[str, Any]
    comments: tuple[EscalationComment, ...] = ()
    unseen_decisions: tuple[UnseenDecision, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def parse_escalation(row: Mapping[str, Any] | None) -> Escalation | None:
    """An Escalation from what `private.latest_escalation` returns."""
    return None if row is None else parse_row(Escalation, {**row, "context": row["context_pack"]})
