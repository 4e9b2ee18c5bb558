import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lib import local
from lib.local.paths import LocalPaths
from lib.local.processes import wait_until
from lib.local.worker_process import find_worker_pid
from tests.conftest import quiet, server_environment
from tests.support.companies import PASSWORD, Company
from tests.support.server import REPOSITORY, AppServer

HTML = {"Accept": "text/html"}
UNNAMED = {"SUPABASE_URL": "", "SUPABASE_PUBLISHABLE_KEY": "", "SUPABASE_ANON_KEY": "", "ZEN_LOCAL": ""}
SECRET_KEY = "sb_secret_" + "a1b2" * 8


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "embedded"
    local.remove_stack(folder=tmp_path / "embedded", report=quiet)


def text(response: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def comes_back(folder: Path, seconds: float = 40) -> bool:
    end = time.monotonic() + seconds
    while local.find_running_stack(folder=folder) is None and time.monotonic() < end:
        time.sleep(0.5)
    return local.find_running_stack(folder=folder) is not None


def exit_of(environment: dict[str, str], log: Path, cwd: Path = REPOSITORY) -> int:
    return AppServer.start(environment, log=log, cwd=cwd).process.wait(60)


def test_with_no_supabase_named_zen_starts_its_own_and_keeps_it_up(folder: Path, tmp_path: Path) -> None:
    environment = UNNAMED | {"ZEN_LOCAL_DIR": str(folder), "ZEN_LOCAL_WORKER": ""}
    server, paths = AppServer.start(environment, log=tmp_path / "log"), LocalPaths(folder.resolve())
    try:
        server.wait_for("starting", seconds=30)
        page = httpx.get(f"{server.url}/run?execution=5", headers=HTML)
        assert (page.status_code, page.headers["cache-control"]) == (503, "no-store")
        assert "Zen is starting" in text(page)
        assert '<meta http-equiv="refresh" content="1">' in page.text
        server.wait_for("ok", seconds=120)
        assert httpx.get(f"{server.url}/run", headers=HTML).headers["location"] == "/auth/sign-in?next=/run"
        assert "No SUPABASE_URL: Zen runs on its embedded Supabase" in server.log.read_text()
        assert local.find_running_stack(folder=folder)
        worker = find_worker_pid(paths)
        assert worker
        os.kill(worker, signal.SIGKILL)
        assert wait_until(lambda: find_worker_pid(paths) not in (None, worker), timeout=30)
        os.kill(int((folder / "gateway.pid").read_text()), signal.SIGKILL)
        assert comes_back(folder)
    finally:
        server.stop()
    assert local.find_running_stack(folder=folder) is None
    assert find_worker_pid(paths) is None


def test_a_start_that_fails_is_told_on_the_page_and_in_the_log(folder: Path, tmp_path: Path) -> None:
    environment = UNNAMED | {"ZEN_LOCAL_DIR": str(folder), "ZEN_LOCAL_PORT": "none"}
    server = AppServer.start(environment, log=tmp_path / "log")
    try:
        server.wait_for("failed")
        page = httpx.get(server.url, headers=HTML)
        assert page.status_code == 503
        assert "Zen could not start" in text(page)
        assert "ZEN_LOCAL_PORT is &#39;none&#39;, which is no port." in text(page)
        assert "refresh" not in page.text
        assert httpx.get(f"{server.url}/ready").status_code == 503
        assert httpx.get(f"{server.url}/health").status_code == 200
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"SUPABASE_PUBLISHABLE_KEY": SECRET_KEY}, "Zen never runs with a secret or service-role key."),
        ({"SUPABASE_PUBLISHABLE_KEY": ""}, "SUPABASE_PUBLISHABLE_KEY is not set."),
        ({"SUPABASE_URL": ""}, "SUPABASE_URL is not set."),
        ({"ZEN_SESSION_SECRET": "short"}, "ZEN_SESSION_SECRET is not set, or shorter than 32 characters."),
    ],
)
def test_wrong_settings_end_the_process_with_the_sentence_why(
    stack: local.LocalStack, tmp_path: Path, named: dict[str, str], sentence: str
) -> None:
    log = tmp_path / "log"
    assert exit_of(server_environment(stack) | named, log) != 0
    said = log.read_text()
    assert f"Zen does not start: {sentence}" in said.replace("This key bypasses row-level security: ", "")
    assert "Traceback" not in said
    assert SECRET_KEY not in said


def test_a_secret_key_in_secrets_toml_is_refused_too(
    stack: local.LocalStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "ZEN_SESSION_SECRET"):
        monkeypatch.delenv(name)
    (tmp_path / ".streamlit").mkdir()
    secrets = f'SUPABASE_URL = "{stack.url}"\nSUPABASE_PUBLISHABLE_KEY = "{SECRET_KEY}"\n'
    (tmp_path / ".streamlit" / "secrets.toml").write_text(secrets)
    assert exit_of({}, tmp_path / "log", cwd=tmp_path) != 0
    assert "Zen never runs with a secret or service-role key." in (tmp_path / "log").read_text()


def test_a_restart_of_the_app_keeps_people_signed_in(stack: local.LocalStack, company: Company, tmp_path: Path) -> None:
    form, environment = {"email": company.csm.email, "password": PASSWORD}, server_environment(stack)
    with AppServer.running(environment, log=tmp_path / "first") as app:
        signed_in = httpx.post(f"{app.url}/auth/sign-in", data=form, headers={"Origin": app.url})
    with AppServer.running(environment, log=tmp_path / "second") as app:
        page = httpx.get(f"{app.url}/auth/sign-in?next=/run", cookies=dict(signed_in.cookies))
        assert (page.status_code, page.headers["location"]) == (303, "/run")
        assert "embedded" not in app.log.read_text()


STOP_BY_HAND = """
import lib.ui.chat.background_turn as turns
turns.stop_running_turns = lambda: print("the answers are stored")
import streamlit_app
from starlette.testclient import TestClient
with TestClient(streamlit_app.app):
    print("it serves")
"""


def test_a_server_that_stops_stores_the_answers_it_is_writing() -> None:
    hosted = {"SUPABASE_URL": "https://example.supabase.co", "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_abc"}
    environment = os.environ | hosted | {"ZEN_SESSION_SECRET": "s" * 32}
    command = [sys.executable, "-c", STOP_BY_HAND]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-2:] == ["it serves", "the answers are stored"], done.stderr
