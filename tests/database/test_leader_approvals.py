"""Nobody approves for themselves what is above their band: the database judges it, a leader decides it."""

import json
import threading

import pytest

from tests.database.action_calls import SNOOZE_PARAMETERS, global_action_id
from tests.database.chat_calls import begin_turn, finish_turn, new_id
from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.company_rules import STOCK_RULES

SLIDES = ["greeting", "pricing-strategy", "prepare-quote", "summary"]
WORDS = "needs approval from a manager or admin"


def offer(discount, field="scenarios"):
    return {"field": field, "value": [{"name": "Offer", "uplift": 0, "discount": discount, "seats": 100}]}


@pytest.fixture
def turn(company, new_run, priced):
    return begin_turn(company.csm, new_run(company), p_slide_id="pricing-strategy")


@pytest.fixture
def priced(company, sql):
    """The run's workflow has the slides about prices."""
    from tests.database.factories import publish_workflow

    publish_workflow(sql, company.id, "renewal-run", slides=SLIDES)


@pytest.fixture
def above(company, turn):
    return propose(company.csm, turn, offer(15))


def propose(who, turn, arguments, tool="save_answer", status="waiting"):
    about = {"company_id": turn["thread"]["company_id"], "thread_id": turn["thread"]["id"]}
    asked = about | {"message_id": turn["message"]["id"], "answer_id": new_id(), "call_id": "call_1"}
    row = asked | {"tool": tool, "input": arguments, "status": status}
    return who.client.table("workflow_llm_tool_calls").insert(row).execute().data[0]["id"]


def decide(who, call_id, approve=True, **more):
    return call_rpc(who, "decide_tool_call", p_id=call_id, p_approve=approve, **more)


def complete(who, call_id, status="succeeded", **more):
    return call_rpc(who, "complete_tool_call", p_id=call_id, p_status=status, **more)


def change(who, call_id, **values):
    return who.client.table("workflow_llm_tool_calls").update(values).eq("id", call_id).execute().data


def stands(sql, call_id):
    return fetch_rows(
        sql, "select status, needs_leader, decided_by from workflow_llm_tool_calls where id = %s", call_id
    )[0]


def shown_call(who, turn):
    """The one call of a conversation, as its panel has it."""
    thread = turn["thread"]
    about = {"p_execution_id": thread["execution_id"], "p_slide_id": thread["slide_id"], "p_thread_id": thread["id"]}
    (call,) = call_rpc(who, "chat_panel", **about)["tool_calls"]
    return call


def needs(sql, call_id):
    return stands(sql, call_id)["needs_leader"]


def test_the_band_of_a_csm_is_the_apps(sql):
    assert fetch_value(sql, "select private.csm_discount_limit(null)") == STOCK_RULES.approval_bands[0].up_to_percent


@pytest.mark.parametrize(
    ("value", "largest"),
    [
        ([{"discount": 5}, {"discount": 12.5}], 12.5),
        ([{"discount": None}, {"name": "x"}], None),
        ([{"discount": "11 %"}], 11),
        ([{"discount": "a lot"}], 100),
        ([{"inner": [{"discount": 20}]}], 20),
        ([{"discount": True}], None),
        ("discount 50", None),
        (None, None),
    ],
)
def test_a_discount_is_found_wherever_it_stands(value, largest, sql):
    found = fetch_value(sql, "select private.max_discount(%s::jsonb)", json.dumps(value))
    assert (None if found is None else float(found)) == largest


@pytest.mark.parametrize(("discount", "is_needed"), [(0, False), (10, False), (10.01, True), (100, True)])
def test_above_ten_percent_it_needs_a_leader(discount, is_needed, company, turn, sql):
    assert needs(sql, propose(company.csm, turn, offer(discount))) is is_needed


def test_on_the_quote_as_well_and_on_no_other_slide(company, new_run, priced, sql):
    run = new_run(company)
    for slide, is_needed in (("prepare-quote", True), ("greeting", False)):
        there = begin_turn(company.csm, run, p_slide_id=slide)
        assert needs(sql, propose(company.csm, there, offer(40, "lines"))) is is_needed


