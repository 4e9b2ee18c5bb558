"""Who uses a stack: one lease file per process, named by its pid. The last process to leave stops the stack."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

START_TOLERANCE_SECONDS = 1.0


@contextmanager
def hold_file_lock(lock: Path) -> Iterator[None]:
    """Hold the lock file: one thread of one process at a time starts, stops or empties a stack."""
    # flock, not fasteners: its lockf neither keeps threads of one process apart nor survives closing any other
    # descriptor of the file (docs/decisions/0014).
    while True:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _is_open_lock_file_current(lock, file.fileno()):
                continue  # the folder was removed while we waited
            yield
            return


def _is_open_lock_file_current(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def acquire_lease(leases: Path) -> None:
    """Count one use of the stack by this process."""
    leases.mkdir(exist_ok=True)
    lease = leases / str(os.getpid())
    _write_lease_uses(lease, _read_lease_uses(lease) + 1)


def release_lease(leases: Path) -> None:
    """Count one use less; the last one deletes the lease."""
    lease = leases / str(os.getpid())
    uses = _read_lease_uses(lease) - 1
    if uses > 0:
        _write_lease_uses(lease, uses)
    else:
        lease.unlink(missing_ok=True)


def has_live_leases(leases: Path) -> bool:
    """True if a running process uses the stack. Deletes the leases of processes that have ended."""
    found = [lease for lease in leases.glob("*") if lease.name.isdigit()]
    for lease in found:
        if not _read_lease_uses(lease):
            lease.unlink(missing_ok=True)
    return any(lease.exists() for lease in found)


def _write_lease_uses(lease: Path, uses: int) -> None:
    lease.write_text(f"{uses} {_read_process_start(int(lease.name))}")


def _read_lease_uses(lease: Path) -> int:
    """How many uses the lease counts; 0 if its process has ended, also if another has the same pid now."""
    try:
        uses, start = lease.read_text().split(" ")
        same = abs(_read_process_start(int(lease.name)) - float(start)) < START_TOLERANCE_SECONDS
        return int(uses) if same else 0
    except (OSError, ValueError, psutil.Error):
        return 0


def _read_process_start(pid: int) -> float:
    """When the process began, in seconds after boot: the wall clock may be set in the meantime."""
    process = psutil.Process(pid)
    if process.status() == psutil.STATUS_ZOMBIE:
        raise psutil.ZombieProcess(pid)
    return process.create_time() - psutil.boot_time()
