"""Runs the mutants: `python -m tests.mutants [WORD …] [--jobs 2]`. Exit code 1 if one survives.

With words, only mutants whose name or file has one of them. Each job works on a copy of the tree of its own and starts
its own embedded Supabase where the tests ask for one.
"""

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from enum import StrEnum
from pathlib import Path

from tests.mutants.list import MUTANTS
from tests.mutants.model import REPOSITORY, Mutant

TIME_LIMIT_SECONDS = 900
TESTS_FAILED = 1
NODE_MODULES = Path("supabase/local/node_modules")


class Fate(StrEnum):
    """What became of a mutant. `BROKEN`: it could not be tried, so no test noticed anything."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants whose name or file has one of these")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if is_chosen(mutant, options.words)]
    print(f"{len(chosen)} mutants; first the tests without one", flush=True)
    if not pass_without_mutant(chosen):
        print("Some of the tests fail without a mutant. Mend them first.")
        return 1
    fates = run_mutants(chosen, options.jobs)
    left = [
        f"{fates.get(mutant, Fate.BROKEN)}: {mutant.name} ({mutant.path})"
        for mutant in chosen
        if fates.get(mutant) is not Fate.KILLED
    ]
    print(*left, f"{len(chosen) - len(left)} of {len(chosen)} killed, {len(left)} left", sep="\n")
    return 1 if left else 0


def is_chosen(mutant: Mutant, words: list[str]) -> bool:
    return not words or any(word in mutant.name or word in mutant.path for word in words)


def pass_without_mutant(mutants: list[Mutant]) -> bool:
    """True if the tests pass as the tree is. Else they would seem to notice every mutant."""
    tests = tuple(dict.fromkeys(test for mutant in mutants for test in mutant.tests))
    with tempfile.TemporaryDirectory(prefix="zen-mutants-") as folder:
        return run_tests(tests, copy_tree(Path(folder) / "tree"), limit=None) is Fate.SURVIVED


def run_mutants(mutants: list[Mutant], jobs: int) -> dict[Mutant, Fate]:
    """The fate of each, several at a time."""
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for mutant in mutants:
        waiting.put(mutant)
    fates: dict[Mutant, Fate] = {}

    def work() -> None:
        with tempfile.TemporaryDirectory(prefix="zen-mutants-") as folder:
            tree = copy_tree(Path(folder) / "tree")
            while True:
                try:
                    mutant = waiting.get_nowait()
                except queue.Empty:
                    return
                began = time.monotonic()
                fates[mutant] = try_mutant(mutant, tree)
                seconds = time.monotonic() - began
                print(f"{fates[mutant]:8} {seconds:4.0f} s  {mutant.path}: {mutant.name}", flush=True)

    workers = [threading.Thread(target=work) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return fates


def copy_tree(folder: Path) -> Path:
    """The files git knows of, as they are now, and the packages of the gateway."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    names = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.splitlines()
    for name in names:
        source, target = REPOSITORY / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    if (REPOSITORY / NODE_MODULES).exists():
        shutil.copytree(REPOSITORY / NODE_MODULES, folder / NODE_MODULES, symlinks=True)
    return folder


def try_mutant(mutant: Mutant, tree: Path) -> Fate:
    path = tree / mutant.path
    source = path.read_text()
    try:
        path.write_text(mutant.apply(source))
    except ValueError as error:
        print(error, file=sys.stderr)
        return Fate.BROKEN
    try:
        return run_tests(mutant.tests, tree)
    finally:
        path.write_text(source)


def run_tests(tests: tuple[str, ...], tree: Path, limit: int | None = TIME_LIMIT_SECONDS) -> Fate:
    # No compiled files: two writes in one second leave one that is out of date.
    with tempfile.TemporaryDirectory(prefix="zen-mutant-") as folder:
        options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--basetemp", f"{folder}/pytest"]
        try:
            done = subprocess.run(
                [sys.executable, "-B", "-m", "pytest", *options, *tests],
                cwd=tree,
                env=os.environ | {"TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Fate.KILLED
    if done.returncode == 0:
        return Fate.SURVIVED
    is_noticed = done.returncode == TESTS_FAILED
    if limit is None or not is_noticed:
        print(done.stdout.decode()[-4000:], file=sys.stderr)
    return Fate.KILLED if is_noticed else Fate.BROKEN


if __name__ == "__main__":
    sys.exit(main())
