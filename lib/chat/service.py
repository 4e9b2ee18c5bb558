"""The chat's facade: all a page or a script can do with chats as the signed-in person (docs/chat.md)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from lib.auth.model import Person
from lib.chat import answer_provenance, message_tree, suggested_questions
from lib.chat.answer_provenance import Provenance
from lib.chat.chat_context import ChatContext, build_chat_context
from lib.chat.chat_search import ChatSearchRepository
from lib.chat.conversation import BranchType, ChatBranch, ChatMessage, ChatPanel, Question, Thread
from lib.chat.fixed_answer_drafts import FixedAnswerDraft, build_draft_row, require_valid_draft_texts
from lib.chat.open_turn import IsUnwatched, retry_when_unavailable
from lib.chat.record_search import RecordSearcher
from lib.chat.repository import ChatRepository
from lib.chat.saved_action_runner import SavedActionRunner
from lib.chat.suggested_questions import Suggestion
from lib.chat.thread_service import ThreadService
from lib.chat.tool_call_approvals import ApprovalService
from lib.chat.turn_events import ChatStream, TurnFinished, UnsavedAnswer
from lib.chat.turn_runner import TurnRunner
from lib.customers.account_repository import AccountRepository
from lib.customers.own_customers import OwnCustomerRepository
from lib.errors import Conflict, InvalidInput, Unavailable
from lib.executions.service import ExecutionService
from lib.llm.language_model import LanguageModel
from lib.llm.language_model_factory import create_language_model
from lib.llm.messages import ModelMessage as Said
from lib.llm.model_budget import describe_budget_warning
from lib.llm.model_settings import ModelSettings
from lib.llm.text_completion import Completion, complete_text
from lib.llm.text_embedder import TextEmbedder
from lib.text.truncate import single_line, strip_invisible


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat on a slide and its conversation so far. Asking returns the next one."""

    context: ChatContext
    panel: ChatPanel

    @property
    def last_message_id(self) -> str | None:
        return message_tree.find_last_message_id(self.panel.messages)


