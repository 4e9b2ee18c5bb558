"""The people of a company: the list, invitations, roles. Each method of the repository is one request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from lib.auth.model import Role
from lib.companies.invitation_list import InvitationLine, RefusedLine
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_update, execute_write
from lib.db.row_parsing import parse_row

NO_LONGER_OPEN = "This invitation is no longer open."


@dataclass(frozen=True, kw_only=True)
class Absence:
    """The days somebody is away, now or later, and who stands in."""

    deputy_id: UUID
    deputy_name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class TeamMember:
    """An active person with their book. `last_seen_at` is known to admins only, right to the hour."""

    id: UUID
    full_name: str
    email: str
    role: Role
    joined_at: datetime
    last_seen_at: datetime | None
    customers: int
    arr: Decimal
    open_runs: int
    absence: Absence | None = None
    team: str | None = None


@dataclass(frozen=True, kw_only=True)
class PendingInvitation:
    """An invitation nobody has accepted yet. `mail_state` is None for one that was made without a mail.

    `waiting_customers` go to the person once they join.
    """

    id: UUID
    email: str
    role: Role
    full_name: str | None
    team: str | None
    invited_at: datetime
    invited_by_name: str | None
    mail_state: Literal["waiting", "sent", "failed"] | None = None
    waiting_customers: int = 0


@dataclass(frozen=True, kw_only=True)
class RecentHandover:
    """A hand-over of the last day that can be undone."""

    id: UUID
    created_at: datetime
    from_name: str
    made_by_name: str
    customers: int
    runs: int
    escalations: int
    follow_ups: int


@dataclass(frozen=True, kw_only=True)
class Team:
    people: tuple[TeamMember, ...]
    invitations: tuple[PendingInvitation, ...]
    handovers: tuple[RecentHandover, ...]

    def find_person(self, person_id: str | UUID | None) -> TeamMember | None:
        return next((each for each in self.people if str(each.id) == str(person_id)), None)

    def list_team_names(self) -> tuple[str, ...]:
        """The teams of people and of open invitations, in the order of the alphabet."""
        teams = [each.team for each in self.people] + [each.team for each in self.invitations]
        names = {team for team in teams if team}
        return tuple(sorted(names, key=str.casefold))


@dataclass(frozen=True, kw_only=True)
class InvitationReport:
    """What became of a list of invitations: the addresses invited, and each refused line with its reason."""

    invited: tuple[str, ...]
    refused: tuple[RefusedLine, ...]


class PeopleRepository:
    """Reads and changes the people of the company of the client's token, with that person's rights."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_team(self) -> Team:
        """The active people and the open invitations of the company."""
        return parse_row(Team, execute_read(self._client.rpc("company_people", {})))

    def invite_people(self, lines: Sequence[InvitationLine], *, join_url: str) -> InvitationReport:
        """Invite each line that can be invited, by a mail with `join_url`, the address of the page /auth/join.

        Raises NotPermitted for all but admins, InvalidInput for more than 200 lines, Conflict for 500 within a day.
        """
        values = [
            {"email": each.email, "role": each.role.value, "full_name": each.full_name, "team": each.team}
            for each in lines
        ]
        arguments = {"p_invitations": values, "p_join_url": join_url}
        results: list[dict[str, Any]] = execute_write(self._client.rpc("invite_people", arguments))
        pairs = list(zip(lines, results, strict=True))
        return InvitationReport(
            invited=tuple(line.email for line, result in pairs if result["error"] is None),
            refused=tuple(
                RefusedLine(number=line.number, text=line.email, reason=result["error"])
                for line, result in pairs
                if result["error"] is not None
            ),
        )

    def resend_invitation(self, invitation_id: UUID, *, join_url: str) -> None:
        """Mail an open invitation again. Raises Conflict within five minutes of the last mail, and after ten."""
        arguments = {"p_invitation_id": str(invitation_id), "p_join_url": join_url}
        execute_write(self._client.rpc("resend_invitation", arguments))

    def withdraw_invitation(self, invitation_id: UUID) -> None:
        """Delete an open invitation. Raises NotPermitted if it is no longer open."""
        query = self._client.table("company_invites").delete().eq("id", str(invitation_id)).is_("accepted_at", "null")
        execute_update(query, otherwise=NO_LONGER_OPEN)

    def change_role(self, person_id: UUID, role: Role, *, expected: Role) -> None:
        """Give a member another role. Raises Conflict if it is not `expected` any more, and for the last admin."""
        values = {"p_person_id": str(person_id), "p_role": role.value, "p_expected_role": expected.value}
        execute_write(self._client.rpc("change_member_role", values))

    def change_team(self, person_id: UUID, team: str | None, *, expected: str | None) -> str | None:
        """Move a member to another team, or to none; returns it as the company spells it.

        Raises NotPermitted for a CSM, Conflict if the team is not `expected` any more.
        """
        values = {"p_person_id": str(person_id), "p_team": team, "p_expected_team": expected}
        chosen: str | None = execute_write(self._client.rpc("change_member_team", values))
        return chosen

    def save_absence(self, person_id: UUID, deputy_id: UUID, *, first: date, last: date) -> None:
        """Enter when a person is away and who stands in; replaces the absence there is.

        Raises NotPermitted for a CSM who enters somebody else's, InvalidInput, and Conflict for a deputy who is away.
        """
        days = {"p_starts_on": first.isoformat(), "p_ends_on": last.isoformat()}
        arguments = {"p_person_id": str(person_id), "p_deputy_id": str(deputy_id), **days}
        execute_write(self._client.rpc("save_absence", arguments))

    def end_absence(self, person_id: UUID) -> None:
        """End the absence of a person who is back. Raises NotPermitted for a CSM who ends somebody else's."""
        execute_write(self._client.rpc("end_absence", {"p_person_id": str(person_id)}))
