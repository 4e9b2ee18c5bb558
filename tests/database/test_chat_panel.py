import pytest
from postgrest.exceptions import APIError

from tests.database.chat_calls import begin_turn, finish_turn, new_id, share_thread, text_content
from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc


@pytest.fixture
def run(company, new_run):
    return new_run(company)


def panel(who, run, **more):
    return call_rpc(who, "chat_panel", p_execution_id=run, p_slide_id="greeting", **more)


def definition_of(sql, run):
    statement = """select v.definition_id from public.workflow_definition_versions v
                   join public.workflow_executions e on e.definition_version_id = v.id where e.id = %s"""
    return fetch_value(sql, statement, run)


def offer(sql, definition, key="why", company_id=None, **more):
    words = {"slide_id": "greeting", "branch_type": "fixed", "label": "Why?", "response_text": "Because."}
    return insert_row(
        sql, "workflow_chat_branches", definition_id=definition, branch_key=key, company_id=company_id, **(words | more)
    )


# The panel


def test_a_slide_nobody_spoke_on_is_empty(company, run):
    shown = panel(company.csm, run)
    assert shown == {"thread": None, "threads": [], "thread_count": 0, "messages": [], "feedback": [],
                     "tool_calls": [], "branches": [], "tokens_today": 0, "model_budget": None}  # fmt: skip


def test_the_open_conversation_comes_whole_in_one_request(company, run):
    turn = begin_turn(company.csm, run)
    told = finish_turn(company.csm, turn, "Well.", "Here is why.")["messages"]
    call_rpc(company.csm, "give_chat_feedback", p_message_id=told[0]["id"], p_thumbs=1, p_comment="Just so.")
    shown = panel(company.csm, run)
    assert [each["content"]["text"] for each in shown["messages"]] == ["How are they?", "Well.", "Here is why."]
    assert (shown["thread"]["is_own"], shown["thread"]["messages"]) == (True, 3)
    assert [(each["thumbs"], each["person_name"]) for each in shown["feedback"]] == [(1, company.csm.full_name)]


def test_what_waits_for_approval_is_there_with_its_arguments(company, run):
    turn = begin_turn(company.csm, run)
    row = {"company_id": str(company.id), "thread_id": turn["thread"]["id"], "tool": "save", "input": {"a": 1}}
    company.csm.client.table("workflow_llm_tool_calls").insert(row | {"status": "waiting"}).execute()
    assert [(each["status"], each["input"]) for each in panel(company.csm, run)["tool_calls"]] == [
        ("waiting", {"a": 1})
    ]


def test_a_colleague_sees_shared_conversations_only(company, run):
    mine, shared = begin_turn(company.csm, run)["thread"]["id"], begin_turn(company.csm, run, "Well?")["thread"]["id"]
    share_thread(company.csm, shared)
    shown = panel(company.other_csm, run)
    assert ([each["id"] for each in shown["threads"]], shown["thread"]) == ([shared], None)
    assert panel(company.other_csm, run, p_thread_id=mine)["messages"] == []
    assert panel(company.other_csm, run, p_thread_id=shared)["messages"][0]["content"] == text_content("Well?")


def test_a_closed_conversation_makes_room_for_a_new_one(company, run):
    thread = begin_turn(company.csm, run)["thread"]["id"]
    company.csm.client.table("workflow_chat_threads").update({"status": "abandoned"}).eq("id", thread).execute()
    shown = panel(company.csm, run)
    assert (shown["thread"], [each["id"] for each in shown["threads"]]) == (None, [thread])


def test_a_conversation_of_another_slide_is_not_shown(company, run):
    turn = begin_turn(company.csm, run, p_slide_id="summary")
    assert panel(company.csm, run, p_thread_id=turn["thread"]["id"])["thread"] is None


def test_a_run_of_another_company_has_no_panel(company, run, strangers):
    with assert_refused("PT404"):
        panel(strangers.admin, run)


# One conversation


def test_a_conversation_comes_as_it_was_with_what_the_model_was_given(company, run):
    turn = begin_turn(company.csm, run, p_model="rules", p_system_prompt="Be brief.")
    finish_turn(company.csm, turn, p_model="rules")
    thread = call_rpc(company.manager, "chat_thread", p_thread_id=turn["thread"]["id"])
    assert (thread["customer"]["name"], thread["workflow"]["workflow_id"]) == ("Acme", "renewal-run")
    assert [each["system_prompt"] for each in thread["contexts"]] == ["Be brief."]
    assert [each["context_id"] for each in thread["messages"]] == [None, turn["context_id"]]


