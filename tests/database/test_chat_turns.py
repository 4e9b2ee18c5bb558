import pytest

from tests.database.chat_calls import begin_turn, finish_turn, new_id, text_content
from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc, run_concurrently

MODEL = {"p_system_prompt": "Be brief.", "p_tools": [], "p_context_data": {"seats": 96}, "p_model": "rules"}


@pytest.fixture
def run(company, new_run):
    return new_run(company)


def test_the_first_question_opens_a_conversation_and_keeps_what_the_model_is_given(company, run, sql):
    turn = begin_turn(company.csm, run, "How are they?", p_title="How are they?", **MODEL)
    assert (turn["thread"]["title"], turn["thread"]["status"]) == ("How are they?", "active")
    assert turn["message"]["content"] == text_content("How are they?")
    assert turn["message"]["answer_id"] == turn["message"]["id"]
    given = fetch_value(sql, "select to_jsonb(c) from public.workflow_llm_context c where id = %s", turn["context_id"])
    assert (given["system_prompt"], given["context_data"], given["model"]) == ("Be brief.", {"seats": 96}, "rules")
    assert given["message_id"] == turn["message"]["id"]


def test_without_a_model_nothing_is_kept_for_one(company, run):
    assert begin_turn(company.csm, run)["context_id"] is None


def test_the_same_question_sent_again_is_one_question(company, run, sql):
    sent = {"p_message_id": new_id(), **MODEL}
    first, again = begin_turn(company.csm, run, **sent), begin_turn(company.csm, run, **sent)
    assert again == first
    of_run = "select count(*) from public.workflow_chat_threads where execution_id = %s"
    assert fetch_value(sql, of_run, run) == 1


def test_the_same_question_sent_twenty_times_at_once_is_one_question(company, run, sql):
    sent = {"p_message_id": new_id(), **MODEL}
    turns = run_concurrently([lambda: begin_turn(company.csm, run, **sent)] * 20)
    assert len({str(turn) for turn in turns}) == 1
    of_run = "select count(*) from public.workflow_chat_threads where execution_id = %s"
    assert fetch_value(sql, of_run, run) == 1


def test_an_answer_is_stored_once(company, run, sql):
    turn = begin_turn(company.csm, run, **MODEL)
    sent = {"p_answer_id": new_id(), "p_input_tokens": 120, "p_output_tokens": 30, "p_cost_usd": 0.0125}
    stored = finish_turn(company.csm, turn, "Well.", "Here is why.", **sent)
    again = finish_turn(company.csm, turn, "Well.", "Here is why.", **sent)
    assert (stored["stored"], again["stored"]) == (True, False)
    assert again["messages"] == stored["messages"]
    assert [row["position"] for row in stored["messages"]] == [0, 1]
    assert [row["input_tokens"] for row in stored["messages"]] == [120, None]
    used = "select input_tokens + output_tokens from public.workflow_llm_context where id = %s"
    assert fetch_value(sql, used, turn["context_id"]) == 150


def test_an_answer_finished_by_twenty_tabs_at_once_is_stored_once(company, run, sql):
    turn = begin_turn(company.csm, run, **MODEL)
    sent = {"p_answer_id": new_id(), "p_input_tokens": 10, "p_output_tokens": 1}
    done = run_concurrently([lambda: finish_turn(company.csm, turn, "Well.", **sent)] * 20)
    assert sum(outcome["stored"] for outcome in done) == 1
    used = "select input_tokens + output_tokens from public.workflow_llm_context where id = %s"
    assert fetch_value(sql, used, turn["context_id"]) == 11


def test_tokens_nobody_reported_stay_unknown(company, run, sql):
    turn = begin_turn(company.csm, run, **MODEL)
    assert finish_turn(company.csm, turn)["messages"][0]["input_tokens"] is None
    used = "select input_tokens from public.workflow_llm_context where id = %s"
    assert fetch_value(sql, used, turn["context_id"]) is None


def test_the_tokens_of_the_day_are_the_persons_own(company, run):
    finish_turn(company.csm, begin_turn(company.csm, run), p_input_tokens=100, p_output_tokens=20)
    assert begin_turn(company.csm, run)["tokens_today"] == 120
    assert begin_turn(company.other_csm, run)["tokens_today"] == 0


def test_an_estimate_counts_towards_the_day_only_where_nothing_was_reported(company, run, sql):
    finish_turn(
        company.csm, begin_turn(company.csm, run), p_input_tokens=100, p_output_tokens=20, p_estimated_tokens=900
    )
    finish_turn(company.csm, begin_turn(company.csm, run), "One.", "Two.", p_estimated_tokens=40)
    finish_turn(company.csm, begin_turn(company.csm, run), p_input_tokens=70, p_estimated_tokens=50)
    assert begin_turn(company.csm, run)["tokens_today"] == 120 + 40 + 70
    with assert_refused("PT400"):
        finish_turn(company.csm, begin_turn(company.csm, run), p_estimated_tokens=-1)


def test_an_estimate_is_no_usage(company, run):
    turn = begin_turn(company.csm, run, **MODEL)
    finish_turn(company.csm, turn, p_model="small", p_estimated_tokens=40)
    (usage,) = call_rpc(company.csm, "chat_usage", p_days=1)
    assert (usage["input_tokens"], usage["output_tokens"], usage["not_reported"]) == (None, None, 1)


