import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError, OSError):
        os.waitpid(pid, os.WNOHANG)  # a dead child of ours must not count as running
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return ""


def _ps(pid: int, column: str) -> str:
    done = subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return done.stdout.strip()


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "" if Path("/proc/self").exists() else _ps(pid, "command")


def birth(pid: int) -> str:
    """When the process began, in whatever notation the system has; tells a process from a later one of the same pid."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return "" if Path("/proc/self").exists() else _ps(pid, "lstart")


def running(pid_file: Path, mark: str) -> int | None:
    """The pid in the file's first line, if that process lives and carries `mark` in its command line."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if alive(pid) and mark in command_line(pid) else None


def working_in(folder: Path) -> list[int]:
    """Pids of the processes whose working directory is the folder; nothing where the system does not tell."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def start_detached(
    command: Sequence[str | Path], *, log: Path, env: Mapping[str, str], cwd: Path, **switch: Any
) -> int:
    """Start a server that outlives us, its output appended to `log`; returns its pid.

    A shell starts it and goes, so that it is nobody's child and leaves no zombie in a long-lived app.
    """
    script = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", script, "sh", str(log), *map(str, command)],
        stdout=subprocess.PIPE, text=True, check=True, env=dict(env), cwd=cwd, start_new_session=True, **switch,
    )  # fmt: skip
    return int(done.stdout)


def stop(pid: int, *, ask: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
    """Ask the process to end, then insist."""
    for sign, wait in ((ask, patience), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        if wait_until(lambda: not alive(pid), timeout=wait):
            return


def wait_until(condition: Callable[[], bool], *, timeout: float, pause: float = 0.02) -> bool:
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
