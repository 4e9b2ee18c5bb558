"""Calls that wait: what each would do, in words; and doing it, exactly once, when the person says so.

The database lets exactly one decision through, and whoever made it carries the call out. Should that process die in
between, the call stays as running and is never carried out a second time; after a while the person may close it.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lib.chat.chat_context import ChatContext
from lib.chat.conversation import ChatPanel
from lib.chat.open_turn import retry_when_unavailable
from lib.chat.repository import ChatRepository
from lib.chat.saved_action_runner import SavedActionRunner
from lib.chat.tool_call_decisions import INTERRUPTED
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.chat.tools import build_chat_tools
from lib.chat.tools.side_effect_tools import (
    ProposalField,
    RunSavedAction,
    SaveAnswer,
    format_proposed_answer,
    merge_edited_arguments,
)
from lib.errors import Conflict, InvalidInput, ZenError
from lib.executions.model import SavedStep
from lib.executions.service import ExecutionService
from lib.llm.events import ToolCall, ToolResult
from lib.llm.stream_sanitizer import sanitize_json
from lib.llm.tools import Tool, Toolbox, validate_tool_arguments
from lib.text.truncate import single_line, strip_invisible, truncate

NO_LONGER_AVAILABLE = "This can no longer be done here: the slide, the run or the action has changed."
RESULT_UNKNOWN = "It was interrupted; it may or may not have taken effect."
NOT_ZENS_PROPOSAL = "This proposal was not written by Zen, so it cannot be approved. Cancel it, and ask again."
CALL_TIMEOUT = timedelta(minutes=2)
"""A call running for longer has lost its process; `private.tool_call_timeout` holds the same."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What approving a call would do. Plain text, partly written by a model. `fields` are the editable arguments."""

    title: str
    sentence: str
    fields: tuple[ProposalField, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision's result. `panel` holds the call as it stands now, `saved` an answer that was saved."""

    panel: ChatPanel
    call: ToolCallRecord
    saved: SavedStep | None = None


@dataclass(frozen=True, kw_only=True)
class ApprovalService:
    chats: ChatRepository
    executions: ExecutionService
    runner: SavedActionRunner | None = None

    def build_tool_call_proposal(self, context: ChatContext, panel: ChatPanel, call: ToolCallRecord) -> Proposal:
        """Describe what a waiting call would do. Never raises."""
        if not call.is_authentic:
            return Proposal(title=single_line(call.tool, max_length=80), sentence=NOT_ZENS_PROPOSAL, fields=())
        tool = self._find_offered_tool(context, panel, call)
        arguments = call.arguments
        if isinstance(tool, SaveAnswer):
            field = tool.form_fields.get(str(arguments.get("field")))
            label = field.label if field else str(arguments.get("field"))
            value = arguments.get("value")
            label = single_line(label, max_length=200)
            sentence = (
                f"“{label}” on the slide “{context.slide_title}” will say: {format_proposed_answer(field, value)}"
            )
            shown = ProposalField(key="value", label=label, value=value, form_field=field)
            return Proposal(title="Save this answer?", sentence=sentence, fields=(shown,))
        if isinstance(tool, RunSavedAction):
            name = single_line(str(arguments.get("action")), max_length=200)
            title = f"{name}?"
            workflow = single_line(context.workflow.name, max_length=120)
            try:
                fields = tool.load_proposal_fields(arguments)
            except ZenError as error:
                return Proposal(title=title, sentence=str(error), fields=())
            return Proposal(title=title, sentence=f"Approve to run it on this run of “{workflow}”.", fields=fields)
        return Proposal(title=single_line(call.tool, max_length=80), sentence=NO_LONGER_AVAILABLE, fields=())

    def approve_tool_call(
        self,
        context: ChatContext,
        panel: ChatPanel,
        call: ToolCallRecord,
        *,
        edited: Mapping[str, Any] | None = None,
        reason: str | None = None,
    ) -> Decision:
        """Approve and run a waiting call, with `edited` arguments in place of those proposed.

        Raises InvalidInput for wrong arguments (the call goes on waiting), Conflict if it was decided already, or if
        Zen did not write it.
        """
        if not call.is_authentic:
            raise Conflict(NOT_ZENS_PROPOSAL)
        tool = self._find_offered_tool(context, panel, call)
        if tool is None:
            raise Conflict(NO_LONGER_AVAILABLE)
        proposed = call.arguments
        if isinstance(tool, RunSavedAction):
            proposed = tool.reset_person_only_parameters(proposed)
        arguments = merge_edited_arguments(proposed, sanitize_json(dict(edited or {})))
        self._require_valid_tool_arguments(context, tool, arguments)
        changed = arguments if arguments != dict(call.input) else None
        decided = self.chats.tool_calls.decide_tool_call(
            call, approve=True, edited=changed, reason=_clean_decision_reason(reason)
        )
        result, done = self._run_approved_tool(tool, decided)
        saved = result.change if isinstance(result.change, SavedStep) else None
        return Decision(panel=panel.with_tool_call(done), call=done, saved=saved)

    def deny_tool_call(self, panel: ChatPanel, call: ToolCallRecord, reason: str | None = None) -> Decision:
        """Deny a waiting call. Raises Conflict if it was decided already."""
        decided = self.chats.tool_calls.decide_tool_call(call, approve=False, reason=_clean_decision_reason(reason))
        return Decision(panel=panel.with_tool_call(decided), call=decided)

    def close_interrupted_tool_call(self, panel: ChatPanel, call: ToolCallRecord) -> Decision:
        """Close an interrupted call. Raises Conflict if it may still run, or has ended."""
        closed = self.chats.tool_calls.save_tool_call_result(
            call, CallStatus.INTERRUPTED, output=None, error=INTERRUPTED, duration_ms=None
        )
        return Decision(panel=panel.with_tool_call(closed), call=closed)

    def _find_offered_tool(self, context: ChatContext, panel: ChatPanel, call: ToolCallRecord) -> Tool | None:
        """The tool of a call; None if it is not offered any more, or the call is of another conversation."""
        thread = panel.thread
        if thread is None or thread.id != call.thread_id:
            return None
        if (thread.execution_id, thread.slide_id) != (context.execution.id, context.slide.id):
            return None
        tools = build_chat_tools(context, self.executions, panel.branches, self.runner, key=call.id)
        tool = next((tool for tool in tools if tool.name == call.tool and tool.has_side_effect), None)
        if call.tool != RunSavedAction.name or self.runner is None or not context.may_write:
            return tool
        if isinstance(tool, RunSavedAction) and tool.offers(str(call.arguments.get("action"))):
            return tool
        # Asked for in words, an action may be none of the slide's branches.
        named = [each for each in self.runner.fetch_offered_actions() if each.name == call.arguments.get("action")]
        return RunSavedAction(context, tuple(named), self.runner, call.id) if named else tool

    def _require_valid_tool_arguments(self, context: ChatContext, tool: Tool, arguments: Mapping[str, Any]) -> None:
        try:
            valid = validate_tool_arguments(tool, arguments)
        except ValueError as error:
            raise InvalidInput(f"It cannot be done like this: {error}") from error
        if isinstance(tool, RunSavedAction) and self.runner is not None:
            given = valid.model_dump()
            self.runner.validate_parameters(
                tool.find_offered_action(given["action"]), context.execution, given["parameters"]
            )

    def _run_approved_tool(self, tool: Tool, call: ToolCallRecord) -> tuple[ToolResult, ToolCallRecord]:
        started = time.monotonic()
        try:
            asked = ToolCall(id=call.call_id or call.id, name=call.tool, arguments=call.arguments)
            result = Toolbox(tool).run_tool_call(asked, approved=True)
        except BaseException:
            self._save_tool_result(call, CallStatus.FAILED, RESULT_UNKNOWN, started)
            raise
        status = CallStatus.FAILED if result.failed else CallStatus.SUCCEEDED
        return result, self._save_tool_result(call, status, result.text, started)

    def _save_tool_result(self, call: ToolCallRecord, status: CallStatus, text: str, started: float) -> ToolCallRecord:
        """Store the result of a call. The call took effect by now, so an error in here is only logged."""
        error = text if status is CallStatus.FAILED else None
        milliseconds = round((time.monotonic() - started) * 1000)
        try:
            return retry_when_unavailable(
                lambda: self.chats.tool_calls.save_tool_call_result(
                    call, status, output={"text": text}, error=error, duration_ms=milliseconds
                )
            )
        except ZenError:
            log.exception("What an approved call came to could not be written down.")
            return call


def is_tool_call_interrupted(call: ToolCallRecord, now: datetime | None = None) -> bool:
    """True if `call` has been running for longer than CALL_TIMEOUT."""
    since = call.decided_at or call.created_at
    return call.status is CallStatus.RUNNING and (now or datetime.now(UTC)) - since > CALL_TIMEOUT


def _clean_decision_reason(reason: str | None) -> str | None:
    return truncate(strip_invisible(reason), 2000) if reason else None
