"""The worker of the stack (`python -m lib.worker`): one for each database, with its mails in the stack's mailbox."""

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping

from lib.local.paths import REPOSITORY, LocalPaths, create_log_file, write_private_file
from lib.local.processes import find_running_pid, start_detached_process, stop_process

# What the worker reads from the environment besides the stack's addresses: changed ones need another worker.
_MAIL_SETTINGS = ("ZEN_SMTP_URL", "ZEN_MAIL_FROM", "ZEN_APP_URL", "ZEN_WEBHOOK_ORIGINS")


def ensure_worker(paths: LocalPaths, stack_environment: Mapping[str, str]) -> None:
    """Start the worker unless it runs with the same settings and code. Does not wait for it.

    None is started with ZEN_LOCAL_WORKER=off. Whoever calls this holds the stack's lock.
    """
    if os.environ.get("ZEN_LOCAL_WORKER", "").strip().lower() == "off":
        return
    state = _hash_worker_settings_and_code(stack_environment)
    if find_worker_pid(paths) and paths.worker_pid.read_text(encoding="utf-8").split("\n")[1:] == [state]:
        return
    stop_worker(paths)
    create_log_file(paths.worker_log)
    # With low priority: pages that somebody waits for come first. The key goes by environment, never by argument.
    priority = ["nice", "-n", "10"] if shutil.which("nice") else []
    command = [*priority, sys.executable, "-m", "lib.worker"]
    pid = start_detached_process(
        [*command, "--mailbox", paths.mail, "--pid-file", paths.worker_pid],
        log=paths.worker_log,
        env=os.environ | {name: stack_environment[name] for name in ("SUPABASE_URL", "SUPABASE_SECRET_KEY")},
        cwd=REPOSITORY,
    )
    write_private_file(paths.worker_pid, f"{pid}\n{state}")


def stop_worker(paths: LocalPaths) -> None:
    pid = find_worker_pid(paths)
    if pid:
        stop_process(pid)
    paths.worker_pid.unlink(missing_ok=True)


def find_worker_pid(paths: LocalPaths) -> int | None:
    return find_running_pid(paths.worker_pid, f"--pid-file {paths.worker_pid}")


def _hash_worker_settings_and_code(stack_environment: Mapping[str, str]) -> str:
    """A hash of the worker's settings and code."""
    parts = [stack_environment["SUPABASE_URL"], *(os.environ.get(name, "") for name in _MAIL_SETTINGS)]
    for file in sorted((REPOSITORY / "lib").rglob("*.py")):
        status = file.stat()
        parts.append(f"{file} {status.st_mtime_ns} {status.st_size}")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
