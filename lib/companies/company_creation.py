"""Companies as the operator sees them, with the operator's client."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.errors import InvalidInput
from lib.text.email_addresses import normalize_email_address

PAGE_ROWS = 1000


@dataclass(frozen=True, kw_only=True)
class CompanyName:
    id: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class CompanyCreation:
    """A new company and the address of its first admin, who joins at `join_url`; None if it is not known."""

    company: CompanyName
    admin: str
    join_url: str | None


def create_company(
    client: Client, name: str, *, admin: str, admin_name: str | None = None, app_url: str | None = None
) -> CompanyCreation:
    """Begin a company: its row, the invitation of its first admin, and the mail in the outbox. One request.

    Raises InvalidInput, and Conflict if there is a company of that name.
    """
    address = normalize_email_address(admin)
    if address is None:
        raise InvalidInput(f"{admin} is not an email address that Zen can invite.")
    join_url = f"{app_url.rstrip('/')}/auth/join" if app_url else None
    values = {"p_name": name, "p_admin_email": address, "p_admin_name": admin_name, "p_join_url": join_url}
    made = execute_write(client.rpc("create_company", values))
    company = CompanyName(id=UUID(made["company_id"]), name=made["name"])
    return CompanyCreation(company=company, admin=made["admin"], join_url=join_url)


def list_companies(client: Client) -> Iterator[CompanyName]:
    """Every company, by name. One request for each thousand. Raises Unavailable."""
    first = 0
    while True:
        query = client.table("companies").select("id, name").order("name").order("id")
        rows = execute_read(query.range(first, first + PAGE_ROWS - 1))
        yield from (CompanyName(id=UUID(row["id"]), name=row["name"]) for row in rows)
        if len(rows) < PAGE_ROWS:
            return
        first += PAGE_ROWS
