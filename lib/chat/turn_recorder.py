"""Where a turn of a model is put down: each tool before it runs, the answer before its last event."""

from decimal import Decimal

from lib.chat.blocks import Citation
from lib.chat.model import CallStatus, MessageStatus, ToolCallRecord
from lib.chat.tools import SIDE_EFFECT_TOOLS, TOOL_LABELS
from lib.chat.turn import STOPPED_TEXT, OpenTurn
from lib.llm.events import Done, Failed, FailureReason, FinishReason, TokenUsage, ToolCall, ToolResult
from lib.llm.recorder import TurnResult
from lib.llm.rule_based.assistant import RuleBasedModel
from lib.settings import ModelSettings

LENGTH_REACHED = "The answer reached the length the model can give at once. Ask it to go on."
CUT_OFF_FAULTS = frozenset({FailureReason.CUT, FailureReason.SILENT, FailureReason.UNREADABLE})


class TurnRecorder:
    def __init__(self, turn: OpenTurn, settings: ModelSettings) -> None:
        self._turn, self._settings = turn, settings
        self._rows: dict[str, ToolCallRecord] = {}

    def waiting_call(self, call_id: str) -> ToolCallRecord:
        """The waiting row of a call with an effect."""
        return self._rows[call_id]

    def before(self, call: ToolCall) -> None:
        # A call with an effect does not run in here: it becomes a row once it is known whether it may wait.
        if call.name not in SIDE_EFFECT_TOOLS:
            self._rows[call.id] = self._turn.add_tool_call(
                call.name, call.arguments, call_id=call.id[:200], status=CallStatus.RUNNING.value
            )

    def after(self, call: ToolCall, result: ToolResult | None, duration_ms: int, error: str | None) -> None:
        row = self._rows.get(call.id)
        if row is None:
            refused = {"status": CallStatus.REFUSED.value, "error": error, "duration_ms": duration_ms}
            self._turn.add_tool_call(call.name, call.arguments, call_id=call.id[:200], **refused)
            return
        status = CallStatus.SUCCEEDED if error is None else CallStatus.FAILED
        if call.name not in TOOL_LABELS:
            status = CallStatus.REFUSED
        output = _output_json(result) if result is not None else None
        self._turn.set_call(
            self._turn.chats.complete_tool_call(
                row.id, status.value, output=output, error=error, duration_ms=duration_ms
            )
        )

    def waiting(self, call: ToolCall, duration_ms: int) -> None:
        self._rows[call.id] = self._turn.add_tool_call(
            call.name, call.arguments, call_id=call.id[:200], status=CallStatus.WAITING.value
        )

    def ended(self, ending: TurnResult) -> None:
        status, error = message_status_of(ending)
        self._turn.estimated_tokens = 0 if self._turn.model == RuleBasedModel.name else ending.tokens_spent
        self._turn.finish(status, error, ending.usage, compute_cost(self._settings, self._turn.model, ending.usage))


def message_status_of(ending: TurnResult) -> tuple[MessageStatus, str | None]:
    """What an ending means for the row, with the sentence when it is not whole."""
    match ending.outcome:
        case Done(FinishReason.STOPPED):
            return MessageStatus.STOPPED, STOPPED_TEXT
        case Done(FinishReason.LENGTH):
            return MessageStatus.CUT, LENGTH_REACHED
        case Done():
            return MessageStatus.COMPLETE, None
        case Failed(reason=fault, error=error):
            is_cut = fault in CUT_OFF_FAULTS and bool(ending.text.strip())
            return MessageStatus.CUT if is_cut else MessageStatus.FAILED, error


def compute_cost(settings: ModelSettings, model: str | None, usage: TokenUsage) -> Decimal | None:
    """USD; None when the price or the tokens are not known."""
    price = settings.price(model) if model else None
    return price.of(usage.input_tokens, usage.output_tokens) if price else None


def _output_json(result: ToolResult) -> dict[str, object]:
    sources = [item.model_dump(mode="json") for item in result.payload if isinstance(item, Citation)]
    return {"text": result.text, **({"sources": sources} if sources else {})}
