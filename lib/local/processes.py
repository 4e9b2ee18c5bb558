import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil


def is_process_alive(pid: int) -> bool:
    """True if the process runs. A zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def find_running_pid(pid_file: Path, mark: str) -> int | None:
    """The pid in the file, if that process runs with `mark` in its command line."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        command = " ".join(psutil.Process(pid).cmdline())
    except (OSError, ValueError, psutil.Error):
        return None
    return pid if is_process_alive(pid) and mark in f"{command} " else None


def find_pids_in_folder(folder: Path) -> list[int]:
    """Pids of the processes whose working directory is `folder`."""
    return [
        process.pid
        for process in psutil.process_iter(["cwd", "status"])
        if process.info["cwd"] == str(folder) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def start_detached_process(
    command: Sequence[str | Path], *, log: Path, env: Mapping[str, str], cwd: Path, **switch: Any
) -> int:
    """Start a server that outlives this process, its output appended to `log`. Returns its pid."""
    # A shell starts it and ends, so that it is no child of ours and leaves no zombie in a long-lived app.
    script = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", script, "sh", str(log), *map(str, command)],
        stdout=subprocess.PIPE, text=True, check=True, env=dict(env), cwd=cwd, start_new_session=True, **switch,
    )  # fmt: skip
    return int(done.stdout)


def stop_process(pid: int, *, ask: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
    """Send `ask`, wait `patience` seconds, then kill."""
    # Not psutil's wait(): it waits for a zombie, which stays where pid 1 collects none, as in many containers.
    for number, seconds in ((ask, patience), (signal.SIGKILL, 5.0)):
        try:
            psutil.Process(pid).send_signal(number)
        except psutil.NoSuchProcess:
            return
        if wait_until(lambda: not is_process_alive(pid), timeout=seconds):
            return


def wait_until(condition: Callable[[], bool], *, timeout: float, pause: float = 0.02) -> bool:
    """Poll `condition`. Returns False if it does not become true in `timeout` seconds."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
