"""The embedded Supabase of this server: started in a thread, watched, and left when the server stops."""

import logging
import threading
from enum import StrEnum
from typing import TYPE_CHECKING

from lib.app_context import get_app_context, use_supabase
from lib.auth.browser_sessions import load_browser_session
from lib.errors import SignedOut, Unavailable, ZenError
from lib.settings import load_settings

if TYPE_CHECKING:
    from lib.local import LocalStack

log = logging.getLogger(__name__)

WATCH_SECONDS = 5.0
STOP_WAIT_SECONDS = 20.0
UNKNOWN_COOKIE = "-" * 43  # of the right shape, so that the question reaches the database


class StartPhase(StrEnum):
    STARTING = "starting"
    OK = "ok"
    FAILED = "failed"


class EmbeddedSupabase:
    """Starts the embedded Supabase unless the settings name another; `phase`, `progress` and `error` say how far.

    The starting thread writes these three, requests read them; each write is one assignment.
    """

    def __init__(self) -> None:
        self.phase = StartPhase.STARTING
        self.progress: tuple[str, ...] = ()
        self.error: ZenError | None = None
        self._stack: LocalStack | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Return at once. The server listens meanwhile and shows the progress."""
        settings = load_settings()
        if settings is not None:
            self.phase = StartPhase.OK
            print_line(f"Zen uses the Supabase at {settings.url}.")
            return
        print_line("No SUPABASE_URL: Zen runs on its embedded Supabase, for trying it out and for development.")
        self._thread = threading.Thread(target=self._run, name="embedded-supabase", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop using the embedded Supabase; the last process to do so stops it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_WAIT_SECONDS)
        if self._stack is not None:
            from lib import local

            local.release(self._stack)

    def _run(self) -> None:
        try:
            # Not at the top: on hosted Supabase (requirements.txt) the packages of `lib.local` are not installed.
            from lib import local

            self._stack = local.up(report=self._report)
            use_supabase(self._stack.app_environment)
            self.phase = StartPhase.OK
            self._watch(self._stack)
        except ZenError as error:
            self._fail(error)
        except Exception:
            log.exception("the embedded Supabase did not start")
            self._fail(ZenError("The embedded Supabase did not start.", hint="The log of this server says why."))

    def _watch(self, stack: "LocalStack") -> None:
        """Until the server stops: start the embedded Supabase again when a part of it has died."""
        from lib import local

        while not self._stopping.wait(WATCH_SECONDS):
            if is_supabase_answering():
                continue
            print_line("The embedded Supabase does not answer; starting it again.")
            try:
                use_supabase(local.up(report=print_line).app_environment)
                local.release(stack)  # each `up` counts as one use; this process is one user
            except ZenError as error:
                print_line(str(error))

    def _report(self, line: str) -> None:
        print_line(line)
        self.progress = (*self.progress, line)

    def _fail(self, error: ZenError) -> None:
        print_line(f"Zen did not start: {error}")
        self.error = error
        self.phase = StartPhase.FAILED


def is_supabase_answering() -> bool:
    """True if a request reaches the database. One request, for a session that does not exist."""
    try:
        load_browser_session(get_app_context(), UNKNOWN_COOKIE)
    except SignedOut:
        return True
    except Unavailable:
        return False
    return True


def print_line(line: str) -> None:
    print(f"  {line}", flush=True)
