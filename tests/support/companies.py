import time
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg

from lib.app_context import get_app_context
from lib.auth.model import Role, Session
from lib.db.client import Client

PASSWORD = "correct horse battery"


@dataclass(frozen=True, kw_only=True)
class Member:
    """Someone who was invited and signed up over HTTP; `client` acts as them, under the policies."""

    id: uuid.UUID
    email: str
    full_name: str
    role: Role
    session: Session = field(repr=False)
    password: str = PASSWORD

    @cached_property
    def client(self) -> Client:
        return get_app_context().create_client(access_token=self.session.access_token)


@dataclass(frozen=True)
class Company:
    id: uuid.UUID
    name: str
    sql: psycopg.Connection[Any] = field(repr=False)

    @classmethod
    def create(cls, sql: psycopg.Connection[Any], name: str) -> "Company":
        row = sql.execute("insert into public.companies (name) values (%s) returning id", [name]).fetchone()
        assert row
        return cls(row[0], name, sql)

    @cached_property
    def csm(self) -> Member:
        return self.join("Alice Moreau", Role.CSM)

    @cached_property
    def other_csm(self) -> Member:
        return self.join("Łukasz Zieliński", Role.CSM)

    @cached_property
    def manager(self) -> Member:
        return self.join("Mara Lindqvist", Role.MANAGER)

    @cached_property
    def admin(self) -> Member:
        return self.join("Zoë Okafor", Role.ADMIN)

    def invite(self, email: str, role: Role = Role.CSM, full_name: str | None = None) -> uuid.UUID:
        row = self.sql.execute(
            "insert into public.company_invites (company_id, email, role, full_name) values (%s, %s, %s, %s) "
            "returning id",
            [self.id, email, role.value, full_name],
        ).fetchone()
        assert row
        return row[0]

    def join(self, full_name: str, role: Role) -> Member:
        """Someone who was invited and is in, without the mailed code that accepting an invitation takes."""
        email = unused_email()
        invitation = self.invite(email, role, full_name)
        person, issued = sign_up(email)
        self.sql.execute("select private.join_company(%s, %s, null)", [person, invitation])
        return Member(id=person, email=email, full_name=full_name, role=role, session=issued)


def sign_up(email: str, **profile: str) -> tuple[uuid.UUID, Session]:
    """A new user with a password, as anybody can make one by asking Supabase Auth: no company, no proof of mailbox."""
    client = get_app_context().create_client()
    answer = client.auth.sign_up({"email": email, "password": PASSWORD, "options": {"data": dict(profile)}})
    assert answer.session
    assert answer.user
    session = Session(
        access_token=answer.session.access_token,
        refresh_token=answer.session.refresh_token,
        expires_at=time.time() + answer.session.expires_in,
    )
    return uuid.UUID(answer.user.id), session


def unused_email() -> str:
    """An address nobody has yet."""
    return f"{uuid.uuid4().hex[:12]}@zen.test"
