import datetime
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lib.local.errors import LocalStartError, build_disk_full_error, has_little_space, reports_full_disk
from lib.local.paths import REPOSITORY, write_private_file

_INPUTS = (
    "supabase/migrations",
    "supabase/stock",
    "lib/demo",
    "lib/workflows/stock_seed.py",
    "lib/workflows/stock_branch_seed.py",
)
_SEED_MODULES = ("lib.workflows", "lib.demo")
_DAILY_SEED = ("lib.demo", "freshen")


def seed_database(
    stamp: Path, env: Mapping[str, str], report: Callable[[str], None], *, disks: Sequence[Path] = ()
) -> None:
    """Seed stock and demo rows if their sources changed; else, once a day, move the demo's dates to today.

    `disks` are the folders that may be full when a seed fails. Raises LocalStartError.
    """
    inputs, today = _hash_seed_sources(), datetime.date.today().isoformat()
    last = _read_seed_stamp(stamp)
    if last == {"inputs": inputs, "day": today}:
        return
    commands = [_DAILY_SEED] if last.get("inputs") == inputs else [(module, "seed") for module in _SEED_MODULES]
    try:
        for module, verb in commands:
            _run_seed_command(module, verb, env, report)
    except LocalStartError as error:
        # Out of space Postgres ends, and what the seed reports is a lost connection.
        if has_little_space(*disks):
            raise build_disk_full_error("the local database") from error
        raise
    write_private_file(stamp, json.dumps({"inputs": inputs, "day": today}))


def _run_seed_command(module: str, verb: str, env: Mapping[str, str], report: Callable[[str], None]) -> None:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, verb], cwd=REPOSITORY, env=os.environ | env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        for line in process.stdout or ():
            report(line.rstrip())
        errors = process.stderr.read() if process.stderr else ""
    if process.returncode:
        if reports_full_disk(errors):
            raise build_disk_full_error("the local database")
        lines = [line for line in errors.splitlines() if line.strip()]
        raise LocalStartError(
            f"Seeding by python -m {module} {verb} failed: {lines[-1] if lines else 'it says nothing'}",
            hint="Start again to repeat it.",
        )


def _read_seed_stamp(stamp: Path) -> dict[str, str]:
    try:
        stored = json.loads(stamp.read_text(encoding="utf-8"))
        return stored if isinstance(stored, dict) else {}
    except (OSError, ValueError):
        return {}


def _hash_seed_sources() -> str:
    digest = hashlib.sha256()
    for name in _INPUTS:
        path = REPOSITORY / name
        files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(REPOSITORY)}\0".encode() + file.read_bytes())
    return digest.hexdigest()
