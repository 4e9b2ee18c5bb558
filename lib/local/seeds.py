import datetime
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from lib.local.errors import LocalStartError
from lib.local.layout import REPOSITORY, write_private

_INPUTS = (
    "supabase/migrations",
    "supabase/stock",
    "lib/demo",
    "lib/workflows/stock_seed.py",
    "lib/workflows/stock_branches.py",
)
_SEEDS = ("lib.workflows", "lib.demo")
_DAILY = ("lib.demo", "freshen")


def ensure_seeded(stamp: Path, env: Mapping[str, str], report: Callable[[str], None]) -> None:
    """Seed when what is seeded has changed since, and bring the demo's dates up to today once a day."""
    inputs, today = _hash_of_inputs(), datetime.date.today().isoformat()
    last = _read(stamp)
    if last.get("inputs") != inputs:
        for module in _SEEDS:
            _run(module, "seed", env, report)
    elif last.get("day") != today:
        _run(*_DAILY, env, report)
    else:
        return
    write_private(stamp, json.dumps({"inputs": inputs, "day": today}))


def _run(module: str, verb: str, env: Mapping[str, str], report: Callable[[str], None]) -> None:
    if not _exists(f"{module}.__main__"):
        return
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, verb], cwd=REPOSITORY, env=os.environ | env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        for line in process.stdout or ():
            report(line.rstrip())
        said = process.stderr.read() if process.stderr else ""
    if process.returncode:
        lines = [line for line in said.splitlines() if line.strip()]
        raise LocalStartError(
            f"Seeding by python -m {module} {verb} failed: {lines[-1] if lines else 'it says nothing'}",
            hint="Start again to repeat it.",
        )


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _read(stamp: Path) -> dict[str, str]:
    try:
        stored = json.loads(stamp.read_text(encoding="utf-8"))
        return stored if isinstance(stored, dict) else {}
    except (OSError, ValueError):
        return {}


def _hash_of_inputs() -> str:
    digest = hashlib.sha256()
    for name in _INPUTS:
        path = REPOSITORY / name
        files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(REPOSITORY)}\0".encode() + file.read_bytes())
    return digest.hexdigest()
