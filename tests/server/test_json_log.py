"""The log: JSON lines that name request, person and run, and hold no secret."""

import io
import json
import logging
import uuid
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib import json_log, local
from lib.log_context import begin_request_log_context, bind_person_to_log, bind_run_to_log
from tests.conftest import server_environment
from tests.support.companies import PASSWORD, Company
from tests.support.server import AppServer

SECRETS = (
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "sb_secret_" + "a1" * 16,
    "sb_publishable_" + "b2" * 16,
    "sk-proj-abcdefgh1234",
    "hunter2hunter2",
)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the log of this process writes; the loggers are as before afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("threading.excepthook", None)
    json_log.configure_json_log()
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    logging.captureWarnings(False)


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_names_time_level_logger_request_person_and_run(lines: io.StringIO) -> None:
    def log_something() -> None:
        begin_request_log_context("proxy-7")
        bind_person_to_log("alice")
        bind_run_to_log("run-1")
        logging.getLogger("lib.somewhere").warning("saved %s", "twice")

    copy_context().run(log_something)
    (line,) = read(lines)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning", "logger": "lib.somewhere", "message": "saved twice", "request": "proxy-7",
        "person": "alice", "run": "run-1",
    }  # fmt: skip


def test_another_request_forgets_person_and_run() -> None:
    def second_request() -> dict[str, Any]:
        bind_person_to_log("alice")
        bind_run_to_log("run-1")
        begin_request_log_context()
        return dict(json_log.structlog.contextvars.get_contextvars())

    assert copy_context().run(second_request).keys() == {"request"}


def test_an_id_that_is_none_is_replaced() -> None:
    for wrong in ("", "x" * 65, 'a"b', "a\nb"):
        assert copy_context().run(begin_request_log_context, wrong) != wrong


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "text",
    ["{}", "Authorization: Bearer {}", "postgresql://postgres:{}@db.example.org/x", "https://x/?token={}&b=1",
     "apikey={}; zen_session={}"],
)  # fmt: skip
def test_a_secret_is_in_no_line(lines: io.StringIO, secret: str, text: str) -> None:
    if text == "{}" and secret == SECRETS[-1]:
        return  # a word like any other
    logging.getLogger("lib.x").info(text.format(secret, secret))
    try:
        raise ValueError(text.format(secret, secret))
    except ValueError:
        logging.getLogger("lib.x").exception("failed")
    assert [line["level"] for line in read(lines)] == ["info", "error"]
    assert "Traceback" in read(lines)[1]["exception"]
    assert secret not in lines.getvalue()


def test_a_server_logs_json_lines_only_and_none_of_its_secrets(
    stack: local.LocalStack, company: Company, tmp_path: Path
) -> None:
    environment = server_environment(stack)
    with AppServer.running(environment, log=tmp_path / "log") as app:
        form = {"email": company.csm.email, "password": PASSWORD}
        headers = {"Origin": app.url, "X-Request-ID": f"test-{uuid.uuid4().hex}"}
        answer = httpx.post(f"{app.url}/auth/sign-in?next=/run?code=123456", data=form, headers=headers)
        assert answer.headers["X-Request-ID"] == headers["X-Request-ID"]
    text = (tmp_path / "log").read_text()
    logged = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    (sign_in,) = [line for line in logged if line.get("request") == headers["X-Request-ID"]]
    assert sign_in["message"].startswith("POST /auth/sign-in 303 in ")
    assert {"time", "level", "logger", "message"} <= sign_in.keys()
    messages = [line["message"] for line in logged]
    assert "the server stops" in messages
    assert messages.count("Application startup complete.") == text.count("Application startup complete.") == 1
    keys = (stack.session_secret, stack.app_key, stack.publishable_key)
    for secret in (*keys, PASSWORD, answer.cookies["zen_session"], "123456"):
        assert secret not in text
