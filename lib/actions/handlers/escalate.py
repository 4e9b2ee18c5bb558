from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from lib.actions.handler import COLLEAGUE_CHOICE, Handler, Parameters
from lib.actions.model import ActionKind
from lib.forms.schema import NonBlankStr, choice_labels


class Severity(StrEnum):
    """How soon the first answer is due: `RESPOND_WITHIN` days."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


RESPONSE_DAYS: Mapping[Severity, int] = {
    Severity.CRITICAL: 1,
    Severity.HIGH: 2,
    Severity.MEDIUM: 7,
    Severity.LOW: 14,
}
"""Days, as `private.respond_within` has them."""

SEVERITY_LABELS = {
    Severity.CRITICAL: "Critical: an answer within a day",
    Severity.HIGH: "High: within two days",
    Severity.MEDIUM: "Medium: within a week",
    Severity.LOW: "Low: within two weeks",
}


class EscalateParameters(Parameters):
    to: UUID = Field(title="Who is asked", json_schema_extra=COLLEAGUE_CHOICE)
    severity: Severity = Field(title="How severe it is", json_schema_extra=choice_labels(SEVERITY_LABELS))
    ask: NonBlankStr = Field(max_length=4000, title="What you ask for")


class EscalateHandler(Handler):
    """Hands a run to a colleague."""

    kind: ClassVar[str] = ActionKind.ESCALATE
    Parameters: ClassVar[type[Parameters]] = EscalateParameters
    preset: ClassVar[frozenset[str]] = frozenset({"to", "severity", "ask"})
