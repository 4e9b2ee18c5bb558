from collections.abc import Iterator
from typing import Any

import pytest

from lib.auth import process
from lib.db.client import connect
from tests.database.rows import Sql
from tests.security.world import World
from tests.support.companies import Company, new_email


@pytest.fixture(scope="session")
def world(stack: Any, sql: Sql) -> Iterator[World]:
    here = process.current()
    anon = connect(here.settings, here.pool)
    answer = connect(here.settings, here.pool).auth.sign_up({"email": new_email(), "password": "correct horse battery"})
    assert answer.session
    uninvited = connect(here.settings, here.pool, access_token=answer.session.access_token)
    made = World(sql, Company.make(sql, "Northwind"), Company.make(sql, "Someone Else"), uninvited, anon)
    yield made
    made.forget_stock()