@pytest.mark.parametrize(
    ("row", "is_needed"),
    [
        ({"uplift": -90, "discount": 0}, True),
        ({"uplift": -8, "discount": 5}, True),
        ({"uplift": 5, "discount": 12}, False),
        ({"uplift": 0, "discount": 0}, False),
    ],
)
def test_a_price_is_compared_with_list_however_it_is_written(row, is_needed, company, turn, sql):
    proposed = {"field": "scenarios", "value": [{"name": "Offer", "seats": 100} | row]}
    assert needs(sql, propose(company.csm, turn, proposed)) is is_needed


def test_a_line_below_the_price_list_needs_a_leader_without_any_discount(company, new_run, priced, sql):
    insert_row(sql, "modules", company_id=company.id, name="Analytics", annual_price_per_seat=120)
    there = begin_turn(company.csm, new_run(company), p_slide_id="prepare-quote")
    for price, is_needed in ((0, True), (100, True), (110, False)):
        lines = [{"item": "Analytics", "seats": 5, "price": price, "discount": 0}]
        assert needs(sql, propose(company.csm, there, {"field": "lines", "value": lines})) is is_needed


def propose_pause(sql, company, turn):
    """A waiting call of an action that needs a leader, and the action."""
    words = {"kind": "snooze", "name": f"Pause {new_id()}", "needs_leader": True, "created_by": company.admin.id}
    action = str(insert_row(sql, "saved_actions", company_id=company.id, **words))
    arguments = {"action": words["name"], "parameters": {}}
    return propose(company.csm, turn, arguments, tool="run_saved_action"), action


def run_by_call(who, turn, call, action):
    subject = {"execution_id": turn["thread"]["execution_id"]}
    values = {"p_action_id": action, "p_subject": subject, "p_parameters": SNOOZE_PARAMETERS, "p_key": call}
    return call_rpc(who, "run_saved_action", **values)


@pytest.mark.parametrize("status", ["failed", "succeeded"])
def test_a_call_that_is_over_runs_no_action_any_more(status, company, turn, sql):
    call, action = propose_pause(sql, company, turn)
    decide(company.manager, call)
    complete(company.manager, call, status=status)
    with assert_refused("PT403", "has not been approved in this conversation"):
        run_by_call(company.manager, turn, call, action)


def test_an_action_runs_from_a_chat_only_once_its_call_is_approved_and_by_whoever_approved(company, turn, sql):
    call, action = propose_pause(sql, company, turn)

    def click(who, action_id=action):
        return run_by_call(who, turn, call, action_id)

    for who in (company.csm, company.manager, company.admin):
        with assert_refused("PT403", "has not been approved in this conversation"):
            click(who)
    decide(company.manager, call)
    for who in (company.csm, company.admin):
        with assert_refused("PT403", "has not been approved in this conversation"):
            click(who)
    with assert_refused("PT403", "has not been approved in this conversation"):
        click(company.manager, global_action_id(company.manager, "skip"))
    done = click(company.manager)
    assert fetch_value(sql, "select source from saved_action_runs where id = %s", done["run_id"]) == "chat"


def test_a_leaders_own_conversation_needs_no_other_leader(company, new_run, priced, sql):
    there = begin_turn(company.manager, new_run(company), p_slide_id="pricing-strategy")
    mine = propose(company.manager, there, offer(40))
    assert needs(sql, mine) is False
    assert decide(company.manager, mine)["status"] == "running"


@pytest.mark.parametrize(("needs_leader", "archived"), [(True, False), (False, False), (True, True)])
def test_an_action_can_ask_for_a_leader(needs_leader, archived, company, turn, sql):
    words = {
        "kind": "snooze",
        "name": f"Pause {new_id()}",
        "needs_leader": needs_leader,
        "created_by": company.admin.id,
    }
    insert_row(sql, "saved_actions", company_id=company.id, **words, archived_at="2026-01-01" if archived else None)
    waiting = propose(company.csm, turn, {"action": words["name"], "parameters": {}}, tool="run_saved_action")
    assert needs(sql, waiting) is (needs_leader and not archived)


