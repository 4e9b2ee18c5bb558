"""Whether this process can serve people: its database answers and has the migrations of this version."""

import hashlib
import logging
import threading
import time
from enum import StrEnum
from functools import cache
from pathlib import Path

from lib.app_context import get_app_context
from lib.db.query_execution import execute_read
from lib.errors import ZenError
from lib.server.embedded_supabase import EmbeddedSupabase, StartupPhase

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parents[2] / "supabase" / "migrations"
RECHECK_SECONDS = 2.0  # anybody may ask: the database is asked no more often than this


class ReadyStatus(StrEnum):
    OK = "ok"
    STARTING = "starting"
    FAILED = "failed"
    NO_DATABASE = "no database"
    OTHER_MIGRATIONS = "other migrations"


class Readiness:
    """The answer of /ready, from the database at most once in RECHECK_SECONDS."""

    def __init__(self, supabase: EmbeddedSupabase) -> None:
        self._supabase = supabase
        self._lock = threading.Lock()
        self._status = ReadyStatus.STARTING
        self._checked_at = -RECHECK_SECONDS

    def check_readiness(self) -> ReadyStatus:
        if self._supabase.phase is not StartupPhase.OK:
            return ReadyStatus(self._supabase.phase.value)
        with self._lock:
            if time.monotonic() - self._checked_at >= RECHECK_SECONDS:
                self._status = _check_database()
                self._checked_at = time.monotonic()
            return self._status


def _check_database() -> ReadyStatus:
    try:
        applied = execute_read(get_app_context().create_client().rpc("migrations_digest", {}))
    except ZenError as error:
        log.warning("not ready: %s", error)
        return ReadyStatus.NO_DATABASE
    if applied != compute_migrations_digest():
        log.warning("not ready: the database has other migrations than this version of Zen")
        return ReadyStatus.OTHER_MIGRATIONS
    return ReadyStatus.OK


@cache
def compute_migrations_digest() -> str:
    """MD5 of the versions of the migrations in order, as `migrations_digest()` of the database has it."""
    versions = sorted(file.name.split("_")[0] for file in MIGRATIONS.glob("*.sql"))
    return hashlib.md5(",".join(versions).encode(), usedforsecurity=False).hexdigest()
