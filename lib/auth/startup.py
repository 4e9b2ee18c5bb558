"""The server's start. With no SUPABASE_URL it brings up the embedded Supabase in a thread, while the server already
listens and shows how far it is; wrong settings end the process at once, with the sentence why."""

import gc
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import anyio.to_thread

from lib import local
from lib.auth import process, store
from lib.errors import InvalidInput, SignedOut, Unavailable, ZenError

log = logging.getLogger("zen")

HEAVY = ("pandas", "plotly", "plotly.graph_objects", "openai")
WATCH_SECONDS = 5.0
STOP_PATIENCE = 20.0  # seconds a stop waits for a start that is still under way


class Phase(StrEnum):
    STARTING = "starting"
    OK = "ok"
    FAILED = "failed"


class Startup:
    """How far the start is. Written by the starting thread, read by requests; each write is one assignment."""

    def __init__(self, up: Callable[..., local.LocalStack] = local.up) -> None:
        self.phase = Phase.STARTING
        self.lines: tuple[str, ...] = ()
        self.error: ZenError | None = None
        self._up = up
        self._stack: local.LocalStack | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def begin(self) -> None:
        """Return at once: ready when a Supabase is named, else starting the embedded one."""
        settings = process.named_settings()
        if settings is not None:
            self.phase = Phase.OK
            say(f"Zen uses the Supabase at {settings.url}.")
            return
        say("No SUPABASE_URL: Zen runs on its embedded Supabase, for trying it out and for development.")
        self._thread = threading.Thread(target=self._run, name="embedded-supabase", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Leave the embedded Supabase; the last process to leave stops it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_PATIENCE)
        if self._stack is not None:
            local.release(self._stack)

    def _run(self) -> None:
        try:
            self._stack = self._up(report=self._report)
            process.use(self._stack)
            self.phase = Phase.OK
            self._watch(self._stack)
        except ZenError as error:
            self._fail(error)
        except Exception:
            log.exception("the embedded Supabase did not start")
            self._fail(ZenError("The embedded Supabase did not start.", hint="The log of this server says why."))

    def _watch(self, stack: local.LocalStack) -> None:
        """Until the server stops: bring the embedded Supabase back when a part of it has died."""
        while not self._stopping.wait(WATCH_SECONDS):
            if answers():
                continue
            say("The embedded Supabase does not answer; starting it again.")
            try:
                process.use(self._up(report=say))
                local.release(stack)  # it counts each `up`; one use is ours
            except ZenError as error:
                say(str(error))

    def _report(self, line: str) -> None:
        say(line)
        self.lines = (*self.lines, line)

    def _fail(self, error: ZenError) -> None:
        say(f"Zen did not start: {error}")
        self.error = error
        self.phase = Phase.FAILED


def answers() -> bool:
    """Whether a request goes all the way to the database: one for a session that nobody has."""
    try:
        store.load(process.current(), "-" * 43)
    except SignedOut:
        return True
    except Unavailable:
        return False
    return True


def say(line: str) -> None:
    print(f"  {line}", flush=True)


def refuse_wrong_settings() -> None:
    """End the process, before it listens, when its settings are wrong or name a privileged key."""
    try:
        process.named_settings()
    except InvalidInput as error:
        raise SystemExit(f"Zen does not start: {error}") from None


startup = Startup()


def warm_up() -> None:
    """Import what the first page would wait for, then spare every later garbage collection from looking at it."""
    for name in HEAVY:
        if find_spec(name):
            import_module(name)
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    startup.begin()
    try:
        yield {}
    finally:
        await anyio.to_thread.run_sync(startup.end)
