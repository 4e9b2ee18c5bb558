"""Looking at a customer before a run is started; what starts it, exactly once; and what leaves none behind."""

from typing import Any

import pytest

from tests.database.action_calls import IN_FIVE_DAYS, fetch_execution, run_action, skip, snooze, undo
from tests.database.factories import AccountFactory, Sql, fetch_rows, fetch_value, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company, Member

WORKFLOW = "standard-renewal"
TABLES = (
    "workflow_executions", "workflow_step_executions", "workflow_execution_events", "workflow_snoozes",
    "saved_action_runs", "workflow_chat_threads", "notices", "follow_ups",
)  # fmt: skip
SNOOZE = {"until": IN_FIVE_DAYS, "reason": "They are at a fair.", "beyond_deadline": True}
SKIP = {"reason": "duplicate"}
CALM = {"goal": "calm"}


@pytest.fixture
def account(company: Company, sql: Sql, today: Any) -> AccountFactory:
    """An urgent customer of the CSM's, before whom stands a more and after whom a less urgent one."""
    publish_workflow(sql, company.id, WORKFLOW)
    accounts = []
    for days in (10, 20, 30):
        accounts.append(AccountFactory(sql, company.id, company.csm.id, day=today, name=f"In {days}"))
        accounts[-1].insert_contract(notice_in=days, seats=3000)
    return accounts[1]


def peek(who: Member, account: AccountFactory, workflow: str = WORKFLOW) -> Any:
    return call_rpc(who, "peek_run", p_workflow_id=workflow, p_customer_id=str(account.id))


def start(who: Member, account: AccountFactory, **answers: Any) -> Any:
    subject = {"p_workflow_id": WORKFLOW, "p_customer_id": str(account.id)}
    return call_rpc(who, "start_workflow_with_answers", **subject, **answers)


def act(who: Member, account: AccountFactory, kind: str, parameters: Any) -> Any:
    return run_action(who, kind, None, parameters, customer_id=str(account.id), workflow_id=WORKFLOW)


def count_rows(sql: Sql, company: Company) -> dict[str, int]:
    return {
        table: fetch_value(sql, f"select count(*) from public.{table} where company_id = %s", company.id)
        for table in TABLES
    }


def dashboard(who: Member) -> Any:
    return call_rpc(who, "zen_dashboard")


def test_a_peek_shows_what_a_run_would_begin_with_and_writes_nothing(company, sql, account):
    before = count_rows(sql, company)
    found = peek(company.csm, account)
    assert count_rows(sql, company) == before
    run, begun = (
        found["run"],
        call_rpc(company.csm, "start_workflow", p_workflow_id=WORKFLOW, p_customer_id=str(account.id)),
    )
    opened = call_rpc(company.csm, "open_run", p_execution_id=begun["execution_id"])
    assert (run["is_started"], run["may_write"], run["steps"], run["events"]) == (False, True, [], [])
    same = ("customer_id", "owner_id", "workflow_id", "definition_version_id", "status", "current_slide", "due_on")
    assert {key: run["execution"][key] for key in same} == {key: opened["run"]["execution"][key] for key in same}
    assert (run["version"], run["customer_name"], run["owner_name"]) == tuple(
        opened["run"][key] for key in ("version", "customer_name", "owner_name")
    )
    assert found["account"] == opened["account"]


def test_a_peek_at_a_customer_with_an_open_run_is_that_run(company, account):
    started = call_rpc(company.csm, "start_workflow", p_workflow_id=WORKFLOW, p_customer_id=str(account.id))
    assert peek(company.csm, account) == call_rpc(company.csm, "open_run", p_execution_id=started["execution_id"])


def test_who_may_not_start_may_look_but_not_write(company, sql, account):
    assert peek(company.other_csm, account)["run"]["may_write"] is False
    assert peek(company.manager, account)["run"]["may_write"] is True
    sql.execute("update public.customers set status = 'churned' where id = %s", [account.id])
    assert peek(company.csm, account)["run"]["may_write"] is False


