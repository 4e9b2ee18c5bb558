from typing import Any

import pytest
from psycopg.types.json import Json

from tests.database.factories import SLIDES, AccountFactory, fetch_value, publish_workflow
from tests.database.rpc import call_rpc

RENEWAL = "standard-renewal"


@pytest.fixture
def new_urgent(company, sql, today):
    """Each call makes a customer of 300,000 ARR (30 points) whose notice deadline is near."""

    def make(notice_in: int = 30, *, owner: Any = None, began: int = 100, **changes: Any) -> AccountFactory:
        account = AccountFactory(sql, company.id, (owner or company.csm).id, day=today, **changes)
        account.insert_contract(notice_in=notice_in, began=began, seats=3000)
        return account

    return make


def board(who: Any) -> Any:
    return call_rpc(who, "zen_dashboard")


def names(who: Any) -> list[str]:
    return [thing["customer_name"] for thing in board(who)["items"]]


def run_on(account: AccountFactory, company: Any, workflow_id: str = RENEWAL, **values: Any) -> Any:
    sql = account.sql
    own = "select d.id from public.workflow_definitions d where d.workflow_id = %s and d.company_id = %s"
    definition = fetch_value(sql, own, workflow_id, company.id) or publish_workflow(sql, company.id, workflow_id)
    version = fetch_value(
        sql, "select id from public.workflow_definition_versions where definition_id = %s", definition
    )
    pinned = {"workflow_id": workflow_id, "definition_version_id": version, "current_slide": SLIDES[0]}
    return account.insert_row("workflow_executions", **({"owner_id": account.owner_id} | pinned | values))


def test_an_empty_book_is_nothing_not_noughts(company, today):
    found = board(company.csm)
    assert found["today"] == str(today)
    assert (found["customers"], found["calm"], found["can_wait"], found["usage_customers"]) == (0, 0, 0, 0)
    assert [found[name] for name in ("items", "trend", "renewals", "open_runs", "finished_runs")] == [[]] * 5
    assert found["next_deadline"] is None


def test_three_things_at_most_the_strongest_first_and_the_rest_counted(company, new_urgent):
    accounts = [new_urgent(days, name=f"In {days}") for days in (50, 10, 40, 20, 30)]
    found = board(company.csm)
    assert [(thing["customer_name"], thing["score"]) for thing in found["items"]] == [
        ("In 10", 67),
        ("In 20", 63),
        ("In 30", 60),
    ]
    assert (found["can_wait"], found["customers"], found["calm"]) == (2, 5, 0)
    assert found["next_deadline"] == str(accounts[2].days_before(-40))


def test_a_thing_comes_with_reasons_that_add_up_and_a_workflow_to_start(company, new_urgent, sql):
    publish_workflow(sql, company.id, RENEWAL, name="Our way to renew")
    new_urgent()
    thing = board(company.csm)["items"][0]
    assert sum(reason["points"] for reason in thing["reasons"]) == thing["score"] == 60
    assert (thing["workflow_id"], thing["workflow_name"]) == (RENEWAL, "Our way to renew")
    assert (thing["owner_name"], thing["arr"], thing["days_to_notice"]) == (company.csm.full_name, 300_000, 30)


def test_a_departure_decides_the_workflow_even_where_another_signal_is_louder(company, new_urgent):
    account = new_urgent(45)
    account.insert_ticket("p1")
    account.insert_ticket("p1")
    account.insert_contact("champion", status="left", left_on=account.days_before(10))
    thing = board(company.csm)["items"][0]
    assert thing["leading_signal"] == "p1_open"
    assert thing["workflow_id"] == "executive-contact-lost"


@pytest.mark.parametrize(("notice_in", "things", "calm"), [(89, 1, 0), (90, 1, 0), (92, 0, 1)])
def test_from_40_points_it_is_a_thing_below_it_is_calm(company, new_urgent, notice_in, things, calm):
    new_urgent(notice_in)
    found = board(company.csm)
    assert (len(found["items"]), found["calm"]) == (things, calm)


