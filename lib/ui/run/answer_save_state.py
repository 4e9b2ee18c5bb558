"""What is known of the answers on screen: saved, missing, not saved, or saved by somebody else meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.errors import ZenError
from lib.executions.model import StepExecution


@dataclass(frozen=True)
class Clean:
    """No problem with the answers is known."""


@dataclass(frozen=True)
class InvalidAnswers:
    """Answers that are missing or wrong, a sentence each. The draft is saved all the same."""

    errors: tuple[str, ...]


@dataclass(frozen=True)
class SaveFailed:
    """`answers` could not be saved; they are not sent again until they change or the person retries."""

    error: ZenError
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class StaleStep:
    """The step was saved elsewhere after this page loaded it: `step` is the stored one."""

    step: StepExecution


SaveState = Clean | InvalidAnswers | SaveFailed | StaleStep
