"""/health: the process is alive. /ready: its database answers and has the migrations of this version."""

from pathlib import Path

import httpx
import pytest

from lib import local
from lib.server import readiness
from lib.server.embedded_supabase import EmbeddedSupabase, StartupPhase
from lib.server.readiness import Readiness, ReadyStatus
from tests.conftest import server_environment
from tests.support.server import AppServer, free_port


@pytest.fixture
def ready(stack: local.LocalStack, monkeypatch: pytest.MonkeyPatch) -> Readiness:
    monkeypatch.setattr(readiness, "RECHECK_SECONDS", 0.0)
    supabase = EmbeddedSupabase()
    supabase.phase = StartupPhase.OK
    return Readiness(supabase)


def test_a_database_with_our_migrations_is_ready(ready: Readiness) -> None:
    assert ready.check_readiness() is ReadyStatus.OK


def test_a_database_with_other_migrations_is_not(
    ready: Readiness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "20990101000000_later.sql").touch()
    monkeypatch.setattr(readiness, "MIGRATIONS", tmp_path)
    readiness.compute_migrations_digest.cache_clear()
    assert ready.check_readiness() is ReadyStatus.OTHER_MIGRATIONS
    readiness.compute_migrations_digest.cache_clear()


def test_the_database_is_asked_at_most_once_in_two_seconds(ready: Readiness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "RECHECK_SECONDS", 2.0)
    asked: list[None] = []
    monkeypatch.setattr(readiness, "_check_database", lambda: asked.append(None) or ReadyStatus.OK)
    assert {ready.check_readiness() for _ in range(50)} == {ReadyStatus.OK}
    assert len(asked) == 1


def test_without_its_database_a_process_is_alive_and_not_ready(stack: local.LocalStack, tmp_path: Path) -> None:
    environment = server_environment(stack) | {"SUPABASE_URL": f"http://127.0.0.1:{free_port()}"}
    app = AppServer.start(environment, log=tmp_path / "log")
    try:
        app.wait_for("no database", seconds=60)
        assert httpx.get(f"{app.url}/ready").status_code == 503
        assert httpx.get(f"{app.url}/health").json() == {"status": "ok"}
    finally:
        app.stop()
