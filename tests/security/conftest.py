from collections.abc import Iterator
from typing import Any

import pytest

from tests.database.people import not_signed_in, without_company
from tests.database.rows import Sql
from tests.security.world import World
from tests.support.companies import Company


@pytest.fixture(scope="session")
def world(stack: Any, sql: Sql) -> Iterator[World]:
    mine, other = Company.make(sql, "Northwind Analytics"), Company.make(sql, "Someone Else")
    made = World(sql, mine, other, without_company(), not_signed_in())
    yield made
    made.forget_stock()
