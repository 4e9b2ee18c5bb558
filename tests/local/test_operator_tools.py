"""The operator's tools on a database that has no migrations yet."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from lib.local import start_stack, supabase_stack
from lib.local.paths import REPOSITORY
from tests.local.conftest import quiet

SENTENCE = (
    "The database does not have all tables and functions of this version of Zen. "
    "Its operator applies the migrations: docs/deploy.md."
)


@pytest.mark.parametrize("rest", ["lite", "postgrest"])
def test_without_migrations_each_tool_asks_for_them(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest: str
) -> None:
    monkeypatch.setattr(supabase_stack, "apply_migrations", lambda _dsn, _report: 0)
    stack = start_stack(folder=empty_folder, seed=False, rest=rest, report=quiet)
    export = tmp_path / "accounts.csv"
    export.write_text("Account Name,Segment\nAcme,smb\n")
    imports = ("lib.imports", str(export), "--company", str(uuid.uuid4()), "--mapping", "CRM accounts")
    for tool in (
        ("lib.workflows", "seed"), ("lib.workflows", "inspect"), ("lib.executions", "wake"),
        ("lib.companies", "list"), ("lib.companies", "create", "Acme", "--admin", "a@zen.test"), imports,
    ):  # fmt: skip
        command, env = [sys.executable, "-m", *tool], os.environ | stack.environment
        done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.splitlines()[-1]) == (1, SENTENCE), tool
    command, env = [sys.executable, "-m", "lib.demo", "seed"], os.environ | stack.seed_environment
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "does not have Zen's tables" in done.stderr) == (1, True), done.stderr
    command = [sys.executable, "-m", "lib.worker", "--once"]
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    assert SENTENCE in done.stderr
