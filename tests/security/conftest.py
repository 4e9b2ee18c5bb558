from collections.abc import Iterator
from typing import Any

import pytest

from tests.database.clients import anonymous_client, uninvited_client
from tests.database.factories import Sql
from tests.security.fixtures import TenantFixtures
from tests.support.companies import Company


@pytest.fixture(scope="session")
def world(stack: Any, sql: Sql) -> Iterator[TenantFixtures]:
    mine, other = Company.create(sql, "Northwind Analytics"), Company.create(sql, "Someone Else")
    made = TenantFixtures(sql, mine, other, uninvited_client(), anonymous_client())
    yield made
    made.delete_stock_rows()
