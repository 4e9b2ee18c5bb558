"""Runs one turn: calls the model, runs the tools it asks for, calls it again with their results.

Every tool call is recorded before it runs. A tool with a side effect never runs here: it is recorded as waiting for
approval, and the model is told so. However the turn ends, the recorder gets its result exactly once, before the stream
is over.
"""

import logging
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace

from lib.errors import NeedsConfirmation, ZenError
from lib.llm.errors import build_failure_event, build_missing_text_event
from lib.llm.events import (
    ApprovalRequested,
    BlockShown,
    Done,
    Failed,
    FailureReason,
    FinishReason,
    Heartbeat,
    LlmEvent,
    ReasoningItem,
    TextDelta,
    TextWithdrawn,
    TokenUsage,
    ToolCall,
    ToolStarted,
    TurnStream,
)
from lib.llm.language_model import LanguageModel, ModelRequest
from lib.llm.messages import (
    AssistantMessage,
    ModelMessage,
    ToolMessage,
    drop_unpaired_tool_calls,
    replace_tool_call,
    with_unique_call_id,
)
from lib.llm.model_round import ModelRound
from lib.llm.tool_call_answers import TurnCallAnswers
from lib.llm.tools import Toolbox
from lib.llm.turn_limits import LIMIT_MESSAGES, LimitKind, TokenCounter, TurnLimits
from lib.llm.turn_recorder import Recorder, TurnResult, compute_elapsed_ms

AWAITS_APPROVAL = "It waits for the person's approval and has not run. Say so; do not ask for it again."

log = logging.getLogger(__name__)


def stream_tool_loop(
    model: LanguageModel, messages: Sequence[ModelMessage], toolbox: Toolbox, limits: TurnLimits, recorder: Recorder
) -> TurnStream:
    """Stream one turn's events; the recorder is told how it ended. Closing the stream stops everything at once."""
    turn = _Turn(model, tuple(messages), toolbox, limits, recorder)
    try:
        yield from turn.stream_rounds()
    except Exception as error:
        if turn.is_over:
            raise
        turn.record_failure(error)
    except BaseException:
        turn.record_stop()
        raise