def test_an_action_of_another_company_asks_for_nothing_here(company, strangers, turn, sql):
    name = f"Pause {new_id()}"
    theirs = {"kind": "snooze", "name": name, "needs_leader": True, "created_by": strangers.admin.id}
    insert_row(sql, "saved_actions", company_id=strangers.id, **theirs)
    assert needs(sql, propose(company.csm, turn, {"action": name}, tool="run_saved_action")) is False


def test_the_app_cannot_say_it_needs_none(company, turn):
    from postgrest.exceptions import APIError

    about = {"company_id": turn["thread"]["company_id"], "thread_id": turn["thread"]["id"], "tool": "save_answer"}
    with pytest.raises(APIError):
        company.csm.client.table("workflow_llm_tool_calls").insert(about | {"needs_leader": False}).execute()


@pytest.mark.parametrize("status", ["running", "succeeded"])
def test_it_cannot_be_logged_as_done_without_having_waited(status, company, turn):
    with assert_refused("PT403", WORDS):
        propose(company.csm, turn, offer(15), status=status)


def test_the_holder_cannot_approve_it_by_any_door(company, above, sql):
    with assert_refused("PT403", "A discount above 10% " + WORDS):
        decide(company.csm, above)
    with assert_refused("PT403", WORDS):
        change(company.csm, above, status="running")
    with assert_refused("42501"):
        change(company.csm, above, needs_leader=False)
    assert stands(sql, above) == {"status": "waiting", "needs_leader": True, "decided_by": None}


def test_the_holder_can_deny_it(company, above, sql):
    assert decide(company.csm, above, approve=False, p_reason="Too much.")["status"] == "denied"


def test_edited_into_the_band_the_holder_approves_it(company, above):
    approved = decide(company.csm, above, p_input=offer(8))
    assert (approved["status"], approved["decided_by"]) == ("running", str(company.csm.id))
    assert complete(company.csm, above)["status"] == "succeeded"


def test_edited_out_of_the_band_the_holder_does_not(company, turn, sql):
    within = propose(company.csm, turn, offer(8))
    with assert_refused("PT403", WORDS):
        decide(company.csm, within, p_input=offer(25))
    with assert_refused("PT403", WORDS):
        change(company.csm, within, status="running", edited_input=offer(25))
    assert stands(sql, within)["status"] == "waiting"


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_a_leader_approves_it_and_what_it_came_to_stands_on_the_call(role, company, turn, above, sql):
    leader = getattr(company, role)
    approved = decide(leader, above, p_reason="They are worth it.")
    assert (approved["status"], approved["decided_by"]) == ("running", str(leader.id))
    with assert_refused("PT403", "whoever approved this call"):
        complete(company.csm, above)
    with assert_refused("PT403", "whoever approved this call"):
        change(company.csm, above, status="succeeded")
    done = complete(leader, above, p_output={"text": "Kept."})
    assert (done["status"], done["decider"]) == ("succeeded", f"{leader.full_name}, {role}")
    seen = shown_call(company.csm, turn)
    assert (seen["decider"], seen["output"]) == (f"{leader.full_name}, {role}", {"text": "Kept."})
    assert (seen["decided_by"], seen["decision_reason"]) == (str(leader.id), "They are worth it.")


def test_a_leader_denies_it(company, above):
    denied = decide(company.manager, above, approve=False, p_reason="Not this year.")
    assert (denied["status"], denied["decided_by"]) == ("denied", str(company.manager.id))
    with assert_refused("PT409", "already cancelled"):
        decide(company.csm, above, approve=False)


def test_a_leader_may_change_the_arguments(company, above, sql):
    assert decide(company.manager, above, p_input=offer(9))["edited_input"] == offer(9)
    assert complete(company.manager, above)["status"] == "succeeded"
    assert needs(sql, above) is True


