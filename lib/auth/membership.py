"""Membership of a company: one's name, and leaving. A colleague takes over what is open."""

from dataclasses import dataclass
from uuid import UUID

from lib.auth.model import Role
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row


@dataclass(frozen=True, kw_only=True)
class CompanyMember:
    id: UUID
    full_name: str
    role: Role


def fetch_company_members(client: Client) -> tuple[CompanyMember, ...]:
    """The active people of the caller's company, the caller too. One request."""
    return tuple(parse_row(CompanyMember, row) for row in execute_read(client.rpc("colleagues", {})))


def save_full_name(client: Client, full_name: str) -> None:
    """Change the caller's own name. Raises InvalidInput for a blank one or more than 200 characters."""
    execute_write(client.rpc("save_full_name", {"p_full_name": full_name}))


def save_locale(client: Client, locale: str | None) -> None:
    """How money and numbers are written for the caller; None: as for their company. Raises InvalidInput."""
    execute_write(client.rpc("save_locale", {"p_locale": locale}))


def save_density(client: Client, density: str) -> None:
    """How close pages are set for the caller, a `Density`. Raises InvalidInput for anything else."""
    execute_write(client.rpc("save_density", {"p_density": density}))


def save_theme(client: Client, theme: str) -> None:
    """The colours of the caller's pages, a `Theme`. Raises InvalidInput for anything else."""
    execute_write(client.rpc("save_theme", {"p_theme": theme}))


def leave_company(client: Client, *, successor_id: UUID | None) -> None:
    """End the caller's membership. Raises Conflict for the last admin, and without a successor for open work."""
    values = {"p_successor_id": str(successor_id) if successor_id else None}
    execute_write(client.rpc("leave_company", values))
