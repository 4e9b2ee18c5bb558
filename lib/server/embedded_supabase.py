"""The embedded Supabase of this server: started in a thread, watched, and left when the server stops."""

import logging
import subprocess
import threading
import time
from enum import StrEnum
from typing import TYPE_CHECKING

from lib.app_context import configure_supabase, get_app_context
from lib.auth.browser_sessions import fetch_browser_session
from lib.errors import SignedOut, Unavailable, ZenError
from lib.settings import load_settings

if TYPE_CHECKING:
    from lib.local import LocalStack

log = logging.getLogger(__name__)

WATCH_SECONDS = 5.0
STOP_WAIT_SECONDS = 20.0
WORKER_PAUSE_SECONDS = 60.0  # between restarts: a wrong mail setting ends it each time
UNKNOWN_COOKIE = "-" * 43  # of the right shape, so that the question reaches the database


class StartupPhase(StrEnum):
    STARTING = "starting"
    OK = "ok"
    FAILED = "failed"


class EmbeddedSupabase:
    """Starts the embedded Supabase unless the settings name another; `phase`, `progress` and `error` say how far.

    The starting thread writes these three, requests read them; each write is one assignment.
    """

    def __init__(self) -> None:
        self.phase = StartupPhase.STARTING
        self.progress: tuple[str, ...] = ()
        self.error: ZenError | None = None
        self._stack: LocalStack | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start_in_background(self) -> None:
        """Return at once. The server listens meanwhile and shows the progress."""
        settings = load_settings()
        if settings is not None:
            self.phase = StartupPhase.OK
            print_progress_line(f"Zen uses the Supabase at {settings.url}.")
            return
        print_progress_line(
            "No SUPABASE_URL: Zen runs on its embedded Supabase, for trying it out and for development."
        )
        self._thread = threading.Thread(target=self._run_supabase_in_thread, name="embedded-supabase", daemon=True)
        self._thread.start()

    def release_stack(self) -> None:
        """Stop using the embedded Supabase; the last process to do so stops it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_WAIT_SECONDS)
        if self._stack is not None:
            from lib import local

            local.release_stack(self._stack)

    def _run_supabase_in_thread(self) -> None:
        try:
            # Not at the top: on hosted Supabase (requirements.txt) the packages of `lib.local` are not installed.
            from lib import local

            self._stack = local.start_stack(report=self._add_progress_line)
            configure_supabase(self._stack.app_environment)
            self.phase = StartupPhase.OK
            self._restart_when_not_answering(self._stack)
        except ZenError as error:
            self._set_startup_error(error)
        except Exception:
            log.exception("the embedded Supabase did not start")
            self._set_startup_error(
                ZenError("The embedded Supabase did not start.", hint="The log of this server says why.")
            )

    def _restart_when_not_answering(self, stack: "LocalStack") -> None:
        """Until the server stops: start the embedded Supabase again when a part of it has died."""
        from lib import local

        worker_restart_from = 0.0
        while not self._stopping.wait(WATCH_SECONDS):
            if is_supabase_answering():
                if time.monotonic() >= worker_restart_from and _restart_worker(stack):
                    worker_restart_from = time.monotonic() + WORKER_PAUSE_SECONDS
                continue
            print_progress_line("The embedded Supabase does not answer; starting it again.")
            try:
                configure_supabase(local.start_stack(report=print_progress_line).app_environment)
                local.release_stack(stack)  # each `up` counts as one use; this process is one user
            except ZenError as error:
                print_progress_line(str(error))

    def _add_progress_line(self, line: str) -> None:
        print_progress_line(line)
        self.progress = (*self.progress, line)

    def _set_startup_error(self, error: ZenError) -> None:
        print_progress_line(f"Zen did not start: {error}")
        self.error = error
        self.phase = StartupPhase.FAILED


def _restart_worker(stack: "LocalStack") -> bool:
    """Start the worker again if it has ended. A failure is told and harms nothing else."""
    from lib import local

    try:
        is_restarted = local.restart_ended_worker(stack)
    except (ZenError, OSError, subprocess.CalledProcessError) as error:
        print_progress_line(f"The worker did not start: {error}")
        return True
    if is_restarted:
        print_progress_line(f"The worker had ended and is started again; its log is in {stack.folder}.")
    return is_restarted


def is_supabase_answering() -> bool:
    """True if a request reaches the database. One request, for a session that does not exist."""
    try:
        fetch_browser_session(get_app_context(), UNKNOWN_COOKIE)
    except SignedOut:
        return True
    except Unavailable:
        return False
    return True


def print_progress_line(line: str) -> None:
    print(f"  {line}", flush=True)
