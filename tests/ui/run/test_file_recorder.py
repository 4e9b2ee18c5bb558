"""A file made from a slide is recorded by name; recording never costs the person the file."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from lib.errors import SignedOut
from lib.slides.model import Document
from lib.ui.run.file_recorder import build_file_recorder
from lib.ui.slide_sections import build_and_record_file

DOCUMENT = Document(
    filename="quote.pdf", media_type="application/pdf", label="Download the quote", build=lambda: b"%PDF"
)


class Runs:
    """Remembers what was recorded; refuses where it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.recorded: list[tuple[str, str, str]] = []
        self.error = error

    def record_file(self, execution_id: str, slide_id: str, filename: str) -> bool:
        if self.error is not None:
            raise self.error
        self.recorded.append((execution_id, slide_id, filename))
        return True


def build_recorder(runs: Runs, *, may_write: bool = True, is_started: bool = True) -> Any:
    execution = SimpleNamespace(id="e1", may_write=may_write, is_started=is_started)
    state: Any = SimpleNamespace(execution=execution, slide_id="prepare-quote")
    services: Any = SimpleNamespace(executions=runs)
    return build_file_recorder(state, services)


def test_a_file_is_recorded_when_it_is_made():
    runs = Runs()
    assert build_and_record_file(DOCUMENT, build_recorder(runs)) == b"%PDF"
    assert runs.recorded == [("e1", "prepare-quote", "quote.pdf")]


def test_a_file_that_could_not_be_made_is_not_recorded():
    runs = Runs()
    with pytest.raises(Exception, match="could not be made"):
        build_and_record_file(replace(DOCUMENT, build=lambda: b"".join([1])), build_recorder(runs))  # type: ignore[list-item]
    assert runs.recorded == []


def test_a_file_that_cannot_be_recorded_is_still_there():
    assert build_and_record_file(DOCUMENT, build_recorder(Runs(SignedOut("Sign in again.")))) == b"%PDF"


@pytest.mark.parametrize("state", [{"may_write": False}, {"is_started": False}])
def test_nothing_is_recorded_of_a_run_one_may_not_write_or_that_is_not_started(state):
    assert build_recorder(Runs(), **state) is None
    assert build_and_record_file(DOCUMENT, None) == b"%PDF"
