"""Invitations to the signed-in person, and joining a company by one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lib.auth.model import Role
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import SignedOut
from lib.text.format import join_names
from lib.text.markdown_escape import escape_markdown


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An open invitation. `full_name` is the name the company gave; the inviter is None once their account is gone."""

    id: UUID
    company_name: str
    role: Role
    full_name: str | None
    created_at: datetime
    invited_by_name: str | None
    invited_by_email: str | None


class NotAMember(SignedOut):
    """The person is signed in but belongs to no company. `is_invited` if one can be joined at once."""

    def __init__(self, message: str, *, hint: str, is_invited: bool) -> None:
        super().__init__(message, hint=hint)
        self.is_invited = is_invited


def fetch_open_invitations(client: Client) -> tuple[Invitation, ...]:
    """Invitations to the caller's address; none unless the session began with a mailed code. One request."""
    return tuple(parse_row(Invitation, row) for row in execute_read(client.rpc("open_invitations", {})))


def accept_invitation(client: Client, invitation_id: UUID, *, full_name: str) -> None:
    """Join the company and end the person's other sessions. Raises NotPermitted, NotFound or Conflict."""
    values = {"p_invitation_id": str(invitation_id), "p_full_name": full_name}
    execute_write(client.rpc("accept_invitation", values))


def describe_how_to_join(client: Client) -> NotAMember:
    """What somebody without a company can do, for the gate to raise. One request."""
    companies = [each.company_name for each in fetch_open_invitations(client)]
    if companies:
        invited = f"{escape_markdown(join_names(companies))} invited you."
        return NotAMember(invited, hint="Join to use Zen.", is_invited=True)
    return NotAMember(
        "You don't belong to a company.",
        hint="Ask an admin of your company for an invitation, then join with the code that is mailed to you.",
        is_invited=False,
    )