def test_of_a_long_conversation_the_newest_messages_come_in_their_order(company, run):
    finish_turn(company.csm, begin_turn(company.csm, run, "First?"), "One.")
    thread = panel(company.csm, run)["thread"]["id"]
    finish_turn(company.csm, begin_turn(company.csm, run, "Second?", p_thread_id=thread), "Two.", "Three.")
    for most, expected in ((3, ["Second?", "Two.", "Three."]), (1, ["Three."]), (9, None)):
        shown = call_rpc(company.csm, "chat_thread", p_thread_id=thread, p_most=most)["messages"]
        texts = [each["content"]["text"] for each in shown]
        assert texts == (expected or ["First?", "One.", "Second?", "Two.", "Three."])


def test_an_unshared_conversation_is_not_read_by_a_colleague(company, run, strangers):
    thread = begin_turn(company.csm, run)["thread"]["id"]
    for who in (company.other_csm, strangers.admin):
        with assert_refused("PT404"):
            call_rpc(who, "chat_thread", p_thread_id=thread)
    share_thread(company.csm, thread)
    assert call_rpc(company.other_csm, "chat_thread", p_thread_id=thread)["messages"]
    with assert_refused("PT404"):
        call_rpc(strangers.admin, "chat_thread", p_thread_id=thread)
    share_thread(company.csm, thread, shared=False)
    with assert_refused("PT404"):
        call_rpc(company.other_csm, "chat_thread", p_thread_id=thread)


# Branches


def test_stock_branches_are_offered_on_runs_of_stock_workflows(company, sql, stock_renewal, new_run):
    from tests.database.factories import insert_customer

    customer = str(insert_customer(sql, company.id, company.csm.id))
    started = call_rpc(company.csm, "start_workflow", p_workflow_id=stock_renewal, p_customer_id=customer)[
        "execution_id"
    ]
    definition = definition_of(sql, started)
    before = {each["branch_key"] for each in panel(company.csm, started)["branches"]}
    key = new_id()
    stock = offer(sql, definition, key)
    try:
        assert {each["branch_key"] for each in panel(company.csm, started)["branches"]} == before | {key}
        offer(sql, definition, key, company.id, response_text="Because we say so.")
        offer(sql, definition, new_id(), company.id, status="draft")
        (ours,) = [each for each in panel(company.csm, started)["branches"] if each["branch_key"] == key]
        assert ours["response_text"] == "Because we say so."
        hide = "update public.workflow_chat_branches set status = 'archived' where branch_key = %s and company_id = %s"
        sql.execute(hide, [key, company.id])
        assert {each["branch_key"] for each in panel(company.csm, started)["branches"]} == before
    finally:
        sql.execute("delete from public.workflow_chat_branches where id = %s", [stock])


def test_a_branch_comes_with_its_action_while_there_is_one(company, run, sql):
    action = insert_row(sql, "saved_actions", company_id=company.id, kind="custom", name=new_id())
    offer(sql, definition_of(sql, run), company_id=company.id, branch_type="saved_action", saved_action_id=action)
    (branch,) = panel(company.csm, run)["branches"]
    assert branch["action"]["kind"] == "custom"
    sql.execute("update public.saved_actions set archived_at = now() where id = %s", [action])
    assert panel(company.csm, run)["branches"] == []


def draft(who, company, definition, **more):
    words = {"slide_id": "greeting", "branch_key": new_id(), "branch_type": "fixed", "label": "Why?", "status": "draft"}
    row = words | {"definition_id": str(definition), "company_id": str(company.id), "created_by": str(who.id)} | more
    return who.client.table("workflow_chat_branches").insert(row).execute().data[0]


def test_a_good_answer_becomes_a_draft_that_a_leader_publishes(company, run, sql):
    told = finish_turn(company.csm, begin_turn(company.csm, run))["messages"][0]
    made = draft(company.csm, company, definition_of(sql, run), response_text="So.", promoted_from=told["id"])
    assert panel(company.csm, run)["branches"] == []
    publish = {"status": "published"}
    with pytest.raises(APIError):
        company.csm.client.table("workflow_chat_branches").update(publish).eq("id", made["id"]).execute()
    assert company.manager.client.table("workflow_chat_branches").update(publish).eq("id", made["id"]).execute().data
    assert [each["id"] for each in panel(company.csm, run)["branches"]] == [made["id"]]
    rename = {"label": "How so?"}
    assert not company.csm.client.table("workflow_chat_branches").update(rename).eq("id", made["id"]).execute().data


def test_a_draft_is_changed_by_its_author_and_leaders(company, run, sql):
    made = draft(company.csm, company, definition_of(sql, run))
    for who, may in ((company.csm, True), (company.other_csm, False), (company.manager, True)):
        done = who.client.table("workflow_chat_branches").update({"label": "How so?"}).eq("id", made["id"]).execute()
        assert bool(done.data) == may


