"""The one place that wires a signed-in client to what can be done with it.

A page: `services = build(current_client(), require_person())`, in every run; it costs microseconds and no request.
Adding a service costs one field here and one line in `build`.
"""

from dataclasses import dataclass

from lib.accounts.repository import AccountRepository
from lib.auth.model import Person
from lib.db.client import Client
from lib.executions.repository import ExecutionRepository
from lib.executions.service import ExecutionService
from lib.workflows.repository import WorkflowRepository
from lib.workflows.service import WorkflowService


@dataclass(frozen=True, kw_only=True)
class Services:
    """What a signed-in person can do. All of it acts with that person's own rights."""

    person: Person
    client: Client
    accounts: AccountRepository
    executions: ExecutionService
    workflows: WorkflowService


def build(client: Client, person: Person) -> Services:
    return Services(
        person=person,
        client=client,
        accounts=AccountRepository(client),
        executions=ExecutionService(ExecutionRepository(client)),
        workflows=WorkflowService(WorkflowRepository(client), person),
    )
