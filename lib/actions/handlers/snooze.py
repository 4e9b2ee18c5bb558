from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from lib.actions.handler import Handler, Parameters
from lib.actions.model import ActionKind
from lib.forms.schema import NOT_ASKED, NonBlankStr, choice_labels
from lib.forms.schema_errors import validation_today

MAX_SNOOZE = timedelta(days=730)


SignalWord = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]


class _SignalSchema(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HealthBelow(_SignalSchema):
    """The health score falls"""

    kind: Literal["health_below"] = "health_below"
    value: int = Field(title="Health below", ge=1, le=100, description="A score from 1 to 100.")


class NewTicket(_SignalSchema):
    """A new ticket is opened"""

    kind: Literal["new_ticket"] = "new_ticket"
    value: Literal["p1", "p1,p2"] = Field(
        title="Which tickets", json_schema_extra=choice_labels({"p1": "P1", "p1,p2": "P1 or P2"})
    )


class NoticeWithin(_SignalSchema):
    """The notice deadline comes near"""

    kind: Literal["notice_within"] = "notice_within"
    value: int = Field(title="Days before the notice deadline", ge=1, le=365)


class ContactLeft(_SignalSchema):
    """A contact leaves"""

    kind: Literal["contact_left"] = "contact_left"


class NoteMentions(_SignalSchema):
    """A note mentions a word"""

    kind: Literal["note_mentions"] = "note_mentions"
    value: SignalWord = Field(title="Word to look for")


SnoozeSignal = Annotated[
    HealthBelow | NewTicket | NoticeWithin | ContactLeft | NoteMentions, Field(discriminator="kind")
]


class SnoozeParameters(Parameters):
    until: date | None = Field(default=None, title="Until", description="It comes back at 09:00 of that day.")
    signal: SnoozeSignal | None = Field(
        default=None, validate_default=True, title="Or until", description="Whichever comes first."
    )
    reason: NonBlankStr = Field(max_length=2000, title="Why")
    move_due: bool = Field(default=False, title="Move the due date as well")
    beyond_deadline: bool = Field(default=False, title="This is meant", json_schema_extra=NOT_ASKED)

    @field_validator("until")
    @classmethod
    def check_day_is_ahead(cls, until: date | None, info: ValidationInfo) -> date | None:
        today = validation_today(info)
        if until is None or today is None:
            return until
        if until < today:
            raise ValueError("Choose a day that is still to come.")
        if until > today + MAX_SNOOZE:
            raise ValueError("Choose a day within two years.")
        return until

    @field_validator("signal")
    @classmethod
    def check_has_end(cls, signal: object, info: ValidationInfo) -> object:
        if signal is None and info.data.get("until", ...) is None:
            raise ValueError("Say until when: a day, a signal, or both.")
        return signal


class SnoozeHandler(Handler):
    """Puts a run away until a day or a signal."""

    kind: ClassVar[str] = ActionKind.SNOOZE
    Parameters: ClassVar[type[Parameters]] = SnoozeParameters
    preset: ClassVar[frozenset[str]] = frozenset({"reason", "signal", "move_due"})
