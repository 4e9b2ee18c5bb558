"""What publishing does to open runs, and moving chosen ones to the new version."""

import uuid
from typing import Any

import pytest

from tests.database.action_calls import escalate, fetch_events, fetch_execution, snooze, undo
from tests.database.factories import (
    fetch_rows,
    fetch_value,
    insert_customer,
    insert_draft,
    publish_next_version,
    publish_workflow,
)
from tests.database.rpc import assert_refused, call_rpc, run_concurrently

OLD = ["greeting", "review-account", "set-goals", "summary"]
NEW = ["greeting", "set-goals", "summary"]


@pytest.fixture
def company(books: Any) -> Any:
    """One for all: each test has a workflow of its own."""
    return books


class Line:
    """A published workflow of the company with open runs on its first version."""

    def __init__(self, company: Any, sql: Any) -> None:
        self.company, self.sql = company, sql
        self.workflow_id = f"line-{uuid.uuid4()}"
        self.definition = publish_workflow(sql, company.id, self.workflow_id, slides=OLD)

    def start(self, owner: Any, name: str = "Acme") -> str:
        customer = str(insert_customer(self.sql, self.company.id, owner.id, name=name))
        started = call_rpc(owner, "start_workflow", p_workflow_id=self.workflow_id, p_customer_id=customer)
        return str(started["execution_id"])

    def answer(self, run: str, slide: str, **answers: Any) -> None:
        call_rpc(self.company.csm, "save_step", p_execution_id=run, p_slide_id=slide, p_answers=answers,
                 p_revision=0)  # fmt: skip

    def draft(self, slides: list[str] = NEW) -> str:
        version = fetch_value(
            self.sql,
            "select id from public.workflow_definition_versions where definition_id = %s order by version desc limit 1",
            self.definition,
        )
        return insert_draft(
            self.sql, self.company.id, self.company.csm.id,
            workflow_id=self.workflow_id, slide_sequence=slides, base_version_id=version,
        )  # fmt: skip

    def publish(self, slides: list[str] = NEW) -> str:
        self.sql.execute(
            "update public.workflow_definitions set slide_sequence = %s where id = %s", [slides, self.definition]
        )
        return str(publish_next_version(self.sql, self.definition))


@pytest.fixture
def line(company: Any, sql: Any) -> Line:
    return Line(company, sql)


def preview(who: Any, draft: str) -> Any:
    return call_rpc(who, "preview_publication", p_draft_id=draft)


def make_move(run: str, revision: int = 1, key: str = "") -> dict[str, Any]:
    return {"execution_id": run, "revision": revision, "key": key or str(uuid.uuid4())}


def move(who: Any, version: str, *moves: Any) -> Any:
    return call_rpc(who, "move_runs_to_version", p_version_id=version, p_moves=list(moves))


def test_a_preview_lists_open_runs_with_what_they_would_lose(company, sql, line):
    run = line.start(company.csm)
    line.answer(run, "review-account", stands_out="Falling.")
    line.answer(run, "greeting", goal="Call")
    shown = preview(company.csm, line.draft())
    assert (shown["next_version"], shown["newer_version"], shown["run_count"]) == (2, None, 1)
    (row,) = shown["runs"]
    assert (row["execution_id"], row["status"], row["version"]) == (run, "active", 1)
    assert (row["customer_name"], row["owner_name"], row["can_move"]) == ("Acme", company.csm.full_name, True)
    assert (row["answered_slides"], row["dropped_slides"]) == (["greeting", "review-account"], ["review-account"])
    assert row["resume_slide"] in NEW


def test_a_slide_whose_fields_were_left_empty_has_no_answer(company, line):
    line.answer(line.start(company.csm), "greeting", goal="", concern=None)
    assert [row["answered_slides"] for row in preview(company.csm, line.draft())["runs"]] == [[]]


