"""One turn: the model speaks, asks for tools, reads what they gave, and speaks again.

Every tool is audited before it runs. A tool with a side effect never runs here: it is put down as waiting for a person,
and the model is told so. However the turn ends, the recorder is told exactly once, before the last event is given out,
so that what happened is stored before it is drawn.
"""

import logging
import time
import uuid
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from lib.errors import NeedsConfirmation, ZenError
from lib.llm import caps as capping
from lib.llm.caps import Cap, Caps, Tally
from lib.llm.events import Done, Event, Failed, Fault, Pulse, Reason, TextDelta, Thought, ToolCall, Turn, Usage, Waiting
from lib.llm.faults import failed
from lib.llm.messages import Assistant, Message, ToolAnswer, whole
from lib.llm.model import Model, Request
from lib.llm.recorder import Ending, Recorder
from lib.llm.tools import Toolbox

WAITS = "It waits for the person's approval and has not run. Say so; do not ask for it again."

log = logging.getLogger(__name__)


def run_turn(model: Model, messages: Sequence[Message], toolbox: Toolbox, caps: Caps, record: Recorder) -> Turn:
    """The events of one turn; the last are its Usage and then Done or Failed. Closing it stops everything at once."""
    turn = _Turn(model, tuple(messages), toolbox, caps, record)
    try:
        yield from turn.run()
    except Exception as error:
        if turn.is_over:
            raise
        yield from turn.fail(error)
    except BaseException:
        turn.stop()
        raise


@dataclass
class _Round:
    """What the model said in one round."""

    text: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    thoughts: list[Thought] = field(default_factory=list)
    usage: Usage | None = None
    outcome: Done | Failed | None = None
    cap: Cap | None = None
    is_settled: bool = False


