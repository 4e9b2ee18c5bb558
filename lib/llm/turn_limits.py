"""Limits of one turn: model calls, tool calls, tokens. Reaching one ends the turn with a sentence, not an error."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lib.llm.events import TokenUsage
from lib.llm.language_model import ModelRequest
from lib.llm.messages import AssistantMessage, ModelMessage
from lib.llm.model_budget import EXHAUSTED_MESSAGES, BudgetScope, ModelBudget
from lib.llm.model_settings import ModelSettings
from lib.llm.tool_schema import ToolSchema

CHARACTERS_PER_TOKEN = 4


class LimitKind(StrEnum):
    ROUNDS = "rounds"
    CALLS = "calls"
    TURN = "turn"
    DAY = "day"
    PERSON_MONTH = "person_month"
    COMPANY_MONTH = "company_month"


LIMIT_MESSAGES: dict[LimitKind, str] = {
    LimitKind.ROUNDS: ("I have reached the number of lookups for one question. Try a narrower question."),
    LimitKind.CALLS: "I have reached the number of tools for one question. Try a narrower question.",
    LimitKind.TURN: ("I have reached the length for one question. Ask me to continue if you need the rest."),
    LimitKind.DAY: "You have used your tokens for today (estimated where the model's server reports none). "
    "Written answers and actions still work, and I can answer again tomorrow.",
    LimitKind.PERSON_MONTH: EXHAUSTED_MESSAGES[BudgetScope.PERSON],
    LimitKind.COMPANY_MONTH: EXHAUSTED_MESSAGES[BudgetScope.COMPANY],
}
MONTH_LIMITS = {BudgetScope.PERSON: LimitKind.PERSON_MONTH, BudgetScope.COMPANY: LimitKind.COMPANY_MONTH}


@dataclass(frozen=True, kw_only=True)
class TurnLimits:
    """Limits of a turn: `rounds` model calls, `calls` tool calls.

    Tokens are input plus output, estimated until the server reports them. `tokens_left_today` is the person's;
    `tokens_left_this_month` is what the budget of `month_limit` leaves. None is no limit.
    """

    rounds: int = 6
    calls: int = 12
    tokens_per_turn: int = 60_000
    tokens_left_today: int | None = None
    tokens_left_this_month: int | None = None
    month_limit: LimitKind = LimitKind.PERSON_MONTH

    @classmethod
    def from_settings(
        cls, settings: ModelSettings, *, used_today: int, budget: ModelBudget | None = None
    ) -> "TurnLimits":
        left = None if settings.tokens_per_day is None else max(0, settings.tokens_per_day - used_today)
        month = budget.count_tokens_left(settings.find_price(settings.model)) if budget else None
        return cls(
            rounds=settings.rounds,
            calls=settings.calls,
            tokens_per_turn=settings.tokens_per_turn,
            tokens_left_today=left,
            tokens_left_this_month=month[0] if month else None,
            month_limit=MONTH_LIMITS[month[1]] if month else LimitKind.PERSON_MONTH,
        )


def estimate_tokens(messages: Iterable[ModelMessage], answer: str = "") -> int:
    """A rough number of tokens, used until the server reports one."""
    return (sum(_count_message_characters(message) for message in messages) + len(answer)) // CHARACTERS_PER_TOKEN


class TokenCounter:
    """Counts the tokens of a turn: those reported, plus an estimate of the rest for the limits."""

    def __init__(self, caps: TurnLimits) -> None:
        self._caps = caps
        self._reported: list[TokenUsage] = []
        self._finished_rounds = 0
        self._current_characters = 0

    def start_round(self, request: ModelRequest) -> None:
        self._current_characters = sum(map(_count_message_characters, request.messages))
        self._current_characters += sum(map(_count_schema_characters, request.tools))

    def count_text(self, text: str) -> None:
        self._current_characters += len(text)

    def finish_round(self, usage: TokenUsage | None) -> None:
        """Finish a round with its usage; None if the server refused it, which costs nothing."""
        if usage is not None:
            self._reported.append(usage)
            estimate = self._current_characters // CHARACTERS_PER_TOKEN
            self._finished_rounds += (
                (usage.input_tokens or 0) + (usage.output_tokens or 0) if usage.is_reported else estimate
            )
        self._current_characters = 0

    def find_reached_limit(self) -> LimitKind | None:
        left = self._caps.tokens_left_today
        if left is not None and self.tokens_spent >= left:
            return LimitKind.DAY
        this_month = self._caps.tokens_left_this_month
        if this_month is not None and self.tokens_spent >= this_month:
            return self._caps.month_limit
        return LimitKind.TURN if self.tokens_spent >= self._caps.tokens_per_turn else None

    @property
    def tokens_spent(self) -> int:
        return self._finished_rounds + self._current_characters // CHARACTERS_PER_TOKEN

    @property
    def usage(self) -> TokenUsage:
        """The sum of what was reported; None on a side that any round left out."""
        return TokenUsage(
            _sum_reported_tokens([usage.input_tokens for usage in self._reported]),
            _sum_reported_tokens([usage.output_tokens for usage in self._reported]),
        )


def _sum_reported_tokens(parts: list[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


def _count_message_characters(message: ModelMessage) -> int:
    calls = message.tool_calls if isinstance(message, AssistantMessage) else ()
    return len(message.text) + sum(len(str(call.arguments)) for call in calls)


def _count_schema_characters(tool: ToolSchema) -> int:
    return len(tool.name) + len(tool.description) + len(str(tool.parameters))