def test_csms_and_leaders_see_their_own_customers(company, strangers, new_urgent):
    new_urgent(10, name="Alice's")
    new_urgent(20, name="Bob's", owner=company.other_csm)
    new_urgent(15, name="Mara's", owner=company.manager)
    assert names(company.csm) == ["Alice's"]
    assert names(company.other_csm) == ["Bob's"]
    assert names(company.manager) == ["Mara's"]
    assert names(company.admin) == names(strangers.manager) == []


def test_a_churned_customer_is_not_on_the_board(company, new_urgent):
    new_urgent(status="churned")
    found = board(company.csm)
    assert (found["items"], found["customers"], found["trend"]) == ([], 0, [])


@pytest.mark.parametrize(
    ("status", "items", "resumed", "snoozed"),
    [("active", ["run"], 0, 0), ("escalated", [], 1, 0), ("snoozed", [], 0, 1)],
)
def test_a_customer_with_an_open_run_is_no_new_thing(company, new_urgent, status, items, resumed, snoozed):
    run_on(new_urgent(), company, "another-workflow", status=status)
    found = board(company.csm)
    assert [item["kind"] for item in found["items"]] == items
    assert (len(found["open_runs"]), found["snoozed"]) == (resumed, snoozed)


@pytest.mark.parametrize(("workflow_id", "ago", "things"), [(RENEWAL, 44, 0), (RENEWAL, 46, 1), ("another", 1, 1)])
def test_what_was_done_in_the_last_45_days_is_not_asked_again(company, new_urgent, workflow_id, ago, things):
    account = new_urgent()
    ended = fetch_value(account.sql, "select now() - %s * interval '1 day'", ago)
    run_on(account, company, workflow_id, status="completed", outcome_code="renewed", ended_at=ended)
    assert len(board(company.csm)["items"]) == things


def test_runs_to_resume_are_ones_own_for_leaders_too(company, new_urgent):
    mine = run_on(new_urgent(name="Alice's"), company)
    theirs = run_on(new_urgent(name="Bob's", owner=company.other_csm), company)
    call_rpc(
        company.csm,
        "save_step",
        p_execution_id=str(mine),
        p_slide_id=SLIDES[0],
        p_answers={},
        p_revision=0,
        p_status="done",
    )
    (item,) = board(company.csm)["items"]
    resume = item["run"]
    assert (resume["execution_id"], resume["customer_name"]) == (str(mine), "Alice's")
    assert (resume["slides"], resume["slides_done"], resume["workflow_name"]) == (3, 1, "Our renewal")
    assert board(company.manager)["open_runs"] == []
    given = run_on(new_urgent(name="Given"), company, status="escalated", assigned_to=company.manager.id)
    assert [run["execution_id"] for run in board(company.manager)["open_runs"]] == [str(given)]
    assert str(theirs) not in str(board(company.csm))


def test_what_was_completed_this_week_is_shown_with_its_outcome(company, new_urgent):
    account = new_urgent()
    for workflow_id, ago in (("first", 1), ("second", 8)):
        ended = fetch_value(account.sql, "select now() - %s * interval '1 day'", ago)
        outcome = {"outcome_code": "downgraded", "outcome_amount": 310_000}
        run_on(account, company, workflow_id, status="completed", ended_at=ended, **outcome)
    found = board(company.csm)
    assert found["completed_this_week"] == 1
    (done,) = found["finished_runs"]
    assert (done["customer_name"], done["outcome_amount"]) == ("Acme", 310_000)
    assert done["outcome_label"] == "Renewed for less"


