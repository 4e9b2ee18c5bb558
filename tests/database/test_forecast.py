"""The forecast as it is read: which renewals are due, what became of them, and what each call expects."""

import json
from datetime import date, timedelta

import pytest

from tests.database.factories import fetch_rows, fetch_value
from tests.database.forecast_calls import give_call, read_forecast, read_row, sum_quarters
from tests.database.rpc import assert_refused


def test_a_term_without_a_successor_is_open(renewal):
    assert renewal().outcome() == {"outcome": None, "arr_after": None, "decided_on": None}


@pytest.mark.parametrize(("arr", "outcome"), [(60_000, "renewed"), (70_000, "expanded"), (50_000, "downgraded")])
def test_the_next_term_decides_a_renewal(renewal, arr, outcome):
    due = renewal(ends_in=-10)
    due.insert_next_term(arr)
    assert due.outcome() == {"outcome": outcome, "arr_after": arr, "decided_on": due.ends_on}


def test_a_completed_run_decides_a_renewal_without_a_next_term(renewal, today):
    due = renewal()
    due.complete("downgraded", amount=40_000, ago=3)
    assert due.outcome() == {"outcome": "downgraded", "arr_after": 40_000, "decided_on": today - timedelta(days=3)}


def test_what_was_lost_leaves_nothing(renewal, today):
    due = renewal()
    due.complete("churned", ago=1)
    assert due.outcome() == {"outcome": "churned", "arr_after": 0, "decided_on": today - timedelta(days=1)}


def test_a_churned_customer_without_a_run_is_lost_when_the_term_ends(renewal):
    due = renewal(status="churned")
    assert due.outcome() == {"outcome": "churned", "arr_after": 0, "decided_on": due.ends_on}


def test_a_run_that_decided_nothing_leaves_the_renewal_open(renewal):
    due = renewal()
    due.complete("no_decision")
    assert due.outcome()["outcome"] is None


def test_a_run_of_the_term_before_decides_that_term_alone(renewal, today):
    due = renewal(ends_in=-10)
    due.complete("renewed", amount=60_000, ago=15)
    following = due.insert_next_term(60_000)
    assert due.outcome()["outcome"] == "renewed"
    due.contract = following
    assert due.outcome()["outcome"] is None


def test_a_term_that_changed_in_its_middle_is_replaced_not_renewed(renewal, company):
    due = renewal(ends_in=200)
    due.insert_next_term(90_000, starts_in=-200)
    assert due.outcome()["outcome"] == "replaced"
    assert due.contract not in {row["contract_id"] for row in read_forecast(company.manager)["rows"]}


def test_renewals_are_those_of_this_fiscal_quarter_and_three_more(renewal, company, sql):
    answer = read_forecast(company.manager)
    first, last = (date.fromisoformat(answer["quarters"][n]["starts_on"]) for n in (0, 3))
    until = date.fromisoformat(answer["quarters"][3]["until_on"])
    today = date.fromisoformat(answer["today"])
    assert first <= today < until
    assert len(answer["quarters"]) == 4
    inside, outside = renewal(ends_in=(until - today).days - 1), renewal(ends_in=(until - today).days)
    assert read_row(company.manager, inside)["quarter_on"] == last.isoformat()
    assert outside.contract not in {row["contract_id"] for row in read_forecast(company.manager)["rows"]}


def test_an_open_renewal_that_is_overdue_counts_today(renewal, company):
    overdue = renewal(ends_in=-300)
    answer = read_forecast(company.manager)
    assert read_row(company.manager, overdue)["quarter_on"] == answer["quarters"][0]["starts_on"]
    assert read_row(company.manager, overdue)["due_on"] == answer["today"]


def test_the_fiscal_year_of_the_company_says_where_quarters_begin(company, sql):
    sql.execute("update public.company_settings set fiscal_year_start_month = 2 where company_id = %s", [company.id])
    months = {date.fromisoformat(each["starts_on"]).month for each in read_forecast(company.manager)["quarters"]}
    assert months == {2, 5, 8, 11}


@pytest.mark.parametrize(
    ("arr", "share"), [(11_999, 0.9), (12_000, 0.9), (25_000, 0.92), (50_000, 0.93), (250_000, 0.93)]
)
def test_without_experience_the_prior_is_the_benchmark_of_that_arr(renewal, company, arr, share):
    row = read_row(company.manager, renewal(arr=arr))
    assert (float(row["share"]), row["share_n"]) == (share, 0)
    assert float(row["computed"]) == round(arr * share)