class _Turn:
    def __init__(self, model: Model, told: tuple[Message, ...], toolbox: Toolbox, caps: Caps, record: Recorder) -> None:
        self.model, self.told, self.toolbox, self.caps, self.record = model, told, toolbox, caps, record
        self.produced: list[Message] = []
        self.round = _Round(is_settled=True)
        self.text: list[str] = []
        self.tally = Tally(caps)
        self.rounds = 0
        self.calls = 0
        self.is_over = False

    def run(self) -> Turn:
        cap = self.tally.reached()
        while cap is None:
            yield from self._listen()
            if isinstance(self.round.outcome, Failed) or not (self.round.cap or self.round.calls):
                yield from self._end(self._outcome())
                return
            cap = self.round.cap or self._cap_before_calls()
            if cap is None:
                yield from self._answer_calls()
                cap = self.tally.reached()
        sentence = capping.SENTENCES[cap]
        yield from self._say(f"\n\n{sentence}" if self.text else sentence)
        self.produced.append(Assistant(text=sentence))
        yield from self._end(Done(Reason.CAP))

    def fail(self, error: Exception) -> Turn:
        """A fault of our own: something the recorder could not put down, or a mistake in here."""
        failure = failed(Fault.INTERNAL, anything_shown=self._has_shown())
        if isinstance(error, ZenError):
            failure = replace(failure, error=str(error))
        else:
            log.error("A turn failed.", exc_info=error)
        yield from self._end(failure)

    def stop(self) -> None:
        """A person stopped it, or left. Nobody is there to be told of a failure in here, so it is only logged."""
        if self.is_over:
            return
        try:
            self._put_down(Done(Reason.STOPPED))
        except Exception:
            log.exception("A stopped turn could not be put down.")

    def _listen(self) -> Turn:
        """One round: what the model says is given out as it comes, and kept."""
        self.rounds += 1
        self.round = heard = _Round()
        request = self._request()
        self.tally.open_round(request)
        with closing(self.model.stream(request)) as events:
            for event in events:
                match event:
                    case TextDelta(text):
                        gap = "\n\n" if self.text and not heard.text else ""
                        heard.text.append(text)
                        self.tally.write(text)
                        yield from self._say(gap + text)
                    case ToolCall():
                        heard.calls.append(self._named(event))
                    case Thought():
                        heard.thoughts.append(event)
                    case Usage():
                        heard.usage = event
                    case Pulse():
                        yield event
                    case Done() | Failed():
                        heard.outcome = event
                heard.cap = self.tally.reached() if heard.outcome is None else None
                if heard.cap:
                    break
        self._settle()

    def _request(self) -> Request:
        """In its last round, or with no call left, the model has to answer in words."""
        may_call = self.rounds < self.caps.rounds and self.calls < self.caps.calls
        return Request(messages=(*self.told, *self.produced), tools=self.toolbox.schemas(), may_call=may_call)

    def _settle(self) -> None:
        heard = self.round
        heard.is_settled = True
        refused = isinstance(heard.outcome, Failed) and not heard.text and heard.usage is None
        self.tally.settle(None if refused else heard.usage or Usage())
        if heard.text or heard.calls:
            thoughts = tuple(thought.item for thought in heard.thoughts)
            said = Assistant(text="".join(heard.text), tool_calls=tuple(heard.calls), thoughts=thoughts)
            self.produced.append(said)

    def _cap_before_calls(self) -> Cap | None:
        if self.rounds >= self.caps.rounds:
            return Cap.ROUNDS
        if self.calls + len(self.round.calls) > self.caps.calls:
            return Cap.CALLS
        return self.tally.reached()

    def _answer_calls(self) -> Turn:
        for call in self.round.calls:
            yield call
            self.calls += 1
            answer = yield from self._use(call)
            self.produced.append(answer)

    def _use(self, call: ToolCall) -> Generator[Event, None, ToolAnswer]:
        self.record.before(call)
        started = time.monotonic()
        try:
            result = self.toolbox.call(call)
        except NeedsConfirmation as asked:
            waiting = replace(call, arguments=asked.detail)
            self.record.waiting(waiting, _since(started))
            yield Waiting(call=waiting, message=asked.message)
            return ToolAnswer(call_id=call.id, name=call.name, text=WAITS)
        except BaseException:
            self.record.after(call, None, _since(started), "It was broken off.")
            raise
        self.record.after(call, result, _since(started), result.text if result.failed else None)
        yield result
        return ToolAnswer(call_id=call.id, name=call.name, text=result.text, failed=result.failed)

    def _outcome(self) -> Done | Failed:
        """How a round without calls ends the turn. A chart without a word is an answer, nothing at all is none."""
        match self.round.outcome:
            case Failed() as failure:
                return replace(failure, anything_shown=self._has_shown())
            case Done() as done:
                shown = self._has_shown()
                return done if shown else failed(Fault.EMPTY)
            case None:
                return failed(Fault.CUT, anything_shown=self._has_shown())

    def _say(self, text: str) -> Turn:
        self.text.append(text)
        yield TextDelta(text)

    def _end(self, outcome: Done | Failed) -> Turn:
        self._put_down(outcome)
        yield self.tally.usage
        yield outcome

    def _put_down(self, outcome: Done | Failed) -> None:
        self.is_over = True
        if not self.round.is_settled:
            self._settle()
        ending = Ending(
            outcome=outcome,
            text="".join(self.text),
            usage=self.tally.usage,
            spent=self.tally.spent,
            rounds=self.rounds,
            calls=self.calls,
            produced=whole(self.produced),
        )
        self.record.ended(ending)

    def _has_shown(self) -> bool:
        return bool("".join(self.text).strip()) or any(isinstance(said, ToolAnswer) for said in self.produced)

    def _named(self, call: ToolCall) -> ToolCall:
        """Some servers give no id, or the same one again in the next round or turn."""
        taken = {known.id for known in self.round.calls}
        taken |= {said.call_id for said in (*self.told, *self.produced) if isinstance(said, ToolAnswer)}
        return call if call.id and call.id not in taken else replace(call, id=f"call_{uuid.uuid4().hex[:20]}")


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
