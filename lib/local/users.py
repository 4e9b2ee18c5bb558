import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.local import processes


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time starts, stops or empties a stack; the lock goes with its process."""
    while True:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _still(lock, file.fileno()):
                continue  # the folder was removed while we waited
            yield
            return


def _still(lock: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(lock.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def enrol(users: Path) -> None:
    """Count this process in; once for every `up` it called."""
    users.mkdir(exist_ok=True)
    pid = os.getpid()
    _write(users, pid, _read(users / str(pid)) + 1)


def leave(users: Path) -> None:
    pid = os.getpid()
    times = _read(users / str(pid)) - 1
    if times > 0:
        _write(users, pid, times)
    else:
        (users / str(pid)).unlink(missing_ok=True)


def any_left(users: Path) -> bool:
    """Whether a process that uses the stack still lives; the dead are struck off."""
    entries = [entry for entry in users.glob("*") if entry.name.isdigit()]
    for entry in entries:
        if not _read(entry):
            entry.unlink(missing_ok=True)
    return any(entry.exists() for entry in entries)


def _write(users: Path, pid: int, times: int) -> None:
    (users / str(pid)).write_text(f"{times} {processes.birth(pid)}")


def _read(entry: Path) -> int:
    """How often the process uses the stack; 0 when it is dead or its pid is another's now."""
    try:
        times, birth = entry.read_text().split(" ", 1)
    except (OSError, ValueError):
        return 0
    pid = int(entry.name)
    return int(times) if processes.alive(pid) and processes.birth(pid) == birth else 0
