"""Entries of the inbox, as the database returns them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lib.customers.start_reason import StartReason
from lib.executions.snoozes import WakeSignal


@dataclass(frozen=True, kw_only=True)
class InboxRun:
    """The run an entry of the inbox is about."""

    execution_id: str
    status: str
    revision: int
    owner_id: str
    owner_name: str
    assigned_to_name: str | None = None
    has_answers: bool = True
    customer_id: str
    customer_name: str
    workflow_id: str
    workflow_name: str
    current_slide: str
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class WokenRun(InboxRun):
    """A run that woke and was not touched since. `because`: why it woke; `reason`: why it was snoozed."""

    because: str
    reason: str
    woke_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SnoozedRun(InboxRun):
    """A snoozed run. `until_at` None: only the signal decides. `count`: how often it was snoozed."""

    snooze_id: str
    reason: str
    until_at: datetime | None
    is_backstop: bool
    signal: WakeSignal | None
    snoozed_at: datetime
    snoozed_by_name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class EscalatedRun(InboxRun):
    """A run escalated, or handed back with a decision not yet seen. `comments` is their number."""

    escalation_id: str
    severity_label: str
    ask: str
    respond_by: datetime
    acknowledged_at: datetime | None
    raised_at: datetime
    ended_at: datetime | None
    decision: str | None
    raised_by: str
    raised_by_name: str
    assigned_to: str
    assigned_to_name: str
    is_overdue: bool
    to_me: bool
    by_me: bool
    is_unseen_decision: bool
    comments: int


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """Something to do by a day, left by a person or an action."""

    id: str
    title: str
    due_on: date
    is_overdue: bool
    customer_id: str
    customer_name: str
    execution_id: str | None
    assigned_to: str
    assigned_to_name: str
    created_by_name: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A message to the person. `from_name` is None for one of the system.

    One of a comment has the draft with its name, and the address of the slide; one of a run that began by itself says
    why in `start_reason`.
    """

    id: str
    body: str
    created_at: datetime
    customer_id: str | None
    customer_name: str | None
    execution_id: str | None
    from_name: str | None
    draft_id: str | None = None
    draft_name: str | None = None
    slide_id: str | None = None
    start_reason: StartReason | None = None


@dataclass(frozen=True, kw_only=True)
class PendingApproval:
    """A tool call that waits for approval. `needs_leader`: only a manager or an admin can give it.

    One that is not authentic was not proposed by Zen, and cannot be approved.
    """

    call_id: str
    tool: str
    input: Mapping[str, Any]
    created_at: datetime
    thread_id: str
    execution_id: str
    slide_id: str
    customer_name: str
    owner_id: str
    owner_name: str
    needs_leader: bool = False
    is_authentic: bool = True


@dataclass(frozen=True, kw_only=True)
class PendingPrice(InboxRun):
    """A price that waits for approval. Amounts are USD a year, None where the quote has no price yet.

    `id` is the approval's. `approver` is a role or a name; `can_decide`: the person may; `needs_record`: above their
    own limit, so that they say who agreed.
    """

    id: str
    subject: str
    name: str | None
    list_total: Decimal | None
    total: Decimal | None
    off_list_percent: Decimal
    lacks_list_price: bool
    approver: str
    requested_by: str
    requested_by_name: str
    created_at: datetime
    can_decide: bool
    needs_record: bool


@dataclass(frozen=True, kw_only=True)
class RecentAction:
    """An action run or undone in the last 24 hours."""

    run_id: str
    kind: str
    name: str
    summary: str
    created_at: datetime
    undone_at: datetime | None
    execution_id: str | None
    slide_id: str | None
    customer_id: str | None
    customer_name: str | None
    actor_name: str
    undone_by_name: str | None
    can_undo: bool
