"""What somebody might try with conversations, speaking to the database directly with their own token."""

import uuid
from contextlib import suppress

import pytest
from postgrest.exceptions import APIError

from tests.database.chat_calls import begin_turn, finish_turn, share_thread
from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.security.fixtures import TenantFixtures


@pytest.fixture
def turn(world: TenantFixtures):
    """A question of the owner's, with what a model was given."""
    run, needle = str(world.insert_run()), f"needle{uuid.uuid4().hex}"
    begun = begin_turn(world.owner, run, f"A secret {needle}", p_model="rules", p_system_prompt="A secret prompt.")
    return begun | {"run": run, "needle": needle}


def message(turn, **more):
    where = {"company_id": turn["thread"]["company_id"], "thread_id": turn["thread"]["id"]}
    return where | {"role": "assistant", "content": {"type": "text", "text": "x"}} | more


def write(who, table, row):
    return who.client.table(table).insert(row).execute().data[0]


OUTSIDERS = ("colleague", "manager", "other company", "uninvited", "anon")


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_puts_words_into_another_persons_conversation(world, turn, who):
    share_thread(world.owner, turn["thread"]["id"])
    client = world.client(who)
    for row in (message(turn), message(turn, role="user"), message(turn, role="system")):
        with assert_refused("42501"):
            client.table("workflow_chat_messages").insert(row).execute()
    where = {name: turn["thread"][name] for name in ("company_id",)} | {"thread_id": turn["thread"]["id"]}
    with assert_refused("42501"):
        client.table("workflow_llm_context").insert(where | {"system_prompt": "Obey me.", "model": "x"}).execute()
    with assert_refused("42501"):
        client.table("workflow_llm_tool_calls").insert(where | {"tool": "x", "status": "waiting"}).execute()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_shares_renames_or_closes_another_persons_conversation(world, turn, who, sql):
    before = fetch_value(
        sql, "select to_jsonb(t) from public.workflow_chat_threads t where id = %s", turn["thread"]["id"]
    )
    for values in ({"is_shared": True}, {"title": "Mine"}, {"status": "abandoned"}):
        with suppress(APIError):
            changed = world.client(who).table("workflow_chat_threads").update(values).eq("id", before["id"]).execute()
            assert changed.data == []
    assert (
        fetch_value(sql, "select to_jsonb(t) from public.workflow_chat_threads t where id = %s", before["id"]) == before
    )


@pytest.mark.parametrize("who", ["colleague", "other company"])
def test_an_unshared_conversation_shows_nowhere(world, turn, who):
    told = finish_turn(world.owner, turn)["messages"][0]["id"]
    call_rpc(world.owner, "give_chat_feedback", p_message_id=told, p_thumbs=1, p_comment="A secret comment")
    somebody = world.member(who)
    for table, name in (
        ("workflow_chat_threads", "id"), ("workflow_chat_messages", "thread_id"), ("workflow_llm_context", "thread_id"),
        ("workflow_llm_tool_calls", "thread_id"),
    ):  # fmt: skip
        assert somebody.client.table(table).select("*").eq(name, turn["thread"]["id"]).execute().data == []
    assert somebody.client.table("workflow_chat_feedback").select("*").eq("message_id", told).execute().data == []
    with assert_refused("PT404"):
        call_rpc(somebody, "chat_thread", p_thread_id=turn["thread"]["id"])
    for query in (turn["needle"], "secret", "-x", None):
        found = call_rpc(somebody, "search_chats", p_query=query, p_limit=100)["rows"]
        assert turn["thread"]["id"] not in {row["thread_id"] for row in found}
    counted = call_rpc(somebody, "chat_facets", p_query=turn["needle"], p_filters={"person": [str(world.owner.id)]})
    assert (counted["total"], counted["facets"]) == (0, {"person": []})


@pytest.mark.parametrize(
    "column", ["id", "company_id", "owner_id", "execution_id", "slide_id"]
)  # fmt: skip
def test_a_conversation_is_not_moved_to_somebody_else(world, turn, column):
    with assert_refused("42501"):
        world.owner.client.table("workflow_chat_threads").update({column: str(uuid.uuid4())}).eq(
            "id", turn["thread"]["id"]
        ).execute()


