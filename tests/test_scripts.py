"""JavaScript and CSS pass biome: syntax, lint, and the format of the scripts (biome.json)."""

import subprocess
from pathlib import Path

import pytest

from lib.local.node_runtime import find_node_runtime
from lib.local.npm_packages import install_npm_packages
from lib.local.paths import LocalPaths
from tests.support.server import REPOSITORY


@pytest.fixture
def biome(tmp_path: Path) -> Path:
    home = install_npm_packages(LocalPaths(tmp_path), find_node_runtime(), everything=True, report=lambda _line: None)
    return home / "node_modules" / "@biomejs" / "biome" / "bin" / "biome"


def test_biome_has_nothing_to_say(biome: Path) -> None:
    done = subprocess.run(
        [find_node_runtime().program, biome, "check", "--error-on-warnings", "--colors=off", "."],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
