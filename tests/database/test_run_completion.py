import json
from typing import Any

import pytest

from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc, run_concurrently

FITS = {
    "renewal": {"renewed", "expanded", "downgraded", "churned", "no_decision"},
    "risk": {"contact_secured", "risk_accepted", "no_decision"},
    "strategy": {"plan_agreed", "expanded", "no_decision"},
    "expansion": {"plan_agreed", "expanded", "no_decision"},
}
CODES = sorted(set().union(*FITS.values()))


def complete(who: Any, run: str, code: str | None, *, revision: int | None = 1, **more: Any) -> Any:
    given = {"p_execution_id": run, "p_revision": revision, "p_outcome_code": code}
    return call_rpc(who, "complete_workflow", **given, **{f"p_{name}": value for name, value in more.items()})


@pytest.mark.parametrize("category", FITS)
def test_each_category_has_its_outcomes(books, new_run, category):
    for code in CODES:
        run = new_run(books, category=category)
        if code in FITS[category]:
            done = complete(books.csm, run, code, amount="120000.50", reason="Because.")
            assert (done["status"], done["outcome_code"], done["revision"]) == ("completed", code, 2)
        else:
            with assert_refused("PT400", "Choose an outcome."):
                complete(books.csm, run, code, amount=1, reason="Because.")


def test_completion_keeps_the_outcome_and_tells_it(books, sql, new_run):
    run = new_run(books)
    done = complete(books.csm, run, "downgraded", amount=90_000, reason="  Fewer seats. ", notes="  ")
    assert done["ended_at"]
    assert (done["outcome_amount"], done["outcome_reason"], done["outcome_notes"]) == (90_000, "Fewer seats.", None)
    told = "from public.workflow_execution_events where execution_id = %s and kind = 'completed'"
    assert fetch_value(sql, f"select actor_id {told}", run) == books.csm.id
    assert fetch_value(sql, f"select payload {told}", run) == {
        "from": "active",
        "to": "completed",
        "outcome_code": "downgraded",
        "outcome_amount": 90_000,
        "outcome_reason": "Fewer seats.",
        "set": {"status": "completed"},
    }


@pytest.mark.parametrize(
    ("code", "more", "faults"),
    [
        (None, {}, ["Choose an outcome."]),
        ("won", {}, ["Choose an outcome."]),
        ("renewed", {}, ["Enter the new ARR."]),
        ("expanded", {"amount": -1}, ["The ARR cannot be negative."]),
        ("downgraded", {}, ["Enter the new ARR.", "Say why."]),
        ("churned", {"reason": "   "}, ["Say why."]),
        ("no_decision", {"amount": -1}, ["The ARR cannot be negative.", "Say why."]),
        ("plan_agreed", {"amount": -1}, ["Choose an outcome.", "The ARR cannot be negative."]),
        ("renewed", {"amount": "NaN"}, ["The ARR is too large."]),
        ("renewed", {"amount": 1_000_000_000_000}, ["The ARR is too large."]),
        ("churned", {"reason": "x" * 20_001}, ["The reason can have up to 20,000 characters."]),
        ("renewed", {"amount": 1, "notes": "x" * 200_001}, ["The notes can have up to 200,000 characters."]),
    ],
)
def test_every_fault_is_named_at_once(books, new_run, code, more, faults):
    with assert_refused("PT400") as error:
        complete(books.csm, new_run(books), code, **more)
    assert json.loads(error.value.details) == faults
    assert error.value.message == " ".join(faults)


def test_nought_is_an_amount(books, new_run):
    assert complete(books.csm, new_run(books), "renewed", amount=0)["outcome_amount"] == 0


@pytest.mark.parametrize("revision", [None, 0, 2])
def test_a_run_changed_meanwhile_is_not_completed(books, new_run, revision):
    with assert_refused("PT409", "changed elsewhere") as error:
        complete(books.csm, new_run(books), "renewed", amount=1, revision=revision)
    assert json.loads(error.value.details)["execution"]["revision"] == 1


def test_a_save_meanwhile_makes_a_completion_stale(books, new_run):
    run = new_run(books)
    call_rpc(books.csm, "save_step", p_execution_id=run, p_slide_id="greeting", p_answers={}, p_revision=0)
    with assert_refused("PT409"):
        complete(books.csm, run, "renewed", amount=1)
    assert complete(books.csm, run, "renewed", amount=1, revision=2)["status"] == "completed"


def test_completing_twice_at_once_ends_it_once(books, sql, new_run):
    run = new_run(books)
    outcomes = run_concurrently([lambda: complete(books.csm, run, "renewed", amount=1) for _ in range(8)])
    assert outcomes.count("PT409") == 7
    told = "select array_agg(kind order by id) from public.workflow_execution_events where execution_id = %s"
    assert fetch_value(sql, told, run) == ["started", "completed"]


def test_only_the_owner_and_leaders_complete(books, strangers, new_run):
    run = new_run(books)
    with assert_refused("PT403"):
        complete(books.other_csm, run, "renewed", amount=1)
    with assert_refused("PT404"):
        complete(strangers.admin, run, "renewed", amount=1)
    assert complete(books.manager, run, "renewed", amount=1)["owner_id"] == str(books.csm.id)
