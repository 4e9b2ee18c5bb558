import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg

from lib.app_context import get_app_context
from lib.auth.model import Role, Session
from lib.auth.service import sign_up
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

    def invite(self, email: str, role: Role = Role.CSM, full_name: str | None = None) -> None:
        self.sql.execute(
            "insert into public.company_invites (company_id, email, role, full_name) values (%s, %s, %s, %s)",
            [self.id, email, role.value, full_name],
        )

    def join(self, full_name: str, role: Role) -> Member:
        email = unused_email()
        self.invite(email, role, full_name)
        issued = sign_up(get_app_context(), email=email, password=PASSWORD, full_name=full_name)
        assert issued
        row = self.sql.execute("select id from public.profiles where email = %s", [email]).fetchone()
        assert row
        return Member(id=row[0], email=email, full_name=full_name, role=role, session=issued)


def unused_email() -> str:
    """An address nobody has yet."""
    return f"{uuid.uuid4().hex[:12]}@zen.test"
