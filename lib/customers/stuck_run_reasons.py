"""Why a run does not move, as a leader is told on Today and on the page Team."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lib.text.format import format_count, format_date


class StuckReason(StrEnum):
    """Why a run does not move, the strongest first."""

    NO_ANSWER = "no_answer"
    OVERDUE = "overdue"
    SNOOZED_TOO_LONG = "snoozed_too_long"
    APPROVAL_WAITS = "approval_waits"
    UNTOUCHED = "untouched"


@dataclass(frozen=True, kw_only=True)
class StuckState:
    """`since` is the day the reason began, for a long snooze the notice deadline it passes; `about_name` is who has not
    answered, who snoozed, or who asked for the price."""

    reason: StuckReason
    since: date
    worker_name: str
    about_name: str | None

    def describe(self, today: date) -> str:
        """The reason as a sentence."""
        days = format_count((today - self.since).days, "day")
        match self.reason:
            case StuckReason.NO_ANSWER:
                return (
                    f"{self.about_name} has not answered the escalation; an answer was due {format_date(self.since)}."
                )
            case StuckReason.OVERDUE:
                return f"Overdue by {days}, since {format_date(self.since)}."
            case StuckReason.SNOOZED_TOO_LONG:
                return f"Snoozed by {self.about_name} beyond the notice deadline, {format_date(self.since)}."
            case StuckReason.APPROVAL_WAITS:
                return f"The price {self.about_name} asked for has waited {days} for approval."
            case StuckReason.UNTOUCHED:
                return f"Nothing has changed for {days}."
