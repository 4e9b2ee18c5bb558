"""A stack with the demo book in it, apart from the one other tests share: nobody else's customers are in the way."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psycopg
import pytest

from lib import local
from lib.app_context import configure_supabase
from lib.db.client import Client, create_http_pool, create_supabase_client
from lib.demo.__main__ import main
from lib.demo.people import PASSWORD
from lib.settings import Settings

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Demo:
    """`sql` is a connection past the policies; `person("alice")` a client that acts under them."""

    stack: local.LocalStack
    sql: psycopg.Connection[tuple[object, ...]] = field(repr=False)

    def run(self, *arguments: str) -> int:
        """`python -m lib.demo` with these arguments, in this process."""
        before = dict(os.environ)
        os.environ |= self.stack.seed_environment
        try:
            return main(arguments)
        finally:
            os.environ.clear()
            os.environ.update(before)

    def count(self, question: str) -> int:
        row = self.sql.execute(question).fetchone()
        assert row
        return int(str(row[0]))

    def person(self, name: str) -> Client:
        return _client(self.stack.url, self.stack.publishable_key, name)


@cache
def _client(url: str, key: str, name: str) -> Client:
    settings, pool = Settings(url=url, publishable_key=key, session_secret=""), create_http_pool()
    company = "brindle" if name in ("erin", "frank") else "larkfield"
    credentials = {"email": f"{name}@{company}.example", "password": PASSWORD}
    answer = create_supabase_client(settings, pool).auth.sign_in_with_password(credentials)
    assert answer.session
    return create_supabase_client(settings, pool, access_token=answer.session.access_token)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Seeded as `python -m lib.local up` does it: stock first, then the book."""
    folder = tmp_path_factory.mktemp("zen-demo")
    stack = local.start_stack(folder=folder, seed=False, report=lambda _line: None)
    seed = [sys.executable, "-m", "lib.workflows", "seed"]
    subprocess.run(seed, cwd=REPOSITORY, env=os.environ | stack.environment, check=True, capture_output=True)
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        made = Demo(stack, connection)
        assert made.run("seed") == 0
        yield made
    local.release_stack(stack)
    local.remove_stack(folder=folder, report=lambda _line: None)


@pytest.fixture(scope="module")
def app_of_demo(demo: Demo) -> Iterator[None]:
    """This process is configured as the app of that stack."""
    before = dict(os.environ)
    configure_supabase(demo.stack.app_environment)
    yield
    os.environ.clear()
    configure_supabase(before)
