"""What becomes of a run besides its answers: put away, handed to a colleague, undone. Values and how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lib.db.rows import pick_fields, to_date, to_datetime


@dataclass(frozen=True, kw_only=True)
class WakeSignal:
    """What brings a run back: `kind` is health_below, new_ticket, notice_within, contact_left or note_mentions."""

    kind: str
    value: str | int | None = None


@dataclass(frozen=True, kw_only=True)
class Snooze:
    """One time a run was put away. `until_at` is None when only the signal decides; `is_backstop` says it was not
    chosen but set in time for the notice deadline. `because` is the sentence why it is over, once it is."""

    id: str
    reason: str
    until_at: datetime | None
    is_backstop: bool
    signal: WakeSignal | None
    snoozed_by_name: str
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    because: str | None
    due_before: date | None = None
    due_after: date | None = None
    woke_revision: int | None = None

    @property
    def is_due(self) -> bool:
        """Over, though nothing has materialised it yet."""
        return self.ended_at is None and self.because is not None


@dataclass(frozen=True, kw_only=True)
class SnoozeState:
    """How often a run was put away (what was undone is not counted), and the latest time."""

    count: int = 0
    latest: Snooze | None = None

    @property
    def open(self) -> Snooze | None:
        return self.latest if self.latest is not None and self.latest.ended_at is None else None


@dataclass(frozen=True, kw_only=True)
class EscalationComment:
    body: str
    author_name: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """A run handed to a colleague. `respond_by` is when the first answer is due; acknowledging stops the clock.
    `context` is what was known in that moment: customer, workflow, facts, answers, chat (plain JSON)."""

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

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True, kw_only=True)
class UndoableAction:
    """Something done to a run within 24 hours that the signed-in person may take back."""

    run_id: str
    kind: str
    name: str
    summary: str
    slide_id: str | None
    created_at: datetime
    actor_name: str


@dataclass(frozen=True, kw_only=True)
class RunUpdate:
    """What a change of a run's life came to. `because` is why it woke, where it did by itself."""

    revision: int
    status: str | None = None
    owner_id: str | None = None
    because: str | None = None


def parse_wake_signal(row: Mapping[str, Any] | None) -> WakeSignal | None:
    return None if row is None else WakeSignal(kind=row["kind"], value=row.get("value"))


def parse_snooze_state(row: Mapping[str, Any] | None) -> SnoozeState:
    """A SnoozeState from what `private.snooze_of` returns."""
    if row is None:
        return SnoozeState()
    latest = row["latest"]
    return SnoozeState(count=row["count"], latest=None if latest is None else _parse_snooze(latest))


def parse_escalation(row: Mapping[str, Any] | None) -> Escalation | None:
    """An Escalation from what `private.escalation_of` returns."""
    if row is None:
        return None
    times = ("respond_by", "acknowledged_at", "created_at", "ended_at", "seen_at")
    return Escalation(
        **pick_fields(Escalation, dict(row))
        | {key: to_datetime(row[key]) for key in times}
        | {
            "context": row["context_pack"],
            "comments": tuple(
                EscalationComment(**comment | {"created_at": to_datetime(comment["created_at"])})
                for comment in row["comments"]
            ),
        }
    )


def parse_undoable_action(row: Mapping[str, Any]) -> UndoableAction:
    return UndoableAction(**pick_fields(UndoableAction, dict(row)) | {"created_at": to_datetime(row["created_at"])})


def _parse_snooze(row: Mapping[str, Any]) -> Snooze:
    return Snooze(
        **pick_fields(Snooze, dict(row))
        | {key: to_datetime(row[key]) for key in ("until_at", "created_at", "ended_at")}
        | {key: to_date(row[key]) for key in ("due_before", "due_after")}
        | {"signal": parse_wake_signal(row["signal"]), "because": row.get("due_because") or row["woke_because"]}
    )
