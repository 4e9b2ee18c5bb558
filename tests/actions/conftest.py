"""A company, its people as the services see them, and runs to act on.

`team`         one company for all: each test has a run of its own
`services`     what a member can do: `services(team.csm).actions`
`new_run`      each call starts a run for another customer of the CSM; `deadline_in` gives it a contract
"""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from lib import services as wiring
from lib.actions.model import ActionKind, SavedAction, Subject
from lib.services import Services
from tests.chat.desk import person_of
from tests.database.calls import call
from tests.database.rows import Account, Sql, add, one, publish
from tests.support.companies import Company, Member

SLIDES = ["greeting", "review-account", "pricing-strategy", "summary"]


@pytest.fixture(scope="session")
def team(stack: object, sql: Sql) -> Company:
    return Company.make(sql, "Marlow Instruments")


@pytest.fixture(scope="session")
def strangers(stack: object, sql: Sql) -> Company:
    return Company.make(sql, "Someone Else")


@pytest.fixture
def services() -> Callable[[Member], Services]:
    return lambda who: wiring.build(who.client, person_of(who))


@pytest.fixture
def new_run(sql: Sql, team: Company) -> Callable[..., Subject]:
    def start(*, deadline_in: int | None = None) -> Subject:
        if not one(sql, "select 1 from workflow_definitions where workflow_id = 'ours' and company_id = %s", team.id):
            publish(sql, team.id, "ours", slides=SLIDES)
        account = Account(sql, team.id, team.csm.id, day=one(sql, "select current_date"))
        if deadline_in is not None:
            account.contract(notice_in=deadline_in)
        run = call(team.csm, "start_workflow", p_workflow_id="ours", p_customer_id=str(account.id))
        return Subject(execution_id=str(run["execution_id"]))

    return start


@pytest.fixture
def run(new_run: Callable[..., Subject]) -> Subject:
    return new_run()


def key() -> str:
    return str(uuid.uuid4())


def of_kind(there: Services, kind: str) -> SavedAction:
    """The global action of a kind."""
    return next(action for action in there.actions.available() if action.kind == kind and action.is_global)


def own_action(there: Services, *steps: dict[str, Any], **content: Any) -> SavedAction:
    """A custom action of the company, made by whoever `there` acts for."""
    return there.actions.create(ActionKind.CUSTOM, f"Ours {key()}", {"parameters": {"steps": list(steps)}, **content})


def customer_of(sql: Sql, run: Subject) -> str:
    return str(one(sql, "select customer_id from workflow_executions where id = %s", run.execution_id))


def saved_action(team: Company, kind: str, **values: Any) -> str:
    """A company's action, past the checks of the service."""
    words = {"name": f"{kind} {key()}", "created_by": team.manager.id} | values
    return str(add(team.sql, "saved_actions", company_id=team.id, kind=kind, **words))
