"""A database of its own: the worker takes whatever waits, also what other tests have queued."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lib.db.client import Client, create_http_pool
from lib.db.privileged_client import create_privileged_client
from lib.local import LocalStack, remove_stack, start_stack
from tests.conftest import quiet
from tests.support.function_calls import count_function_calls, record_called_functions
from tests.support.mail_server import MailServer, run_mail_server
from tests.support.server import REPOSITORY

Sql = psycopg.Connection[Any]
Queue = Callable[..., str]
StartWorker = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(scope="package")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    folder = tmp_path_factory.mktemp("worker")
    running = start_stack(folder=folder, seed=False, rest=os.environ.get("ZEN_TEST_REST"), report=quiet)
    count_function_calls(running)
    yield running
    record_called_functions(running)
    remove_stack(folder=folder, report=quiet)


@pytest.fixture
def sql(own_stack: LocalStack) -> Iterator[Sql]:
    with psycopg.connect(own_stack.database_url, autocommit=True) as connection:
        connection.execute("delete from private.outbox")
        connection.execute("delete from private.worker_jobs")
        yield connection


@pytest.fixture
def operator(own_stack: LocalStack) -> Client:
    return create_privileged_client(own_stack.url, own_stack.secret_key, create_http_pool())


@pytest.fixture
def queue(sql: Sql) -> Queue:
    """Each call queues a mail of the company; returns its id."""
    row = sql.execute("insert into public.companies (name) values ('Northwind') returning id").fetchone()
    assert row
    company = row[0]

    def queue_mail(recipient: str = "ann@zen.test", subject: str = "Join us", body: str = "Hello.") -> str:
        call = "select private.queue_mail(%s, 'invitation', %s, %s, %s, %s)"
        queued = sql.execute(call, [company, recipient, subject, body, str(uuid.uuid4())]).fetchone()
        assert queued
        return str(queued[0])

    return queue_mail


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


@pytest.fixture
def start_worker(own_stack: LocalStack, sql: Sql, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts `python -m lib.worker` as an operator does, its log in `tmp_path / "log"`."""
    started: list[subprocess.Popen[bytes]] = []
    key = {"SUPABASE_URL": own_stack.url, "SUPABASE_SECRET_KEY": own_stack.secret_key}

    def start(*arguments: str, python: str = sys.executable, **env: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "log").open("ab") as log:
            process = subprocess.Popen(
                [python, "-m", "lib.worker", *arguments], cwd=REPOSITORY, env=os.environ | key | env, stdout=log,
                stderr=log,
            )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def read_mail(sql: Sql, mail_id: str) -> dict[str, Any]:
    cursor = sql.execute("select *, due_at - now() as pause from private.outbox where id = %s", [mail_id])
    row = cursor.fetchone()
    assert row
    return dict(zip([column.name for column in cursor.description or ()], row, strict=True))


def let_everything_be_due(sql: Sql) -> None:
    """As if the claims of a worker that died had ended, and every pause was over."""
    sql.execute("update private.outbox set due_at = now()")
    sql.execute("update private.worker_jobs set due_at = now(), claim_ends_at = now()")
