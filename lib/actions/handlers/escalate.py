from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from lib.actions.handler import COLLEAGUE_CHOICE, Handler, Parameters
from lib.actions.model import ActionKind, Colleague
from lib.forms.schema_fields import NonBlankStr, build_labels_schema_extra
from lib.text.format import format_days


class Severity(StrEnum):
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
"""Days until the first answer is due. The database sets the clock; a test holds the two equal."""

SEVERITY_LABELS = {
    severity: f"{severity.capitalize()}: answer within {format_days(days)}" for severity, days in RESPONSE_DAYS.items()
}


def sort_for_escalation(colleagues: Iterable[Colleague]) -> list[Colleague]:
    """Managers and admins before peers, each by name: who can decide comes first."""
    return sorted(colleagues, key=lambda person: (not person.leads_team, person.full_name.casefold()))


class EscalateParameters(Parameters):
    to: UUID = Field(title="Assign to", json_schema_extra=COLLEAGUE_CHOICE)
    severity: Severity = Field(title="Severity", json_schema_extra=build_labels_schema_extra(SEVERITY_LABELS))
    ask: NonBlankStr = Field(max_length=4000, title="Your request")


class EscalateHandler(Handler):
    """Hands a run to a colleague."""

    kind: ClassVar[str] = ActionKind.ESCALATE
    Parameters: ClassVar[type[Parameters]] = EscalateParameters
    preset: ClassVar[frozenset[str]] = frozenset({"to", "severity", "ask"})
