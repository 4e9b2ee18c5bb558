"""The team as a leader sees it: what each member has, and the runs that do not move."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from lib.auth.model import Role
from lib.customers.stuck_run_reasons import StuckState
from lib.customers.today_items import EscalationSummary
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row


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


@dataclass(frozen=True, kw_only=True)
class StuckRun(StuckState):
    """A run that does not move, and why."""

    execution_id: UUID
    customer_id: UUID
    customer_name: str
    workflow_name: str
    worker_id: UUID
    arr: Decimal


@dataclass(frozen=True, kw_only=True)
class TeamEscalation(EscalationSummary):
    """An open escalation of the team."""

    assigned_to_id: UUID


class TeamFigure(StrEnum):
    """A figure of the team whose rows can be seen."""

    OPEN = "open"
    OVERDUE = "overdue"
    SNOOZED = "snoozed"
    STUCK = "stuck"
    ESCALATIONS = "escalations"
    LATE_FOLLOW_UPS = "late_follow_ups"


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """A run, or a follow-up with or without one. `day`: due, or until when it is snoozed."""

    id: UUID
    execution_id: UUID | None
    customer_id: UUID
    customer_name: str
    title: str
    person_name: str
    day: date | None


@dataclass(frozen=True, kw_only=True)
class TeamRows:
    """Some `rows` behind a figure of `total`, the earliest day first."""

    rows: tuple[TeamRow, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class TeamOverview:
    """`stuck_runs` are the first 500 of `stuck_run_count`, most ARR first; `escalations` the 200 first of
    `escalation_count` open ones, the first answer due first.
    `teams` are the names of all teams.
    """

    today: date
    teams: tuple[str, ...]
    members: tuple[MemberLoad, ...]
    stuck_runs: tuple[StuckRun, ...]
    stuck_run_count: int
    escalation_count: int
    escalations: tuple[TeamEscalation, ...] = ()


class TeamRepository:
    """Reads the team with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_team_overview(self, team: str | None = None) -> TeamOverview:
        """Everybody, or the members of one team. Raises NotPermitted for a CSM. One request."""
        return parse_row(TeamOverview, execute_read(self._client.rpc("team_overview", {"p_team": team})))

    def fetch_team_figure_rows(self, figure: TeamFigure, person_id: str | None, first: int, most: int) -> TeamRows:
        """Rows of open, overdue or snoozed runs, or late follow-ups. Raises NotPermitted for a CSM. One request."""
        given = {"p_figure": figure, "p_person_id": person_id, "p_first": first, "p_most": most}
        return parse_row(TeamRows, execute_read(self._client.rpc("team_rows", given)))
