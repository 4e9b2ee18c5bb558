"""What became of the runs of a workflow: counts by version and slide, as people may see them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.database.factories import AccountFactory, Sql, insert_row, publish_next_version, publish_workflow
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

SLIDES = ["greeting", "review-account", "summary"]


class Workflow:
    """A workflow of the company with two versions, and runs of it inserted past the policies."""

    def __init__(self, sql: Sql, company: Company, today: Any) -> None:
        self.sql, self.company, self.today = sql, company, today
        self.definition = publish_workflow(sql, company.id, f"w-{uuid.uuid4()}", slides=SLIDES)
        self.versions = {1: self.find_first_version(), 2: publish_next_version(sql, self.definition)}

    def find_first_version(self) -> uuid.UUID:
        found = self.sql.execute(
            "select id, workflow_id from public.workflow_definition_versions where definition_id = %s",
            [self.definition],
        ).fetchone()
        assert found
        self.workflow_id = found[1]
        return found[0]

    def insert_run(self, version: int = 1, *, days: int = 10, at: str = "summary", **changes: Any) -> uuid.UUID:
        account = AccountFactory(self.sql, self.company.id, self.company.csm.id, day=self.today)
        account.insert_contract()
        started = self.today - timedelta(days=60)
        ended = changes.get("status") in ("completed", "skipped", "abandoned")
        values = {"status": "active", "current_slide": at, "started_at": started} | changes
        return insert_row(
            self.sql, "workflow_executions", company_id=self.company.id, customer_id=account.id,
            owner_id=self.company.csm.id, workflow_id=self.workflow_id, definition_version_id=self.versions[version],
            **values | ({"ended_at": started + timedelta(days=days)} if ended else {}),
        )  # fmt: skip

    def complete(self, outcome: str = "renewed", amount: int | None = 9_000, **changes: Any) -> uuid.UUID:
        values = {"status": "completed", "outcome_code": outcome, "outcome_amount": amount}
        return self.insert_run(**values | changes)

    def insert_step(self, run: uuid.UUID, slide: str, status: str = "done", reason: str | None = None) -> None:
        words = {"skip_reason": reason} if reason else {}
        insert_row(
            self.sql, "workflow_step_executions", company_id=self.company.id, execution_id=run, slide_id=slide,
            status=status, saved_by=self.company.csm.id, **words,
        )  # fmt: skip

    def read(self, person: Any = None) -> dict[str, Any]:
        return call_rpc(person or self.company.csm, "workflow_effectiveness", p_definition_id=str(self.definition))

    def read_version(self, number: int = 1, person: Any = None) -> dict[str, Any]:
        return next(each for each in self.read(person)["versions"] if each["version"] == number)

    def read_slide(self, slide: str, number: int = 1) -> dict[str, Any]:
        return next(each for each in self.read()["slides"] if (each["version"], each["slide_id"]) == (number, slide))


@pytest.fixture
def workflow(sql, company, today) -> Workflow:
    return Workflow(sql, company, today)


def test_runs_count_under_the_version_they_are_pinned_to(workflow):
    workflow.complete(days=10)
    workflow.complete(days=20)
    workflow.insert_run(status="abandoned")
    workflow.insert_run(status="skipped", skip_reason="not_relevant")
    workflow.insert_run(2)
    first, second = workflow.read_version(1), workflow.read_version(2)
    counts = ("started", "open", "completed", "skipped", "abandoned", "stopped")
    assert [first[name] for name in counts] == [4, 0, 2, 1, 1, 1]
    assert [second[name] for name in counts] == [1, 1, 0, 0, 0, 0]
    assert (float(first["median_days"]), second["median_days"]) == (15, None)
    assert first["skip_reasons"] == [{"code": "not_relevant", "runs": 1}]
    assert [each["version"] for each in workflow.read()["versions"]] == [2, 1]


def test_arr_is_that_of_the_term_a_run_began_in_and_of_its_outcome(workflow):
    workflow.complete("renewed", 9_000)
    workflow.complete("churned", None)
    workflow.complete("undecided", None)
    found = workflow.read_version()
    assert (found["arr_runs"], float(found["arr_before"]), float(found["arr_after"])) == (2, 20_000, 9_000)
    assert sorted(found["outcomes"], key=lambda each: each["code"]) == [
        {"code": code, "runs": 1} for code in ("churned", "renewed", "undecided")
    ]
    assert workflow.read()["outcome_labels"]["renewed"] == "Renewed"


def test_a_slide_counts_the_runs_that_came_to_it_and_why_they_skipped_it(workflow):
    for reason in ("not_relevant", "not_relevant", "other"):
        workflow.insert_step(workflow.insert_run(at="summary"), "review-account", "skipped", reason)
    workflow.insert_step(workflow.complete(at="greeting"), "review-account")
    workflow.insert_run(at="greeting")
    slide = workflow.read_slide("review-account")
    assert (slide["reached"], slide["skipped"], slide["stopped"]) == (4, 3, 0)
    assert slide["reasons"][0] == {"code": "not_relevant", "runs": 2}
    assert workflow.read()["reason_labels"]["not_relevant"]
    assert workflow.read_slide("greeting")["reached"] == 5


def test_runs_stop_where_they_were_abandoned_or_left_for_thirty_days(workflow, sql):
    workflow.insert_run(status="abandoned", at="review-account")
    left = workflow.insert_run(at="review-account")
    workflow.insert_run(at="review-account")
    with sql.transaction():
        sql.execute("set local session_replication_role = replica")
        sql.execute(
            "update public.workflow_executions set updated_at = now() - interval '31 days' where id = %s", [left]
        )
    assert workflow.read_slide("review-account")["stopped"] == 2
    assert workflow.read_version()["stopped"] == 2


def test_only_runs_of_ones_company_are_counted_for_a_stock_workflow(company, strangers, sql, stock_renewal):
    definition = sql.execute(
        "select id from public.workflow_definitions where workflow_id = %s and company_id is null", [stock_renewal]
    ).fetchone()[0]
    customer = AccountFactory(sql, company.id, company.csm.id).id
    call_rpc(company.csm, "start_workflow", p_workflow_id=stock_renewal, p_customer_id=str(customer))

    def count(person: Any) -> int:
        found = call_rpc(person, "workflow_effectiveness", p_definition_id=str(definition))
        return sum(each["started"] for each in found["versions"])

    assert count(company.other_csm) == 1
    before = count(strangers.csm)
    customer = AccountFactory(sql, company.id, company.csm.id).id
    call_rpc(company.csm, "start_workflow", p_workflow_id=stock_renewal, p_customer_id=str(customer))
    assert count(strangers.csm) == before


def test_another_companys_workflow_does_not_exist(workflow, strangers):
    with assert_refused("PT404"):
        workflow.read(strangers.manager)


def test_somebody_without_a_company_is_refused(workflow, uninvited):
    with assert_refused("PT403"):
        workflow.read(uninvited)
