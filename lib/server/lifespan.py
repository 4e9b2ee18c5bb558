import gc
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import anyio.to_thread

from lib.errors import InvalidInput
from lib.json_log import take_over_server_logs
from lib.server.embedded_supabase import EmbeddedSupabase
from lib.server.privileged_key_check import require_no_privileged_key
from lib.server.server_settings import load_server_settings
from lib.settings import load_settings

log = logging.getLogger(__name__)

HEAVY_PACKAGES = ("pandas", "plotly", "plotly.graph_objects", "openai")

Lifespan = Callable[[Any], AbstractAsyncContextManager[dict[str, Any]]]


def create_lifespan(supabase: EmbeddedSupabase, *, finish_work: Callable[[], None] = lambda: None) -> Lifespan:
    """What happens when the server starts, before it listens, and when it stops.

    `finish_work` is called when it stops (SIGTERM), while the database still answers.
    """

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
        take_over_server_logs()
        threading.Thread(target=import_heavy_packages, name="heavy-imports", daemon=True).start()
        supabase.start_in_background()
        try:
            yield {}
        finally:
            log.info("the server stops")
            await anyio.to_thread.run_sync(finish_work)
            await anyio.to_thread.run_sync(supabase.release_stack)

    return lifespan


def import_heavy_packages() -> None:
    """Import what the first page would wait for, and exempt it from garbage collection."""
    for name in HEAVY_PACKAGES:
        if find_spec(name):
            import_module(name)
    take_over_server_logs()
    gc.collect()
    gc.freeze()


def exit_on_invalid_settings() -> None:
    """End the process with a sentence if a setting is invalid."""
    try:
        load_settings()
        load_server_settings()
        require_no_privileged_key()
    except InvalidInput as error:
        raise SystemExit(f"Zen does not start: {error}") from None
