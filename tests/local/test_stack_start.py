import os
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest

from lib.local import (
    LocalStack,
    LocalStartError,
    find_running_stack,
    recreate_stack,
    release_stack,
    start_stack,
    stop_stack,
)
from lib.local.paths import MIGRATIONS, REPOSITORY, LocalPaths
from lib.local.postgres_process import prepare_postgres_server
from tests.local.conftest import Cli, quiet

_USER = """
import sys, time
from pathlib import Path
from lib.local import start_stack
print(start_stack(folder=Path(sys.argv[1]), seed=False, report=lambda line: None).url, flush=True)
time.sleep(600)
"""


def tables(stack: LocalStack) -> list[str]:
    with psycopg.connect(stack.database_url) as connection:
        return [row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'public'")]


def test_the_first_start_makes_a_migrated_database_behind_the_api(empty_folder: Path) -> None:
    said: list[str] = []
    stack = start_stack(folder=empty_folder, seed=False, report=said.append)
    assert "companies" in tables(stack)
    assert httpx.get(f"{stack.url}/rest/v1/", headers={"apikey": stack.secret_key}).status_code == 200
    assert said[0] == "Creating the database"
    assert any(line.startswith("Migrating: ") for line in said)
    assert said[-1].startswith("Ready in ")


def test_a_second_up_joins_the_running_stack(folder: Path) -> None:
    first, said = start_stack(folder=folder, seed=False, report=quiet), []
    assert start_stack(folder=folder, seed=False, report=said.append) == first
    assert said == ["Running already"]


def test_a_stopped_stack_comes_back_with_its_data_keys_and_ports(folder: Path) -> None:
    first = start_stack(folder=folder, seed=False, report=quiet)
    with psycopg.connect(first.database_url) as connection:
        connection.execute("create table public.mark ()")
    stop_stack(folder=folder, report=quiet)
    assert find_running_stack(folder=folder) is None
    assert start_stack(folder=folder, seed=False, report=quiet) == first
    assert "mark" in tables(first)


def test_a_later_start_grants_nothing_that_the_migrations_took_away(folder: Path) -> None:
    start_stack(folder=folder, seed=False, report=quiet)
    stop_stack(folder=folder, report=quiet)
    stack = start_stack(folder=folder, seed=False, report=quiet)
    with psycopg.connect(stack.database_url) as connection:
        connection.execute("create table public.later ()")
        anything = "select has_table_privilege('anon', 'public.later', 'select, insert, update, delete')"
        assert connection.execute(anything).fetchone() == (False,)


def test_reset_empties_the_database_and_keeps_the_keys(folder: Path) -> None:
    first = start_stack(folder=folder, seed=False, report=quiet)
    with psycopg.connect(first.database_url) as connection:
        connection.execute("create table public.mark ()")
    again = recreate_stack(folder=folder, seed=False, report=quiet)
    assert "mark" not in tables(again)
    assert again.secret_key == first.secret_key


def test_two_folders_have_two_stacks(folder: Path, other_folder: Path) -> None:
    mine = start_stack(folder=folder, seed=False, report=quiet)
    other = start_stack(folder=other_folder, seed=False, report=quiet)
    assert {mine.url, mine.secret_key, mine.database_url}.isdisjoint({other.url, other.secret_key, other.database_url})
    assert httpx.get(f"{other.url}/rest/v1/", headers={"apikey": mine.secret_key}).status_code == 401


def test_two_ups_at_once_make_one_stack(empty_folder: Path) -> None:
    starts = [_another_user(empty_folder) for _ in range(2)]
    urls = {start.stdout.readline() for start in starts if start.stdout}
    for start in starts:
        start.kill()
        start.wait()
    assert len(urls) == 1
    assert urls != {""}


def test_the_last_user_stops_it(folder: Path) -> None:
    stack = start_stack(folder=folder, seed=False, report=quiet)
    start_stack(folder=folder, seed=False, report=quiet)
    release_stack(stack)
    assert find_running_stack(folder=folder)
    release_stack(stack)
    assert find_running_stack(folder=folder) is None


def test_a_user_who_was_killed_does_not_count(folder: Path) -> None:
    killed = _another_user(folder)
    assert killed.stdout
    assert killed.stdout.readline()
    stack = start_stack(folder=folder, seed=False, report=quiet)
    killed.kill()
    killed.wait()
    release_stack(stack)
    assert find_running_stack(folder=folder) is None


def test_another_users_stack_stays_when_we_leave(folder: Path) -> None:
    other = _another_user(folder)
    assert other.stdout
    assert other.stdout.readline()
    release_stack(start_stack(folder=folder, seed=False, report=quiet))
    assert find_running_stack(folder=folder)
    other.kill()
    other.wait()


def test_what_the_command_line_started_stays(folder: Path, cli: Cli) -> None:
    assert cli("up", "--no-seed").returncode == 0
    release_stack(start_stack(folder=folder, seed=False, report=quiet))
    assert find_running_stack(folder=folder)


def test_a_start_that_failed_leaves_nothing_running(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise LocalStartError("The seed failed.")

    monkeypatch.setattr("lib.local.supabase_stack.seed_database", fails)
    with pytest.raises(LocalStartError, match="The seed failed"):
        start_stack(folder=folder, report=quiet)
    assert find_running_stack(folder=folder) is None
    assert prepare_postgres_server(LocalPaths(folder)).pid is None


def test_status_prints_environment_lines(folder: Path, cli: Cli) -> None:
    assert cli("status").returncode == 1
    stack = start_stack(folder=folder, seed=False, report=quiet)
    printed = cli("status").stdout.splitlines()
    assert printed == [f"{name}={value}" for name, value in stack.environment.items()]
    assert [line.split("=")[0] for line in printed] == [
        "SUPABASE_URL",
        "SUPABASE_PUBLISHABLE_KEY",
        "SUPABASE_SECRET_KEY",
        "DATABASE_URL",
    ]


def test_only_we_may_read_what_holds_a_secret(folder: Path) -> None:
    stack = start_stack(folder=folder, seed=False, rest="postgrest", report=quiet)
    secrets = [stack.secret_key, stack.session_secret, stack.database_url.split(":")[2].split("@")[0]]
    for file in (file for file in folder.rglob("*") if file.is_file() and "data" not in file.relative_to(folder).parts):
        text = file.read_bytes().decode(errors="replace")
        if file.suffix in (".json", ".log", ".conf") or any(secret in text for secret in secrets):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_secrets_never_stand_in_a_command_line(folder: Path) -> None:
    stack = start_stack(folder=folder, seed=False, report=quiet)
    shown = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(folder) in shown
    assert stack.secret_key not in shown
    assert stack.session_secret not in shown


def test_it_listens_on_loopback_alone(folder: Path) -> None:
    stack = start_stack(folder=folder, seed=False, report=quiet)
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute("show listen_addresses").fetchone()
    assert row == ("127.0.0.1",)
    assert stack.url.startswith("http://127.0.0.1:")


def test_a_very_deep_folder_works_too(empty_folder: Path) -> None:
    deep = empty_folder / ("a-rather-long-name-for-a-folder/" * 4)
    stack = start_stack(folder=deep, seed=False, report=quiet)
    assert tables(stack)
    stop_stack(folder=deep, report=quiet)


@pytest.mark.parametrize("rest", ["lite", "postgrest"])
def test_a_folder_with_blanks_and_quotes_in_its_path_works_too(empty_folder: Path, rest: str) -> None:
    odd = empty_folder / "a folder with 'quotes' & blanks"
    stack = start_stack(folder=odd, seed=False, rest=rest, report=quiet)
    assert httpx.get(f"{stack.url}/rest/v1/", headers={"apikey": stack.secret_key}).status_code == 200
    stop_stack(folder=odd, report=quiet)


def test_migrations_are_recorded_as_the_supabase_cli_records_them(stack: LocalStack) -> None:
    with psycopg.connect(stack.database_url) as connection:
        rows = connection.execute(
            "select version, name from supabase_migrations.schema_migrations order by 1"
        ).fetchall()
    assert [f"{version}_{name}.sql" for version, name in rows] == sorted(path.name for path in MIGRATIONS.glob("*.sql"))


def _another_user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _USER, str(folder)],
        cwd=REPOSITORY,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        text=True,
    )
