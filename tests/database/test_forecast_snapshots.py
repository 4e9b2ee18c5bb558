"""The weekly snapshot of the forecast: once a company and ISO week, whole, and never made up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest

from tests.database.factories import fetch_rows, fetch_value
from tests.database.forecast_calls import give_call, keep_forecast, read_forecast, read_snapshot, sum_quarters

COUNT = "select count(*) from public.forecast_snapshots where company_id = %s"


def test_a_snapshot_is_the_forecast_as_it_stands(renewal, company, sql):
    due, done = renewal(), renewal(ends_in=0)
    done.complete("downgraded", amount=40_000)
    give_call(company.csm, due, "likely", amount=50_000)
    keep_forecast(sql, company)
    rows = read_snapshot(sql, company)
    answer = read_forecast(company.manager)
    for call in ("computed", "csm", "leader"):
        assert sum(float(row[call] or 0) for row in rows.values()) == sum_quarters(answer, call)
    assert (rows[due.contract]["csm_category"], rows[due.contract]["leader"]) == ("likely", None)
    assert rows[done.contract]["outcome"] == "downgraded"


def test_a_week_has_one_snapshot_however_often_it_is_kept(renewal, company, sql):
    renewal()
    keep_forecast(sql, company)
    before = read_snapshot(sql, company)
    renewal()
    assert fetch_value(sql, "select private.keep_forecast(%s, private.today())", company.id) == 0
    assert read_snapshot(sql, company) == before


@pytest.mark.parametrize(("day", "week"), [("2026-11-30", "2026-11-30"), ("2026-12-06", "2026-11-30")])
def test_a_week_begins_on_monday(company, sql, day, week):
    keep_forecast(sql, company, date.fromisoformat(day))
    kept = fetch_rows(
        sql, "select week_starts_on, day from public.forecast_snapshots where company_id = %s", company.id
    )
    assert kept == [{"week_starts_on": date.fromisoformat(week), "day": date.fromisoformat(day)}]


def test_the_worker_keeps_each_company_once_and_then_has_nothing_to_do(renewal, company, sql, operator):
    renewal()
    while operator.rpc("keep_due_forecasts", {"p_most": 100}).execute().data:
        pass
    assert fetch_value(sql, COUNT, company.id) == 1


def test_a_company_without_customers_is_left_out(company, sql, operator):
    while operator.rpc("keep_due_forecasts", {"p_most": 100}).execute().data:
        pass
    assert fetch_value(sql, COUNT, company.id) == 0


def test_two_workers_at_once_keep_one_snapshot(stack, renewal, company, sql):
    for _ in range(3):
        renewal()

    def keep(_: int) -> None:
        with psycopg.connect(stack.database_url) as connection:
            connection.execute("select private.keep_due_forecasts(100)")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(8)))
    assert fetch_value(sql, COUNT, company.id) == 1
    assert len(read_snapshot(sql, company)) == 3


def test_a_worker_that_dies_leaves_no_half_of_a_snapshot(stack, renewal, company, sql):
    renewal()
    with psycopg.connect(stack.database_url) as connection:
        connection.execute("select private.keep_forecast(%s, current_date)", [company.id])
        connection.rollback()
    assert fetch_value(sql, COUNT, company.id) == 0
    keep_forecast(sql, company)
    assert len(read_snapshot(sql, company)) == 1


def test_a_week_that_was_missed_has_none(renewal, company, sql, today):
    renewal()
    for weeks in (3, 1):
        keep_forecast(sql, company, today - timedelta(weeks=weeks))
    monday = today - timedelta(days=today.weekday())
    weeks = fetch_value(sql, "select private.forecast_weeks(%s, %s)", company.id, today)
    assert [(each["week_starts_on"], each["day"] is not None) for each in weeks] == [
        ((monday - timedelta(weeks=n)).isoformat(), n in (1, 3)) for n in range(4)
    ]


def test_a_customer_that_is_deleted_leaves_the_snapshot(renewal, company, sql):
    due = renewal()
    keep_forecast(sql, company)
    sql.execute("delete from public.contracts where id = %s", [due.contract])
    sql.execute("delete from public.customers where id = %s", [due.account.id])
    assert read_snapshot(sql, company) == {}
