import threading

import pytest

from tests.database.chat_calls import begin_turn, new_id, share_thread
from tests.database.factories import fetch_rows, fetch_value
from tests.database.rpc import assert_refused, call_rpc, run_concurrently

ARGUMENTS = {"slide": "greeting", "answer": "Yes."}


@pytest.fixture
def turn(company, new_run):
    return begin_turn(company.csm, new_run(company))


@pytest.fixture
def waiting(company, turn):
    return propose(company.csm, turn)


def propose(who, turn, **more):
    about = {"company_id": turn["thread"]["company_id"], "thread_id": turn["thread"]["id"]}
    asked = about | {"message_id": turn["message"]["id"], "answer_id": new_id(), "call_id": "call_1"}
    row = asked | {"tool": "save_answer", "input": ARGUMENTS, "status": "waiting"} | more
    return who.client.table("workflow_llm_tool_calls").insert(row).execute().data[0]["id"]


def decide(who, call_id, approve=True, **more):
    return call_rpc(who, "decide_tool_call", p_id=call_id, p_approve=approve, **more)


def complete(who, call_id, status="succeeded", **more):
    return call_rpc(who, "complete_tool_call", p_id=call_id, p_status=status, **more)


def change(who, call_id, **values):
    return who.client.table("workflow_llm_tool_calls").update(values).eq("id", call_id).execute().data


def test_approved_it_runs_with_what_was_proposed(company, waiting):
    approved = decide(company.csm, waiting)
    assert (approved["status"], approved["input"], approved["edited_input"]) == ("running", ARGUMENTS, None)
    assert (approved["decided_by"], bool(approved["decided_at"])) == (str(company.csm.id), True)


def test_edited_arguments_stand_beside_the_proposed_ones(company, waiting):
    approved = decide(company.csm, waiting, p_input=ARGUMENTS | {"answer": "No."}, p_reason="They said no.")
    assert approved["edited_input"] == ARGUMENTS | {"answer": "No."}
    assert (approved["input"], approved["decision_reason"]) == (ARGUMENTS, "They said no.")


def test_arguments_sent_back_unchanged_count_as_not_edited(company, waiting):
    assert decide(company.csm, waiting, p_input=ARGUMENTS)["edited_input"] is None


def test_denied_it_ends_with_the_reason(company, waiting):
    denied = decide(company.csm, waiting, approve=False, p_reason="Too early.")
    assert (denied["status"], denied["decision_reason"]) == ("denied", "Too early.")
    with assert_refused("PT409", "already cancelled"):
        decide(company.csm, waiting)
    with assert_refused("PT409", "ended"):
        complete(company.csm, waiting)


def test_of_twenty_tabs_exactly_one_executes(company, waiting, sql):
    ready, executed = threading.Barrier(20), []

    def tab(approve):
        ready.wait()
        decided = decide(company.csm, waiting, approve)
        if decided["status"] == "running":
            executed.append(decided["id"])
        return decided["status"]

    outcomes = run_concurrently([lambda approve=bool(number % 4): tab(approve) for number in range(20)])
    assert sorted(outcomes)[:19] == ["PT409"] * 19
    stands = fetch_value(sql, "select status from public.workflow_llm_tool_calls where id = %s", waiting)
    assert (sorted(outcomes)[19], len(executed)) == (stands, int(stands == "running"))


def test_the_loser_is_told_what_stands(company, waiting):
    decide(company.csm, waiting)
    with assert_refused("PT409", "already approved") as caught:
        decide(company.csm, waiting, approve=False)
    assert '"status": "running"' in str(caught.value.details)


def test_what_it_came_to_is_written_once(company, waiting):
    decide(company.csm, waiting)
    done = complete(company.csm, waiting, p_output={"revision": 2}, p_duration_ms=12)
    assert complete(company.csm, waiting, p_output={"revision": 2}, p_duration_ms=99) == done
    with assert_refused("PT409", "ended"):
        complete(company.csm, waiting, "failed", p_error="It broke.")


def test_nothing_completes_before_it_is_approved(company, waiting):
    with assert_refused("PT409", "is waiting for approval"):
        complete(company.csm, waiting)
    with assert_refused("PT409", "is waiting for approval"):
        change(company.csm, waiting, status="succeeded")


