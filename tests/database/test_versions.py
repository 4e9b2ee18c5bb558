"""Moving a run to a newer version of its workflow, staying, and taking the move back."""

import uuid

import pytest

from tests.database.action_calls import escalate, fetch_event_kinds, fetch_events, fetch_execution, skip, snooze, undo
from tests.database.factories import fetch_rows, insert_customer, publish_next_version, publish_workflow
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def moving(sql, company):
    """A run of a workflow of `before`, which has a newer version with `after`: the run and that version's id."""

    def make(before: list[str], after: list[str]) -> tuple[str, str]:
        workflow = f"moving-{uuid.uuid4()}"
        definition = publish_workflow(sql, company.id, workflow, slides=before)
        customer = str(insert_customer(sql, company.id, company.csm.id))
        run = call_rpc(company.csm, "start_workflow", p_workflow_id=workflow, p_customer_id=customer)["execution_id"]
        sql.execute("update public.workflow_definitions set slide_sequence = %s where id = %s", [after, definition])
        return run, str(publish_next_version(sql, definition))

    return make


def move(who, run, version, revision=1, *, key=""):
    arguments = {"p_execution_id": run, "p_version_id": version, "p_revision": revision}
    return call_rpc(who, "move_to_version", **arguments, p_key=key or str(uuid.uuid4()))


OLD = ["greeting", "review-account", "contract-terms", "summary"]


@pytest.mark.parametrize(
    ("standing", "after", "landing"),
    [
        ("review-account", ["greeting", "review-account", "set-goals", "summary"], "review-account"),
        ("review-account", ["greeting", "contract-terms", "summary"], "contract-terms"),
        ("review-account", ["greeting", "summary"], "summary"),
        ("summary", ["greeting", "set-goals"], "greeting"),
        ("contract-terms", ["summary", "contract-terms", "greeting"], "contract-terms"),
    ],
)
def test_one_lands_on_the_slide_one_was_on_or_the_next_that_is_left(company, sql, moving, standing, after, landing):
    run, version = moving(OLD, after)
    stand = "update public.workflow_executions set current_slide = %s, revision = 2 where id = %s"
    sql.execute(stand, [standing, run])
    offered = call_rpc(company.csm, "workflow_run", p_execution_id=run)
    assert (offered["latest_version"], offered["latest_resume_slide"]) == (2, landing)
    moved = move(company.csm, run, version, 2)
    row = fetch_execution(sql, run)
    assert (moved["current_slide"], row["current_slide"], str(row["definition_version_id"])) == (
        landing,
        landing,
        version,
    )


def test_answers_stay_by_slide_and_undo_goes_back(company, sql, moving):
    run, version = moving(OLD, ["greeting", "summary"])
    before = fetch_execution(sql, run)["definition_version_id"]
    for slide, key in (("greeting", "goal"), ("review-account", "stands_out")):
        saved = {"p_slide_id": slide, "p_answers": {key: "calm"}, "p_revision": 0}
        call_rpc(company.csm, "save_step", p_execution_id=run, **saved)
    moved = move(company.csm, run, version, 3)
    kept = fetch_rows(
        sql, "select slide_id from public.workflow_step_executions where execution_id = %s order by slide_id", run
    )
    assert [row["slide_id"] for row in kept] == ["greeting", "review-account"]
    assert (moved["summary"], moved["can_undo"]) == ("Moved from version 1 to 2.", True)
    undo(company.csm, moved)
    assert fetch_execution(sql, run)["definition_version_id"] == before
    assert [e["kind"] for e in fetch_events(sql, run)][-2:] == ["moved", "undone"]


@pytest.mark.parametrize("status", ["snoozed", "escalated"])
def test_moving_keeps_what_became_of_the_run(company, sql, moving, status):
    run, version = moving(OLD, OLD[::-1])
    if status == "snoozed":
        snooze(company.csm, run)
    else:
        escalate(company.csm, run, company.manager)
    move(company.csm, run, version, 2)
    assert fetch_execution(sql, run)["status"] == status


def test_what_was_looked_at_must_be_how_it_stands(company, sql, moving):
    run, version = moving(OLD, OLD[::-1])
    snooze(company.csm, run)
    for stale in (1, 3, None):
        with assert_refused("PT409", "This run was changed elsewhere after you opened it."):
            move(company.csm, run, version, stale)


def test_moved_twice_by_one_click_or_at_once_is_moved_once(company, sql, moving):
    run, version = moving(OLD, OLD[::-1])
    key = str(uuid.uuid4())
    answers = run_concurrently([lambda: move(company.csm, run, version, key=key)] * 4)
    assert sorted(each["repeated"] for each in answers) == [False, True, True, True]
    with assert_refused("PT404", "This is not a newer version of the run's workflow."):
        move(company.csm, run, version, 2)


def test_no_way_leads_to_an_older_version_but_undo(company, sql, moving):
    run, version = moving(OLD, OLD[::-1])
    older = str(fetch_execution(sql, run)["definition_version_id"])
    move(company.csm, run, version)
    with assert_refused("PT404"):
        move(company.csm, run, older, 2)


def test_an_ended_run_stays_on_its_version(company, moving):
    run, version = moving(OLD, OLD[::-1])
    skip(company.csm, run)
    with assert_refused("PT409", "This run ended on"):
        move(company.csm, run, version, 2)
    with assert_refused("PT409", "This run ended on"):
        call_rpc(company.csm, "stay_on_version", p_execution_id=run, p_version=2)


def test_staying_is_remembered_once_and_told(company, sql, moving):
    run, _ = moving(OLD, OLD[::-1])
    for _ in range(2):
        call_rpc(company.csm, "stay_on_version", p_execution_id=run, p_version=2)
    assert (fetch_execution(sql, run)["declined_version"], fetch_execution(sql, run)["revision"]) == (2, 2)
    assert fetch_event_kinds(sql, run) == ["started", "stayed"]


@pytest.mark.parametrize("version", [None, -1, 0, 1, 3, 2147483647])
def test_only_a_newer_version_that_exists_is_declined(company, sql, moving, version):
    run, _ = moving(OLD, OLD[::-1])
    with assert_refused("PT404", "This is not a newer version of the run's workflow."):
        call_rpc(company.csm, "stay_on_version", p_execution_id=run, p_version=version)
    assert fetch_execution(sql, run)["declined_version"] is None


def test_undo_is_refused_once_it_moved_on_again(company, sql, moving):
    run, version = moving(OLD, OLD[::-1])
    moved = move(company.csm, run, version)
    definition = "select definition_id from public.workflow_definition_versions where id = %s"
    third = str(publish_next_version(sql, fetch_rows(sql, definition, version)[0]["definition_id"]))
    move(company.csm, run, third, 2)
    with assert_refused("PT409", "The run has moved to another version since, or has ended."):
        undo(company.csm, moved)
