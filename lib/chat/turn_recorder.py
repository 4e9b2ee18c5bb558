"""What a turn with tools does, stored as it happens: each call before it runs, its result, and how the turn ended."""

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal

from lib.chat.claims.given_facts import list_tool_facts
from lib.chat.conversation import MessageStatus
from lib.chat.open_turn import STOPPED_TEXT, OpenTurn
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.chat.tools import SIDE_EFFECT_TOOLS, TOOL_LABELS
from lib.chat.turn_start import NewLlmContext
from lib.llm.events import Done, Failed, FailureReason, FinishReason, TokenUsage, ToolCall, ToolResult
from lib.llm.model_settings import ModelSettings
from lib.llm.rule_based.assistant import RuleBasedModel
from lib.llm.turn_recorder import TurnResult

LENGTH_REACHED = "The answer reached the maximum length. Ask the model to continue."
CUT_OFF_FAULTS = frozenset({FailureReason.CUT, FailureReason.SILENT, FailureReason.UNREADABLE})


class TurnRecorder:
    """Stores what a turn with tools does. `find_sent_context` tells what was sent instead of what was stored."""

    def __init__(
        self, turn: OpenTurn, settings: ModelSettings, find_sent_context: Callable[[], NewLlmContext | None]
    ) -> None:
        self._turn, self._settings, self._find_sent_context = turn, settings, find_sent_context
        self._rows: dict[str, ToolCallRecord] = {}

    def record_tool_start(self, call: ToolCall) -> None:
        # A call with an effect does not run in here: it becomes a row once it is known whether it may wait.
        if call.name not in SIDE_EFFECT_TOOLS:
            self._rows[call.id] = self._turn.save_tool_call(
                call.name, call.arguments, call_id=call.id[:200], status=CallStatus.RUNNING.value
            )

    def record_tool_result(
        self, call: ToolCall, result: ToolResult | None, duration_ms: int, error: str | None
    ) -> None:
        row = self._rows.get(call.id)
        if row is None:
            refused = {"status": CallStatus.REFUSED.value, "error": error, "duration_ms": duration_ms}
            self._turn.save_tool_call(call.name, call.arguments, call_id=call.id[:200], **refused)
            return
        status = CallStatus.SUCCEEDED if error is None else CallStatus.FAILED
        if call.name not in TOOL_LABELS:
            status = CallStatus.REFUSED
        output = _tool_result_to_json(result) if result is not None else None
        if result is not None:
            self._keep_tool_result(call, result)
        self._turn.replace_call_in_panel(
            self._turn.chats.tool_calls.save_tool_call_result(
                row, status, output=output, error=error, duration_ms=duration_ms
            )
        )

    def _keep_tool_result(self, call: ToolCall, result: ToolResult) -> None:
        for citation in result.citations:
            self._turn.transcript.add_citation(citation)
        # A refusal repeats what the model sent.
        if self._turn.given_facts is not None and not result.failed:
            label = TOOL_LABELS.get(call.name, "").removeprefix("the ")
            self._turn.given_facts += list_tool_facts(label, result.text, result.blocks)

    def record_tool_waiting(self, call: ToolCall, duration_ms: int) -> None:
        self._rows[call.id] = self._turn.save_tool_call(
            call.name, call.arguments, call_id=call.id[:200], status=CallStatus.WAITING.value
        )

    def record_turn_end(self, ending: TurnResult) -> None:
        status, error = choose_message_status(ending)
        if (sent := self._find_sent_context()) is not None:
            self._turn.replace_llm_context(sent)
        self._turn.estimated_tokens = 0 if self._turn.model == RuleBasedModel.name else ending.tokens_spent
        self._turn.save_answer(
            status, error, ending.usage, compute_answer_cost(self._settings, self._turn.model, ending.usage)
        )


def choose_message_status(ending: TurnResult) -> tuple[MessageStatus, str | None]:
    """The status of the stored answer, with a sentence if it is incomplete."""
    match ending.outcome:
        case Done(FinishReason.STOPPED):
            return MessageStatus.STOPPED, STOPPED_TEXT
        case Done(FinishReason.LENGTH):
            return MessageStatus.CUT, LENGTH_REACHED
        case Done():
            return MessageStatus.COMPLETE, None
        case Failed(reason=reason, error=error):
            is_cut = reason in CUT_OFF_FAULTS and bool(ending.text.strip())
            return MessageStatus.CUT if is_cut else MessageStatus.FAILED, error


def compute_answer_cost(settings: ModelSettings, model: str | None, usage: TokenUsage) -> Decimal | None:
    """The cost in USD; None if the price or the tokens are not known."""
    price = settings.find_price(model) if model else None
    return price.compute_cost(usage.input_tokens, usage.output_tokens) if price else None


def _tool_result_to_json(result: ToolResult) -> dict[str, object]:
    sources = [asdict(citation) for citation in result.citations]
    return {"text": result.text, **({"sources": sources} if sources else {})}
