import json
from pathlib import Path

import pytest

from lib.local import LocalStartError, seed_data
from lib.local.seed_data import seed_database

_MODULE = """
import sys
print("Seeding", sys.argv[1], flush=True)
if (sys.argv[1:] == ["seed"]) and {fails}:
    sys.exit("no such table")
"""


@pytest.fixture
def stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A seed module of the test's own, and the place of the stamp."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(seed_data, "_SEED_MODULES", ("its_seed",))
    monkeypatch.setattr(seed_data, "_DAILY_SEED", ("its_seed", "freshen"))
    write(tmp_path)
    return tmp_path / "seeded.json"


def write(folder: Path, *, fails: bool = False) -> None:
    (folder / "its_seed").mkdir(exist_ok=True)
    (folder / "its_seed" / "__init__.py").touch()
    (folder / "its_seed" / "__main__.py").write_text(_MODULE.format(fails=fails))


def run(stamp: Path) -> list[str]:
    said: list[str] = []
    seed_database(stamp, {}, said.append)
    return said


def test_seeds_run_once_for_the_same_inputs(stamp: Path) -> None:
    assert run(stamp) == ["Seeding seed"]
    assert run(stamp) == []


def test_changed_inputs_seed_again(stamp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(stamp)
    monkeypatch.setattr(seed_data, "_hash_seed_sources", lambda: "changed")
    assert run(stamp) == ["Seeding seed"]


def test_on_a_later_day_the_demo_is_freshened_only(stamp: Path) -> None:
    run(stamp)
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"day": "2020-01-01"}))
    assert run(stamp) == ["Seeding freshen"]
    assert run(stamp) == []


def test_a_seed_that_failed_is_named_and_runs_again(stamp: Path, tmp_path: Path) -> None:
    write(tmp_path, fails=True)
    with pytest.raises(LocalStartError, match="Seeding by python -m its_seed seed failed: no such table"):
        run(stamp)
    write(tmp_path)
    assert run(stamp) == ["Seeding seed"]
