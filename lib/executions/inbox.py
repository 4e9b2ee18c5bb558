"""What waits for the signed-in person, as values: one request, the first 200 of each kind, and counts of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lib.db.client import Client
from lib.db.requests import execute_read, execute_update
from lib.db.rows import pick_fields, to_date, to_datetime
from lib.executions.snoozes import WakeSignal, parse_wake_signal


@dataclass(frozen=True, kw_only=True)
class InboxRun:
    """The run a row is about."""

    execution_id: str
    status: str
    revision: int
    owner_id: str
    owner_name: str
    customer_id: str
    customer_name: str
    workflow_id: str
    workflow_name: str
    current_slide: str
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class WokenRun(InboxRun):
    """Back, and nobody has worked on it since. `because` is the sentence why, `reason` why it was put away."""

    because: str
    reason: str
    woke_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SnoozedRun(InboxRun):
    """`until_at` None: only the signal decides. `count` is how often this run was put away."""

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
    """Open, or handed back and the decision not yet seen by whoever raised it. `comments` counts them."""

    escalation_id: str
    severity: str
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
    comments: int


@dataclass(frozen=True, kw_only=True)
class FollowUp:
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
    """`from_name` is None for the system, `customer_id` for what is about no customer."""

    id: str
    body: str
    created_at: datetime
    customer_id: str | None
    customer_name: str | None
    execution_id: str | None
    from_name: str | None


@dataclass(frozen=True, kw_only=True)
class PendingApproval:
    """A tool call that waits. `needs_leader`: whoever holds the conversation cannot approve it, a leader can."""

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


@dataclass(frozen=True, kw_only=True)
class RecentAction:
    """Something done or undone in the last 24 hours."""

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


@dataclass(frozen=True, kw_only=True)
class InboxCounts:
    """Of all, whether or not their rows are among the first 200. `team` is None unless the team's was asked for."""

    woken: int
    snoozed: int
    to_me: int
    by_me: int
    follow_ups: int
    notices: int
    approvals: int
    undone: int
    team: int | None = None


@dataclass(frozen=True, kw_only=True)
class Inbox:
    counts: InboxCounts
    woken: tuple[WokenRun, ...]
    snoozed: tuple[SnoozedRun, ...]
    escalations: tuple[EscalatedRun, ...]
    follow_ups: tuple[FollowUp, ...]
    notices: tuple[Notice, ...]
    approvals: tuple[PendingApproval, ...]
    undone: tuple[RecentAction, ...]


class InboxRepository:
    """Reads as the holder of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_inbox(self, team: bool = False) -> Inbox:
        """One's own inbox, or with `team` the company's, which only leaders are given. One request."""
        return parse_inbox(execute_read(self._client.rpc("inbox", {"p_team": team})))

    def complete_follow_up(self, follow_up_id: str) -> None:
        """It is done. Raises NotPermitted for one that is neither given to nor made by the person."""
        table = self._client.table("follow_ups")
        execute_update(
            table.update({"done_at": "now"}).eq("id", follow_up_id), otherwise="You may not end this follow-up."
        )

    def mark_notice_read(self, notice_id: str) -> None:
        """It was read. Raises NotPermitted for somebody else's."""
        table = self._client.table("notices")
        execute_update(table.update({"read_at": "now"}).eq("id", notice_id), otherwise="This was not told to you.")


def parse_inbox(row: Mapping[str, Any]) -> Inbox:
    """An Inbox from what `public.inbox` returns."""
    return Inbox(
        counts=InboxCounts(**pick_fields(InboxCounts, dict(row["counts"]))),
        woken=tuple(WokenRun(**_parse_run_fields(WokenRun, each)) for each in row["woken"]),
        snoozed=tuple(
            SnoozedRun(**_parse_run_fields(SnoozedRun, each) | {"signal": parse_wake_signal(each["signal"])})
            for each in row["snoozed"]
        ),
        escalations=tuple(EscalatedRun(**_parse_run_fields(EscalatedRun, each)) for each in row["escalations"]),
        follow_ups=tuple(FollowUp(**_parse_fields(FollowUp, each)) for each in row["follow_ups"]),
        notices=tuple(Notice(**_parse_fields(Notice, each)) for each in row["notices"]),
        approvals=tuple(PendingApproval(**_parse_fields(PendingApproval, each)) for each in row["approvals"]),
        undone=tuple(RecentAction(**_parse_fields(RecentAction, each)) for each in row["undone"]),
    )


def _parse_run_fields(kind: type[InboxRun], row: Mapping[str, Any]) -> dict[str, Any]:
    return _parse_fields(kind, {**row, "execution_id": row["id"]})


def _parse_fields(kind: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `kind`, days and moments as such: by their names, `…_on`, and `…_at` or `…_by`."""
    values = pick_fields(kind, dict(row))
    for key in values:
        if key.endswith("_on"):
            values[key] = to_date(values[key])
        elif key.endswith("_at") or key == "respond_by":
            values[key] = to_datetime(values[key])
    return values
