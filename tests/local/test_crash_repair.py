import json
import os
import shutil
import signal
import socket
from pathlib import Path

import httpx
import psycopg
import pytest

from lib.local import LocalStack, LocalStartError, find_running_stack, recreate_stack, start_stack
from lib.local.migrations import read_migrations
from lib.local.paths import LocalPaths
from lib.local.ports import is_port_free
from lib.local.postgres_process import PostgresServer, prepare_postgres_server, stop_postgres
from lib.local.processes import is_process_alive, stop_process, wait_until
from tests.local.conftest import pid_in, quiet


def server_of(stack: LocalStack) -> PostgresServer:
    return prepare_postgres_server(LocalPaths(stack.folder))


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not is_process_alive(pid), timeout=5)


def works(stack: LocalStack) -> bool:
    with psycopg.connect(stack.database_url) as connection:
        connection.execute("select id from public.companies")
    answer = httpx.get(f"{stack.url}/rest/v1/companies?select=id", headers={"apikey": stack.secret_key})
    return answer.status_code == 200


def test_a_killed_gateway_comes_back(folder: Path) -> None:
    stack = start_stack(folder=folder, seed=False, report=quiet)
    kill(pid_in(folder / "gateway.pid"))
    assert find_running_stack(folder=folder) is None
    assert start_stack(folder=folder, seed=False, report=quiet) == stack
    assert works(stack)


def test_a_killed_postgres_comes_back_under_the_living_gateway(folder: Path) -> None:
    stack = start_stack(folder=folder, seed=False, report=quiet)
    gateway = pid_in(folder / "gateway.pid")
    kill(pid_in(server_of(stack).data / "postmaster.pid"))
    assert start_stack(folder=folder, seed=False, report=quiet) == stack
    assert works(stack)
    assert pid_in(folder / "gateway.pid") == gateway


def test_everything_killed_at_once_comes_back(folder: Path) -> None:
    stack = start_stack(folder=folder, seed=False, rest="postgrest", report=quiet)
    files = (folder / "gateway.pid", folder / "postgrest.pid", server_of(stack).data / "postmaster.pid")
    for file in files:
        kill(pid_in(file))
    assert start_stack(folder=folder, seed=False, rest="postgrest", report=quiet) == stack
    assert works(stack)


def test_a_stale_pid_that_is_somebody_elses_now_is_left_alone(folder: Path) -> None:
    stack = start_stack(folder=folder, seed=False, report=quiet)
    postmaster = server_of(stack).data / "postmaster.pid"
    kill(pid_in(folder / "gateway.pid"))
    kill(pid_in(postmaster))
    lines = postmaster.read_text().split("\n")
    postmaster.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    (folder / "gateway.pid").write_text(str(os.getpid()))
    assert start_stack(folder=folder, seed=False, report=quiet) == stack
    assert works(stack)


@pytest.mark.parametrize("missing", ["complete", "pg_hba.conf", "global"])
def test_a_half_finished_first_start_is_repaired(folder: Path, missing: str) -> None:
    stack = start_stack(folder=folder, seed=False, report=quiet)
    server = server_of(stack)
    stop_postgres(server)
    (server.data / "complete").unlink()
    if missing != "complete":
        found = server.data / missing
        shutil.rmtree(found) if found.is_dir() else found.unlink()
    (folder / "keys.json").write_text('{"publishable_key": "sb_pub')
    (folder / "ports.json").write_text("{")
    assert works(start_stack(folder=folder, seed=False, report=quiet))


def test_lost_keys_are_made_anew_and_the_data_stays(folder: Path) -> None:
    first = start_stack(folder=folder, seed=False, report=quiet)
    with psycopg.connect(first.database_url) as connection:
        connection.execute("create table public.mark ()")
    (folder / "keys.json").unlink()
    again = start_stack(folder=folder, seed=False, report=quiet)
    assert again.secret_key != first.secret_key
    with psycopg.connect(again.database_url) as connection:
        connection.execute("select from public.mark")
    assert works(again)


def test_a_migration_that_fails_leaves_nothing_and_the_next_start_goes_on(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tmp_path / "migrations"
    ours.mkdir()
    (ours / "20260101000000_good.sql").write_text("create table public.good ();")
    (ours / "20260101000001_bad.sql").write_text("create table public.half ();\nselect nonsense();")
    monkeypatch.setattr(read_migrations, "__defaults__", (ours,))
    with pytest.raises(LocalStartError, match=r"20260101000001_bad does not run \(line 2\)"):
        start_stack(folder=empty_folder, seed=False, report=quiet)
    (ours / "20260101000001_bad.sql").write_text("create table public.half ();")
    said: list[str] = []
    stack = start_stack(folder=empty_folder, seed=False, report=said.append)
    assert "Migrating: bad" in said
    assert "Migrating: good" not in said
    assert stack


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_a_database_made_by_other_migrations_has_to_be_reset(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    ours = tmp_path / "migrations"
    ours.mkdir()
    migration = ours / "20260101000000_good.sql"
    migration.write_text("create table public.good ();")
    monkeypatch.setattr(read_migrations, "__defaults__", (ours,))
    start_stack(folder=empty_folder, seed=False, report=quiet)
    migration.unlink()
    if change == "edited":
        migration.write_text("create table public.good (id int);")
    with pytest.raises(LocalStartError) as caught:
        start_stack(folder=empty_folder, seed=False, report=quiet)
    assert caught.value.message == "The local database was made by another version of Zen."
    assert caught.value.hint == "Run: python -m lib.local reset (this empties the local database)."
    recreate_stack(folder=empty_folder, seed=False, report=quiet)
    start_stack(folder=empty_folder, seed=False, report=quiet)


def test_a_remembered_port_that_is_taken_is_exchanged(folder: Path) -> None:
    first = start_stack(folder=folder, seed=False, report=quiet)
    ports = json.loads((folder / "ports.json").read_text())
    kill(pid_in(folder / "gateway.pid"))
    assert wait_until(lambda: is_port_free(ports["gateway"]), timeout=5)
    with socket.create_server(("127.0.0.1", ports["gateway"])):
        again = start_stack(folder=folder, seed=False, report=quiet)
        assert again.url != first.url
        assert works(again)


def test_data_whose_folder_was_deleted_is_swept_up(folder: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    server = server_of(start_stack(folder=gone, seed=False, report=quiet))
    gateway = pid_in(gone / "gateway.pid")
    pid = server.pid
    assert pid
    shutil.rmtree(gone)
    stop_process(gateway)
    start_stack(folder=folder, seed=False, report=quiet)
    if server.account.is_ours:
        stop_process(pid)
    assert not is_process_alive(pid)
    assert not server.home.exists()
