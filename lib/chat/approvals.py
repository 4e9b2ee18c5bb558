"""Calls that wait: what each would do, in words; and doing it, exactly once, when the person says so.

The database lets exactly one decision through, and whoever made it carries the call out. Should that process die in
between, the call stays as running and is never carried out a second time; after a while the person may close it.
"""

import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lib.chat import tree
from lib.chat.actions import ActionRunner
from lib.chat.blocks import TextBlock
from lib.chat.model import BranchType, CallStatus, Message, Panel, ToolCallRecord
from lib.chat.repository import ChatRepository, answer_rows
from lib.chat.scene import Scene
from lib.chat.tools import tools_for
from lib.chat.tools.effects import Kept, RunSavedAction, SaveAnswer, merged, said
from lib.chat.tools.effects import ProposalField as ProposalField
from lib.chat.turn import insisting
from lib.errors import Conflict, InvalidInput, ZenError
from lib.executions.model import Saved
from lib.executions.service import ExecutionService
from lib.llm.cleaning import cleaned
from lib.llm.events import ToolCall, ToolResult
from lib.llm.tools import Tool, Toolbox, checked
from lib.slides.words import cut, plain, visible

GONE = "This cannot be done from here any more: the slide, the run or the action has changed."
BROKEN_OFF = "It was broken off; whether it took effect is not known."
INTERRUPTED = "Interrupted right after its approval: it may or may not have been done. It is not done again by itself."
PATIENCE = timedelta(minutes=2)
"""After it a running call has no process any more; `private.call_patience` says the same."""

