import json
from typing import Any

import pytest

from tests.database.factories import SLIDES, Sql, fetch_rows
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company

KEYS = {"greeting": "goal", "review-account": "stands_out", "summary": "notes"}


@pytest.fixture
def company(books: Company) -> Company:
    """One for all: each test has a run of its own."""
    return books


def save(
    who: Any, run: str, answers: Any, *, slide: str = "review-account", revision: int | None = 0, **more: Any
) -> Any:
    given = {"p_execution_id": run, "p_slide_id": slide, "p_answers": answers, "p_revision": revision}
    return call_rpc(who, "save_step", **given, **{f"p_{name}": value for name, value in more.items()})


def events(sql: Sql, run: str) -> list[dict[str, Any]]:
    """What was told after the start."""
    told = "select kind, slide_id, payload, actor_id from public.workflow_execution_events"
    return fetch_rows(sql, f"{told} where execution_id = %s order by id", run)[1:]


def test_a_save_keeps_the_answers_and_tells_which(company, sql, new_run):
    run = new_run(company)
    saved = save(company.csm, run, {"stands_out": "calm", "data_wrong": None})
    assert saved["step"]["answers"] == {"stands_out": "calm", "data_wrong": None}
    assert (saved["step"]["revision"], saved["step"]["status"], saved["execution_revision"]) == (1, "draft", 2)
    saved = save(
        company.csm,
        run,
        {"stands_out": "tense", "data_wrong": None},
        revision=1,
        status="done",
        current_slide="summary",
    )
    assert (saved["step"]["revision"], saved["step"]["status"], saved["execution_revision"]) == (2, "done", 3)
    assert saved["step"]["completed_at"]
    told = [(event["kind"], event["payload"]["keys"]) for event in events(sql, run)]
    assert told == [("step_saved", ["data_wrong", "stands_out"]), ("step_done", ["stands_out"])]
    assert {(event["slide_id"], event["actor_id"]) for event in events(sql, run)} == {
        ("review-account", company.csm.id)
    }


def test_answers_come_back_as_they_were_typed(company, new_run):
    run = new_run(company)
    typed = {
        "stands_out": "“Ünïcode” 😀\n<script>alert(1)</script> \\ ' \" % {{ x }}",
        "data_wrong": {"lines": [{"n": 1.5}], "json": '{"a": 1}', "none": None},
    }
    save(company.csm, run, typed)
    assert call_rpc(company.csm, "workflow_run", p_execution_id=run)["steps"][0]["answers"] == typed


def test_an_unchanged_save_changes_nothing_and_tells_nothing(company, sql, new_run):
    run = new_run(company)
    first = save(company.csm, run, {"stands_out": "calm"}, status="done")
    assert save(company.csm, run, {"stands_out": "calm"}, revision=1, status="done") == first
    assert save(company.csm, run, {"stands_out": "calm"}, revision=1) == first
    assert len(events(sql, run)) == 1


def test_moving_to_another_slide_is_kept_without_an_event(company, sql, new_run):
    run = new_run(company)
    save(company.csm, run, {}, slide="greeting")
    saved = save(company.csm, run, {}, slide="greeting", revision=1, current_slide="summary")
    assert (saved["step"]["revision"], saved["execution_revision"]) == (1, 3)
    assert call_rpc(company.csm, "workflow_run", p_execution_id=run)["execution"]["current_slide"] == "summary"
    assert len(events(sql, run)) == 1


def test_what_was_done_stays_done(company, new_run):
    run = new_run(company)
    done = save(company.csm, run, {"stands_out": 1}, status="done")["step"]
    again = save(company.csm, run, {"stands_out": 2}, revision=1)["step"]
    assert (again["status"], again["completed_at"]) == ("done", done["completed_at"])


def test_a_stale_save_is_a_conflict_that_shows_what_stands(company, new_run):
    run = new_run(company)
    save(company.manager, run, {"stands_out": "calm"})
    with assert_refused("PT409", "saved elsewhere") as error:
        save(company.csm, run, {"stands_out": "tense"})
    found = json.loads(error.value.details)
    assert found["step"]["answers"] == {"stands_out": "calm"}
    assert found["step"]["revision"] == 1
    assert (found["saved_by"], found["execution_revision"]) == (company.manager.full_name, 2)


@pytest.mark.parametrize("revision", [None, 0, 2, -1])
def test_only_the_revision_that_stands_can_be_replaced(company, new_run, revision):
    run = new_run(company)
    save(company.csm, run, {"stands_out": "calm"})
    with assert_refused("PT409"):
        save(company.csm, run, {"stands_out": "tense"}, revision=revision)


@pytest.mark.parametrize("revision", [None, 1])
def test_a_slide_nobody_saved_has_revision_nought(company, new_run, revision):
    with assert_refused("PT409"):
        save(company.csm, new_run(company), {"stands_out": "calm"}, revision=revision)


def test_ones_own_save_sent_again_is_no_conflict(company, sql, new_run):
    run = new_run(company)
    first = save(company.csm, run, {"stands_out": "calm"}, status="done")
    assert save(company.csm, run, {"stands_out": "calm"}, status="done") == first
    with assert_refused("PT409"):
        save(company.manager, run, {"stands_out": "calm"}, status="done")
    assert len(events(sql, run)) == 1


