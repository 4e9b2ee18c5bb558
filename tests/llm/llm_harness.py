"""Small words the tests of this room share."""

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from lib.errors import NeedsConfirmation, NotPermitted
from lib.llm.events import Done, Failed, Heartbeat, LlmEvent, ModelEvent, TextDelta, TokenUsage, ToolCall, ToolResult
from lib.llm.language_model import LanguageModel, ModelRequest
from lib.llm.messages import SystemMessage, UserMessage
from lib.llm.tool_loop import stream_tool_loop
from lib.llm.tools import Toolbox, ToolOutput
from lib.llm.turn_limits import TurnLimits
from lib.llm.turn_recorder import TurnResult

QUESTION = (SystemMessage("You help."), UserMessage("How is usage?"))

E = TypeVar("E")


def collect_events(model: LanguageModel, request: ModelRequest | None = None) -> list[ModelEvent]:
    """Everything but the waiting."""
    request = request or ModelRequest(messages=QUESTION, tools=build_toolbox().schemas())
    return [event for event in model.stream(request) if not isinstance(event, Heartbeat)]


def join_text(events: Iterable[ModelEvent | LlmEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def filter_events(kind: type[E], events: Iterable[object]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def last_event(events: Iterable[ModelEvent]) -> Done | Failed:
    last = list(events)[-1]
    assert isinstance(last, Done | Failed)
    return last


class Weeks(BaseModel):
    model_config = ConfigDict(extra="forbid")
    weeks: int = Field(default=12, ge=1, le=104, description="How many weeks back.")


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=3)


class UsageTrendTool:
    name: ClassVar[str] = "usage_trend"
    description: ClassVar[str] = "Usage by week."
    parameters: ClassVar[type[BaseModel]] = Weeks
    has_side_effect: ClassVar[bool] = False

    def run(self, arguments: Weeks) -> ToolOutput:
        return ToolOutput(text=f"Usage fell over {arguments.weeks} weeks.\n\nweek 1: 400", blocks=("a chart",))


class SnoozeTool:
    name: ClassVar[str] = "snooze_run"
    description: ClassVar[str] = "Puts the run off."
    parameters: ClassVar[type[BaseModel]] = Reason
    has_side_effect: ClassVar[bool] = True
    ran: ClassVar[list[str]] = []

    def run(self, arguments: Reason) -> ToolOutput:
        self.ran.append(arguments.reason)
        return ToolOutput(text="Snoozed.")


class ForbiddenTool:
    name: ClassVar[str] = "list_tickets"
    description: ClassVar[str] = "Tickets."
    parameters: ClassVar[type[BaseModel]] = Weeks
    has_side_effect: ClassVar[bool] = False

    def run(self, arguments: Weeks) -> ToolOutput:
        raise NotPermitted("You may not read this customer's tickets.")


class BrokenTool:
    name: ClassVar[str] = "past_runs"
    description: ClassVar[str] = "Past runs."
    parameters: ClassVar[type[BaseModel]] = Weeks
    has_side_effect: ClassVar[bool] = False

    def run(self, arguments: Weeks) -> ToolOutput:
        raise KeyError("password=hunter2")


class ConfirmingTool:
    """Finds out only while it runs that a person has to decide."""

    name: ClassVar[str] = "discount_quote"
    description: ClassVar[str] = "A quote."
    parameters: ClassVar[type[BaseModel]] = Weeks
    has_side_effect: ClassVar[bool] = False

    def run(self, arguments: Weeks) -> ToolOutput:
        raise NeedsConfirmation("Above your band.")


def build_toolbox() -> Toolbox:
    SnoozeTool.ran.clear()
    return Toolbox(UsageTrendTool(), SnoozeTool(), ForbiddenTool(), BrokenTool(), ConfirmingTool())


class RecordingRecorder:
    """A recorder that writes down what it is told, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.waits: list[ToolCall] = []
        self.results: list[ToolResult] = []
        self.endings: list[TurnResult] = []

    def record_tool_start(self, call: ToolCall) -> None:
        self.lines.append(f"before {call.name}")

    def record_tool_result(
        self, call: ToolCall, result: ToolResult | None, duration_ms: int, error: str | None
    ) -> None:
        self.lines.append(f"after {call.name}{f': {error}' if error else ''}")
        self.results += [result] if result else []
        assert duration_ms >= 0

    def record_tool_waiting(self, call: ToolCall, duration_ms: int) -> None:
        self.lines.append(f"waiting {call.name}")
        self.waits.append(call)

    def record_turn_end(self, ending: TurnResult) -> None:
        outcome = ending.outcome
        self.lines.append(f"ended {outcome.reason}")
        self.endings.append(ending)

    @property
    def ending(self) -> TurnResult:
        (only,) = self.endings
        return only


NOT_REPORTED = TokenUsage(None, None)


def run_test_turn(model: LanguageModel, notebook: RecordingRecorder, caps: TurnLimits | None = None) -> list[LlmEvent]:
    return list(stream_tool_loop(model, QUESTION, build_toolbox(), caps or TurnLimits(), notebook))
