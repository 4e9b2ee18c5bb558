"""Snoozes of a run, and the signals that end them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lib.db.row_parsing import parse_row


@dataclass(frozen=True, kw_only=True)
class WakeSignal:
    """What wakes a run: `kind` is health_below, new_ticket, notice_within, contact_left or note_mentions."""

    kind: str
    value: str | int | None = None


@dataclass(frozen=True, kw_only=True)
class Snooze:
    """One snooze of a run.

    `until_at` is None when only the signal decides; `is_backstop` means that nobody chose it: it was set in time for
    the notice deadline. `because` is the sentence why it is over, once it is.
    """

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
        """True if the snooze is over, but the run has not been woken yet."""
        return self.ended_at is None and self.because is not None


@dataclass(frozen=True, kw_only=True)
class SnoozeState:
    """The latest snooze of a run, and how many there were (without undone ones)."""

    count: int = 0
    latest: Snooze | None = None

    @property
    def open_snooze(self) -> Snooze | None:
        return self.latest if self.latest is not None and self.latest.ended_at is None else None


def parse_snooze_state(row: Mapping[str, Any] | None) -> SnoozeState:
    """A SnoozeState from what `private.snooze_summary` returns."""
    if row is None:
        return SnoozeState()
    latest = row["latest"]
    if latest is not None:
        latest = latest | {"because": latest.get("due_because") or latest["woke_because"]}
    return parse_row(SnoozeState, {**row, "latest": latest})