class _Turn:
    def __init__(
        self,
        model: LanguageModel,
        history: tuple[ModelMessage, ...],
        toolbox: Toolbox,
        caps: TurnLimits,
        record: Recorder,
    ) -> None:
        self.model, self.history, self.toolbox, self.limits, self.recorder = model, history, toolbox, caps, record
        self.produced: list[ModelMessage] = []
        self.round = ModelRound(is_finished=True)
        self.text: list[str] = []
        self.token_counter = TokenCounter(caps)
        self.answers = TurnCallAnswers()
        self.rounds = 0
        self.calls = 0
        self.is_over = False

    def stream_rounds(self) -> TurnStream:
        cap = self.token_counter.find_reached_limit()
        while cap is None:
            yield from self._stream_round()
            if isinstance(self.round.outcome, Failed) or not (self.round.limit or self.round.calls):
                self._record_turn_result(self._choose_turn_outcome())
                return
            cap = self.round.limit or self._find_limit_before_tool_calls()
            if cap is None:
                yield from self._run_tool_calls()
                cap = self.token_counter.find_reached_limit()
        sentence = LIMIT_MESSAGES[cap]
        yield from self._emit_text(f"\n\n{sentence}" if self.text else sentence)
        self.produced.append(AssistantMessage(text=sentence))
        self._record_turn_result(Done(FinishReason.CAP))

    def record_failure(self, error: Exception) -> None:
        """End the turn after an error of our own, such as a recorder that cannot write."""
        failure = build_failure_event(FailureReason.INTERNAL, anything_shown=self._has_shown_anything())
        if isinstance(error, ZenError):
            failure = replace(failure, error=str(error))
        else:
            log.error("A turn failed.", exc_info=error)
        self._record_turn_result(failure)

    def record_stop(self) -> None:
        """Record a turn that a person stopped or left; nobody is there to see an error, so it is only logged."""
        if self.is_over:
            return
        try:
            self._record_turn_result(Done(FinishReason.STOPPED))
        except Exception:
            log.exception("A stopped turn could not be recorded.")

    def _stream_round(self) -> TurnStream:
        """Call the model once, pass its text on and keep it."""
        self.rounds += 1
        self.round = heard = ModelRound()
        request = self._build_request()
        self.token_counter.start_round(request)
        with closing(self.model.stream(request)) as events:
            for event in events:
                match event:
                    case TextDelta(text):
                        gap = "\n\n" if self.text and not heard.text else ""
                        heard.text.append(text)
                        self.token_counter.count_text(text)
                        yield from self._emit_text(gap + text)
                    case TextWithdrawn():
                        yield from self._withdraw_round_text()
                    case ToolCall():
                        heard.calls.append(with_unique_call_id(event, heard.calls, (*self.history, *self.produced)))
                    case ReasoningItem():
                        heard.reasoning_items.append(event)
                    case TokenUsage():
                        heard.usage = event
                    case Heartbeat():
                        yield event
                    case Done() | Failed():
                        heard.outcome = event
                heard.limit = self.token_counter.find_reached_limit() if heard.outcome is None else None
                if heard.limit:
                    break
        self._finish_round()

    def _build_request(self) -> ModelRequest:
        """The next request; in the last round, or with no tool call left, the model must answer in words."""
        may_call = self.rounds < self.limits.rounds and self.calls < self.limits.calls
        return ModelRequest(
            messages=(*self.history, *self.produced), tools=self.toolbox.schemas(), may_call_tools=may_call
        )

    def _finish_round(self) -> None:
        heard = self.round
        heard.is_finished = True
        refused = isinstance(heard.outcome, Failed) and not heard.text and heard.usage is None
        self.token_counter.finish_round(None if refused else heard.usage or TokenUsage())
        if heard.text or heard.calls:
            thoughts = tuple(thought.item for thought in heard.reasoning_items)
            said = AssistantMessage(text="".join(heard.text), tool_calls=tuple(heard.calls), reasoning_items=thoughts)
            self.produced.append(said)

    def _find_limit_before_tool_calls(self) -> LimitKind | None:
        if self.rounds >= self.limits.rounds:
            return LimitKind.ROUNDS
        if self.calls >= self.limits.calls:
            return LimitKind.CALLS
        return self.token_counter.find_reached_limit()

    def _run_tool_calls(self) -> TurnStream:
        before = self.calls
        for call in self.round.calls:
            answer = self.answers.answer_unrun(call, has_room=self.calls < self.limits.calls)
            if answer is None:
                yield ToolStarted(call)
                self.calls += 1
                answer = yield from self._run_tool(call)
                self.answers.remember(call, answer)
            self.produced.append(answer)
        if sentence := self.answers.describe_cut_calls(self.calls - before, self.limits.calls):
            yield from self._emit_text(f"\n\n{sentence}" if self.text else sentence)

    def _run_tool(self, call: ToolCall) -> Generator[LlmEvent, None, ToolMessage]:
        self.recorder.record_tool_start(call)
        started = time.monotonic()
        try:
            result = self.toolbox.run_tool_call(call)
        except NeedsConfirmation as asked:
            waiting = replace(call, arguments=asked.detail)
            self.recorder.record_tool_waiting(waiting, compute_elapsed_ms(started))
            self.produced = replace_tool_call(self.produced, waiting)
            yield ApprovalRequested(waiting, asked.message)
            return ToolMessage(call_id=call.id, name=call.name, text=AWAITS_APPROVAL)
        except BaseException:
            self.recorder.record_tool_result(call, None, compute_elapsed_ms(started), "It was broken off.")
            raise
        self.recorder.record_tool_result(
            call, result, compute_elapsed_ms(started), result.text if result.failed else None
        )
        for block in result.blocks:
            yield BlockShown(block)
        return ToolMessage(call_id=call.id, name=call.name, text=result.text, failed=result.failed)

    def _choose_turn_outcome(self) -> Done | Failed:
        """How a round without calls ends the turn. A chart alone is an answer; nothing at all is a failure."""
        match self.round.outcome:
            case Failed() as failure:
                return replace(failure, anything_shown=self._has_shown_anything())
            case Done() as done:
                shown = self._has_shown_anything()
                return done if shown else build_missing_text_event(done.reason)
            case None:
                return build_failure_event(FailureReason.CUT, anything_shown=self._has_shown_anything())

    def _emit_text(self, text: str) -> TurnStream:
        self.text.append(text)
        yield TextDelta(text)

    def _withdraw_round_text(self) -> TurnStream:
        """Take back what this round has written so far, with the gap before it."""
        count = len(self.round.text)
        withdrawn = "".join(self.text[-count:]) if count else ""
        del self.text[len(self.text) - count :]
        self.round.text.clear()
        yield TextWithdrawn(len(withdrawn))

    def _record_turn_result(self, outcome: Done | Failed) -> None:
        self.is_over = True
        if not self.round.is_finished:
            self._finish_round()
        ending = TurnResult(
            outcome=outcome,
            text="".join(self.text),
            usage=self.token_counter.usage,
            tokens_spent=self.token_counter.tokens_spent,
            rounds=self.rounds,
            calls=self.calls,
            produced=drop_unpaired_tool_calls(self.produced),
        )
        self.recorder.record_turn_end(ending)

    def _has_shown_anything(self) -> bool:
        return bool("".join(self.text).strip()) or any(isinstance(said, ToolMessage) for said in self.produced)