def test_a_leader_decides_on_nothing_else_of_a_colleague(company, turn, sql):
    within = propose(company.csm, turn, offer(8))
    with assert_refused("PT403", "Only the owner of this conversation"):
        decide(company.manager, within)
    assert change(company.manager, within, status="running") == []
    assert stands(sql, within)["status"] == "waiting"


def test_colleagues_and_strangers_decide_nothing(company, strangers, above, sql):
    for who in (company.other_csm, strangers.admin):
        with assert_refused("PT404"):
            decide(who, above)
        assert change(who, above, status="running") == []
    assert stands(sql, above)["status"] == "waiting"


def test_an_answer_under_the_id_of_a_waiting_call_hides_no_decision(company, turn, above):
    finish_turn(company.csm, turn, "All agreed.", p_answer_id=above)
    decide(company.manager, above, approve=False, p_reason="Not this year.")
    seen = shown_call(company.csm, turn)
    assert (seen["status"], seen["decision_reason"]) == ("denied", "Not this year.")
    assert (seen["decided_by"], seen["decider"]) == (str(company.manager.id), f"{company.manager.full_name}, manager")


def test_nobody_signs_over_what_a_leader_decided(company, above):
    decide(company.manager, above, approve=False, p_signature="theirs")
    with assert_refused("PT409", "ended"):
        change(company.csm, above, signature="mine")


def test_a_waiting_call_is_not_signed_over(company, above):
    with assert_refused("PT409", "signed when its status changes"):
        change(company.csm, above, signature="mine")


def test_in_ones_own_conversation_nobody_is_named(company, turn):
    within = propose(company.csm, turn, offer(8))
    assert decide(company.csm, within, approve=False)["decider"] is None
    with assert_refused("PT403"):
        finish_turn(company.manager, turn)


def test_two_leaders_and_the_holder_at_once_and_exactly_one_decides(company, above, sql):
    ready = threading.Barrier(12)

    def at_the_same_time(who, approve):
        ready.wait()
        return decide(who, above, approve)["status"]

    people = [(company.manager, True), (company.admin, True), (company.csm, False)] * 4
    came = run_concurrently(
        [lambda who=who, approve=approve: at_the_same_time(who, approve) for who, approve in people]
    )
    assert sorted(came)[:11] == ["PT409"] * 11
    assert sorted(came)[11] == stands(sql, above)["status"]


def test_what_a_leader_broke_off_the_holder_closes_after_a_while(company, above, sql):
    decide(company.manager, above)
    with assert_refused("PT409", "may still be running"):
        complete(company.csm, above, "interrupted")
    with assert_refused("PT403", "whoever approved this call"):
        change(company.csm, above, status="interrupted")
    sql.execute("update workflow_llm_tool_calls set decided_at = now() - interval '3 minutes' where id = %s", [above])
    assert complete(company.csm, above, "interrupted")["status"] == "interrupted"


def test_whoever_leads_no_more_does_not_decide(company, above, sql):
    sql.execute("update profiles set role = 'csm' where id = %s", [company.manager.id])
    with assert_refused("PT404"):
        decide(company.manager, above)
    sql.execute("update profiles set is_active = false, role = 'manager' where id = %s", [company.manager.id])
    with assert_refused("PT403"):
        decide(company.manager, above)
    assert stands(sql, above)["status"] == "waiting"


def test_leaders_find_it_in_their_inbox_and_the_holder_sees_why(company, strangers, turn, above):
    within = propose(company.csm, turn, offer(8))

    def seen(who, **more):
        return {row["call_id"]: row["needs_leader"] for row in call_rpc(who, "inbox", **more)["approvals"]}

    assert seen(company.csm) == {above: True, within: False}
    assert seen(company.manager) == {above: True}
    assert seen(company.manager, p_team=True) == {above: True, within: False}
    assert call_rpc(company.admin, "inbox")["counts"]["approvals"] == 1
    assert seen(company.other_csm) == seen(strangers.admin) == {}
    decide(company.manager, above)
    assert seen(company.admin) == {}