ANSWER_IDS = uuid.UUID("0b6f5a0e-51f7-4a4e-9d5e-6c1d6f6c1a52")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What approving would do. Plain text with words of a model in it. `fields` can be edited: an argument each."""

    title: str
    sentence: str
    fields: tuple[ProposalField, ...]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """`panel` has the call as it stands now and what was said about it. `saved` is set when an answer was kept."""

    panel: Panel
    call: ToolCallRecord
    answer: tuple[Message, ...]
    saved: Saved | None = None


@dataclass(frozen=True, kw_only=True)
class Approvals:
    chats: ChatRepository
    executions: ExecutionService
    runner: ActionRunner | None = None

    def describe(self, scene: Scene, panel: Panel, call: ToolCallRecord) -> Proposal:
        """Exactly what waits. Never raises: what is not there any more is said to be."""
        tool = self._tool(scene, panel, call)
        arguments = call.arguments
        if isinstance(tool, SaveAnswer):
            field = tool.questions.get(str(arguments.get("field")))
            label = field.label if field else str(arguments.get("field"))
            value = arguments.get("value")
            sentence = f"“{plain(label, most=200)}” on the slide “{scene.title}” will say: {said(value)}"
            shown = ProposalField(key="value", label=plain(label, most=200), value=value, question=field)
            return Proposal(title="Keep an answer", sentence=sentence, fields=(shown,))
        if isinstance(tool, RunSavedAction):
            name = plain(str(arguments.get("action")), most=200)
            sentence = f"The action “{name}” will run on this run of “{plain(scene.workflow.name, most=120)}”."
            try:
                return Proposal(title=name, sentence=sentence, fields=tool.fields(arguments))
            except ZenError as error:
                return Proposal(title=name, sentence=str(error), fields=())
        return Proposal(title=plain(call.tool, most=80), sentence=GONE, fields=())

    def approve(
        self,
        scene: Scene,
        panel: Panel,
        call: ToolCallRecord,
        *,
        edited: Mapping[str, Any] | None = None,
        reason: str | None = None,
    ) -> Decided:
        """Do it, with `edited` (arguments to put in place of those proposed) if given.

        Raises InvalidInput for arguments that will not do: it waits on. Conflict when it was decided already.
        """
        tool = self._tool(scene, panel, call)
        if tool is None:
            raise Conflict(GONE)
        arguments = merged(call.arguments, cleaned(dict(edited or {})))
        self._check(scene, tool, arguments)
        changed = arguments if arguments != dict(call.input) else None
        decided = self.chats.decide(call.id, approve=True, edited=changed, reason=_seen(reason))
        result, done = self._carry_out(tool, decided)
        saved = next((item.saved for item in result.payload if isinstance(item, Kept)), None)
        text = f"Not done: {result.text}" if result.failed else f"Done. {result.text}"
        return self._told(panel, done, text, saved)

    def deny(self, panel: Panel, call: ToolCallRecord, reason: str | None = None) -> Decided:
        """Do not do it. Raises Conflict when it was decided already."""
        decided = self.chats.decide(call.id, approve=False, reason=_seen(reason))
        why = f" {plain(reason, most=500)}" if reason and reason.strip() else ""
        return self._told(panel, decided, f"Denied; nothing was done.{why}", None)

    def close(self, panel: Panel, call: ToolCallRecord) -> Decided:
        """Put an interrupted call to rest, undone or not. Raises Conflict when it may still run, or came to an end."""
        closed = self.chats.complete(
            call.id, CallStatus.INTERRUPTED.value, output=None, error=INTERRUPTED, duration_ms=None
        )
        return self._told(panel, closed, INTERRUPTED, None)

    def _tool(self, scene: Scene, panel: Panel, call: ToolCallRecord) -> Tool | None:
        """The tool of a call, where it is still on offer; a call of another conversation or slide has none here."""
        thread = panel.thread
        if thread is None or thread.id != call.thread_id:
            return None
        if (thread.execution_id, thread.slide_id) != (scene.execution.id, scene.slide.id):
            return None
        tools = tools_for(scene, self.executions, panel.branches, self.runner, key=call.id)
        return next((tool for tool in tools if tool.name == call.tool and tool.has_side_effect), None)

    def _check(self, scene: Scene, tool: Tool, arguments: Mapping[str, Any]) -> None:
        try:
            valid = checked(tool, arguments)
        except ValueError as error:
            raise InvalidInput(f"It cannot be done like this: {error}") from error
        if isinstance(tool, RunSavedAction) and self.runner is not None:
            given = valid.model_dump()
            self.runner.checked(tool.action(given["action"]), scene.execution, given["parameters"])

    def _carry_out(self, tool: Tool, call: ToolCallRecord) -> tuple[ToolResult, ToolCallRecord]:
        started = time.monotonic()
        try:
            asked = ToolCall(id=call.call_id or call.id, name=call.tool, arguments=call.arguments)
            result = Toolbox(tool).call(asked, approved=True)
        except BaseException:
            self._complete(call, CallStatus.FAILED, BROKEN_OFF, started)
            raise
        status = CallStatus.FAILED if result.failed else CallStatus.SUCCEEDED
        return result, self._complete(call, status, result.text, started)

    def _complete(self, call: ToolCallRecord, status: CallStatus, text: str, started: float) -> ToolCallRecord:
        """Write down what it came to. It took effect by now, so a fault in here is logged and not raised."""
        error = text if status is CallStatus.FAILED else None
        milliseconds = round((time.monotonic() - started) * 1000)
        try:
            return insisting(
                lambda: self.chats.complete(
                    call.id, status.value, output={"text": text}, error=error, duration_ms=milliseconds
                )
            )
        except ZenError:
            log.exception("What an approved call came to could not be written down.")
            return call

    def _told(self, panel: Panel, call: ToolCallRecord, text: str, saved: Saved | None) -> Decided:
        """Say in the conversation what became of it; under an id made of the call's, so it is said once."""
        kind = BranchType.SAVED_ACTION if call.tool == RunSavedAction.name else BranchType.LLM
        parent = tree.last_id(panel.messages) or call.message_id or ""
        rows = answer_rows((TextBlock(text=cut(text, 4000)),), kind, None)
        # Should it come to an end after all once it was closed, that is said too.
        name = f"{call.id} closed" if call.status is CallStatus.INTERRUPTED else call.id
        answer_id = str(uuid.uuid5(ANSWER_IDS, name))
        known = panel.with_call(call)
        is_own = panel.thread is None or panel.thread.is_own

        def say() -> tuple[Message, ...]:
            if is_own:
                return self.chats.finish(call.thread_id, parent, answer_id, {"p_rows": rows})
            return self.chats.tell(call.id, parent or None, cut(text, 3500))

        try:
            answer = insisting(say)
        except ZenError:
            log.exception("What was decided about a call could not be said in its conversation.")
            answer = ()
        return Decided(panel=known.with_rows(*answer), call=call, answer=answer, saved=saved)


def is_interrupted(call: ToolCallRecord, now: datetime | None = None) -> bool:
    """Whether `call` has been running for so long that nothing carries it out any more."""
    since = call.decided_at or call.created_at
    return call.status is CallStatus.RUNNING and (now or datetime.now(UTC)) - since > PATIENCE


def _seen(reason: str | None) -> str | None:
    return cut(visible(reason), 2000) if reason else None
