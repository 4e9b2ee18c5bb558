"""The track record of calls, and retention: to date and as forecast."""

from datetime import timedelta
from statistics import stdev
from typing import Any

import pytest

from tests.database.factories import Sql, fetch_value
from tests.database.forecast_calls import Renewal, give_call, keep_forecast
from tests.database.rpc import call_rpc
from tests.support.companies import Company


def read_record(person, **given: Any) -> dict[str, Any]:
    answer = call_rpc(person, "forecast_record", **given)
    return answer | {
        "scores": {each["call"]: each for each in answer["scores"]},
        "categories": {(each["call"], each["category"]): each for each in answer["categories"]},
    }


def read_retention(person, **given: Any) -> dict[Any, dict[str, Any]]:
    """The groups by segment, by owner's id, and under None of all."""
    groups = call_rpc(person, "forecast_retention", **given)["groups"]
    return {each["segment"] or each["owner_id"]: each for each in groups}


def backdate_calls(sql: Sql, due: Renewal, days: int) -> None:
    sql.execute(
        "update public.forecast_calls set called_at = now() - make_interval(days => %s) where contract_id = %s",
        [days, due.contract],
    )


def close_called(sql: Sql, company: Company, due: Renewal, category: str, outcome: str) -> None:
    """A renewal that was called, and decided two days later."""
    give_call(company.csm, due, category)
    backdate_calls(sql, due, 4)
    due.complete(outcome, amount=None if outcome == "churned" else 60_000, ago=2)


def test_a_call_is_measured_by_what_its_category_claims(renewal, company, sql):
    close_called(sql, company, renewal(), "commit", "renewed")
    close_called(sql, company, renewal(), "commit", "churned")
    close_called(sql, company, renewal(), "lost", "churned")
    record = read_record(company.manager)
    assert record["scores"]["csm"]["renewals"] == 3
    assert float(record["scores"]["csm"]["brier"]) == round((0.05**2 + 0.95**2 + 0.05**2) / 3, 4)
    commit = record["categories"]["csm", "commit"]
    assert (commit["renewals"], commit["renewed"], float(commit["claim"])) == (2, 1, 0.95)
    assert record["closed"] == 3


def test_renewed_for_less_is_renewed(renewal, company, sql):
    close_called(sql, company, renewal(), "likely", "downgraded")
    assert read_record(company.manager)["categories"]["csm", "likely"]["renewed"] == 1


def test_the_last_call_before_the_decision_counts(renewal, company, sql):
    due = renewal()
    give_call(company.csm, due, "commit")
    backdate_calls(sql, due, 9)
    give_call(company.csm, due, "lost", revision=1)
    due.complete("churned", ago=5)
    record = read_record(company.manager)
    assert [each["category"] for each in record["categories"].values()] == ["commit"]


def test_the_computed_call_is_that_of_the_last_snapshot_before(renewal, company, sql, today):
    due = renewal()
    for weeks in (3, 2):
        keep_forecast(sql, company, today - timedelta(weeks=weeks))
    due.complete("churned", ago=1)
    keep_forecast(sql, company)
    score = read_record(company.manager)["scores"]["computed"]
    assert (score["renewals"], float(score["brier"]), score["standard_error"]) == (1, round(0.93**2, 4), None)


def test_a_score_has_its_standard_error(renewal, company, sql):
    for outcome in ("renewed", "renewed", "churned"):
        close_called(sql, company, renewal(), "commit", outcome)
    squares = [0.05**2, 0.05**2, 0.95**2]
    score = read_record(company.manager)["scores"]["csm"]
    assert float(score["standard_error"]) == pytest.approx(stdev(squares) / 3**0.5, abs=1e-4)


def test_the_computed_call_is_measured_by_tenths_of_its_share(renewal, company, sql, today):
    kept, lost, small = renewal(), renewal(), renewal(arr=10_000)
    keep_forecast(sql, company, today - timedelta(weeks=2))
    for due, outcome in ((kept, "renewed"), (lost, "churned"), (small, "renewed")):
        due.complete(outcome, amount=None if outcome == "churned" else 10_000, ago=1)
    tenth = read_record(company.manager)["categories"]["computed", "90%"]
    assert (tenth["renewals"], tenth["renewed"], float(tenth["claim"])) == (3, 2, 0.92)


