"""A cluster whose start fails leaves no process behind."""

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.e2e.cluster import Cluster
from tests.support.server import AppServer


@pytest.mark.parametrize("failing", ["the second process", "the wait for the first"])
def test_a_process_that_was_started_is_stopped_when_the_cluster_does_not_start(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Path] = []
    stopped: list[Path] = []

    def start(_environment: Any, *, log: Path, port: int | None = None) -> Any:
        if started and failing == "the second process":
            raise OSError("no process")
        started.append(log)
        return SimpleNamespace(stop=lambda: stopped.append(log), wait_for=fail_to_wait)

    def fail_to_wait(_status: str) -> None:
        raise AssertionError("not ok")

    monkeypatch.setattr(AppServer, "start", start)
    with pytest.raises((OSError, AssertionError)), ExitStack() as ending:
        Cluster({}, tmp_path, ending)
    assert started
    assert sorted(stopped) == sorted(started)
