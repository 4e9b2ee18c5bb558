"""Every way a model can fail, said to the person. No word of a provider ever gets into these sentences."""

import math

from lib.llm.events import Failed, Fault

SENTENCES: dict[Fault, str] = {
    Fault.KEY_REFUSED: "The model's server does not accept Zen's key. Whoever runs Zen has to renew it.",
    Fault.NOT_ALLOWED: "The model's server does not let Zen use this model. Whoever runs Zen has to look at it.",
    Fault.MODEL_UNKNOWN: "The model's server does not know the model Zen is set to. Whoever runs Zen can correct it.",
    Fault.NO_CREDIT: "The account Zen uses the model with has no credit left. Whoever runs Zen has to look at it.",
    Fault.BUSY: "The model is busy.",
    Fault.TOO_LONG: "This conversation has grown too long for the model. Start a new one to go on.",
    Fault.REFUSED: "The model's server did not take the question as Zen put it.",
    Fault.FILTERED: "The model's server held the rest of this answer back. Asking in other words may help.",
    Fault.UNREACHABLE: "The model's server cannot be reached.",
    Fault.BROKEN: "The model's server has a fault at the moment.",
    Fault.SILENT: "The model stopped answering.",
    Fault.CUT: "The answer broke off before its end.",
    Fault.UNREADABLE: "The model's server sent something Zen cannot read.",
    Fault.EMPTY: "The model gave no answer.",
    Fault.INTERNAL: "Something went wrong inside Zen.",
}

PASSING = frozenset({Fault.BUSY, Fault.UNREACHABLE, Fault.BROKEN, Fault.CUT})
"""Worth asking again at once, as long as nothing was shown. Silence is not: it already took its time."""

AGAIN = "What you wrote is kept; you can try again."
LASTING = frozenset({Fault.KEY_REFUSED, Fault.NOT_ALLOWED, Fault.MODEL_UNKNOWN, Fault.NO_CREDIT, Fault.TOO_LONG})


class ModelFault(Exception):
    """A failed call on its way to becoming a Failed; it never leaves lib.llm."""

    def __init__(self, fault: Fault, *, retry_after: float | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.retry_after = retry_after


def failed(fault: Fault, *, retry_after: float | None = None, anything_shown: bool = False) -> Failed:
    sentence = SENTENCES[fault]
    if retry_after is not None:
        seconds = math.ceil(retry_after)
        sentence += f" Try again in {seconds} second{'s' if seconds != 1 else ''}."
    elif fault not in LASTING:
        sentence += f" {AGAIN}"
    return Failed(fault=fault, error=sentence, retry_after=retry_after, anything_shown=anything_shown)