def test_what_one_may_not_see_is_not_peeked_at(company, strangers, anyone, account):
    with assert_refused("PT404", "This customer does not exist"):
        peek(strangers.manager, account)
    with assert_refused("PT404", "This workflow does not exist"):
        peek(company.csm, account, "no-such-workflow")
    with assert_refused("42501"):
        call_rpc(anyone, "peek_run", p_workflow_id=WORKFLOW, p_customer_id=str(account.id))


def test_the_first_answer_starts_the_run_and_is_saved(company, sql, account):
    run = start(company.csm, account, p_slide_id="greeting", p_answers=CALM)
    (step,) = run["steps"]
    assert (run["execution"]["owner_id"], step["answers"], step["revision"]) == (str(company.csm.id), CALM, 1)
    assert [event["kind"] for event in run["events"]] == ["step_saved", "started"]


def test_start_without_an_answer_starts_the_run(company, sql, account):
    run = start(company.csm, account)
    assert (run["steps"], run["execution"]["revision"], run["may_write"]) == ([], 1, True)


def test_the_same_first_answer_from_ten_clicks_starts_one_run_with_one_step(company, sql, account):
    first = {"p_slide_id": "greeting", "p_answers": CALM}
    answers = run_concurrently([lambda: start(company.csm, account, **first) for _ in range(10)])
    assert len({answer["execution"]["id"] for answer in answers}) == 1
    assert [len(answer["steps"]) for answer in answers] == [1] * 10
    ends = count_rows(sql, company)
    assert (ends["workflow_executions"], ends["workflow_step_executions"], ends["workflow_execution_events"]) == (
        1,
        1,
        2,
    )


def test_the_second_tab_lands_in_the_same_run(company, sql, account):
    first = start(company.csm, account, p_slide_id="greeting", p_answers=CALM)
    other = start(company.csm, account, p_slide_id="review-account", p_answers={"stands_out": "yes"})
    assert other["execution"]["id"] == first["execution"]["id"]
    assert {step["slide_id"] for step in other["steps"]} == {"greeting", "review-account"}
    with assert_refused("PT409", "saved elsewhere"):
        start(company.csm, account, p_slide_id="greeting", p_answers={"goal": "tense"})


def test_answers_that_cannot_be_saved_start_nothing(company, sql, account):
    with assert_refused("PT400", "This slide is not part of the run."):
        start(company.csm, account, p_slide_id="set-goals", p_answers=CALM)
    assert count_rows(sql, company)["workflow_executions"] == 0


@pytest.mark.parametrize(("kind", "parameters"), [("snooze", SNOOZE), ("skip", SKIP)])
def test_undo_of_a_snooze_or_skip_from_today_leaves_everything_as_it_was(company, sql, account, kind, parameters):
    before, rows = dashboard(company.csm), count_rows(sql, company)
    done = act(company.csm, account, kind, parameters)
    assert done["can_undo"] is True
    assert dashboard(company.csm) != before
    assert undo(company.csm, done)["repeated"] is False
    assert dashboard(company.csm) == before
    assert count_rows(sql, company) == rows | {"saved_action_runs": 1}
    assert peek(company.csm, account)["run"]["is_started"] is False
    assert undo(company.csm, done)["repeated"] is True


def test_undone_by_several_at_once_the_run_is_taken_back_once(company, sql, account):
    done = act(company.csm, account, "snooze", SNOOZE)
    people = [company.csm, company.manager] * 3
    answers = run_concurrently([lambda who=who: undo(who, done) for who in people])
    assert sorted(each["repeated"] for each in answers) == [False, *[True] * 5]


def test_a_click_that_was_undone_and_is_sent_again_does_nothing(company, sql, account):
    key = fetch_value(sql, "select gen_random_uuid()::text")
    subject = {"customer_id": str(account.id), "workflow_id": WORKFLOW}
    done = run_action(company.csm, "skip", None, SKIP, key=key, **subject)
    undo(company.csm, done)
    again = run_action(company.csm, "skip", None, SKIP, key=key, **subject)
    assert (again["run_id"], again["repeated"]) == (done["run_id"], True)
    assert count_rows(sql, company)["workflow_executions"] == 0


