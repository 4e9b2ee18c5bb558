import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.local import LocalStack, release_stack, remove_stack, start_stack
from lib.local.paths import REPOSITORY, LocalPaths
from lib.local.postgres_process import prepare_postgres_server

Cli = Callable[..., subprocess.CompletedProcess[str]]


def quiet(_line: str) -> None:
    """A report nobody reads."""


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own; what runs in it ends with the test."""
    for name in ("ZEN_LOCAL_DIR", "ZEN_LOCAL_PORT", "ZEN_LOCAL_REST"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path / "local"
    remove_stack(folder=tmp_path / "local", report=quiet)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPaths]:
    """The folder of a stopped stack, to be copied: a copy starts in less than half the time of a first start."""
    paths = LocalPaths(tmp_path_factory.mktemp("template") / "local")
    release_stack(start_stack(folder=paths.folder, seed=False, report=quiet))
    yield paths
    remove_stack(folder=paths.folder, report=quiet)


@pytest.fixture
def folder(empty_folder: Path, template: LocalPaths) -> Path:
    """A data folder with a migrated database that has run before; keys and ports are made at the next start."""
    copy_database(template, empty_folder)
    return empty_folder


@pytest.fixture
def other_folder(tmp_path: Path, template: LocalPaths) -> Iterator[Path]:
    """A second one."""
    copy_database(template, tmp_path / "other")
    yield tmp_path / "other"
    remove_stack(folder=tmp_path / "other", report=quiet)


def copy_database(template: LocalPaths, folder: Path) -> None:
    source, target = (prepare_postgres_server(paths).data for paths in (template, LocalPaths(folder)))
    subprocess.run(["cp", "-a", source, target], check=True)


@pytest.fixture
def cli(empty_folder: Path) -> Cli:
    """Runs `python -m lib.local …` on the test's folder."""

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lib.local", *arguments],
            cwd=REPOSITORY,
            env=os.environ | {"ZEN_LOCAL_DIR": str(empty_folder)} | env,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="package")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, LocalStack]]:
    """One running stack for each REST service, for tests that only ask it something."""
    root = tmp_path_factory.mktemp("stacks")
    yield {rest: start_stack(folder=root / rest, seed=False, rest=rest, report=quiet) for rest in ("lite", "postgrest")}
    for rest in ("lite", "postgrest"):
        remove_stack(folder=root / rest, report=quiet)


@pytest.fixture(params=["lite", "postgrest"])
def stack(request: pytest.FixtureRequest, stacks: dict[str, LocalStack]) -> LocalStack:
    return stacks[request.param]


def pid_in(file: Path) -> int:
    return int(file.read_text().split("\n", 1)[0])


def last_code(stack: LocalStack, email: str) -> str:
    """The code in the newest mail to the address."""
    lines = [line for line in (stack.folder / "mail.log").read_text().splitlines() if f"mail to {email}:" in line]
    found = re.search(r"code (\d{6})$", lines[-1])
    assert found, lines[-1]
    return found[1]
