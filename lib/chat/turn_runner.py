"""How each kind of branch answers a question. Every generator here finishes its turn before it gives out the end."""

import logging
import secrets
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from lib.chat import action_runner, prompt, rag, record_passages, retrieval
from lib.chat.account_facts import list_facts
from lib.chat.action_runner import ActionRunner
from lib.chat.blocks import Block, Citation, TextBlock
from lib.chat.chat_context import ChatContext
from lib.chat.complete_text import stream_completion
from lib.chat.events import (
    ChatApprovalRequested,
    ChatBlockShown,
    ChatEventStream,
    ChatHeartbeat,
    ChatTextDelta,
    ChatToolStarted,
    ChatTurnStarted,
)
from lib.chat.model import BranchType, CallStatus, ChatPanel, MessageStatus, Question
from lib.chat.repository import ChatRepository, NewLlmContext, StartedTurn
from lib.chat.tools import TOOL_LABELS, build_tools
from lib.chat.tools.side_effect_tools import RunSavedAction
from lib.chat.turn import STOPPED_TEXT, IsUnwatched, OpenTurn
from lib.chat.turn_recorder import TurnRecorder, compute_cost
from lib.errors import InvalidInput, ZenError
from lib.executions.service import ExecutionService
from lib.llm.events import Done, Failed, Heartbeat, TextDelta, TokenUsage, ToolCall, ToolResult, UnapprovedToolCall
from lib.llm.factory import create_model
from lib.llm.language_model import LanguageModel
from lib.llm.limits import TurnLimits, estimate_tokens
from lib.llm.messages import ModelMessage
from lib.llm.rule_based.assistant import RuleBasedModel
from lib.llm.tool_loop import run_turn
from lib.llm.tools import Toolbox
from lib.settings import ModelSettings
from lib.slides import template
from lib.slides.fill import read_template_values
from lib.text.escape import escape_markdown_lines
from lib.text.truncate import single_line, strip_invisible

