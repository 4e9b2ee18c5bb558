"""Cases of a workflow: completed runs kept to try newer versions on, and runs that may become one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.customers.account_repository import parse_account
from lib.customers.model import Account
from lib.db.row_parsing import parse_row
from lib.executions.model import StepExecution
from lib.forms.model import Answers
from lib.workflows.model import WorkflowVersion


@dataclass(frozen=True, kw_only=True)
class WorkflowCase:
    """A completed run with its version, its answers by slide, and its account as it was when the run ended."""

    id: str
    name: str
    execution_id: str
    customer_name: str
    kept_by_name: str
    may_remove: bool
    ended_at: datetime
    version: WorkflowVersion
    account: Account
    answers: Mapping[str, Answers]


@dataclass(frozen=True, kw_only=True)
class CaseCandidate:
    """A completed run that is no case yet."""

    execution_id: str
    customer_name: str
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class WorkflowCases:
    cases: tuple[WorkflowCase, ...]
    candidates: tuple[CaseCandidate, ...]


def parse_cases(answer: Mapping[str, Any]) -> WorkflowCases:
    """Cases as `public.workflow_cases` returns them."""
    return WorkflowCases(
        cases=tuple(_parse_case(row) for row in answer["cases"]),
        candidates=tuple(parse_row(CaseCandidate, row) for row in answer["candidates"]),
    )


def _parse_case(row: Mapping[str, Any]) -> WorkflowCase:
    steps = [parse_row(StepExecution, step) for step in row["steps"]]
    given = {"account": parse_account(row["account"]), "answers": {step.slide_id: step.answers for step in steps}}
    return parse_row(WorkflowCase, {**row, **given})
