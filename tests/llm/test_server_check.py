"""`python -m lib.llm check`: what an operator is told about a server."""

import json
from typing import Any

import pytest

from lib.llm.__main__ import NO_MODEL, main
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedRefusal, ScriptedReply, ScriptedStep
from tests.support.wire_case import stream_completions, to_json_body

LOOKUPS = (ScriptedCall("count_logins", {"customer": "A"}), ScriptedCall("count_logins", {"customer": "B"}))


def answer_well(body: dict[str, Any]) -> ScriptedStep:
    """A server and a model that can do everything."""
    asked = json.dumps(body)
    if "ZEBRA" in asked:
        return ScriptedReply("ZEBRA")
    if "417 logins" in asked:
        return ScriptedReply("Both had 417 logins.")
    return ScriptedReply(calls=LOOKUPS) if "tools" in body else ScriptedReply("one two three four", pieces=4)


@pytest.fixture(params=["completions", "responses"])
def configured(request: pytest.FixtureRequest, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-zen")
    # A name of its own for each test: what was learned about a server is remembered.
    monkeypatch.setenv("OPENAI_MODEL", f"small-{request.node.name}"[:60])
    monkeypatch.setenv("ZEN_MODEL_API", request.param)
    server.reject = answer_well
    return server


def run_check(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = main(["check"])
    lines = capsys.readouterr().out.splitlines()
    return code, [line for line in lines if line.split(" ")[0] in ("works", "limited", "fails")]


def test_a_server_that_can_do_everything(configured: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run_check(capsys)
    assert code == 0
    assert len(lines) == 11
    assert all(line.startswith("works") for line in lines)


def test_a_wrong_key_is_the_only_thing_said(configured: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    configured.reject = lambda body: ScriptedRefusal(401, "invalid_api_key")
    code, lines = run_check(capsys)
    assert (code, len(lines)) == (1, 1)
    assert "does not accept Zen's key" in lines[0]
    assert len(configured.requests) == 1


def test_a_page_at_the_address_is_named(configured: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    configured.reject = lambda body: ScriptedRefusal(200, body=b"<html>Welcome</html>")
    code, lines = run_check(capsys)
    assert code == 1
    assert "whether the address is right" in lines[0]


def test_what_a_server_cannot_do_is_a_limit(configured: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    message = {"error": {"message": "small does not support tools"}}

    def answer(body: dict[str, Any]) -> ScriptedStep:
        return to_json_body(message, status=400) if "tools" in body else ScriptedReply("one", pieces=1, usage=None)

    configured.reject = answer
    code, lines = run_check(capsys)
    assert code == 0
    limits = " ".join(line for line in lines if line.startswith("limited"))
    assert "not word by word" in limits
    assert "reports no tokens" in limits
    assert "takes no tools" in limits
    assert "leaves out: tools" in limits
    assert "did not follow" in limits


def test_thoughts_that_are_only_closed_are_named(
    server: ModelServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_MODEL", "thinker")
    server.reject = lambda body: stream_completions(
        {"content": "plan "}, {"content": "</think>one "}, {"content": "two"}
    )
    code, lines = run_check(capsys)
    assert code == 0
    assert any("marks only their end" in line for line in lines)


def test_without_a_model_nobody_is_asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["check"]) == 2
    assert NO_MODEL in capsys.readouterr().err
