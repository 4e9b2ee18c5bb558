"""How each kind of branch answers a question. A turn is stored before its last event is yielded."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from lib.chat import prompt, rag_answer
from lib.chat.account_facts import list_account_facts
from lib.chat.branch_texts import render_fixed_answer
from lib.chat.chat_context import ChatContext
from lib.chat.claims.given_facts import list_given_facts
from lib.chat.conversation import BranchType, ChatPanel, Question
from lib.chat.open_turn import IsUnwatched, OpenTurn
from lib.chat.record_search import RecordSearch, RecordSearcher
from lib.chat.repository import ChatRepository
from lib.chat.saved_action_runner import SavedActionRunner, describe_action_unavailability
from lib.chat.tool_call_record import CallStatus
from lib.chat.tools import build_chat_tools, extend_for_assistant
from lib.chat.tools.record_tools import SearchNotes
from lib.chat.tools.side_effect_tools import RunSavedAction
from lib.chat.turn_events import ChatStream
from lib.chat.turn_recorder import TurnRecorder, compute_answer_cost
from lib.chat.turn_start import NewLlmContext, find_sent_context, restore_question_branch, serialize_tool_schemas
from lib.chat.turn_streams import save_and_stream_blocks, stream_and_finish_turn, stream_model_turn
from lib.content.model import Text
from lib.customers.own_customers import OwnCustomerRepository
from lib.errors import InvalidInput
from lib.executions.service import ExecutionService
from lib.llm.events import (
    ApprovalRequested,
    BlockShown,
    ToolCall,
    ToolStarted,
)
from lib.llm.language_model import LanguageModel
from lib.llm.language_model_factory import create_language_model
from lib.llm.messages import ModelMessage
from lib.llm.model_budget import EXHAUSTED_MESSAGES
from lib.llm.model_settings import ModelSettings
from lib.llm.rule_based.assistant import RuleBasedModel
from lib.llm.text_completion import stream_completion
from lib.llm.tool_loop import stream_tool_loop
from lib.llm.tools import Toolbox
from lib.llm.turn_limits import TurnLimits, estimate_tokens
from lib.text.truncate import single_line, strip_invisible

MAX_QUESTION_LENGTH = 20_000
MODEL_UNAVAILABLE = "The model gave no answer, so these are quotes from the records. {}"


@dataclass(frozen=True, kw_only=True)
class TurnRunner:
    """Runs one turn. Without `runner` a saved action is explained, not run."""

    chats: ChatRepository
    executions: ExecutionService
    settings: ModelSettings
    make_model: Callable[[ModelSettings], LanguageModel] = create_language_model
    runner: SavedActionRunner | None = None
    searcher: RecordSearcher = field(default_factory=RecordSearcher)
    customers: OwnCustomerRepository | None = None
    is_unwatched: IsUnwatched = bool

    def stream_turn(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatStream:
        """Answer `question`, from TurnStarted to TurnFinished. Raises only before TurnStarted: nothing is stored."""
        asked = restore_question_branch(panel, replace(question, text=strip_invisible(question.text).strip()))
        if not asked.text:
            raise InvalidInput("Write a question first.")
        if len(asked.text) > MAX_QUESTION_LENGTH:
            raise InvalidInput(f"A question can have up to {MAX_QUESTION_LENGTH:,} characters.")
        match asked.branch.type if asked.branch else BranchType.LLM:
            case BranchType.FIXED:
                yield from self._stream_fixed_answer(context, panel, asked)
            case BranchType.LLM:
                yield from self._stream_model_answer(context, panel, asked)
            case BranchType.RAG:
                yield from self._stream_answer_from_records(context, panel, asked)
            case BranchType.SAVED_ACTION:
                yield from self._stream_action_proposal(context, panel, asked)

    def choose_language_model(self, question: Question | None = None) -> LanguageModel:
        return RuleBasedModel() if question is not None and question.built_in else self.make_model(self.settings)

    def _begin_turn(
        self, context: ChatContext, panel: ChatPanel, question: Question, llm_context: NewLlmContext | None = None
    ) -> OpenTurn:
        started = self.chats.begin_chat_turn(
            context.execution.id,
            context.slide.id,
            question,
            Text(markdown=question.text),
            thread_id=panel.thread.id if panel.thread else None,
            llm_context=llm_context,
        )
        turn = OpenTurn(self.chats, context, panel, question, started, self.is_unwatched)
        turn.model = llm_context.model if llm_context else None
        return turn

    def _stream_fixed_answer(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatStream:
        turn = self._begin_turn(context, panel, question)
        assert question.branch is not None
        text = render_fixed_answer(context, question.branch.response_text or "")
        return stream_and_finish_turn(turn, lambda: save_and_stream_blocks(turn, (text,)))

    def _stream_model_answer(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatStream:
        model = self.choose_language_model(question)
        exhausted = None if isinstance(model, RuleBasedModel) else self._find_exhausted_budget(panel)
        model = RuleBasedModel() if exhausted else model
        sent = prompt.build_model_prompt(context, question, panel.messages, panel.tool_calls)
        offered = build_chat_tools(context, self.executions, panel.branches, self.runner, searcher=self.searcher)
        if isinstance(model, RuleBasedModel):
            offered = extend_for_assistant(offered, context, question.text, self.runner, self.customers)
        toolbox = Toolbox(*offered)
        llm_context = NewLlmContext(
            model=model.name,
            system_prompt=sent.system_prompt,
            tools=serialize_tool_schemas(model.list_sent_tools(toolbox.schemas())),
            data=sent.data,
            messages=sent.messages,
        )
        turn = self._begin_turn(context, panel, question, llm_context)
        limits = TurnLimits.from_settings(
            self.settings, used_today=turn.started.tokens_today, budget=turn.started.model_budget
        )
        if isinstance(model, RuleBasedModel):
            limits = replace(limits, tokens_left_today=None, tokens_left_this_month=None)
        else:
            turn.given_facts = list_given_facts(sent, panel.messages, question)
        recorder = TurnRecorder(turn, self.settings, find_sent_context(model, toolbox, llm_context))
        run = stream_tool_loop(model, sent.messages, toolbox, limits, recorder)
        return stream_and_finish_turn(turn, lambda: stream_model_turn(turn, run, preface=exhausted))

    def _stream_answer_from_records(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatStream:
        text = prompt.build_question_text(context, question)
        found = self.searcher.search(context.account, text)
        hits, nothing_found = found.hits, rag_answer.describe_nothing_found(found.nearest, found.counts)
        model = self.choose_language_model(question)
        is_model_asked = bool(hits) and not isinstance(model, RuleBasedModel)
        exhausted = self._find_exhausted_budget(panel) if is_model_asked else None
        if not is_model_asked or exhausted or self._is_daily_limit_reached(panel):
            turn = self._begin_turn(context, panel, question)
            answer = rag_answer.extract_quoted_answer(hits, nothing_found)
            quoted = (Text(markdown=exhausted), answer) if exhausted else (answer,)
            return stream_and_finish_turn(turn, lambda: save_and_stream_blocks(turn, quoted))
        fence = f"DATA-{secrets.token_hex(6)}"
        data = {
            "fence": fence,
            "question": single_line(text),
            "passages": [f"{hit.passage.label}: {hit.passage.text}" for hit in hits],
            "account": list_account_facts(context.account),
        }
        messages = rag_answer.build_rag_messages(text, hits, fence)
        llm_context = NewLlmContext(model=model.name, system_prompt=rag_answer.PROMPT, data=data, messages=messages)
        turn = self._begin_turn(context, panel, question, llm_context)
        return stream_and_finish_turn(turn, lambda: self._stream_verified_answer(turn, model, messages, found))

    def _stream_verified_answer(
        self,
        turn: OpenTurn,
        model: LanguageModel,
        messages: Sequence[ModelMessage],
        found: RecordSearch,
    ) -> ChatStream:
        """A model's answer from passages, shown only once it is verified."""
        yield ToolStarted(ToolCall(id=SearchNotes.name, name=SearchNotes.name, arguments={}))
        turn.estimated_tokens = estimate_tokens(messages)

        def count_text(length: int) -> None:
            # What was written counts also if the turn is stopped before it ends.
            turn.estimated_tokens = estimate_tokens(messages, "x" * length)

        completion = yield from stream_completion(model, messages, count_text)
        turn.estimated_tokens = 0 if completion.is_request_rejected else estimate_tokens(messages, completion.text)
        cost = compute_answer_cost(self.settings, turn.model, completion.usage)
        blocks: tuple[Text, ...] = (
            rag_answer.filter_supported_sentences(
                completion.text, found.hits, rag_answer.describe_nothing_found((), found.counts)
            ),
        )
        if completion.failure is not None and not completion.text.strip():
            blocks = (
                Text(markdown=MODEL_UNAVAILABLE.format(completion.failure.error)),
                rag_answer.extract_quoted_answer(found.hits),
            )
        for block in blocks:
            turn.transcript.add_block(block)
            yield BlockShown(block)
        yield turn.save_answer(usage=completion.usage, cost=cost)

    def _stream_action_proposal(self, context: ChatContext, panel: ChatPanel, question: Question) -> ChatStream:
        turn = self._begin_turn(context, panel, question)
        return stream_and_finish_turn(turn, lambda: self._save_action_proposal(turn))

    def _save_action_proposal(self, turn: OpenTurn) -> ChatStream:
        """A branch's button only proposes its action; approving the proposal runs it."""
        branch, context = turn.question.branch, turn.context
        action = branch.action if branch else None
        if action is None or self.runner is None or not context.may_write:
            text = describe_action_unavailability(
                action, is_installed=self.runner is not None, may_write=context.may_write
            )
            yield from save_and_stream_blocks(turn, (Text(markdown=text),))
            return
        parameters = self.runner.load_default_parameters(
            action, context.execution, context.account.rules, snooze_days=branch.snooze_days if branch else None
        )
        arguments = {"action": action.name, "parameters": dict(parameters)}
        call = turn.save_tool_call(RunSavedAction.name, arguments, status=CallStatus.WAITING.value)
        yield ApprovalRequested(ToolCall(id=call.id, name=call.tool, arguments=arguments))
        yield from save_and_stream_blocks(turn, (Text(markdown=f"{single_line(action.name)}? Approve to run it."),))

    def _find_exhausted_budget(self, panel: ChatPanel) -> str | None:
        """A sentence if a budget of this month is used up, as far as the page knows; the turn asks again."""
        price = self.settings.find_price(self.settings.model)
        scope = panel.model_budget.find_exhausted(price) if panel.model_budget else None
        return EXHAUSTED_MESSAGES[scope] if scope else None

    def _is_daily_limit_reached(self, panel: ChatPanel) -> bool:
        limit = self.settings.tokens_per_day
        return limit is not None and panel.tokens_today >= limit
