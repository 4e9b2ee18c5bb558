"""Supabase's own advisors, security and performance lints run by its CLI, find nothing to warn of."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lib import local
from lib.local.node_runtime import find_node_runtime
from lib.local.npm_packages import install_npm_packages
from lib.local.paths import LocalPaths


@pytest.fixture(scope="session")
def supabase_cli(stack: local.LocalStack) -> Path:
    home = install_npm_packages(
        LocalPaths(stack.folder), find_node_runtime(), everything=True, report=lambda _line: None
    )
    return home / "node_modules" / ".bin" / "supabase"


def advise(cli: Path, database_url: str, folder: Path) -> list[dict[str, Any]]:
    """What is at least a warning."""
    command = [cli, "db", "advisors", f"--remote={database_url}", "--level=warn", "--output-format=json"]
    done = subprocess.run(
        [*command, f"--workdir={folder}"],
        env=os.environ
        | {"DO_NOT_TRACK": "1", "PATH": f"{find_node_runtime().program.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)["results"]


def test_the_advisors_have_nothing_to_warn_of(supabase_cli, stack, tmp_path):
    found = advise(supabase_cli, stack.database_url, tmp_path)
    assert [(lint["name"], lint["detail"]) for lint in found] == []
