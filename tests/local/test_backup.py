"""Backup and restore as docs/deploy.md describes them, from one stack into another."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from lib.db.client import Client, create_http_pool, create_supabase_client
from lib.demo.people import DEMO_PEOPLE, PASSWORD
from lib.local import LocalStack, start_stack
from lib.local.paths import REPOSITORY, LocalPaths
from lib.local.postgres_process import prepare_postgres_server
from lib.settings import Settings
from tests.local.conftest import quiet

TABLES = """
    select c.oid::regclass::text from pg_class c where c.relkind = 'r'
      and (c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) or c.oid = 'auth.users'::regclass)
"""
DEPLOY_PAGE = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")


@pytest.fixture
def source(folder: Path) -> LocalStack:
    stack = start_stack(folder=folder, seed=False, report=quiet)
    for module in ("lib.workflows", "lib.demo"):
        command = [sys.executable, "-m", module, "seed"]
        subprocess.run(
            command, cwd=REPOSITORY, env=os.environ | stack.seed_environment, check=True, capture_output=True
        )
    with psycopg.connect(stack.database_url) as connection:
        connection.execute("drop table private.demo_anchor")  # the demo's own, in no migration
    return stack


@pytest.fixture
def target(other_folder: Path) -> LocalStack:
    return start_stack(folder=other_folder, seed=False, report=quiet)


def read_commands(heading: str) -> str:
    """The shell commands below a heading of docs/deploy.md."""
    section = DEPLOY_PAGE.split(f"### {heading}\n")[1]
    return section.split("```sh\n")[1].split("```")[0]


def run_commands(commands: str, folder: Path, *, source: LocalStack, target: LocalStack) -> None:
    binaries = prepare_postgres_server(LocalPaths(source.folder)).binaries.root / "bin"
    environment = os.environ | {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "SOURCE": source.database_url,
        "TARGET": target.database_url,
    }
    script = f"set -eu\n{commands.replace('deploy/', f'{REPOSITORY}/deploy/')}"
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def count_rows(stack: LocalStack) -> dict[str, int]:
    with psycopg.connect(stack.database_url) as connection:
        tables = [row[0] for row in connection.execute(TABLES)]
        counts = {table: connection.execute(f"select count(*) from {table}").fetchone() for table in tables}
    return {table: row[0] for table, row in counts.items() if row}


def sign_in(stack: LocalStack, email: str) -> tuple[str, Client]:
    settings, pool = (
        Settings(url=stack.url, publishable_key=stack.publishable_key, session_secret=""),
        create_http_pool(),
    )
    answer = create_supabase_client(settings, pool).auth.sign_in_with_password({"email": email, "password": PASSWORD})
    assert answer.session
    assert answer.user
    return answer.user.id, create_supabase_client(settings, pool, access_token=answer.session.access_token)


def test_a_backup_is_restored_once_with_people_rows_and_search(
    source: LocalStack, target: LocalStack, tmp_path: Path
) -> None:
    email = DEMO_PEOPLE[0].email
    before, (person, client) = count_rows(source), sign_in(source, email)
    found = client.rpc("search_chats", {"p_query": "renewal"}).execute().data
    run_commands(read_commands("Backup"), tmp_path, source=source, target=target)
    run_commands(read_commands("Restore"), tmp_path, source=source, target=target)
    after = count_rows(target)
    assert after == before
    assert before["workflow_chat_messages"] > 20
    restored, client = sign_in(target, email)
    assert restored == person
    assert client.rpc("search_chats", {"p_query": "renewal"}).execute().data == found
    with pytest.raises(AssertionError, match="This database has people already"):
        run_commands(read_commands("Restore"), tmp_path, source=source, target=target)
    assert count_rows(target) == after
