from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from lib.actions.handler import COLLEAGUE_CHOICE, SEVERITY_CHOICE, Handler, Parameters, RuleCode
from lib.actions.model import ActionKind, Colleague
from lib.forms.schema_fields import NonBlankStr


def sort_for_escalation(colleagues: Iterable[Colleague]) -> list[Colleague]:
    """Managers and admins before peers, each by name: who can decide comes first."""
    return sorted(colleagues, key=lambda person: (not person.leads_team, person.full_name.casefold()))


class EscalateParameters(Parameters):
    """The database knows the company's severities and their response times."""

    to: UUID = Field(title="Assign to", json_schema_extra=COLLEAGUE_CHOICE)
    severity: RuleCode = Field(title="Severity", json_schema_extra=SEVERITY_CHOICE)
    ask: NonBlankStr = Field(max_length=4000, title="Your request")


class EscalateHandler(Handler):
    """Hands a run to a colleague."""

    kind: ClassVar[str] = ActionKind.ESCALATE
    Parameters: ClassVar[type[Parameters]] = EscalateParameters
    preset: ClassVar[frozenset[str]] = frozenset({"to", "severity", "ask"})
