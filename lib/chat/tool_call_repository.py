"""Tool calls of models: the audit log, and the decisions on calls that wait for approval."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from lib.chat.row_parsing import parse_tool_call
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_signatures import RowSigner

CALLS = "workflow_llm_tool_calls"
MAX_ROWS = 1000


class ToolCallRepository:
    """Each method is one request, with the rights of the client's person. What Zen writes is signed on the way."""

    def __init__(self, client: Client, signer: RowSigner) -> None:
        self._client, self._signer = client, signer

    def create_tool_call(self, row: Mapping[str, Any]) -> ToolCallRecord:
        made = {"id": str(uuid4()), **row}
        stored = execute_write(
            self._client.table(CALLS).insert({**made, "signature": self._signer.sign_tool_call(made)})
        )
        return parse_tool_call(stored[0], self._signer)

    def fetch_tool_calls(self, thread_id: str) -> tuple[ToolCallRecord, ...]:
        query = self._client.table(CALLS).select("*").eq("thread_id", thread_id)
        return tuple(
            parse_tool_call(row, self._signer)
            for row in execute_read(query.order("created_at").order("id").limit(MAX_ROWS))
        )

    def decide_tool_call(
        self,
        call: ToolCallRecord,
        *,
        approve: bool,
        edited: Mapping[str, Any] | None = None,
        reason: str | None = None,
    ) -> ToolCallRecord:
        """Approve or deny a waiting call. Exactly one decision succeeds; others raise Conflict."""
        status = CallStatus.RUNNING if approve else CallStatus.DENIED
        arguments = {
            "p_id": call.id,
            "p_approve": approve,
            "p_input": dict(edited) if edited is not None else None,
            "p_reason": reason,
            "p_signature": self._sign_next_state(call, status=status.value, edited_input=edited),
        }
        return parse_tool_call(execute_write(self._client.rpc("decide_tool_call", arguments)), self._signer)

    def save_tool_call_result(
        self,
        call: ToolCallRecord,
        status: CallStatus,
        *,
        output: Mapping[str, Any] | None,
        error: str | None,
        duration_ms: int | None,
    ) -> ToolCallRecord:
        """Store the result of a running call. Idempotent."""
        arguments = {
            "p_id": call.id,
            "p_status": status.value,
            "p_duration_ms": duration_ms,
            "p_output": dict(output) if output is not None else None,
            "p_error": error,
            "p_signature": self._sign_next_state(call, status=status.value, output=output, error=error),
        }
        return parse_tool_call(execute_read(self._client.rpc("complete_tool_call", arguments)), self._signer)

    def _sign_next_state(self, call: ToolCallRecord, **changes: Any) -> str | None:
        """The signature of a call after `changes`; none for one that Zen did not write."""
        return self._signer.sign_tool_call(call.to_signed_fields() | changes) if call.is_authentic else None