def test_of_twenty_first_saves_at_once_one_is_kept(company, sql, new_run):
    run = new_run(company)
    outcomes = run_concurrently([lambda n=n: save(company.csm, run, {"stands_out": n}) for n in range(20)])
    assert outcomes.count("PT409") == 19
    assert len(events(sql, run)) == 1


def test_saving_all_slides_at_once_neither_deadlocks_nor_loses_one(company, new_run):
    run = new_run(company)

    def save_often(slide: str, who: Any) -> int:
        for revision in range(6):
            save(who, run, {KEYS[slide]: revision}, slide=slide, revision=revision, current_slide=slide)
        return 6

    people = [company.csm, company.manager, company.csm]
    assert run_concurrently([lambda s=s, w=w: save_often(s, w) for s, w in zip(SLIDES, people, strict=True)]) == [
        6,
        6,
        6,
    ]
    found = call_rpc(company.csm, "workflow_run", p_execution_id=run)
    assert {step["slide_id"]: step["revision"] for step in found["steps"]} == dict.fromkeys(SLIDES, 6)
    assert found["execution"]["revision"] == 19


def test_a_note_of_100_kb_is_kept_and_one_of_400_kb_refused_in_a_sentence(company, new_run):
    run = new_run(company)
    note = "é" * 50_000
    assert save(company.csm, run, {"stands_out": note})["step"]["answers"]["stands_out"] == note
    with assert_refused("PT400", "take up 401 kB; the limit is 400 kB") as error:
        save(company.csm, run, {"stands_out": "x" * 400_001}, revision=1)
    assert "nothing is lost" in error.value.hint


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"slide": "set-goals"}, "not part of the run"),
        ({"slide": "set-goals", "revision": 3}, "not part of the run"),
        ({"slide": None}, "not part of the run"),
        ({"current_slide": "set-goals"}, "not part of the run"),
        ({"slide": "set-goals", "current_slide": "greeting"}, "not part of the run"),
        ({"answers": []}, "cannot be read"),
        ({"answers": "calm"}, "cannot be read"),
        ({"answers": None}, "cannot be read"),
        ({"status": "skipped"}, "cannot be read"),
        ({"status": None}, "cannot be read"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(company, new_run, given, words):
    with assert_refused("PT400", words):
        save(company.csm, new_run(company), **({"answers": {}} | given))


def test_an_ended_run_takes_no_answer_and_shows_itself(company, new_run):
    run = new_run(company)
    call_rpc(company.csm, "complete_workflow", p_execution_id=run, p_revision=1, p_outcome_code="renewed", p_amount=1)
    with assert_refused("PT409", "This run ended on") as error:
        save(company.csm, run, {"stands_out": "calm"})
    assert json.loads(error.value.details)["execution"]["status"] == "completed"


def test_only_the_owner_and_leaders_save(company, strangers, new_run, uninvited):
    run = new_run(company)
    save(company.admin, run, {"stands_out": "calm"})
    with assert_refused("PT403", "belongs to a colleague"):
        save(company.other_csm, run, {"stands_out": "tense"}, revision=1)
    with assert_refused("PT404"):
        save(strangers.manager, run, {"stands_out": "tense"}, revision=1)
    with assert_refused("PT403", "not a member of a company"):
        save(uninvited, run, {"stands_out": "tense"}, revision=1)


def test_a_run_is_read_whole_by_the_company_and_by_nobody_else(company, strangers, new_run):
    run = new_run(company)
    save(company.csm, run, {"stands_out": "calm"})
    found = call_rpc(company.other_csm, "workflow_run", p_execution_id=run)
    assert (found["customer_name"], found["owner_name"], found["may_write"]) == ("Acme", company.csm.full_name, False)
    assert call_rpc(company.manager, "workflow_run", p_execution_id=run)["may_write"] is True
    assert found["steps"][0]["saved_by_name"] == company.csm.full_name
    assert [event["kind"] for event in found["events"]] == ["step_saved", "started"]
    assert (found["version"]["slide_sequence"], found["version"]["version"], found["latest_version"]) == (SLIDES, 1, 1)
    with assert_refused("PT404"):
        call_rpc(strangers.manager, "workflow_run", p_execution_id=run)


def test_answers_that_the_slide_does_not_ask_for_are_refused_and_named(company, new_run):
    run = new_run(company)
    with assert_refused("PT400", "The slide does not ask for “goal”, “zeal”."):
        save(company.csm, run, {"goal": "calm", "stands_out": "x", "zeal": 1})


def test_answers_of_an_earlier_form_stay(company, sql, new_run):
    run = new_run(company)
    save(company.csm, run, {"stands_out": "x"})
    with sql.transaction():
        sql.execute("alter table public.workflow_step_executions disable trigger guard")
        old = """update public.workflow_step_executions set answers = '{"gone": 1}' where execution_id = %s"""
        sql.execute(old, [run])
        sql.execute("alter table public.workflow_step_executions enable trigger guard")
    saved = save(company.csm, run, {"stands_out": "y", "gone": 1}, revision=1)
    assert saved["step"]["answers"] == {"stands_out": "y", "gone": 1}
