import time
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lib.text.regional_format import DEFAULT_FORMAT, RegionalFormat


class Role(StrEnum):
    """A person's role in their company. Pages use it to choose what they offer; the database decides."""

    CSM = "csm"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def leads_team(self) -> bool:
        return self is not Role.CSM


ROLE_NAMES = {Role.CSM: "CSM", Role.MANAGER: "manager", Role.ADMIN: "admin"}


class Density(StrEnum):
    """How close pages are set for a person."""

    CALM = "calm"
    COMPACT = "compact"


class Theme(StrEnum):
    """The colours of a person's pages; `SYSTEM`: those of their device."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A signed-in member of a company. `time_zone` is an IANA name, the browser's unless
    `has_own_time_zone`; `regional_format` is the company's,
    with the person's `own_locale` where they chose one. `inbox_count` is how much waits in their inbox.
    """

    id: UUID
    full_name: str
    email: str
    role: Role
    time_zone: str
    has_own_time_zone: bool = False
    company_id: UUID
    company_name: str
    regional_format: RegionalFormat = DEFAULT_FORMAT
    own_locale: str | None = None
    density: Density = Density.CALM
    theme: Theme = Theme.SYSTEM
    inbox_count: int = 0


@dataclass(frozen=True, kw_only=True)
class Session:
    """The tokens Supabase issues at sign-in. `expires_at`: when the access token ends, in Unix seconds of our clock."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float

    @property
    def seconds_left(self) -> float:
        return self.expires_at - time.time()


@dataclass(frozen=True, kw_only=True)
class BrowserSession:
    """A decrypted session of a browser. `person` is None for someone who belongs to no company (any more)."""

    person: Person | None
    session: Session
    version: int


@dataclass(frozen=True, kw_only=True)
class SignedInBrowser:
    """A browser a person is signed in with: "Firefox on Linux". `used_at` is right to the hour.

    `id` is of its Supabase session; None for one that cannot be ended alone.
    """

    id: UUID | None = None
    browser: str | None
    created_at: datetime
    used_at: datetime
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class DemoLogin:
    """A person whom the sign-in page offers to sign in with one click; `company` is its name."""

    full_name: str
    company: str
    role: Role
    email: str
    password: str = field(repr=False)
