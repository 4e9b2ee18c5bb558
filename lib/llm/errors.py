"""Sentences for every way a model can fail. They never contain a provider's own words."""

import math

from lib.llm.events import Failed, FailureReason, FinishReason

FAILURE_MESSAGES: dict[FailureReason, str] = {
    FailureReason.KEY_REFUSED: "The model's server does not accept Zen's key. Ask your Zen administrator to renew it.",
    FailureReason.NOT_ALLOWED: (
        "The model's server does not let Zen use this model. Ask your Zen administrator to check it."
    ),
    FailureReason.MODEL_UNKNOWN: (
        "The model's server does not know the model Zen is set to. Ask your Zen administrator to correct it."
    ),
    FailureReason.NO_CREDIT: (
        "The account Zen uses for the model has no credit left. Ask your Zen administrator to check it."
    ),
    FailureReason.BUSY: "The model is busy.",
    FailureReason.WRONG_ADDRESS: (
        "What answers at the model's address is no model. Ask your Zen administrator whether the address is right."
    ),
    FailureReason.TOO_LONG: (
        "This conversation is too long for the model. Continue in a new one, or ask your Zen administrator for a model "
        "that reads more."
    ),
    FailureReason.LENGTH: "The model reached its maximum length before it wrote an answer.",
    FailureReason.REFUSED: "The model's server did not accept the question.",
    FailureReason.FILTERED: "The model's server withheld the rest of this answer. Rephrasing the question may help.",
    FailureReason.UNREACHABLE: "The model's server cannot be reached.",
    FailureReason.BROKEN: "The model's server has a problem at the moment.",
    FailureReason.SILENT: "The model stopped answering.",
    FailureReason.CUT: "The answer was cut off.",
    FailureReason.UNREADABLE: "The model's server sent something Zen cannot read.",
    FailureReason.EMPTY: "The model gave no answer.",
    FailureReason.INTERNAL: "Something went wrong in Zen.",
}

RETRYABLE = frozenset({FailureReason.BUSY, FailureReason.UNREACHABLE, FailureReason.BROKEN, FailureReason.CUT})
"""Retried at once if nothing was shown. A silent server is not: it has already cost a minute."""

TRY_AGAIN = "Your question is kept; try again."
PERMANENT = frozenset(
    {
        FailureReason.KEY_REFUSED,
        FailureReason.NOT_ALLOWED,
        FailureReason.MODEL_UNKNOWN,
        FailureReason.WRONG_ADDRESS,
        FailureReason.NO_CREDIT,
        FailureReason.TOO_LONG,
    }
)


class ModelError(Exception):
    """A failed model call. It becomes a Failed event and never leaves lib.llm."""

    def __init__(self, fault: FailureReason, *, retry_after: float | None = None) -> None:
        super().__init__(fault.value)
        self.reason = fault
        self.retry_after = retry_after


def build_failure_event(
    reason: FailureReason, *, retry_after: float | None = None, anything_shown: bool = False
) -> Failed:
    sentence = FAILURE_MESSAGES[reason]
    if retry_after is not None:
        seconds = math.ceil(retry_after)
        sentence += f" Try again in {seconds} second{'s' if seconds != 1 else ''}."
    elif reason not in PERMANENT:
        sentence += f" {TRY_AGAIN}"
    return Failed(reason=reason, error=sentence, retry_after=retry_after, anything_shown=anything_shown)


def build_missing_text_event(reason: FinishReason) -> Failed:
    """The failure of an answer that came to its end without a word."""
    return build_failure_event(FailureReason.LENGTH if reason is FinishReason.LENGTH else FailureReason.EMPTY)