def test_snoozed_and_escalated_runs_are_listed_and_ended_ones_not(company, sql, line):
    runs = {name: line.start(company.csm, name) for name in ("Active", "Escalated", "Snoozed")}
    snooze(company.csm, runs["Snoozed"])
    escalate(company.csm, runs["Escalated"], company.manager)
    ended = line.start(company.csm, "Ended")
    call_rpc(company.csm, "abandon_execution", p_execution_id=ended, p_key=str(uuid.uuid4()))
    shown = preview(company.csm, line.draft())["runs"]
    assert {row["customer_name"]: row["status"] for row in shown} == {
        "Active": "active",
        "Escalated": "escalated",
        "Snoozed": "snoozed",
    }


def test_a_preview_names_the_newer_version_the_draft_did_not_begin_with(company, line):
    draft = line.draft()
    line.publish()
    shown = preview(company.csm, draft)
    assert (shown["next_version"], shown["newer_version"]) == (3, 2)


def test_runs_of_stock_are_counted_and_stay(new_company, sql, stock_renewal):
    company = new_company()
    customer = str(insert_customer(sql, company.id, company.csm.id))
    call_rpc(company.csm, "start_workflow", p_workflow_id=stock_renewal, p_customer_id=customer)
    shown = preview(company.csm, insert_draft(sql, company.id, company.csm.id, workflow_id=stock_renewal))
    assert (shown["next_version"], shown["run_count"], shown["stock_run_count"]) == (1, 0, 1)


def test_a_colleagues_run_is_listed_and_moved_by_leaders_only(company, line):
    run = line.start(company.other_csm)
    draft = line.draft()
    assert [row["can_move"] for row in preview(company.csm, draft)["runs"]] == [False]
    assert [row["can_move"] for row in preview(company.manager, draft)["runs"]] == [True]
    version = line.publish()
    refused = move(company.csm, version, make_move(run))
    assert refused["moved"] == []
    assert [(each["execution_id"], each["customer_name"]) for each in refused["failed"]] == [(run, "Acme")]
    assert "belongs to a colleague" in refused["failed"][0]["reason"]
    assert len(move(company.manager, version, make_move(run))["moved"]) == 1


def test_chosen_runs_are_moved_and_what_cannot_be_is_named(company, sql, line):
    good, stale, ended = (line.start(company.csm, name) for name in ("Good", "Stale", "Ended"))
    staying = line.start(company.csm, "Staying")
    call_rpc(company.csm, "abandon_execution", p_execution_id=ended, p_key=str(uuid.uuid4()))
    version = line.publish()
    moves = [make_move(good), make_move(stale, 7), make_move(ended, 2), make_move(str(uuid.uuid4()))]
    done = move(company.csm, version, *moves)
    assert [each["execution_id"] for each in done["moved"]] == [good]
    reasons = {each["customer_name"]: each["reason"] for each in done["failed"]}
    assert set(reasons) == {"Stale", "Ended", None}
    assert "was changed elsewhere" in reasons["Stale"]
    assert "This run ended on" in reasons["Ended"]
    left = call_rpc(company.csm, "runs_on_older_versions", p_version_id=version)
    assert {row["execution_id"] for row in left["runs"]} == {stale, staying}
    assert str(fetch_execution(sql, good)["definition_version_id"]) == version


def test_each_move_is_one_event_and_taken_back_by_itself(company, sql, line):
    first, second = line.start(company.csm, "First"), line.start(company.csm, "Second")
    before = fetch_execution(sql, first)["definition_version_id"]
    version = line.publish()
    done = move(company.csm, version, make_move(first), make_move(second))["moved"]
    by_run = {each["execution_id"]: each["run_id"] for each in done}
    assert [event["kind"] for event in fetch_events(sql, first)][-1] == "moved"
    undo(company.csm, {"run_id": by_run[first]})
    assert fetch_execution(sql, first)["definition_version_id"] == before
    assert str(fetch_execution(sql, second)["definition_version_id"]) == version


def list_notices(sql, run: str, person: Any) -> list[str]:
    statement = "select body from public.notices where execution_id = %s and person_id = %s"
    return [row["body"] for row in fetch_rows(sql, statement, run, person.id)]