@pytest.mark.parametrize(("closed", "share"), [(19, 0.93), (20, 0.75)])
def test_from_twenty_closed_renewals_on_their_share_is_used(renewal, company, closed, share):
    for number in range(closed):
        done = renewal(ends_in=-20)
        done.complete("churned" if number % 4 == 0 else "renewed", amount=None if number % 4 == 0 else 60_000, ago=25)
    row = read_row(company.manager, renewal())
    assert (float(row["share"]), row["share_n"]) == (share, closed)


def test_experience_is_of_the_segment_and_of_the_band_before_the_decision(renewal, company, sql, today):
    done = renewal(ends_in=-20)
    done.complete("churned", ago=20)
    for days, band in ((13, "red"), (15, "yellow"), (40, "green")):
        sql.execute(
            "insert into public.customer_scores (company_id, customer_id, day, health_band, recent_tickets,"
            " open_tickets, open_p1, survey_answers, health_rule_version, is_history)"
            " values (%s, %s, %s, %s, 0, 0, 0, 0, 1, true)",
            [company.id, done.account.id, today - timedelta(days=20 + days), band],
        )
    rows = fetch_rows(sql, "select * from private.renewal_experience(%s)", company.id)
    assert rows == [{"segment": "mid", "band": "yellow", "renewals": 1, "renewed": 0}]


@pytest.mark.parametrize(
    ("category", "amount", "value"),
    [
        ("commit", None, 60_000), ("commit", 50_000, 50_000), ("likely", None, 60_000), ("doubtful", None, 0),
        ("doubtful", 20_000, 20_000), ("lost", None, 0),
    ],
)  # fmt: skip
def test_a_call_counts_for_what_its_category_says(renewal, company, category, amount, value):
    due = renewal()
    give_call(company.csm, due, category, amount=amount)
    row = read_row(company.manager, due)
    assert (row["csm_category"], float(row["csm"]), row["leader"]) == (category, value, None)


def test_three_calls_stand_beside_each_other(renewal, company):
    due = renewal()
    give_call(company.csm, due, "commit")
    give_call(company.manager, due, "doubtful", level="leader", amount=10_000)
    answer = read_forecast(company.manager)
    assert [sum_quarters(answer, name) for name in ("computed", "csm", "leader")] == [55_800, 60_000, 10_000]


def test_renewals_without_a_call_are_counted_apart(renewal, company):
    renewal()
    give_call(company.csm, renewal(arr=10_000))
    answer = read_forecast(company.manager)
    assert (
        sum_quarters(answer, "csm"),
        sum_quarters(answer, "csm_missing"),
        sum_quarters(answer, "csm_missing_arr"),
    ) == (10_000, 1, 60_000)
    assert {row["csm"] for row in read_forecast(company.manager, state="no_csm")["rows"]} == {None}


def test_what_is_decided_counts_as_it_ended_for_every_call(renewal, company):
    due = renewal(ends_in=0)
    due.complete("expanded", amount=75_000)
    row = read_row(company.manager, due)
    assert [float(row[name]) for name in ("computed", "csm", "leader")] == [75_000] * 3
    assert sum_quarters(read_forecast(company.manager), "kept") == 75_000


def test_a_leader_chooses_whose_and_a_csm_gets_their_own(renewal, company):
    mine, theirs = renewal(), renewal(owner=company.other_csm)
    ids = lambda answer: {row["contract_id"] for row in answer["rows"]}  # noqa: E731
    assert ids(read_forecast(company.manager)) == {mine.contract, theirs.contract}
    assert ids(read_forecast(company.manager, owner=str(company.csm.id))) == {mine.contract}
    for owner in (None, "team", str(company.other_csm.id)):
        assert ids(read_forecast(company.csm, owner=owner)) == {mine.contract}


def test_a_page_of_rows_leaves_the_sums_whole(renewal, company):
    for ends_in in (40, 50, 60):
        renewal(ends_in=ends_in)
    answer = read_forecast(company.manager, first=1, most=1)
    assert (len(answer["rows"]), answer["total"], sum_quarters(answer, "renewals")) == (1, 3, 3)


def test_the_settings_are_read_once_for_each_list_of_quarters(renewal, company, sql):
    for ends_in in (40, 50, 60):
        renewal(ends_in=ends_in)
    read = "select sum(seq_scan + idx_scan) from pg_stat_xact_user_tables where relname = 'company_settings'"
    with sql.transaction():
        sql.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": str(company.manager.id)})])
        sql.execute("set local role authenticated")
        before = fetch_value(sql, read)
        sql.execute("select public.forecast()")
        assert fetch_value(sql, read) - before <= 2


@pytest.mark.parametrize("given", [{"segment": "huge"}, {"state": "maybe"}, {"owner": "Bob"}])
def test_a_filter_that_is_none_is_refused(company, given):
    with assert_refused("PT400"):
        read_forecast(company.manager, **given)