def test_a_tool_that_needs_no_approval_is_not_decided(company, turn):
    with assert_refused("PT409", "no approval"):
        decide(company.csm, propose(company.csm, turn, status="running"))


@pytest.mark.parametrize("values", [
    {"input": {}}, {"decided_by": new_id()}, {"decided_at": "2026-01-01"}, {"tool": "other"}, {"edited_input": {}},
    {"decision_reason": "Mine"}, {"status": "denied", "decided_by": new_id()}, {"output": {}, "status": "failed"},
    {"thread_id": new_id()}, {"answer_id": new_id()},
])  # fmt: skip
def test_the_record_is_not_rewritten(company, waiting, values, sql):
    from postgrest.exceptions import APIError

    before = fetch_value(
        sql, "select to_jsonb(c) - 'updated_at' from public.workflow_llm_tool_calls c where id = %s", waiting
    )
    with pytest.raises(APIError):
        change(company.csm, waiting, **values)
    assert (
        fetch_value(
            sql, "select to_jsonb(c) - 'updated_at' from public.workflow_llm_tool_calls c where id = %s", waiting
        )
        == before
    )


def test_a_direct_approval_names_who_is_signed_in(company, waiting):
    (row,) = change(company.csm, waiting, status="running")
    assert row["decided_by"] == str(company.csm.id)


def test_a_decision_cannot_be_forged_on_the_way_in(company, turn):
    from postgrest.exceptions import APIError

    for forged in ({"status": "denied"}, {"decided_by": str(company.manager.id), "decided_at": "2026-01-01"}):
        with pytest.raises(APIError):
            propose(company.csm, turn, **forged)


def test_only_the_holder_of_the_conversation_decides(company, turn, waiting, strangers, sql):
    for who, code in ((company.other_csm, "PT404"), (strangers.admin, "PT404"), (company.manager, "PT403")):
        with assert_refused(code):
            decide(who, waiting)
        with assert_refused(code):
            complete(who, waiting)
        assert change(who, waiting, status="running") == []
    share_thread(company.csm, turn["thread"]["id"])
    with assert_refused("PT403"):
        decide(company.other_csm, waiting)
    stands = fetch_rows(sql, "select status, decided_by from public.workflow_llm_tool_calls where id = %s", waiting)
    assert stands == [{"status": "waiting", "decided_by": None}]


@pytest.mark.parametrize("more", [
    {"p_approve": None}, {"p_input": []}, {"approve": False, "p_input": {"a": 1}}, {"p_reason": "x" * 2001},
    {"p_input": {"x": "x" * 400_001}},
])  # fmt: skip
def test_a_decision_that_cannot_be_read_is_refused(company, waiting, more):
    with assert_refused("PT400"):
        call_rpc(company.csm, "decide_tool_call", **({"p_id": waiting, "p_approve": more.pop("approve", True)} | more))


@pytest.mark.parametrize("more", [{"p_status": "running"}, {"p_status": None}, {"p_duration_ms": -1}])
def test_an_outcome_that_cannot_be_read_is_refused(company, waiting, more):
    decide(company.csm, waiting)
    with assert_refused("PT400"):
        call_rpc(company.csm, "complete_tool_call", **({"p_id": waiting, "p_status": "succeeded"} | more))


def test_a_call_that_may_still_run_cannot_be_closed_as_interrupted(company, waiting, sql):
    with assert_refused("PT409", "is waiting for approval"):
        complete(company.csm, waiting, "interrupted")
    decide(company.csm, waiting)
    with assert_refused("PT409", "may still be running"):
        complete(company.csm, waiting, "interrupted")
    long_ago(sql, waiting)
    with assert_refused("PT403"):
        complete(company.manager, waiting, "interrupted")
    closed = complete(company.csm, waiting, "interrupted", p_error="Nobody knows.")
    assert (closed["status"], closed["error"]) == ("interrupted", "Nobody knows.")
    with assert_refused("PT409", "ended"):
        complete(company.csm, waiting)


def long_ago(sql, call_id):
    sql.execute(
        "update public.workflow_llm_tool_calls set decided_at = now() - interval '3 minutes' where id = %s", [call_id]
    )