LONGEST_QUESTION = 20_000
INTERNAL_ERROR = "Something went wrong inside Zen. What you wrote is kept; you can try again."
MODEL_UNAVAILABLE = "The model could not be asked, so these are the records' own words. {}"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class TurnRunner:
    """What it takes to answer. `runner` runs saved actions, where one is installed."""

    chats: ChatRepository
    executions: ExecutionService
    settings: ModelSettings
    make_model: Callable[[ModelSettings], LanguageModel] = create_model
    runner: ActionRunner | None = None
    is_unwatched: IsUnwatched = bool

    def stream_turn(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatEventStream:
        """The turn of `question`, from Asked to Ended. Raises only before Asked: then nothing is stored."""
        asked = restore_branch(panel, replace(question, text=strip_invisible(question.text).strip()))
        if not asked.text:
            raise InvalidInput("Write a question first.")
        if len(asked.text) > LONGEST_QUESTION:
            raise InvalidInput(f"A question can be {LONGEST_QUESTION:,} characters long.")
        kind = asked.branch.type if asked.branch else BranchType.LLM
        ask = {
            BranchType.FIXED: self._answer_fixed,
            BranchType.LLM: self._answer_with_model,
            BranchType.RAG: self._answer_from_records,
            BranchType.SAVED_ACTION: self._propose_action,
        }[kind]
        yield from ask(context, panel, asked)

    def choose_model(self, question: Question | None = None) -> LanguageModel:
        return RuleBasedModel() if question is not None and question.built_in else self.make_model(self.settings)

    def _begin_turn(
        self, context: ChatContext, panel: ChatPanel, question: Question, given: NewLlmContext | None
    ) -> OpenTurn:
        thread_id = panel.thread.id if panel.thread else None
        block = TextBlock(text=question.text)
        execution_id, slide_id = context.execution.id, context.slide.id
        begun: StartedTurn = self.chats.begin_turn(
            execution_id, slide_id, question, block, thread_id=thread_id, given=given
        )
        turn = OpenTurn(self.chats, context, panel, question, begun, self.is_unwatched)
        turn.model = given.model if given else None
        return turn

    def _answer_fixed(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatEventStream:
        turn = self._begin_turn(context, panel, question, None)
        assert question.branch is not None
        text = render_fixed_answer(context, question.branch.response_text or "")
        return finish_on_error(turn, lambda: store_and_show(turn, (text,)))

    def _answer_with_model(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatEventStream:
        model = self.choose_model(question)
        told = prompt.build_prompt(context, question, panel.messages)
        toolbox = Toolbox(*build_tools(context, self.executions, panel.branches, self.runner))
        tools = [
            {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
            for tool in toolbox.schemas()
        ]
        given = NewLlmContext(model=model.name, system_prompt=told.system_prompt, tools=tools, data=told.data)
        turn = self._begin_turn(context, panel, question, given)
        caps = TurnLimits.from_settings(self.settings, used_today=turn.started.tokens_today)
        if isinstance(model, RuleBasedModel):
            caps = replace(caps, tokens_left_today=None)
        record = TurnRecorder(turn, self.settings)
        run = run_turn(model, told.messages, toolbox, caps, record)
        return finish_on_error(turn, lambda: stream_model_turn(turn, record, run))

    def _answer_from_records(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatEventStream:
        wanted = prompt.build_question_text(context, question)
        hits = retrieval.rank_passages(record_passages.list_passages(context.account), wanted)
        model = self.choose_model(question)
        is_asked = bool(hits) and not isinstance(model, RuleBasedModel) and not self._is_daily_cap_reached(panel)
        fence = f"DATA-{secrets.token_hex(6)}"
        sent = rag.build_messages(wanted, hits, fence)
        passages = [f"{hit.passage.label}: {hit.passage.text}" for hit in hits]
        data = {
            "fence": fence,
            "question": single_line(wanted),
            "passages": passages,
            "account": list_facts(context.account),
        }
        given = NewLlmContext(model=model.name, system_prompt=rag.PROMPT, data=data) if is_asked else None
        turn = self._begin_turn(context, panel, question, given)
        if not is_asked:
            return finish_on_error(turn, lambda: store_and_show(turn, (rag.extract_answer(hits),)))
        return finish_on_error(turn, lambda: self._reword_passages(turn, model, sent, hits))

    def _reword_passages(
        self, turn: OpenTurn, model: LanguageModel, sent: Sequence[ModelMessage], hits: Sequence[retrieval.PassageHit]
    ) -> ChatEventStream:
        """A model's answer from passages, shown only once it is verified."""
        yield ChatToolStarted(TOOL_LABELS["search_notes"])
        turn.estimated_tokens = estimate_tokens(sent)
        said = yield from stream_completion(model, sent)
        turn.estimated_tokens = 0 if said.is_rejected else estimate_tokens(sent, said.text)
        cost = compute_cost(self.settings, turn.model, said.usage)
        shown: tuple[TextBlock, ...] = (rag.verify_answer(said.text, hits),)
        if said.failure is not None and not said.text.strip():
            shown = (TextBlock(text=MODEL_UNAVAILABLE.format(said.failure.error)), rag.extract_answer(hits))
        for block in shown:
            turn.transcript.add_block(block)
            yield ChatBlockShown(block)
        yield turn.finish(usage=said.usage, cost=cost)

    def _propose_action(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatEventStream:
        turn = self._begin_turn(context, panel, question, None)
        return finish_on_error(turn, lambda: self._record_proposal(turn))

    def _record_proposal(self, turn: OpenTurn) -> ChatEventStream:
        """Pressing the button proposes; approving what it then says does it."""
        branch, context = turn.question.branch, turn.context
        action = branch.action if branch else None
        if action is None or self.runner is None or not context.may_write:
            text = action_runner.explain_refusal(
                action, is_installed=self.runner is not None, may_write=context.may_write
            )
            yield from store_and_show(turn, (TextBlock(text=text),))
            return
        parameters = self.runner.default_parameters(action, context.execution)
        arguments = {"action": action.name, "parameters": dict(parameters)}
        call = turn.add_tool_call(RunSavedAction.name, arguments, status=CallStatus.WAITING.value)
        yield ChatApprovalRequested(call)
        yield from store_and_show(turn, (TextBlock(text=f"“{single_line(action.name)}” waits for your approval."),))

    def _is_daily_cap_reached(self, panel: ChatPanel) -> bool:
        most = self.settings.tokens_per_day
        return most is not None and panel.tokens_today >= most


def restore_branch(panel: ChatPanel, question: Question) -> Question:
    """A question asked again is asked of the same branch."""
    if not question.is_repeat or question.branch is not None:
        return question
    stored = next((message for message in panel.messages if message.id == question.id), None)
    return replace(question, branch=panel.find_branch(stored.branch_id)) if stored else question


def render_fixed_answer(context: ChatContext, source: str) -> TextBlock:
    """A fixed answer with the account filled in; as it was written when it cannot be filled in."""
    try:
        return TextBlock(text=template.render_markdown(source, read_template_values(context.slide_input())))
    except InvalidInput:
        return TextBlock(text=escape_markdown_lines(source))


def finish_on_error(turn: OpenTurn, answer: Callable[[], ChatEventStream]) -> ChatEventStream:
    """The events of a turn that ends however its answer ends: a person leaving stops it, a fault fails it."""
    try:
        yield ChatTurnStarted(thread=turn.started.thread, question=turn.started.question, panel=turn.panel)
        with closing(answer()) as events:
            yield from events
    except Exception as error:
        if turn.finished is not None and not isinstance(error, ZenError):
            raise
        if not isinstance(error, ZenError):
            log.exception("A turn failed.")
        yield turn.finish(MessageStatus.FAILED, str(error) if isinstance(error, ZenError) else INTERNAL_ERROR)
    except BaseException:
        try:
            turn.finish(MessageStatus.STOPPED, STOPPED_TEXT)
        except Exception:
            log.exception("A stopped turn could not be put down.")
        raise


def store_and_show(turn: OpenTurn, blocks: Sequence[Block]) -> ChatEventStream:
    """An answer that is there already: stored, then shown."""
    for block in blocks:
        turn.transcript.add_block(block)
    ended = turn.finish()
    yield from (ChatBlockShown(block) for block in blocks)
    yield ended


def stream_model_turn(turn: OpenTurn, record: TurnRecorder, run: Generator[Any, None, None]) -> ChatEventStream:
    """A model's turn with tools, as it comes."""
    with closing(run) as events:
        for event in events:
            match event:
                case TextDelta(text):
                    turn.transcript.add_text(text)
                    yield ChatTextDelta(text)
                case ToolCall(name=name):
                    yield ChatToolStarted(TOOL_LABELS.get(name, "something that is not there"))
                case ToolResult(payload=payload):
                    yield from _show_payload(turn, payload)
                case UnapprovedToolCall(call=call):
                    yield ChatApprovalRequested(record.waiting_call(call.id))
                case Heartbeat():
                    yield ChatHeartbeat()
                case TokenUsage() | Done() | Failed():
                    pass
    yield turn.finish()


def _show_payload(turn: OpenTurn, payload: Sequence[Any]) -> ChatEventStream:
    for item in payload:
        if isinstance(item, Citation):
            turn.transcript.add_citation(item)
        else:
            turn.transcript.add_block(item)
            yield ChatBlockShown(item)
