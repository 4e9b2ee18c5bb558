from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from lib.db.client import Client, create_http_pool
from lib.db.privileged_client import create_privileged_client
from tests.database.clients import anonymous_client, uninvited_client
from tests.database.factories import SLIDES, AccountFactory, Sql, fetch_value, insert_customer, publish_workflow
from tests.database.forecast_calls import Renewal
from tests.database.import_calls import StagedFile, operator_client
from tests.database.rpc import call_rpc
from tests.support.companies import Company


@pytest.fixture
def today(sql: Sql) -> date:
    """The database's."""
    return fetch_value(sql, "select current_date")


@pytest.fixture(scope="session")
def books(stack: Any, sql: Sql) -> Company:
    """One company for the formulas, which look at one customer at a time."""
    return Company.create(sql, "Fernhill Analytics")


@pytest.fixture(scope="session")
def strangers(stack: Any, sql: Sql) -> Company:
    """Another company, to whom nothing here exists."""
    return Company.create(sql, "Someone Else")


@pytest.fixture
def new_account(sql: Sql, books: Company) -> Callable[..., AccountFactory]:
    """Each call makes another customer, 700 days old unless said otherwise."""

    def make(**values: Any) -> AccountFactory:
        return AccountFactory(sql, books.id, books.csm.id, **values)

    return make


@pytest.fixture
def anyone(stack: Any) -> Client:
    """Somebody who is not signed in."""
    return anonymous_client()


@pytest.fixture
def operator(stack: Any) -> Client:
    """The operator's tools and the worker: past the policies."""
    return create_privileged_client(stack.url, stack.secret_key, create_http_pool())


@pytest.fixture
def stock_renewal(sql: Sql) -> str:
    """The workflow id of a stock workflow that is there."""
    there = "select 1 from public.workflow_definitions where workflow_id = 'standard-renewal' and company_id is null"
    if not fetch_value(sql, there):
        words = {"workflow_id": "standard-renewal", "version": 1, "name": "Standard renewal", "description": ""}
        seed = words | {"category": "renewal", "slide_sequence": SLIDES}
        sql.execute("select public.seed_stock_workflow(%s)", [Jsonb(seed)])
    return "standard-renewal"


@pytest.fixture
def new_run(sql: Sql) -> Callable[..., str]:
    """Each call starts a run of the company's own workflow for another customer of its CSM; returns its id."""

    def start(company: Company, category: str = "renewal") -> str:
        workflow_id, owned = f"{category}-run", "workflow_id = %s and company_id = %s"
        if not fetch_value(sql, f"select 1 from public.workflow_definitions where {owned}", workflow_id, company.id):
            publish_workflow(sql, company.id, workflow_id, category=category)
        customer = str(insert_customer(sql, company.id, company.csm.id))
        return call_rpc(company.csm, "start_workflow", p_workflow_id=workflow_id, p_customer_id=customer)[
            "execution_id"
        ]

    return start


@pytest.fixture
def uninvited(stack: Any) -> Client:
    """Somebody who signed up and belongs to no company."""
    return uninvited_client()


@pytest.fixture
def file(stack: Any, sql: Sql, company: Company) -> Callable[..., StagedFile]:
    """A file the manager stages, of customers unless said otherwise: `file(kind="notes").stage({...})`."""
    operator = operator_client(stack)
    return lambda **changes: StagedFile(**{"sql": sql, "operator": operator, "who": company.manager} | changes)


@pytest.fixture
def renewal(sql: Sql, company: Company, today: date) -> Callable[..., Renewal]:
    """Each call makes a customer whose term of a year ends in 40 days, unless said otherwise."""
    return lambda **given: Renewal(sql, company, today, **given)
