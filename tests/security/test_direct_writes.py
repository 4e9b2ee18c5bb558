"""Rules of runs and conversations hold for a raw PostgREST call as for the page: somebody with their own token."""

import uuid

import pytest

from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.security.fixtures import TenantFixtures
from tests.security.matrix import MATRIX
from tests.security.test_rls_matrix import plain
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


# Runs that have ended

ENDED = {
    "completed": {"outcome_code": "renewed", "outcome_amount": 1},
    "skipped": {"skip_reason": "other", "skip_words": "They merged."},
    "abandoned": {},
}


@pytest.mark.parametrize("status", ENDED)
def test_nothing_is_written_to_a_run_that_has_ended(world, status, sql):
    run, me = str(world.insert_run()), world.owner
    step = insert_step(world, run)
    columns = "".join(f", {column} = %s" for column in ENDED[status])
    ended = f"update public.workflow_executions set status = %s, revision = revision + 1{columns} where id = %s"
    sql.execute(ended, [status, *ENDED[status].values(), run])
    whole = "select to_jsonb(e) from public.workflow_executions e where id = %s"
    before = fetch_value(sql, whole, run)
    asked = {"p_execution_id": run, "p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 1}
    outcome = {"p_execution_id": run, "p_revision": before["revision"], "p_outcome_code": "renewed", "p_amount": 1}
    for attempt in (
        lambda: insert_step(world, run, slide_id="review-account"),
        lambda: update(me, "workflow_step_executions", step["id"], answers={"goal": "calm"}, revision=2),
        lambda: update(me, "workflow_executions", run, current_slide="summary", revision=before["revision"] + 1),
        lambda: call_rpc(me, "save_step", **asked),
        lambda: call_rpc(me, "unskip_slide", p_execution_id=run, p_slide_id="greeting"),
        lambda: call_rpc(me, "complete_workflow", **outcome),
        lambda: call_rpc(me, "abandon_execution", p_execution_id=run, p_key=str(uuid.uuid4())),
        lambda: call_rpc(me, "wake_execution", p_execution_id=run),
    ):
        with assert_refused("PT409"):
            attempt()
    assert fetch_value(sql, whole, run) == before


def test_what_people_are_told_or_asked_is_not_inserted_by_hand(world, run):
    company, customer = str(world.company.id), str(world.insert_customer())
    about = {"company_id": company, "customer_id": customer, "execution_id": run}
    asked = {"raised_by": str(world.company.manager.id), "assigned_to": str(world.company.other_csm.id)}
    for table, row in (
        ("notices", {"company_id": company, "person_id": str(world.company.other_csm.id), "body": "Call me."}),
        ("workflow_escalations", about | asked | {"severity": "low", "ask": "?", "respond_by": "2030-01-01"}),
        ("workflow_snoozes", about | {"snoozed_by": str(world.owner.id), "reason": "x", "until_at": "2099-01-01"}),
    ):
        for who in (world.owner, world.company.admin):
            with assert_refused("42501"):
                who.client.table(table).insert(row).execute()


@pytest.mark.parametrize("day", ["1800-01-01", "-infinity", "infinity", "9999-12-31"])
def test_a_follow_up_is_due_on_a_day_there_is(world, day):
    customer = str(world.insert_customer())
    with assert_refused("PT400", "Choose a day between 1900 and 2999."):
        call_rpc(world.owner, "add_follow_up", p_customer_id=customer, p_title="Call", p_due_on=day)
    row = {"company_id": str(world.company.id), "customer_id": customer, "title": "Call", "due_on": day}
    row |= {"assigned_to": str(world.owner.id), "created_by": str(world.owner.id)}
    with assert_refused("23514"):
        world.owner.client.table("follow_ups").insert(row).execute()


@pytest.mark.parametrize("table", ["contracts", "usage_weeks", "tickets", "survey_responses"])
def test_a_csm_writes_no_figures_that_prices_arr_and_health_are_computed_from(world, sql, table):
    """A lower price in the contract would bring any discount below the csm's approval band."""
    rules = MATRIX[table]
    row = rules.row(world, world.owner.id)
    with assert_refused("42501"):
        world.owner.client.table(table).insert(plain(row)).execute()
    made = insert_row(sql, table, **row)
    assert update(world.owner, table, made, **rules.change(world.owner.id)) == []
    assert world.owner.client.table(table).delete().eq("id", str(made)).execute().data == []
    assert update(world.company.manager, table, made, **rules.change(world.owner.id))


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
