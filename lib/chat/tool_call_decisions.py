"""What people decided about tool calls, as sentences drawn from the rows of the calls."""

from collections.abc import Iterable

from lib.chat.conversation import describe_missing_signature
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.text.truncate import single_line, truncate

INTERRUPTED = "Interrupted right after it was approved: it may or may not have run. It will not run again on its own."
MAX_RESULT_LENGTH = 4_000


def format_decision(call: ToolCallRecord) -> str:
    """What became of a call a person decided on, drawn from its row; blank before it has ended.

    Whoever decided is named in a colleague's conversation. What a call came to is said only if Zen recorded it.
    """
    if call.decided_at is None:
        return ""
    who = f"{call.decider}: " if call.decider else ""
    words = single_line(call.decision_reason, max_length=500) if call.decision_reason else ""
    if call.status is CallStatus.DENIED:
        return f"{who}Cancelled. {words}".strip()
    if call.status is CallStatus.INTERRUPTED:
        return f"{who}{INTERRUPTED}"
    if not call.is_authentic:
        return (
            ""
            if call.status is CallStatus.RUNNING
            else f"{describe_missing_signature(call.redacted_at)}: what came of it."
        )
    result = truncate(str((call.output or {}).get("text") or call.error or ""), MAX_RESULT_LENGTH)
    reason = f" Reason: {words}" if words else ""
    match call.status:
        case CallStatus.SUCCEEDED:
            return f"{who}Done. {result}{reason}"
        case CallStatus.FAILED:
            return f"{who}Not done: {result}{reason}"
        case _:
            return ""


def list_answer_decisions(calls: Iterable[ToolCallRecord], answer_id: str) -> tuple[str, ...]:
    """The decisions about the calls of an answer, in order."""
    found = (format_decision(call) for call in calls if call.answer_id == answer_id)
    return tuple(sentence for sentence in found if sentence)
