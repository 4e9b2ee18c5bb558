"""A tool call of a model, as the audit log has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class CallStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    DENIED = "denied"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class ToolCallRecord:
    """A row of the audit log. `input` is what the model proposed, `edited_input` the person's version. With
    `needs_leader` the owner cannot approve it as proposed, a leader can. `decider` names who decided in a colleague's
    conversation. What is not authentic was not recorded by Zen."""

    id: str
    thread_id: str
    tool: str
    input: Mapping[str, Any]
    status: CallStatus
    created_at: datetime
    message_id: str | None = None
    answer_id: str | None = None
    call_id: str | None = None
    edited_input: Mapping[str, Any] | None = None
    output: Mapping[str, Any] | None = None
    duration_ms: int | None = None
    error: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None
    needs_leader: bool = False
    decider: str | None = None
    is_authentic: bool = True
    redacted_at: datetime | None = None

    @property
    def arguments(self) -> Mapping[str, Any]:
        return self.input if self.edited_input is None else self.edited_input

    @property
    def is_waiting_for_approval(self) -> bool:
        return self.status is CallStatus.WAITING

    def to_signed_fields(self) -> dict[str, Any]:
        """The fields a signature covers, as the row has them."""
        return {
            "id": self.id,
            "thread_id": self.thread_id,
            "answer_id": self.answer_id,
            "tool": self.tool,
            "input": self.input,
            "edited_input": self.edited_input,
            "output": self.output,
            "status": self.status.value,
            "error": self.error,
        }
