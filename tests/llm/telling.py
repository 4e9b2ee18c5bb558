"""Small words the tests of this room share."""

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from lib.errors import NeedsConfirmation, NotPermitted
from lib.llm.caps import Caps
from lib.llm.events import Done, Event, Failed, ModelEvent, Pulse, TextDelta, ToolCall, ToolResult, Usage
from lib.llm.loop import run_turn
from lib.llm.messages import System, User
from lib.llm.model import Model, Request
from lib.llm.recorder import Ending
from lib.llm.tools import Answer, Toolbox

ASKED = (System("You help."), User("How is usage?"))

E = TypeVar("E")


def heard(model: Model, request: Request | None = None) -> list[ModelEvent]:
    """Everything but the waiting."""
    request = request or Request(messages=ASKED, tools=toolbox().schemas())
    return [event for event in model.stream(request) if not isinstance(event, Pulse)]


def text_of(events: Iterable[ModelEvent | Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def of_kind(kind: type[E], events: Iterable[object]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def ending(events: Iterable[ModelEvent | Event]) -> Done | Failed:
    last = list(events)[-1]
    assert isinstance(last, Done | Failed)
    return last


class Weeks(BaseModel):
    model_config = ConfigDict(extra="forbid")
    weeks: int = Field(default=12, ge=1, le=104, description="How many weeks back.")


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=3)


class UsageTrend:
    name: ClassVar[str] = "usage_trend"
    description: ClassVar[str] = "Usage by week."
    parameters: ClassVar[type[BaseModel]] = Weeks
    has_side_effect: ClassVar[bool] = False

    def run(self, arguments: Weeks) -> Answer:
        return Answer(text=f"Usage fell over {arguments.weeks} weeks.\n\nweek 1: 400", payload=("a chart",))


class Snooze:
    name: ClassVar[str] = "snooze_run"
    description: ClassVar[str] = "Puts the run off."
    parameters: ClassVar[type[BaseModel]] = Reason
    has_side_effect: ClassVar[bool] = True
    ran: ClassVar[list[str]] = []

    def run(self, arguments: Reason) -> Answer:
        self.ran.append(arguments.reason)
        return Answer(text="Snoozed.")


class Forbidden:
    name: ClassVar[str] = "list_tickets"
    description: ClassVar[str] = "Tickets."
    parameters: ClassVar[type[BaseModel]] = Weeks
    has_side_effect: ClassVar[bool] = False

    def run(self, arguments: Weeks) -> Answer:
        raise NotPermitted("You may not read this customer's tickets.")


class Broken:
    name: ClassVar[str] = "past_runs"
    description: ClassVar[str] = "Past runs."
    parameters: ClassVar[type[BaseModel]] = Weeks
    has_side_effect: ClassVar[bool] = False

    def run(self, arguments: Weeks) -> Answer:
        raise KeyError("password=hunter2")


class Asking:
    """Finds out only while it runs that a person has to decide."""

    name: ClassVar[str] = "discount_quote"
    description: ClassVar[str] = "A quote."
    parameters: ClassVar[type[BaseModel]] = Weeks
    has_side_effect: ClassVar[bool] = False

    def run(self, arguments: Weeks) -> Answer:
        raise NeedsConfirmation("Above your band.")


def toolbox() -> Toolbox:
    Snooze.ran.clear()
    return Toolbox(UsageTrend(), Snooze(), Forbidden(), Broken(), Asking())


class Notebook:
    """A recorder that writes down what it is told, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.waits: list[ToolCall] = []
        self.endings: list[Ending] = []

    def before(self, call: ToolCall) -> None:
        self.lines.append(f"before {call.name}")

    def after(self, call: ToolCall, result: ToolResult | None, duration_ms: int, error: str | None) -> None:
        self.lines.append(f"after {call.name}{f': {error}' if error else ''}")
        assert duration_ms >= 0

    def waiting(self, call: ToolCall, duration_ms: int) -> None:
        self.lines.append(f"waiting {call.name}")
        self.waits.append(call)

    def ended(self, ending: Ending) -> None:
        outcome = ending.outcome
        self.lines.append(f"ended {outcome.reason if isinstance(outcome, Done) else outcome.fault}")
        self.endings.append(ending)

    @property
    def ending(self) -> Ending:
        (only,) = self.endings
        return only


NOT_REPORTED = Usage(None, None)


def turn(model: Model, notebook: Notebook, caps: Caps | None = None) -> list[Event]:
    return list(run_turn(model, ASKED, toolbox(), caps or Caps(), notebook))
