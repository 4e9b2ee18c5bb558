"""A price is saved while somebody decides on it: what was not asked for is never approved."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.database.factories import Sql, fetch_rows
from tests.database.rpc import call_rpc, run_concurrently
from tests.database.test_price_approvals import asked, decide, line, prices, propose, quote, run, save
from tests.support.companies import Company

__all__ = ["run"]

ROUNDS = 8
APPROVALS = "select status, superseded_at, figures, decided_by from public.price_approvals where execution_id = %s"


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    ready = threading.Barrier(len(calls))

    def when_ready(call: Callable[[], Any]) -> Any:
        ready.wait()
        return call()

    return run_concurrently([lambda call=call: when_ready(call) for call in calls])


def test_a_decision_and_a_save_at_once_never_approve_the_new_price(company: Company, run: str, sql: Sql) -> None:
    for step in range(ROUNDS):
        propose(company.csm, run, discount=15 + step / 10)
        row = asked(sql, run)
        outcome, _ = at_once(
            lambda row=row: decide(company.manager, row)["status"],
            lambda step=step: propose(company.csm, run, discount=19 + step / 10 if step % 2 else 18),
        )
        assert outcome in ("approved", "PT409")
        current = asked(sql, run)
        assert (current["status"], current["id"] != row["id"]) == ("waiting", True)
        (old,) = fetch_rows(sql, "select * from public.price_approvals where id = %s", row["id"])
        assert old["status"] == ("approved" if outcome == "approved" else "withdrawn")
        assert old["superseded_at"] is not None
        assert prices(company.csm, run)["scenario"]["approval"]["status"] == "waiting"


def test_a_decision_and_a_promise_at_once_never_approve_the_promise(company: Company, run: str, sql: Sql) -> None:
    for step in range(ROUNDS):
        quote(company.csm, run, line(15), remarks=f"Net {step}.")
        row = asked(sql, run, "quote")
        promise = f"{step} months free."
        outcome, _ = at_once(
            lambda row=row: decide(company.manager, row)["status"],
            lambda promise=promise: quote(company.csm, run, line(15), remarks=promise),
        )
        assert outcome in ("approved", "PT409")
        current = asked(sql, run, "quote")
        assert (current["status"], current["figures"]["terms"]["remarks"]) == ("waiting", promise)


def test_saves_of_two_people_at_once_leave_one_price_that_waits_for_its_author(
    company: Company, run: str, sql: Sql
) -> None:
    for step in range(ROUNDS):
        save(company.csm, run, "pricing-strategy", {"scenarios": [], "chosen": None, "walk_away": str(step)})
        outcomes = at_once(
            lambda: propose(company.csm, run, discount=45),
            lambda: propose(company.manager, run, discount=46),
        )
        assert outcomes.count("PT409") <= 1
        current = asked(sql, run)
        author = company.csm if current["off_list_percent"] == 45 else company.manager
        assert (current["requested_by"], current["status"]) == (author.id, "waiting")
        (alive,) = [row for row in fetch_rows(sql, APPROVALS, run) if row["superseded_at"] is None]
        assert alive["decided_by"] is None


@pytest.mark.parametrize("ends", ["complete", "skip"])
def test_a_decision_and_the_end_of_the_run_at_once_are_one_after_the_other(
    ends: str, company: Company, run: str, sql: Sql
) -> None:
    propose(company.csm, run, discount=15)
    row = asked(sql, run)
    revision = call_rpc(company.csm, "workflow_run", p_execution_id=run)["execution"]["revision"]

    def end() -> str:
        if ends == "complete":
            call_rpc(
                company.csm,
                "complete_workflow",
                p_execution_id=run,
                p_revision=revision,
                p_outcome_code="no_decision",
                p_reason="They wait.",
            )
        else:
            sql.execute(
                "update public.workflow_executions set status = 'skipped', ended_at = now(), revision = revision + 1 "
                "where id = %s",
                [run],
            )
        return "ended"

    decided, ended = at_once(lambda: decide(company.manager, row)["status"], end)
    assert decided in ("approved", "PT409")
    assert ended == "ended"
    assert asked(sql, run)["status"] == ("approved" if decided == "approved" else "waiting")