def test_the_trend_spans_twelve_weeks_of_sums(company, new_urgent):
    first, second = new_urgent(200, began=500), new_urgent(200, began=30)
    first.insert_usage(5)
    first.insert_usage(60, ago=84)
    second.insert_ticket(opened=10)
    trend = board(company.csm)["trend"]
    assert len(trend) == 13
    assert [trend[0]["day"], trend[-1]["day"]] == [str(first.days_before(84)), str(first.day)]
    assert (trend[0]["arr"], trend[-1]["arr"]) == (300_000, 600_000)
    assert (trend[0]["active_users"], trend[-1]["active_users"], trend[-1]["seats"]) == (60, 5, 100)
    assert (trend[0]["open_tickets"], trend[-1]["open_tickets"]) == (0, 1)
    assert (trend[0]["arr_at_risk"], trend[-1]["arr_at_risk"]) == (0, 300_000)


def test_without_usage_the_trend_has_none_not_nought(company, new_urgent):
    new_urgent()
    latest = board(company.csm)["trend"][-1]
    assert (latest["active_users"], latest["seats"]) == (None, None)


def test_renewals_are_summed_by_month_and_band(company, new_urgent):
    for _ in range(2):
        new_urgent(60)
    healthy = new_urgent(60)
    healthy.insert_usage(100)
    far = new_urgent(400)
    month = str(healthy.days_before(-120))[:7]
    found = [(bar["month"], bar["band"], bar["customers"], bar["arr"]) for bar in board(company.csm)["renewals"]]
    assert found == [(month, "green", 1, 300_000), (month, "none", 2, 600_000)]
    assert far.days_before(-460).year > healthy.day.year


@pytest.mark.parametrize(
    ("signal", "deadline_points", "arr", "workflow_id"),
    [
        ("sponsor_left", 29, 10_000, "executive-contact-lost"),
        ("champion_left", 0, 900_000, "executive-contact-lost"),
        ("sponsor_left", 30, 10_000, "standard-renewal"),
        ("seats_full", 9, 10_000, "expansion-opportunity-for-obsidian-black"),
        ("seats_full", 10, 10_000, "standard-renewal"),
        ("low_usage", 1, 400_000, "obsidian-black-renewal"),
        ("low_usage", 1, 399_999, "standard-renewal"),
        ("low_usage", 0, 400_000, "executive-engagement-with-obsidian-black"),
        (None, 0, None, "standard-renewal"),
    ],
)
def test_the_workflow_fits_why_a_customer_matters(sql, signal, deadline_points, arr, workflow_id):
    question = """
      select w.workflow_id
      from private.suggest_workflows(null, array[
        (gen_random_uuid(), array[%(signal)s], %(signal)s, %(points)s, %(arr)s)::private.suggestion_case]) w"""
    suggested = sql.execute(question, {"signal": signal, "points": deadline_points, "arr": arr}).fetchone()
    assert suggested == (workflow_id,)


def test_a_companys_own_workflow_is_suggested_by_its_rule(company, sql, new_urgent):
    new_urgent(30)
    assert board(company.csm)["items"][0]["workflow_id"] == "standard-renewal"
    rule = {"rank": 1, "deadline_points_from": 10}
    publish_own_workflow(sql, company, "our-renewal", rule)
    assert board(company.csm)["items"][0]["workflow_id"] == "our-renewal"
    publish_own_workflow(sql, company, "our-growth", {"rank": 0, "arr_from": 10**9})
    assert board(company.csm)["items"][0]["workflow_id"] == "our-renewal"


def publish_own_workflow(sql, company, workflow_id, rule):
    definition = publish_workflow(sql, company.id, workflow_id)
    sql.execute("update public.workflow_definitions set suggested_when = %s where id = %s", [Json(rule), definition])


def test_several_contracts_are_counted_once(company, new_urgent):
    account = new_urgent(30)
    account.insert_contract(notice_in=-300, began=400, seats=9000)
    account.insert_contract(notice_in=400, began=-90, seats=9000)
    assert board(company.csm)["trend"][-1]["arr"] == 300_000
