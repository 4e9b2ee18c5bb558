from dataclasses import dataclass, field

from lib.llm.events import Done, Failed, ReasoningItem, TokenUsage, ToolCall
from lib.llm.turn_limits import LimitKind


@dataclass
class ModelRound:
    """One call of the model and what came of it."""

    text: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    reasoning_items: list[ReasoningItem] = field(default_factory=list)
    usage: TokenUsage | None = None
    outcome: Done | Failed | None = None
    limit: LimitKind | None = None
    is_finished: bool = False
