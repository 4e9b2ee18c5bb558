"""What happened to a customer, as `public.customer_timeline` returns it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """Something that happened on `day`, recorded `at`. `kind` is a kind of note, ticket, survey, health, run, chat,
    quote, file, term, or the table of a change: customers, contacts, contracts. `detail` says what, by kind.

    `at` is as the database wrote it, because it marks a place in the timeline.
    """

    key: str
    kind: str
    row_id: str
    day: date
    at: str
    detail: Mapping[str, Any]
    author_id: str | None = None
    author_name: str | None = None
    execution_id: str | None = None
    slide_id: str | None = None

    @property
    def place(self) -> dict[str, str]:
        """Its place, for the entries after it."""
        return {"day": self.day.isoformat(), "at": self.at, "key": self.key}

    @property
    def recorded_at(self) -> datetime:
        return datetime.fromisoformat(self.at)


def build_timeline_place_after_day(day: date | None) -> dict[str, str] | None:
    """The place above everything of a day and before; None, the top, without a day."""
    if day is None:
        return None
    return {"day": (day + timedelta(days=1)).isoformat(), "at": "1900-01-02T00:00:00+00:00", "key": ""}


TIMELINE_FILTERS: Mapping[str, tuple[str, ...] | None] = {
    "All": None,
    "Notes": ("note", "call", "meeting", "email"),
    "Support": ("ticket", "survey"),
    "Health": ("health",),
    "Runs": ("run", "quote", "file", "chat"),
    "Changes": ("customers", "contacts", "contracts", "term"),
}
"""What the page offers to look at: the kinds of each."""
