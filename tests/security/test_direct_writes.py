"""Rules of runs and conversations hold for a raw PostgREST call as for the page: somebody with their own token."""

import uuid

import pytest

from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.security.fixtures import TenantFixtures
from tests.support.companies import Member


@pytest.fixture
def run(world: TenantFixtures) -> str:
    return str(world.insert_run())


def insert_step(world: TenantFixtures, run: str, **changes):
    row = {"company_id": str(world.company.id), "execution_id": run, "slide_id": "greeting"}
    row |= {"saved_by": str(world.owner.id)} | changes
    return world.owner.client.table("workflow_step_executions").insert(row).execute().data[0]


def update(who: Member, table: str, row_id, **values):
    return who.client.table(table).update(values).eq("id", str(row_id)).execute().data


# Slides


@pytest.mark.parametrize("slide", ["greeting", "review-account"])
def test_a_slide_is_not_skipped_without_a_reason(world, run, slide):
    with assert_refused("PT400", "A slide is skipped with a reason."):
        insert_step(world, run, slide_id=slide, status="skipped")
    step = insert_step(world, run, slide_id=slide)
    with assert_refused("PT400", "A slide is skipped with a reason."):
        update(world.owner, "workflow_step_executions", step["id"], status="skipped", revision=2)


def test_a_reason_is_not_written_by_hand(world, run):
    with assert_refused("42501"):
        insert_step(world, run, status="skipped", skip_reason="no_data")


def test_the_last_slide_is_not_skipped(world, run, sql):
    with assert_refused("PT400", "The last slide records how the run ended"):
        insert_step(world, run, slide_id="summary", status="skipped")
    owned = {"company_id": world.company.id, "execution_id": run, "saved_by": world.owner.id}
    with pytest.raises(Exception, match="The last slide records how the run ended"), sql.transaction():
        insert_row(
            sql, "workflow_step_executions", **owned, slide_id="summary", status="skipped", skip_reason="no_data"
        )


@pytest.mark.parametrize("answers", [{"anything": 1}, {"goal": "calm", "discount": 90}, {"": "x"}])
def test_a_slide_takes_no_answer_it_does_not_ask_for(world, run, answers):
    with assert_refused("PT400", "The slide does not ask for"):
        insert_step(world, run, answers=answers)
    step = insert_step(world, run)
    with assert_refused("PT400", "The slide does not ask for"):
        update(world.owner, "workflow_step_executions", step["id"], answers=answers, revision=2)
    with assert_refused("PT400", "The slide does not ask for"):
        call_rpc(world.owner, "save_step", p_execution_id=run, p_slide_id="greeting", p_answers=answers, p_revision=1)


# Conversations


def insert_thread(world: TenantFixtures, run: str, **changes):
    row = {"company_id": str(world.company.id), "execution_id": run, "owner_id": str(world.owner.id)}
    table = world.owner.client.table("workflow_chat_threads")
    return table.insert(row | {"slide_id": "greeting"} | changes).execute().data[0]


@pytest.mark.parametrize("slide", ["nowhere", "set-goals", "", "Greeting"])
def test_a_conversation_is_on_a_slide_of_its_run(world, run, slide):
    with assert_refused("PT400", "This slide is not part of the run."):
        insert_thread(world, run, slide_id=slide)


def test_a_conversation_begins_open(world, run):
    with assert_refused("42501"):
        insert_thread(world, run, status="completed")


@pytest.mark.parametrize("status", ["completed", "abandoned"])
def test_nothing_is_asked_in_a_closed_conversation(world, run, status, sql):
    thread = insert_thread(world, run)
    assert update(world.owner, "workflow_chat_threads", thread["id"], status=status)
    row = {"company_id": str(world.company.id), "thread_id": thread["id"], "content": {"type": "text", "text": "Hm."}}
    for role in ("user", "system"):
        with assert_refused("PT409", "This conversation is closed."):
            world.owner.client.table("workflow_chat_messages").insert(row | {"role": role}).execute()
    stored = "select count(*) from public.workflow_chat_messages where thread_id = %s"
    assert fetch_value(sql, stored, thread["id"]) == 0


def test_a_closed_conversation_stays_closed(world, run):
    thread = insert_thread(world, run)
    assert update(world.owner, "workflow_chat_threads", thread["id"], status="completed")
    for status in ("active", "abandoned"):
        with assert_refused("PT409", "This conversation is closed."):
            update(world.owner, "workflow_chat_threads", thread["id"], status=status)
    assert update(world.owner, "workflow_chat_threads", thread["id"], title="Renewal, 2026")


# Rows of the company


@pytest.mark.parametrize(
    "forged", [{"id": str(uuid.uuid4())}, {"created_at": "2020-01-01"}, {"updated_at": "2020-01-01"}, {"revision": 9}]
)
def test_a_customer_is_added_without_what_is_the_databases_to_say(world, forged):
    row = {"company_id": str(world.company.id), "owner_id": str(world.owner.id), "name": "Acme", "segment": "mid"}
    table = world.owner.client.table("customers")
    with assert_refused("42501"):
        table.insert(row | {"customer_since": "2025-01-01"} | forged).execute()
    with assert_refused("42501"):
        update(world.company.admin, "customers", world.insert_customer(), **forged)