def test_asking_again_adds_an_answer_beside_the_first(company, run):
    turn = begin_turn(company.csm, run, **MODEL)
    first = finish_turn(company.csm, turn, "Well.")
    again = begin_turn(company.csm, run, p_message_id=turn["message"]["id"], **MODEL)
    assert again["message"] == turn["message"]
    assert again["context_id"] != turn["context_id"]
    second = finish_turn(company.csm, again, "Not so well.")
    assert {row["parent_id"] for row in first["messages"] + second["messages"]} == {turn["message"]["id"]}


def test_an_edited_question_stands_beside_the_first(company, run):
    turn = begin_turn(company.csm, run)
    told = finish_turn(company.csm, turn, "Well.", "Here is why.")["messages"]
    where = {"p_thread_id": turn["thread"]["id"]}
    follow = begin_turn(company.csm, run, "And now?", p_parent_id=told[0]["id"], **where)
    edited = begin_turn(company.csm, run, "And next year?", p_parent_id=told[1]["id"], **where)
    assert follow["message"]["parent_id"] == edited["message"]["parent_id"] == told[0]["id"]


def test_a_turn_that_ended_badly_says_so(company, run):
    turn = begin_turn(company.csm, run)
    failed = finish_turn(company.csm, turn, "", p_status="failed", p_error="The model did not answer.")
    assert failed["messages"][0]["error"] == "The model did not answer."
    assert failed["messages"][0]["status"] == "failed"


def test_a_conversation_goes_on_only_where_it_began(company, run, new_run):
    thread = {"p_thread_id": begin_turn(company.csm, run)["thread"]["id"]}
    with assert_refused("PT409", "another slide"):
        begin_turn(company.csm, run, p_slide_id="summary", **thread)
    with assert_refused("PT409", "another slide"):
        begin_turn(company.csm, new_run(company, "strategy"), **thread)


def test_a_closed_conversation_is_not_written_in(company, run):
    turn = begin_turn(company.csm, run)
    company.csm.client.table("workflow_chat_threads").update({"status": "completed"}).eq(
        "id", turn["thread"]["id"]
    ).execute()
    with assert_refused("PT409", "closed"):
        begin_turn(company.csm, run, p_thread_id=turn["thread"]["id"])
    assert finish_turn(company.csm, turn)["stored"]


@pytest.mark.parametrize(
    "more",
    [
        {"p_message_id": None},
        {"p_slide_id": "pricing-strategy"},
        {"p_content": {"type": "image", "url": "https://x"}},
        {"p_content": {"type": "text", "text": "x" * 400_001}},
        {"p_context_data": {"x": "x" * 400_001}, "p_model": "rules"},
        {"p_system_prompt": "x" * 200_001, "p_model": "rules"},
    ],
)
def test_what_cannot_be_a_question_is_refused(company, run, more):
    with assert_refused("PT400"):
        begin_turn(company.csm, run, **more)


@pytest.mark.parametrize(
    "rows",
    [[], {}, [{}], [{"content": None}], [{"content": text_content("x"), "message_type": "image"}],
     [text_content("x")] * 101, [{"content": text_content("x"), "branch_type": "magic"}],
     [{"content": text_content("x"), "branch_id": "no"}]],
)  # fmt: skip
def test_what_cannot_be_an_answer_is_refused(company, run, rows):
    turn = begin_turn(company.csm, run)
    with assert_refused("PT400"):
        finish_turn(company.csm, turn, p_rows=rows)


def test_a_question_is_no_answer_and_an_answer_no_question(company, run):
    told = finish_turn(company.csm, begin_turn(company.csm, run))["messages"][0]
    with assert_refused("PT409", "cannot be asked"):
        begin_turn(company.csm, run, p_message_id=told["id"])


def test_nobody_writes_in_a_colleagues_conversation(company, run):
    turn = begin_turn(company.csm, run, **MODEL)
    thread, question = turn["thread"]["id"], turn["message"]["id"]
    for who, code in ((company.other_csm, "PT404"), (company.manager, "PT403")):
        with assert_refused(code):
            begin_turn(who, run, p_thread_id=thread)
        with assert_refused("PT409" if code == "PT404" else code):
            begin_turn(who, run, p_message_id=question)
        with assert_refused(code):
            finish_turn(who, turn)


def test_no_answer_reaches_into_another_conversation(company, run):
    mine, other = begin_turn(company.csm, run, **MODEL), begin_turn(company.csm, run, **MODEL)
    with assert_refused("PT404"):
        finish_turn(company.csm, mine, p_parent_id=other["message"]["id"])
    with assert_refused("PT404"):
        finish_turn(company.csm, mine, p_context_id=other["context_id"])
    with assert_refused("PT404"):
        begin_turn(company.csm, run, p_thread_id=mine["thread"]["id"], p_parent_id=other["message"]["id"])


def test_a_run_of_another_company_does_not_exist(company, run, strangers, uninvited, anyone):
    with assert_refused("PT404"):
        begin_turn(strangers.admin, run)
    with assert_refused("PT403"):
        begin_turn(uninvited, run)
    with assert_refused("42501"):
        call_rpc(anyone, "chat_panel", p_execution_id=run, p_slide_id="greeting")


def test_colleagues_may_talk_about_each_others_runs(company, run):
    assert begin_turn(company.other_csm, run)["thread"]["owner_id"] == str(company.other_csm.id)