def test_a_run_that_was_there_before_stays_when_its_snooze_is_undone(company, sql, account):
    run = start(company.csm, account)["execution"]["id"]
    undo(company.csm, act(company.csm, account, "snooze", SNOOZE))
    assert fetch_execution(sql, run)["status"] == "active"


@pytest.mark.parametrize("since", ["answers", "a conversation", "a follow-up"])
def test_a_run_with_work_on_it_stays_when_the_snooze_that_started_it_is_undone(company, sql, account, since):
    done = act(company.csm, account, "snooze", SNOOZE)
    run = done["execution_id"]
    of = {"company_id": company.id, "execution_id": run}
    if since == "answers":
        arguments = {"p_slide_id": "greeting", "p_answers": CALM, "p_revision": 0}
        call_rpc(company.csm, "save_step", p_execution_id=run, **arguments)
    elif since == "a conversation":
        insert_row(sql, "workflow_chat_threads", owner_id=company.csm.id, slide_id="greeting", **of)
    else:
        me = company.csm.id
        insert_row(sql, "follow_ups", customer_id=account.id, assigned_to=me, created_by=me, title="Call",
                   due_on="2030-01-01", **of)  # fmt: skip
    undo(company.csm, done)
    assert fetch_execution(sql, run)["status"] == "active"


# Ending a run without an outcome


def abandon(who: Member, run: str, key: str = "") -> Any:
    keyed = key or "".join(("00000000-0000-4000-8000-", run[-12:]))
    return call_rpc(who, "abandon_execution", p_execution_id=run, p_key=keyed)


def test_a_run_without_answers_ends_without_an_outcome_and_its_customer_is_on_today_again(company, sql, account):
    before = dashboard(company.csm)["items"]
    run = start(company.csm, account)["execution"]["id"]
    assert dashboard(company.csm)["items"] != before
    done = abandon(company.csm, run)
    assert (fetch_execution(sql, run)["status"], done["can_undo"]) == ("abandoned", True)
    assert dashboard(company.csm)["items"] == before
    assert abandon(company.csm, run)["repeated"] is True
    undo(company.csm, done)
    assert fetch_execution(sql, run)["status"] == "active"


def test_an_undone_ending_is_snoozed_again_where_it_was(company, sql, account):
    run = start(company.csm, account)["execution"]["id"]
    snooze(company.csm, run, **SNOOZE)
    undo(company.csm, abandon(company.csm, run))
    assert fetch_execution(sql, run)["status"] == "snoozed"
    assert [row["ended_by"] for row in fetch_rows(
        sql, "select ended_by from public.workflow_snoozes where execution_id = %s", run
    )] == [None]  # fmt: skip


def test_a_run_with_answers_does_not_end_without_an_outcome(company, sql, account):
    run = start(company.csm, account, p_slide_id="greeting", p_answers=CALM)["execution"]["id"]
    with assert_refused("PT409", "This run has answers, so it cannot end without an outcome."):
        abandon(company.csm, run)
    assert fetch_execution(sql, run)["status"] == "active"


def test_a_skipped_slide_without_answers_is_no_answer(company, sql, account):
    run = start(company.csm, account)["execution"]["id"]
    skip(company.csm, run, slide="greeting")
    abandon(company.csm, run)
    assert fetch_execution(sql, run)["status"] == "abandoned"


def test_only_the_people_of_a_run_end_it_without_an_outcome(company, strangers, account):
    run = start(company.csm, account)["execution"]["id"]
    with assert_refused("PT403", "belongs to a colleague"):
        abandon(company.other_csm, run)
    with assert_refused("PT404", "This run does not exist"):
        abandon(strangers.manager, run)
