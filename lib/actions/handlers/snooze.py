from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from lib.actions.handler import Handler, Parameters
from lib.actions.model import ActionKind
from lib.forms.schema_errors import get_validation_day
from lib.forms.schema_fields import JOIN_LINES, NOT_ASKED, NonBlankStr, PersonOnly, build_labels_schema_extra

MAX_SNOOZE = timedelta(days=730)
TICKET_LABELS = {"p1": "P1", "p1,p2": "P1 or P2"}

SignalWord = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100), JOIN_LINES]


class _SignalSchema(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HealthBelow(_SignalSchema):
    model_config = ConfigDict(title="Health falls below")
    kind: Literal["health_below"] = "health_below"
    value: int = Field(strict=True, title="Health below", ge=1, le=100, description="A score from 1 to 100.")


class NewTicket(_SignalSchema):
    model_config = ConfigDict(title="A new ticket is opened")
    kind: Literal["new_ticket"] = "new_ticket"
    value: Literal["p1", "p1,p2"] = Field(
        title="Which tickets", json_schema_extra=build_labels_schema_extra(TICKET_LABELS)
    )


class NoticeWithin(_SignalSchema):
    model_config = ConfigDict(title="The notice deadline is near")
    kind: Literal["notice_within"] = "notice_within"
    value: int = Field(strict=True, title="Days before the notice deadline", ge=1, le=365)


class ContactLeft(_SignalSchema):
    model_config = ConfigDict(title="A contact leaves")
    kind: Literal["contact_left"] = "contact_left"


class NoteMentions(_SignalSchema):
    model_config = ConfigDict(title="A note mentions a word")
    kind: Literal["note_mentions"] = "note_mentions"
    value: SignalWord = Field(title="Word to look for")


SnoozeSignal = Annotated[
    HealthBelow | NewTicket | NoticeWithin | ContactLeft | NoteMentions, Field(discriminator="kind")
]


def find_snooze_day_error(until: date | None, today: date) -> str | None:
    """The sentence why a run cannot be snoozed until this day, or None."""
    if until is None:
        return None
    if until < today:
        return "This day is in the past. Choose a later one."
    if until == today:
        return "This is today. Choose tomorrow or later."
    return "Choose a day within two years." if until > today + MAX_SNOOZE else None


class SnoozeParameters(Parameters):
    until: date | None = Field(default=None, title="Until", description="It comes back at 09:00 that day.")
    signal: SnoozeSignal | None = Field(
        default=None, validate_default=True, title="Or until", description="Whichever comes first."
    )
    reason: NonBlankStr = Field(max_length=2000, title="Why")
    move_due: Annotated[bool, PersonOnly()] = Field(default=False, title="Move the due date too")
    beyond_deadline: Annotated[bool, PersonOnly()] = Field(
        default=False, title="Yes, continue", json_schema_extra=NOT_ASKED
    )

    @field_validator("until")
    @classmethod
    def require_snooze_day_ahead(cls, until: date | None, info: ValidationInfo) -> date | None:
        today = get_validation_day(info)
        message = find_snooze_day_error(until, today) if today else None
        if message:
            raise ValueError(message)
        return until

    @field_validator("signal")
    @classmethod
    def require_snooze_end(cls, signal: object, info: ValidationInfo) -> object:
        if signal is None and info.data.get("until", ...) is None:
            raise ValueError("Choose a day, a signal, or both.")
        return signal


class SnoozeHandler(Handler):
    """Snoozes a run until a day or a signal."""

    kind: ClassVar[str] = ActionKind.SNOOZE
    Parameters: ClassVar[type[Parameters]] = SnoozeParameters
    preset: ClassVar[frozenset[str]] = frozenset({"reason", "signal", "move_due"})
