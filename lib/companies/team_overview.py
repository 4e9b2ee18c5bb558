"""The team as a leader sees it: what each member has, and the runs that do not move."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from lib.auth.model import Role
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.rows import parse_row


@dataclass(frozen=True, kw_only=True)
class MemberLoad:
    """A member's book and work. `renewals` are notice deadlines of the next 90 days; `stuck_runs` do not move."""

    id: UUID
    full_name: str
    role: Role
    team: str | None
    customers: int
    arr: Decimal
    at_risk: int
    arr_at_risk: Decimal
    renewals: int
    arr_renewing: Decimal
    open_runs: int
    overdue_runs: int
    snoozed_runs: int
    stuck_runs: int
    escalations: int
    late_follow_ups: int
    away_until: date | None


class StuckReason(StrEnum):
    """Why a run does not move, the strongest first."""

    NO_ANSWER = "no_answer"
    OVERDUE = "overdue"
    SNOOZED_TOO_LONG = "snoozed_too_long"
    APPROVAL_WAITS = "approval_waits"
    UNTOUCHED = "untouched"


@dataclass(frozen=True, kw_only=True)
class StuckRun:
    """`since` is the day the reason began, for a long snooze the notice deadline it passes; `about_name` is who has not
    answered, who snoozed, or who asked for the price."""

    execution_id: UUID
    customer_id: UUID
    customer_name: str
    workflow_name: str
    worker_id: UUID
    worker_name: str
    arr: Decimal
    reason: StuckReason
    since: date
    about_name: str | None


@dataclass(frozen=True, kw_only=True)
class TeamOverview:
    """`stuck_runs` are the first 500 of `stuck_run_count`, most ARR first. `teams` are the names of all teams."""

    today: date
    teams: tuple[str, ...]
    members: tuple[MemberLoad, ...]
    stuck_runs: tuple[StuckRun, ...]
    stuck_run_count: int


class TeamRepository:
    """Reads the team with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_team_overview(self, team: str | None = None) -> TeamOverview:
        """Everybody, or the members of one team. Raises NotPermitted for a CSM. One request."""
        return parse_row(TeamOverview, execute_read(self._client.rpc("team_overview", {"p_team": team})))
