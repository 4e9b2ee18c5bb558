import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.local import processes


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time starts, stops or empties a stack; the lock goes with its process."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def enrol(users: Path) -> None:
    users.mkdir(exist_ok=True)
    (users / str(os.getpid())).write_text(processes.birth(os.getpid()))


def leave(users: Path) -> None:
    (users / str(os.getpid())).unlink(missing_ok=True)


def others(users: Path) -> list[int]:
    """Pids of the processes that use the stack and still live; the dead are struck off."""
    living = []
    for entry in users.glob("*"):
        pid = int(entry.name)
        if processes.alive(pid) and processes.birth(pid) == entry.read_text():
            living.append(pid)
        else:
            entry.unlink(missing_ok=True)
    return living