def test_a_branch_that_would_do_nothing_is_not_published(company, run, sql):
    definition = definition_of(sql, run)
    for empty in (
        {"response_text": " "},
        {"branch_type": "llm"},
        {"branch_type": "rag"},
        {"branch_type": "saved_action"},
    ):
        with pytest.raises(APIError) as caught:
            draft(company.manager, company, definition, status="published", **empty)
        assert caught.value.code in ("23514", "SUP")


def test_nobody_promotes_what_they_may_not_read_or_drafts_for_others(company, run, sql, strangers):
    told = finish_turn(company.csm, begin_turn(company.csm, run))["messages"][0]["id"]
    definition = definition_of(sql, run)
    attempts = [
        (company.other_csm, company, {"promoted_from": told}),
        (strangers.csm, strangers, {"promoted_from": told}),
        (strangers.csm, strangers, {}),
        (strangers.csm, company, {}),
        (company.csm, company, {"status": "published", "response_text": "So."}),
        (company.csm, company, {"created_by": str(company.manager.id)}),
    ]
    for who, of, more in attempts:
        with pytest.raises(APIError):
            draft(who, of, definition, **more)
    with pytest.raises(APIError):
        company.csm.client.table("workflow_chat_branches").insert(
            {
                "definition_id": str(definition),
                "slide_id": "greeting",
                "branch_key": "x",
                "branch_type": "fixed",
                "label": "x",
            }
        ).execute()


# Feedback


def test_feedback_is_one_per_person_and_can_be_changed_and_taken_back(company, run):
    told = finish_turn(company.csm, begin_turn(company.csm, run))["messages"][0]["id"]
    call_rpc(company.csm, "give_chat_feedback", p_message_id=told, p_thumbs=1, p_comment="Good.")
    changed = call_rpc(company.csm, "give_chat_feedback", p_message_id=told, p_thumbs=-1)
    assert (changed["thumbs"], changed["comment"]) == (-1, None)
    call_rpc(company.manager, "give_chat_feedback", p_message_id=told, p_thumbs=1)
    assert len(panel(company.csm, run)["feedback"]) == 2
    assert call_rpc(company.csm, "give_chat_feedback", p_message_id=told) is None
    assert len(panel(company.csm, run)["feedback"]) == 1


def test_feedback_is_refused_where_the_message_is_not_read_or_it_is_none(company, run, strangers):
    told = finish_turn(company.csm, begin_turn(company.csm, run))["messages"][0]["id"]
    for who in (company.other_csm, strangers.admin):
        with assert_refused("PT404"):
            call_rpc(who, "give_chat_feedback", p_message_id=told, p_thumbs=1)
    for wrong in ({"p_thumbs": 0}, {"p_thumbs": 2}, {"p_thumbs": 1, "p_comment": "x" * 2001}):
        with assert_refused("PT400"):
            call_rpc(company.csm, "give_chat_feedback", p_message_id=told, **wrong)


# Usage


def test_usage_is_summed_by_day_workflow_and_person(company, run):
    for tokens in (100, 50):
        finish_turn(
            company.csm,
            begin_turn(company.csm, run),
            "So.",
            "And so.",
            p_model="gpt-x",
            p_input_tokens=tokens,
            p_output_tokens=1,
            p_cost_usd=0.5,
        )
    finish_turn(company.csm, begin_turn(company.csm, run), p_model="gpt-x")
    finish_turn(
        company.other_csm, begin_turn(company.other_csm, run), p_model="gpt-x", p_input_tokens=7, p_output_tokens=7
    )
    finish_turn(company.csm, begin_turn(company.csm, run))
    (own,) = call_rpc(company.csm, "chat_usage", p_days=1)
    assert (own["workflow_id"], own["answers"], own["input_tokens"], own["output_tokens"], own["not_reported"]) == (
        "renewal-run",
        3,
        150,
        2,
        1,
    )
    assert float(own["cost_usd"]) == 1
    assert own["person_id"] == str(company.csm.id)
    assert {row["person_name"] for row in call_rpc(company.manager, "chat_usage")} == {
        company.csm.full_name,
        company.other_csm.full_name,
    }


def test_usage_nobody_reported_is_unknown_not_zero(company, run):
    finish_turn(company.csm, begin_turn(company.csm, run), p_model="gpt-x")
    (row,) = call_rpc(company.csm, "chat_usage")
    assert (row["input_tokens"], row["cost_usd"], row["not_reported"]) == (None, None, 1)


def test_usage_stays_in_the_company(company, run, strangers, uninvited):
    finish_turn(company.csm, begin_turn(company.csm, run), p_model="gpt-x", p_input_tokens=1, p_output_tokens=1)
    mine = [row for row in call_rpc(strangers.admin, "chat_usage") if row["person_id"] == str(company.csm.id)]
    assert mine == []
    with assert_refused("PT403"):
        call_rpc(uninvited, "chat_usage")
    for days in (0, 367):
        with assert_refused("PT400"):
            call_rpc(company.csm, "chat_usage", p_days=days)
