from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may do in their company. The database decides; this is for what the pages offer."""

    CSM = "csm"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def leads_team(self) -> bool:
        return self is not Role.CSM


@dataclass(frozen=True, kw_only=True)
class Person:
    """A signed-in member of a company. `time_zone` is an IANA name."""

    id: UUID
    full_name: str
    email: str
    role: Role
    time_zone: str
    company_id: UUID
    company_name: str


@dataclass(frozen=True, kw_only=True)
class Session:
    """What Supabase issues at sign-in. `expires_at` is when the access token ends, in Unix seconds by our clock."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, kw_only=True)
class BrowserSession:
    """A stored session, opened. `person` is None for someone who is (no longer) a member of any company."""

    person: Person | None
    session: Session
    version: int