def test_an_owner_is_told_that_a_leader_moved_their_run_until_it_is_taken_back(company, sql, line):
    run, own = line.start(company.csm, "Theirs"), line.start(company.manager, "Own")
    version = line.publish()
    done = move(company.manager, version, make_move(run), make_move(own))["moved"]
    name = fetch_value(sql, "select full_name from public.profiles where id = %s", company.manager.id)
    (body,) = list_notices(sql, run, company.csm)
    assert body.startswith(f"{name} moved the run “")
    assert body.endswith("for Theirs from version 1 to version 2 of its workflow.")
    assert list_notices(sql, own, company.manager) == []
    call_rpc(company.manager, "undo_version_moves", p_run_ids=[each["run_id"] for each in done])
    assert list_notices(sql, run, company.csm) == []


def test_a_notice_of_a_move_that_was_read_stays(company, sql, line):
    run = line.start(company.csm, "Theirs")
    (done,) = move(company.manager, line.publish(), make_move(run))["moved"]
    sql.execute("update public.notices set read_at = now() where execution_id = %s", [run])
    undo(company.manager, {"run_id": done["run_id"]})
    assert len(list_notices(sql, run, company.csm)) == 1


def test_who_moves_their_own_run_gets_no_notice(company, sql, line):
    run = line.start(company.csm, "Own")
    move(company.csm, line.publish(), make_move(run))
    assert list_notices(sql, run, company.csm) == []


def test_moves_are_taken_back_at_once_where_nothing_has_changed_since(company, sql, line):
    good, changed = line.start(company.csm, "Good"), line.start(company.csm, "Changed")
    before = fetch_execution(sql, good)["definition_version_id"]
    version, newest = line.publish(), line.publish(["greeting", "summary"])
    done = move(company.csm, version, make_move(good), make_move(changed))["moved"]
    move(company.csm, newest, make_move(changed, 2))
    ids = [each["run_id"] for each in done]
    for _ in range(2):
        assert call_rpc(company.csm, "undo_version_moves", p_run_ids=ids) == ["Changed"]
    assert fetch_execution(sql, good)["definition_version_id"] == before
    assert str(fetch_execution(sql, changed)["definition_version_id"]) == newest


def test_the_same_click_moves_once(company, sql, line):
    run = line.start(company.csm)
    version = line.publish()
    one = make_move(run)
    outcomes = run_concurrently([lambda: move(company.csm, version, one) for _ in range(4)])
    assert [len(outcome["moved"]) for outcome in outcomes] == [1, 1, 1, 1]
    assert sorted(outcome["moved"][0]["repeated"] for outcome in outcomes) == [False, True, True, True]
    assert [event["kind"] for event in fetch_events(sql, run)].count("moved") == 1


@pytest.mark.parametrize(
    "moves",
    [None, {}, [], [1], [{}], ["x"], [{"execution_id": "x", "revision": 1, "key": "y"}], [[]], [None]],
    ids=str,
)
def test_what_names_no_runs_is_refused(company, line, moves):
    with assert_refused("PT400", "Choose 1 to 500 runs to move."):
        call_rpc(company.csm, "move_runs_to_version", p_version_id=line.publish(), p_moves=moves)


def test_a_move_with_an_odd_revision_or_too_many_runs_is_refused(company, line):
    version = line.publish()
    for revision in ("1", 1.5, -1, 10**12, None, True):
        with assert_refused("PT400"):
            move(company.csm, version, make_move(str(uuid.uuid4())) | {"revision": revision})
    with assert_refused("PT400"):
        move(company.csm, version, *(make_move(str(uuid.uuid4())) for _ in range(501)))


def test_another_company_sees_and_moves_nothing(company, strangers, sql, line):
    run = line.start(company.csm)
    draft, version = line.draft(), line.publish()
    with assert_refused("PT404"):
        preview(strangers.admin, draft)
    with assert_refused("PT404"):
        call_rpc(strangers.admin, "runs_on_older_versions", p_version_id=version)
    (failed,) = move(strangers.admin, version, make_move(run))["failed"]
    assert failed["customer_name"] is None
    assert failed["reason"] == "This run does not exist, or you don't have access to it."
    assert fetch_execution(sql, run)["revision"] == 1
