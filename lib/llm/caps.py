"""What one turn may use. Reaching a cap is no error: the turn ends with a sentence that says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lib.llm.events import Usage
from lib.llm.messages import Assistant, Message
from lib.llm.model import Request
from lib.settings import ModelSettings

CHARACTERS_A_TOKEN = 4


class Cap(StrEnum):
    ROUNDS = "rounds"
    CALLS = "calls"
    TURN = "turn"
    DAY = "day"


SENTENCES: dict[Cap, str] = {
    Cap.ROUNDS: "I stop here: I have looked things up as often as one question allows. A narrower one gets further.",
    Cap.CALLS: "I stop here: I have used as many tools as one question allows. A narrower one gets further.",
    Cap.TURN: "I stop here: this has reached the length one question allows. Ask me to go on if you need the rest.",
    Cap.DAY: "I stop here: the tokens you may use in a day are used up, by estimate where the model's server reports "
    "none. Written answers and actions still work, and tomorrow I answer again.",
}


@dataclass(frozen=True, kw_only=True)
class Caps:
    """`rounds` are calls of the model, `calls` calls of tools. Tokens count what is read and written, and are estimated
    while a server has not reported them. `tokens_left_today` is the person's; None is no limit."""

    rounds: int = 6
    calls: int = 12
    tokens_per_turn: int = 60_000
    tokens_left_today: int | None = None

    @classmethod
    def of(cls, settings: ModelSettings, *, used_today: int) -> "Caps":
        left = None if settings.tokens_per_day is None else max(0, settings.tokens_per_day - used_today)
        return cls(
            rounds=settings.rounds,
            calls=settings.calls,
            tokens_per_turn=settings.tokens_per_turn,
            tokens_left_today=left,
        )


def estimated(messages: Iterable[Message], said: str = "") -> int:
    """Tokens, about, for the caps only: a server that reports them knows better."""
    return (sum(_length(message) for message in messages) + len(said)) // CHARACTERS_A_TOKEN


class Tally:
    """Tokens of a turn so far: what servers reported, and for the caps an estimate of the rest."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._reported: list[Usage] = []
        self._settled = 0
        self._running = 0

    def open_round(self, request: Request) -> None:
        self._running = sum(_length(message) for message in request.messages)

    def write(self, text: str) -> None:
        self._running += len(text)

    def settle(self, usage: Usage | None) -> None:
        """The round is over. None: nothing was spent, for the server refused it."""
        if usage is not None:
            self._reported.append(usage)
            estimate = self._running // CHARACTERS_A_TOKEN
            self._settled += (usage.input_tokens or 0) + (usage.output_tokens or 0) if usage.is_known else estimate
        self._running = 0

    def reached(self) -> Cap | None:
        left = self._caps.tokens_left_today
        if left is not None and self.spent >= left:
            return Cap.DAY
        return Cap.TURN if self.spent >= self._caps.tokens_per_turn else None

    @property
    def spent(self) -> int:
        return self._settled + self._running // CHARACTERS_A_TOKEN

    @property
    def usage(self) -> Usage:
        """The sum; None on a side that any round did not report."""
        return Usage(
            _sum([usage.input_tokens for usage in self._reported]),
            _sum([usage.output_tokens for usage in self._reported]),
        )


def _sum(parts: list[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


def _length(message: Message) -> int:
    calls = message.tool_calls if isinstance(message, Assistant) else ()
    return len(message.text) + sum(len(str(call.arguments)) for call in calls)