class ChatService(ThreadService):
    """`search` looks through all conversations, `approvals` decides about waiting tool calls."""

    def __init__(
        self,
        chats: ChatRepository,
        person: Person,
        *,
        accounts: AccountRepository,
        executions: ExecutionService,
        search: ChatSearchRepository,
        settings: ModelSettings,
        models: Callable[[ModelSettings], LanguageModel] = create_language_model,
        runner: SavedActionRunner | None = None,
        customers: OwnCustomerRepository | None = None,
        embedder: TextEmbedder | None = None,
    ) -> None:
        super().__init__(chats, person)
        self._accounts, self._executions = accounts, executions
        self._answerer = TurnRunner(
            chats=chats,
            executions=executions,
            settings=settings,
            make_model=models,
            runner=runner,
            searcher=RecordSearcher(accounts=accounts, embedder=embedder),
            customers=customers,
        )
        self.search = search
        self.approvals = ApprovalService(chats=chats, executions=executions, runner=runner)

    # Opening

    def load_chat_context(self, execution_id: str, slide_id: str) -> ChatContext:
        """Load the context of a slide: two requests. A page that holds run and account calls `build_chat_context`."""
        execution, workflow = self._executions.get_workflow_execution(execution_id)
        account = self._accounts.fetch_account(execution.customer_id)
        return build_chat_context(execution, workflow, slide_id, account, self._person)

    def load_chat_panel(self, context: ChatContext, thread_id: str | None = None) -> ChatPanel:
        """The person's open conversation on the slide, or the one named. One request."""
        return self._chats.fetch_chat_panel(context.execution.id, context.slide.id, thread_id)

    def start_chat(self, execution_id: str, slide_id: str) -> Chat:
        """Continue the person's open conversation on the slide, or start one; it is stored with its first question.

        Raises NotFound. Three requests."""
        context = self.load_chat_context(execution_id, slide_id)
        return Chat(context=context, panel=self.load_chat_panel(context))

    def send_chat_message(self, chat: Chat, text: str, branch: ChatBranch | None = None) -> tuple[Chat, TurnFinished]:
        """Ask a question and wait for the answer."""
        ended = self.chat(chat.context, chat.panel, Question(text=text, parent_id=chat.last_message_id, branch=branch))
        return replace(chat, panel=ended.panel), ended

    def complete_chat(self, chat: Chat) -> Thread | None:
        """Close the conversation as completed; None if it has no messages."""
        return self.complete_thread(chat.panel.thread.id) if chat.panel.thread else None

    def get_execution_chats(self, execution_id: str) -> tuple[Thread, ...]:
        """All conversations of a run the person may read, newest first."""
        return self.get_threads_for_execution(execution_id)

    # Asking

    def stream_chat(
        self, context: ChatContext, panel: ChatPanel, question: Question, *, is_unwatched: IsUnwatched = bool
    ) -> ChatStream:
        """Answer `question` as a stream of events, TurnStarted first, TurnFinished last.

        Use it in `contextlib.closing`: closing stops the turn; if `is_unwatched` is true then, it counts as cut off.
        The question is stored before a model is asked, the answer before TurnFinished is yielded. Two requests, and
        two for each tool. Before TurnStarted, with nothing stored, raises InvalidInput, Conflict, NotPermitted or
        Unavailable.
        """
        return replace(self._answerer, is_unwatched=is_unwatched).stream_turn(context, panel, question)

    def chat(self, context: ChatContext, panel: ChatPanel, question: Question) -> TurnFinished:
        """Answer `question` and return its last event."""
        with closing(self.stream_chat(context, panel, question)) as events:
            for event in events:
                if isinstance(event, TurnFinished):
                    return event
        raise Unavailable("The chat ended without an answer.")

    def call_llm(self, messages: Sequence[Said]) -> Completion:
        """Ask the model without tools, and store nothing. A failure is part of the result."""
        return complete_text(self._answerer.choose_language_model(), messages)

    def save_unsaved_answer(self, panel: ChatPanel, unsaved: UnsavedAnswer) -> ChatPanel:
        """Store an answer the database did not take before. Raises Unavailable if it still does not."""
        rest: dict[str, Any] = dict(unsaved.arguments)
        ids = (unsaved.thread_id, unsaved.parent_id, unsaved.answer_id)
        return panel.with_messages(*retry_when_unavailable(lambda: self._chats.finish_chat_turn(*ids, rest)))

    def describe_model_budget(self, panel: ChatPanel) -> str | None:
        """A sentence once 80% of this month's budget of the model are used. No request."""
        settings = self._answerer.settings
        return describe_budget_warning(panel.model_budget, settings.find_price(settings.model))

    # Branches

    def get_suggested_responses(
        self, context: ChatContext, panel: ChatPanel, chosen: Mapping[str | None, str] | None = None
    ) -> tuple[Suggestion, ...]:
        """Suggestions: the branches not asked yet, then up to three follow-ups. No request."""
        has_model = self._answerer.settings.has_model
        return suggested_questions.suggest_questions(context.account, panel, chosen, has_model=has_model)

    def build_suggested_question(self, suggestion: Suggestion, parent_id: str | None) -> Question:
        """The question of a suggestion. No request."""
        return suggested_questions.build_suggested_question(suggestion, parent_id)

    def process_fixed_branch(self, context: ChatContext, panel: ChatPanel, branch: ChatBranch) -> TurnFinished:
        """Answer with the branch's text, the account filled in."""
        return self._ask_branch(context, panel, branch, BranchType.FIXED)

    def process_llm_branch(self, context: ChatContext, panel: ChatPanel, branch: ChatBranch) -> TurnFinished:
        """Answer the branch's prompt with the model, or without one the built-in assistant."""
        return self._ask_branch(context, panel, branch, BranchType.LLM)

    def process_rag_branch(self, context: ChatContext, panel: ChatPanel, branch: ChatBranch) -> TurnFinished:
        """Answer from the customer's records only, each sentence with its source."""
        return self._ask_branch(context, panel, branch, BranchType.RAG)

    def process_saved_action_branch(self, context: ChatContext, panel: ChatPanel, branch: ChatBranch) -> TurnFinished:
        """Propose the branch's action: it waits for approval."""
        return self._ask_branch(context, panel, branch, BranchType.SAVED_ACTION)

    def _ask_branch(self, context: ChatContext, panel: ChatPanel, branch: ChatBranch, kind: BranchType) -> TurnFinished:
        if branch.type is not kind:
            raise InvalidInput(f"“{single_line(branch.label)}” is not a branch of this kind.")
        question = Question(
            text=branch.label, branch=branch, parent_id=message_tree.find_last_message_id(panel.messages)
        )
        return self.chat(context, panel, question)

    def create_fixed_answer_draft(
        self, context: ChatContext, panel: ChatPanel, entry: message_tree.MessageEntry
    ) -> ChatBranch:
        """Offer an answer on its slide as a draft of a fixed branch, its question the label.

        Raises InvalidInput for an answer without words, Conflict for one promoted already.
        """
        row = build_draft_row(context, panel, entry)
        try:
            return self._chats.create_branch(row)
        except Conflict as error:
            raise Conflict("This answer is already a draft.") from error

    def fetch_fixed_answer_drafts(self) -> tuple[FixedAnswerDraft, ...]:
        """Drafts of this company that nobody has decided about. One request."""
        return self._chats.fetch_fixed_answer_drafts()

    def edit_fixed_answer_draft(
        self, draft: FixedAnswerDraft, label: str, response_text: str, kept_figures: Sequence[str] = ()
    ) -> None:
        """Change the words of a draft, as a template, and the figures that stay in it as they are. One request.

        Raises InvalidInput, NotPermitted.
        """
        require_valid_draft_texts(label, response_text)
        words = {"label": single_line(label), "response_text": strip_invisible(response_text).strip()}
        self._chats.update_fixed_answer_draft(draft.id, words | {"kept_figures": list(kept_figures)})

    def publish_fixed_answer_draft(self, draft: FixedAnswerDraft) -> None:
        """Offer a draft on its slide. One request.

        Raises InvalidInput while it shows names or figures of one customer, NotPermitted also if it is decided already.
        """
        self._chats.decide_fixed_answer_draft(draft.id, "published")

    def discard_fixed_answer_draft(self, draft: FixedAnswerDraft) -> None:
        """Archive a draft. Raises NotPermitted, also if it is decided already. One request."""
        self._chats.decide_fixed_answer_draft(draft.id, "archived")

    # Around a message

    def save_feedback(
        self, panel: ChatPanel, entry: message_tree.MessageEntry, thumbs: int | None, comment: str | None = None
    ) -> ChatPanel:
        """Set the person's thumb (1, -1, None removes it) and comment on an answer. One request."""
        stored = self._chats.save_feedback(entry.id, thumbs, strip_invisible(comment) if comment else None)
        mine = (entry.id, str(self._person.id))
        others = tuple(each for each in panel.feedback if (each.message_id, each.person_id) != mine)
        return replace(panel, feedback=(*others, stored) if stored else others)

    def format_message_source(self, message: ChatMessage) -> str:
        """The author of a message. No request."""
        return answer_provenance.format_message_source(message)

    def load_provenance(self, context: ChatContext, panel: ChatPanel, entry: message_tree.MessageEntry) -> Provenance:
        """What the model was given for an answer, and what changed since. At most one request."""
        first = entry.first
        llm_context = self._chats.fetch_llm_context(first.context_id) if first.context_id else None
        return answer_provenance.build_provenance(
            first, context.account, panel.list_answer_tool_calls(first.answer_id), llm_context
        )