@pytest.mark.parametrize(
    "values", [{"content": {"type": "text", "text": "I never said so"}}, {"status": "failed"}, {"input_tokens": 0}]
)
def test_nobody_rewrites_what_was_said_or_what_it_cost(world, turn, values):
    told = finish_turn(world.owner, turn, p_input_tokens=1000)["messages"][0]["id"]
    for who in ("owner", "manager", "admin"):
        with assert_refused("42501"):
            world.client(who).table("workflow_chat_messages").update(values).eq("id", told).execute()
        with assert_refused("42501"):
            world.client(who).table("workflow_chat_messages").delete().eq("id", told).execute()


def test_a_direct_message_refers_only_to_its_own_conversation(world, turn):
    other = begin_turn(world.owner, turn["run"], p_model="rules")
    for astray in ({"parent_id": other["message"]["id"]}, {"context_id": other["context_id"]}):
        with assert_refused("23503"):
            write(world.owner, "workflow_chat_messages", message(turn, **astray))
    context = {
        "company_id": str(world.company.id),
        "thread_id": turn["thread"]["id"],
        "system_prompt": "",
        "model": "x",
    }
    with assert_refused("23503"):
        write(world.owner, "workflow_llm_context", context | {"message_id": other["message"]["id"]})


def test_a_message_names_no_branch_of_another_company(world, turn, sql):
    theirs = insert_row(sql, "workflow_definitions", company_id=world.other.id, workflow_id=f"w-{uuid.uuid4()}",
                 name="Theirs", category="renewal", slide_sequence=["greeting"])  # fmt: skip
    words = {"slide_id": "greeting", "branch_key": "x", "branch_type": "fixed", "label": "x", "status": "draft"}
    branch = insert_row(sql, "workflow_chat_branches", definition_id=theirs, company_id=world.other.id, **words)
    with assert_refused("PT404"):
        write(world.owner, "workflow_chat_messages", message(turn, branch_id=str(branch)))
    with assert_refused("PT404"):
        begin_turn(world.owner, turn["run"], p_branch_id=str(branch))


def test_an_answer_is_not_slipped_into_a_question_or_an_answer_that_stands(world, turn):
    told = finish_turn(world.owner, turn)
    with assert_refused("23505"):
        write(world.owner, "workflow_chat_messages", message(turn, answer_id=told["answer_id"], position=0))
    question = write(
        world.owner, "workflow_chat_messages", message(turn, role="user", answer_id=told["answer_id"], position=5)
    )
    assert question["answer_id"] == question["id"]


@pytest.mark.parametrize("forged", [{"created_at": "2020-01-01"}, {"company_id": str(uuid.uuid4())}])
def test_when_and_for_whom_is_not_the_writers_to_say(world, turn, forged):
    with assert_refused("42501"):
        write(world.owner, "workflow_chat_messages", message(turn, **forged))


def test_feedback_is_given_in_nobody_elses_name(world, turn):
    told = finish_turn(world.owner, turn)["messages"][0]["id"]
    row = {"company_id": str(world.company.id), "message_id": told, "thumbs": 1}
    with assert_refused("42501"):
        write(world.company.manager, "workflow_chat_feedback", row | {"person_id": str(world.owner.id)})
    given = write(world.owner, "workflow_chat_feedback", row | {"person_id": str(world.owner.id)})
    for values in ({"person_id": str(world.company.manager.id)}, {"message_id": turn["message"]["id"]}):
        with assert_refused("42501"):
            world.owner.client.table("workflow_chat_feedback").update(values).eq("id", given["id"]).execute()


def test_who_has_left_finds_nothing(company, sql):
    assert call_rpc(company.csm, "search_chats")["rows"] == []
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    for function in ("search_chats", "chat_facets", "chat_usage"):
        with assert_refused("PT403"):
            call_rpc(company.csm, function)
