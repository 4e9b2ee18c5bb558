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
from lib.actions.model import ActionKind, ActionSubject, SavedAction
from lib.services import Services
from tests.chat.chat_harness import get_person
from tests.database.factories import AccountFactory, Sql, fetch_value, insert_row, publish_workflow
from tests.database.rpc import call_rpc
from tests.support.companies import Company, Member

SLIDES = ["greeting", "review-account", "pricing-strategy", "summary"]


@pytest.fixture(scope="session")
def team(stack: object, sql: Sql) -> Company:
    return Company.create(sql, "Marlow Instruments")


@pytest.fixture(scope="session")
def strangers(stack: object, sql: Sql) -> Company:
    return Company.create(sql, "Someone Else")


@pytest.fixture
def services() -> Callable[[Member], Services]:
    return lambda who: wiring.build_services(who.client, get_person(who))


@pytest.fixture
def new_run(sql: Sql, team: Company) -> Callable[..., ActionSubject]:
    def start(*, deadline_in: int | None = None) -> ActionSubject:
        if not fetch_value(
            sql, "select 1 from workflow_definitions where workflow_id = 'ours' and company_id = %s", team.id
        ):
            publish_workflow(sql, team.id, "ours", slides=SLIDES)
        account = AccountFactory(sql, team.id, team.csm.id, day=fetch_value(sql, "select current_date"))
        if deadline_in is not None:
            account.insert_contract(notice_in=deadline_in)
        run = call_rpc(team.csm, "start_workflow", p_workflow_id="ours", p_customer_id=str(account.id))
        return ActionSubject(execution_id=str(run["execution_id"]))

    return start


@pytest.fixture
def run(new_run: Callable[..., ActionSubject]) -> ActionSubject:
    return new_run()


def new_key() -> str:
    return str(uuid.uuid4())


def find_global_action(there: Services, kind: str) -> SavedAction:
    """The global action of a kind."""
    return next(
        action for action in there.actions.fetch_available_actions() if action.kind == kind and action.is_global
    )


def create_company_action(there: Services, *steps: dict[str, Any], **content: Any) -> SavedAction:
    """A company action of the company, made by whoever `there` acts for."""
    return there.actions.create_action(
        ActionKind.COMPANY_ACTION, f"Ours {new_key()}", {"parameters": {"steps": list(steps)}, **content}
    )


def customer_id_of(sql: Sql, run: ActionSubject) -> str:
    return str(fetch_value(sql, "select customer_id from workflow_executions where id = %s", run.execution_id))


def insert_saved_action(team: Company, kind: str, **values: Any) -> str:
    """A company's action, past the checks of the service."""
    words = {"name": f"{kind} {new_key()}", "created_by": team.manager.id} | values
    return str(insert_row(team.sql, "saved_actions", company_id=team.id, kind=kind, **words))