@pytest.mark.parametrize(("share", "tenth"), [(0, "0%"), (0.0999, "0%"), (0.5, "50%"), (0.9, "90%"), (1, "90%")])
def test_a_share_is_in_the_tenth_it_begins_with(sql, share, tenth):
    assert fetch_value(sql, "select private.round_share_to_tenth(%s::numeric)", share) == tenth


def test_a_decision_without_a_call_or_snapshot_is_counted_and_not_judged(renewal, company):
    renewal().complete("renewed", amount=60_000)
    record = read_record(company.manager)
    assert (record["closed"], record["scores"], record["categories"]) == (1, {}, {})


def test_a_csm_has_their_own_record(renewal, company, sql):
    close_called(sql, company, renewal(), "commit", "renewed")
    assert read_record(company.other_csm)["closed"] == 0
    assert read_record(company.csm)["scores"]["csm"]["renewals"] == 1


@pytest.mark.parametrize(("arr", "gross", "net"), [(60_000, 1, 1), (45_000, 0.75, 0.75), (90_000, 1, 1.5)])
def test_retention_to_date_compares_a_year_ago_with_today(renewal, company, arr, gross, net):
    due = renewal(ends_in=-100)
    due.insert_next_term(arr)
    total = read_retention(company.manager)[None]
    assert float(total["arr_then"]) == 60_000
    assert float(total["kept_now"]) / 60_000 == gross
    assert float(total["arr_now"]) / 60_000 == net
    assert float(total["benchmark_kept"]) / 60_000 == pytest.approx(0.93)
    assert float(total["benchmark_now"]) / 60_000 == pytest.approx(1.05)


def test_who_was_lost_within_the_year_counts_and_who_was_before_does_not(renewal, company):
    renewal(ends_in=-100, status="churned")
    renewal(ends_in=-500, status="churned")
    total = read_retention(company.manager)[None]
    assert (total["customers"], float(total["arr_then"]), float(total["arr_now"])) == (1, 60_000, 0)


def test_a_customer_won_within_the_year_is_no_retention(renewal, company):
    renewal(ends_in=200)
    total = read_retention(company.manager)[None]
    assert (total["customers"], total["arr_then"], total["kept_now"]) == (0, None, None)
    assert float(total["base"]) == 60_000


def test_retention_as_forecast_takes_each_call_and_leaves_out_what_has_none(renewal, company, sql, today):
    called, later = renewal(), renewal()
    renewal(arr=40_000)
    far = today + timedelta(days=2000)
    sql.execute("update public.contracts set ends_on = %s where id = %s", [far, later.contract])
    give_call(company.csm, called, "likely", amount=30_000)
    total = read_retention(company.manager)[None]
    assert float(total["base"]) == 160_000
    assert float(total["computed"]) == 60_000 * 0.93 + 40_000 * 0.92 + 60_000
    assert (float(total["csm_base"]), float(total["csm"]), total["csm_missing"]) == (120_000, 90_000, 1)
    assert (float(total["leader_base"]), float(total["leader"]), total["leader_missing"]) == (60_000, 60_000, 2)
    assert (float(total["kept_csm"]), float(total["kept_leader"])) == (90_000, 60_000)


def test_gross_retention_counts_no_expansion(renewal, company):
    due = renewal()
    give_call(company.csm, due, "commit", amount=80_000)
    total = read_retention(company.manager)[None]
    assert (float(total["kept_csm"]), float(total["csm"])) == (60_000, 80_000)


def test_retention_is_told_by_segment_and_owner(renewal, company):
    renewal(segment="smb", arr=10_000)
    renewal(owner=company.other_csm, arr=70_000)
    groups = read_retention(company.manager)
    assert float(groups["smb"]["base"]) == 10_000
    assert float(groups[str(company.other_csm.id)]["base"]) == 70_000
    assert float(groups[None]["base"]) == 80_000
    assert float(read_retention(company.csm)[None]["base"]) == 10_000


def test_the_claims_of_the_categories_fall(sql):
    claims = [
        fetch_value(sql, "select private.claimed_share_of_category(%s)", each)
        for each in ("commit", "likely", "doubtful", "lost")
    ]
    assert claims == sorted(claims, reverse=True)
