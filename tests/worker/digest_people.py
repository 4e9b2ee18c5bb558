"""People whose morning it is, and what waits for them. Time is moved by their time zone and by the days of rows."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.database.factories import AccountFactory, Sql, fetch_rows, fetch_value, work_every_day

APP_URL = "https://zen.test"


def zone_where_it_is(hour: int) -> str:
    """A time zone in which it is this hour right now."""
    offset = (hour - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}"


@dataclass(frozen=True, kw_only=True)
class DigestPerson:
    sql: Sql
    company_id: uuid.UUID
    id: uuid.UUID
    email: str

    @classmethod
    def create(
        cls, sql: Sql, *, company_id: uuid.UUID | None = None, hour: int = 10, role: str = "csm", name: str = "Ann"
    ) -> "DigestPerson":
        """A person of a company that works every day, where it is this hour."""
        of = company_id or fetch_value(sql, "insert into public.companies (name) values ('Northwind') returning id")
        work_every_day(sql, of)
        person, email = uuid.uuid4(), f"{uuid.uuid4().hex[:12]}@zen.test"
        sql.execute("insert into auth.users (id, email) values (%s, %s)", [person, email])
        sql.execute(
            "insert into public.profiles (id, company_id, email, full_name, role, time_zone)"
            " values (%s, %s, %s, %s, %s, %s)",
            [person, of, email, name, role, zone_where_it_is(hour)],
        )
        return cls(sql=sql, company_id=of, id=person, email=email)

    @property
    def today(self) -> Any:
        local = "select (now() at time zone p.time_zone)::date from public.profiles p where p.id = %s"
        return fetch_value(self.sql, local, self.id)

    def move_to(self, hour: int) -> None:
        self.sql.execute("update public.profiles set time_zone = %s where id = %s", [zone_where_it_is(hour), self.id])

    def add_customer(self, name: str, *, notice_in: int = 10) -> AccountFactory:
        """A customer that can wait, but is important enough for Today."""
        account = AccountFactory(self.sql, self.company_id, self.id, day=self.today, name=name)
        account.insert_contract(notice_in=notice_in, seats=9000)
        return account

    def add_follow_up(self, title: str, *, name: str = "Acme") -> Any:
        return self.add_customer(name, notice_in=300).insert_row(
            "follow_ups", assigned_to=self.id, created_by=self.id, title=title, due_on=self.today
        )

    def list_digests(self) -> list[dict[str, Any]]:
        return fetch_rows(self.sql, "select * from public.digests where person_id = %s order by created_at", self.id)

    def let_a_day_pass(self) -> None:
        """What was decided and sent today is of yesterday."""
        for statement in (
            "update public.digests set day = day - 1, created_at = created_at - interval '1 day' where person_id = %s",
            "update private.digest_days set day = day - 1 where person_id = %s",
            "update public.today_lists set day = day - 1 where person_id = %s",
        ):
            self.sql.execute(statement, [self.id])
        self.sql.execute(
            "update private.outbox o set expires_at = expires_at - interval '1 day',"
            " created_at = o.created_at - interval '1 day' from public.digests g"
            " where g.message_id = o.id and g.person_id = %s", [self.id]
        )  # fmt: skip


def silence_earlier_people(sql: Sql) -> None:
    """Nobody of an earlier test gets a digest, or is told of an escalation."""
    sql.execute("update public.profiles set time_zone = %s", [zone_where_it_is(3)])
    sql.execute("update public.workflow_escalations set acknowledged_at = now() where acknowledged_at is null")
