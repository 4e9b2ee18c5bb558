"""What moved the forecast since a snapshot: each cause has its part, and the parts are the whole."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database.factories import Sql, fetch_value
from tests.database.forecast_calls import (
    Renewal,
    give_call,
    keep_forecast,
    read_forecast,
    read_moves,
    sum_quarters,
)
from tests.database.rpc import assert_refused
from tests.support.companies import Company


def list_causes(answer: dict[str, Any]) -> dict[str, float]:
    return {each["cause"]: float(each["step"]) for each in answer["causes"]}


def change_contract(sql: Sql, due: Renewal, **values: Any) -> None:
    places = ", ".join(f"{name} = %s" for name in values)
    sql.execute(f"update public.contracts set {places} where id = %s", [*values.values(), due.contract])


def test_without_a_snapshot_it_says_so(renewal, company):
    renewal()
    answer = read_moves(company.manager)
    assert (answer["value_was"], answer["causes"], answer["weeks"]) == (None, [], [])


def test_nothing_moved_is_no_cause(renewal, company, sql):
    renewal()
    keep_forecast(sql, company)
    answer = read_moves(company.manager)
    assert (float(answer["value_was"]), answer["causes"]) == (55_800, [])


@pytest.mark.parametrize(
    ("outcome", "amount", "step"),
    [
        ("renewed", 60_000, 4_200),
        ("expanded", 70_000, 14_200),
        ("downgraded", 50_000, -5_800),
        ("churned", None, -55_800),
    ],
)
def test_what_was_decided_moves_by_its_outcome(renewal, company, sql, outcome, amount, step):
    due = renewal()
    keep_forecast(sql, company)
    due.complete(outcome, amount=amount)
    assert list_causes(read_moves(company.manager)) == {outcome: step}


def test_an_outcome_that_is_taken_back_is_reopened(renewal, company, sql):
    due = renewal()
    due.complete("churned")
    keep_forecast(sql, company)
    reopen = "update public.workflow_executions set revision = revision + 1, status = 'active', outcome_code = null, "
    sql.execute(f"{reopen} ended_at = null where customer_id = %s".encode(), [due.account.id])
    assert list_causes(read_moves(company.manager)) == {"reopened": 55_800}


def test_another_call_moves_that_call_alone(renewal, company, sql):
    due = renewal()
    give_call(company.csm, due, "commit")
    keep_forecast(sql, company)
    give_call(company.csm, due, "doubtful", amount=21_600, revision=1)
    assert list_causes(read_moves(company.manager, call="csm")) == {"call": -38_400}
    for call in ("computed", "leader"):
        assert list_causes(read_moves(company.manager, call=call)) == {}


def test_an_edited_contract_and_another_call_are_two_causes(renewal, company, sql):
    due = renewal()
    give_call(company.csm, due, "commit")
    keep_forecast(sql, company)
    change_contract(sql, due, annual_price_per_seat=50_000)
    give_call(company.csm, due, "lost", revision=1)
    assert list_causes(read_moves(company.manager, call="csm")) == {"contract": -10_000, "call": -50_000}
    assert list_causes(read_moves(company.manager)) == {"contract": -9_300}


def test_a_renewal_that_is_new_entered_and_one_moved_away_is_gone(renewal, company, sql, today):
    leaving = renewal()
    keep_forecast(sql, company)
    change_contract(sql, leaving, ends_on=today + timedelta(days=3000))
    renewal(arr=100_000)
    assert list_causes(read_moves(company.manager)) == {"entered": 93_000, "gone": -55_800}


def test_another_band_moves_the_computed_call(renewal, company, sql):
    for band, churned in (("green", 0), ("none", 20)):
        for number in range(20):
            done = renewal(ends_in=-20)
            done.complete(*("churned",) if number < churned else ("renewed",), amount=None, ago=25)
            keep_band(sql, company, done, band, ago=45)
    due = renewal()
    keep_forecast(sql, company)
    assert fetch_value(sql, "select share from public.forecast_snapshot_rows where contract_id = %s", due.contract) == 0
    keep_band(sql, company, due, "green", ago=0)
    sql.execute("delete from private.stale_customers where customer_id = %s", [due.account.id])
    answer = read_moves(company.manager)
    assert list_causes(answer) == {"health": 60_000}
    assert [row["contract_id"] for row in answer["causes"][0]["rows"]] == [due.contract]


def keep_band(sql: Sql, company: Company, due: Renewal, band: str, *, ago: int) -> None:
    if band == "none":
        return
    sql.execute(
        "insert into public.customer_scores (company_id, customer_id, day, health_band, recent_tickets, open_tickets,"
        " open_p1, survey_answers, health_rule_version, is_history) values (%s, %s, %s, %s, 0, 0, 0, 0, 1, true)"
        " on conflict (customer_id, day) do update set health_band = excluded.health_band",
        [company.id, due.account.id, due.today - timedelta(days=ago), band],
    )


def test_more_experience_moves_the_share_of_the_same_band(renewal, company, sql):
    renewal()
    keep_forecast(sql, company)
    for _ in range(20):
        renewal(ends_in=-400).complete("renewed", amount=60_000, ago=405)
    assert list_causes(read_moves(company.manager)) == {"experience": 4_200}


def test_a_customer_handed_over_moves_between_owners_and_not_the_company(renewal, company, sql):
    due = renewal()
    keep_forecast(sql, company)
    sql.execute("update public.customers set owner_id = %s where id = %s", [company.other_csm.id, due.account.id])
    assert list_causes(read_moves(company.manager)) == {}
    assert list_causes(read_moves(company.manager, owner=str(company.csm.id))) == {"owner": -55_800}
    assert list_causes(read_moves(company.csm)) == {"owner": -55_800}
    assert list_causes(read_moves(company.other_csm)) == {"owner": 55_800}


def test_a_chosen_week_is_the_base_and_one_without_a_snapshot_says_so(renewal, company, sql, today):
    renewal()
    keep_forecast(sql, company, today - timedelta(weeks=2))
    renewal()
    keep_forecast(sql, company)
    monday = today - timedelta(days=today.weekday())
    earlier = read_moves(company.manager, week=(monday - timedelta(weeks=2)).isoformat())
    assert list_causes(earlier) == {"entered": 55_800}
    missed = read_moves(company.manager, week=(monday - timedelta(weeks=1)).isoformat())
    assert (missed["value_was"], missed["causes"], len(missed["weeks"])) == (None, [], 3)


def test_a_call_there_is_none_of_is_refused(company):
    with assert_refused("PT400"):
        read_moves(company.manager, call="average")


CHANGE = st.tuples(
    st.sampled_from(["run", "call", "price", "away", "owner", "next", "new", "churned"]), st.integers(0, 3)
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGE, min_size=1, max_size=8))
def test_the_causes_add_up_to_the_difference_exactly(changes, new_company, sql):
    company = new_company()
    people = (company.manager, company.csm, company.other_csm)
    today = fetch_value(sql, "select private.today()")
    renewals = [Renewal(sql, company, today, ends_in=20 + 40 * n, arr=10_007 * (n + 1)) for n in range(4)]
    for place, due in enumerate(renewals[:3]):
        give_call(company.csm, due, ("commit", "likely", "doubtful")[place], amount=7_001 if place else None)
    keep_forecast(sql, company)
    then = [read_forecast(who) for who in people]
    for kind, place in changes:
        apply_change(sql, company, renewals[place], kind)
    now = [read_forecast(who) for who in people]
    for who, forecast_was, forecast_now in zip(people, then, now, strict=True):
        for call in ("computed", "csm", "leader"):
            value_was, value_now = sum_quarters(forecast_was, call), sum_quarters(forecast_now, call)
            answer = read_moves(who, call=call)
            assert float(answer["value_was"]) == value_was
            assert float(answer["value_now"]) == value_now
            assert value_was + sum(list_causes(answer).values()) == value_now
            for cause in answer["causes"]:
                assert sum(float(row["step"]) for row in cause["rows"]) == float(cause["step"])


def apply_change(sql: Sql, company: Company, due: Renewal, kind: str) -> None:
    is_mine = "select owner_id = %s from public.customers where id = %s"
    match kind:
        case "run":
            due.complete("downgraded", amount=5_003)
        case "churned":
            due.complete("churned", before=20)
        case "price":
            change_contract(sql, due, annual_price_per_seat=33_333)
        case "away":
            change_contract(sql, due, ends_on=due.ends_on + timedelta(days=2000))
        case "owner":
            swap = "update public.customers set owner_id = case owner_id when %s then %s else %s end where id = %s"
            ids = [company.csm.id, company.other_csm.id, company.csm.id, due.account.id]
            sql.execute(swap, ids)
        case "next":
            due.insert_next_term(44_444)
        case "new":
            Renewal(sql, company, due.today, ends_in=55, arr=12_345)
        case "call":
            open_now = "select outcome is null from private.term_outcomes(%s) where contract_id = %s"
            if fetch_value(sql, is_mine, company.csm.id, due.account.id) and fetch_value(
                sql, open_now, company.id, due.contract
            ):
                latest = fetch_value(
                    sql, "select max(revision) from public.forecast_calls where contract_id = %s", due.contract
                )
                give_call(company.csm, due, "lost", revision=latest or 0)
