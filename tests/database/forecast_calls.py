"""Renewals arranged past the policies, and the functions of the forecast as people call them."""

from datetime import date, timedelta
from typing import Any

from tests.database.factories import AccountFactory, Sql, fetch_rows, fetch_value, insert_row
from tests.database.rpc import call_rpc
from tests.support.companies import Company


class Renewal:
    """A customer whose term ends in so many days, after exactly a year."""

    def __init__(self, sql: Sql, company: Company, today: date, *, ends_in: int = 40, arr: int = 60_000, **given: Any):
        self.sql, self.company, self.today = sql, company, today
        self.account = AccountFactory(sql, company.id, given.pop("owner", company.csm).id, day=today, **given)
        self.ends_on = today + timedelta(days=ends_in)
        self.contract = self.insert_term(self.ends_on - timedelta(days=365), self.ends_on, arr)

    def insert_term(self, starts_on: date, ends_on: date, arr: int, **given: Any) -> str:
        terms = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 1} | given
        return str(
            self.account.insert_row(
                "contracts", starts_on=starts_on, ends_on=ends_on, annual_price_per_seat=arr, **terms
            )
        )

    def insert_next_term(self, arr: int, *, starts_in: int = 0) -> str:
        starts_on = self.ends_on + timedelta(days=starts_in)
        return self.insert_term(starts_on, starts_on + timedelta(days=365), arr)

    def complete(self, outcome: str, *, amount: int | None = None, ago: int = 0, before: int = 30) -> None:
        """A renewal run that began `before` days earlier than it ended."""
        version = fetch_value(
            self.sql,
            "select id from public.workflow_definition_versions where workflow_id = 'standard-renewal' "
            "and company_id is null order by version desc limit 1",
        )
        insert_row(
            self.sql, "workflow_executions", company_id=self.company.id, customer_id=self.account.id,
            owner_id=self.account.owner_id, workflow_id="standard-renewal", definition_version_id=version,
            status="completed", current_slide="greeting", outcome_code=outcome, outcome_amount=amount,
            started_at=self.today - timedelta(days=ago + before), ended_at=self.today - timedelta(days=ago),
        )  # fmt: skip

    def outcome(self) -> dict[str, Any]:
        rows = fetch_rows(
            self.sql, "select outcome, arr_after, decided_on from private.term_outcomes(%s) where contract_id = %s",
            self.company.id, self.contract,
        )  # fmt: skip
        return rows[0]


def read_forecast(person, **given: Any) -> dict[str, Any]:
    return call_rpc(person, "forecast", **{f"p_{name}": value for name, value in given.items()})


def read_row(person, renewal: Renewal, **given: Any) -> dict[str, Any]:
    return next(
        row for row in read_forecast(person, most=1000, **given)["rows"] if row["contract_id"] == renewal.contract
    )


def give_call(person, renewal: Renewal, category: str = "commit", **given: Any) -> dict[str, Any]:
    told = {"level": "csm", "revision": 0, "reason": "They said so."} | given
    arguments = {f"p_{name}": value for name, value in told.items()}
    return call_rpc(person, "call_renewal", p_contract_id=renewal.contract, p_category=category, **arguments)


def sum_quarters(answer: dict[str, Any], name: str) -> float:
    return sum(float(quarter.get(name) or 0) for quarter in answer["quarters"])


def read_moves(person, **given: Any) -> dict[str, Any]:
    return call_rpc(person, "forecast_moves", **{f"p_{name}": value for name, value in given.items()})


def keep_forecast(sql: Sql, company: Company, day: date | None = None) -> int:
    """Take the snapshot of the week of a day, today's by default; returns of how many renewals.

    A worker of another test may have taken it of what was there before: that one goes. Workers pass a locked company.
    """
    day = day or fetch_value(sql, "select private.today()")
    with sql.transaction():
        sql.execute("select from public.companies where id = %s for no key update", [company.id])
        sql.execute(
            "delete from public.forecast_snapshots"
            " where company_id = %s and week_starts_on = date_trunc('week', %s::date)::date",
            [company.id, day],
        )
        return fetch_value(sql, "select private.keep_forecast(%s, %s)", company.id, day)


def read_snapshot(sql: Sql, company: Company) -> dict[str, dict[str, Any]]:
    """The rows of all snapshots of a company, by contract."""
    rows = fetch_rows(sql, "select * from public.forecast_snapshot_rows where company_id = %s", company.id)
    return {str(row["contract_id"]): row for row in rows}
