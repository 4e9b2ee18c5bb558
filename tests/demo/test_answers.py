"""The book's answers are those the slides ask for: a key that is renamed there must be renamed here."""

from typing import Any

from lib.customers.account_repository import AccountRepository
from lib.executions.model import StepStatus
from lib.executions.repository import ExecutionRepository
from lib.forms.answer_validation import validate_answers
from lib.slides import slide_builder
from lib.slides.model import SlideInput
from lib.workflows.composer import compose_workflow
from tests.demo.conftest import Demo


def faults_of(demo: Demo, name: str, runs: list[str]) -> list[str]:
    client, found = demo.person(name), []
    for run_id in runs:
        run = ExecutionRepository(client).fetch_run(run_id)
        account = AccountRepository(client).fetch_account(run.customer_id)
        answers = {slide: step.answers for slide, step in run.steps.items()}
        for composed in compose_workflow(run.version).slides:
            typed = answers.get(str(composed.slide.id))
            if typed is None or run.steps[str(composed.slide.id)].status == StepStatus.SKIPPED:
                continue
            inp = SlideInput(
                account=account,
                context=composed.context,
                category=run.version.category,
                person_name="",
                answers=answers,
            )
            form = slide_builder.build_slide_form(composed.slide, inp)
            unknown = set(typed) - {field.key for field in form.fields}
            found += [
                f"{account.customer.name}, {composed.slide.id}: {fault}"
                for fault in (
                    *validate_answers(form, typed, draft=not run.is_open),
                    *(f"unknown {key}" for key in unknown),
                )
            ]
    return found


def runs_of(demo: Demo, where: str) -> list[str]:
    rows: Any = demo.sql.execute(f"select id::text from workflow_executions where {where}").fetchall()
    return [row[0] for row in rows]


def test_answers_of_open_runs_are_whole(demo: Demo) -> None:
    assert (
        faults_of(
            demo,
            "carol",
            runs_of(demo, "ended_at is null and company_id = (select id from companies where name like 'Lark%')"),
        )
        == []
    )


def test_answers_of_finished_runs_can_be_read(demo: Demo) -> None:
    finished = runs_of(demo, "ended_at is not null and company_id = (select id from companies where name like 'Lark%')")
    assert faults_of(demo, "carol", finished) == []
