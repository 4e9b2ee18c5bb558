"""Everything that can be done with chats, as the signed-in person, from a page or from a script (docs/chat.md)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from lib.accounts.repository import AccountRepository
from lib.auth.model import Person
from lib.chat import explorer, followups, promotion, provenance, tree
from lib.chat.actions import ActionRunner
from lib.chat.answering import Answerer
from lib.chat.approvals import Approvals, Decided, Proposal
from lib.chat.drafts import Draft
from lib.chat.events import Ended, Stream, Unsaved
from lib.chat.explorer import Explorer, Facets, Found, Search
from lib.chat.followups import Suggestion
from lib.chat.listening import Heard, heard
from lib.chat.model import Branch, BranchType, Message, Panel, Question, Thread, ToolCallRecord
from lib.chat.provenance import Provenance
from lib.chat.repository import ChatRepository
from lib.chat.scene import Scene, scene_of
from lib.chat.threads import Conversations
from lib.chat.turn import IsLeft, insisting
from lib.errors import Conflict, InvalidInput, Unavailable
from lib.executions.service import ExecutionService
from lib.llm.factory import model_for
from lib.llm.messages import Message as Said
from lib.llm.model import Model
from lib.settings import ModelSettings
from lib.slides.words import plain, visible


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat on a slide: where it is, and the conversation as it stands. Every function that asks returns the next."""

    scene: Scene
    panel: Panel

    @property
    def last_id(self) -> str | None:
        return tree.last_id(self.panel.messages)


class ChatService(Conversations):
    def __init__(
        self,
        chats: ChatRepository,
        person: Person,
        *,
        accounts: AccountRepository,
        executions: ExecutionService,
        explored: Explorer,
        settings: ModelSettings,
        models: Callable[[ModelSettings], Model] = model_for,
        runner: ActionRunner | None = None,
    ) -> None:
        super().__init__(chats, person)
        self._accounts, self._executions, self._explorer = accounts, executions, explored
        self._answerer = Answerer(chats=chats, executions=executions, settings=settings, models=models, runner=runner)
        self._approvals = Approvals(chats=chats, executions=executions, runner=runner)

    # Opening

    def scene(self, execution_id: str, slide_id: str) -> Scene:
        """Where one chats, read anew: two requests. A page that has run and account at hand calls `scene_of`."""
        execution, workflow = self._executions.open(execution_id)
        account = self._accounts.account(execution.customer_id)
        return scene_of(execution, workflow, slide_id, account, self._person)

    def panel(self, scene: Scene, thread_id: str | None = None) -> Panel:
        """One's own open conversation on the slide, or the one named. One request."""
        return self._chats.panel(scene.execution.id, scene.slide.id, thread_id)

    def start_chat(self, execution_id: str, slide_id: str) -> Chat:
        """Go on with one's open conversation on the slide, or begin one; nothing is stored before the first question.

        Raises NotFound. Three requests."""
        scene = self.scene(execution_id, slide_id)
        return Chat(scene=scene, panel=self.panel(scene))

    def send_chat_message(self, chat: Chat, text: str, branch: Branch | None = None) -> tuple[Chat, Ended]:
        """Ask, and wait for the whole answer."""
        ended = self.chat(chat.scene, chat.panel, Question(text=text, parent_id=chat.last_id, branch=branch))
        return replace(chat, panel=ended.panel), ended

    def complete_chat(self, chat: Chat) -> Thread | None:
        """Close the conversation as done; None when nothing was said."""
        return self.complete_thread(chat.panel.thread.id) if chat.panel.thread else None

    def get_execution_chats(self, execution_id: str) -> tuple[Thread, ...]:
        """Every conversation of a run one may read, newest first."""
        return self.get_threads_for_execution(execution_id)

    # Asking

    def stream_chat(self, scene: Scene, panel: Panel, question: Question, *, is_left: IsLeft = bool) -> Stream:
        """The turn of `question`: Asked first, Ended last. Use it in `contextlib.closing`: closing it is stop, or, when
        `is_left` says then that nobody stopped it but whoever read it is gone, a cut.

        The question is stored before a model is asked, the answer before Ended is given out. Two requests, and two for
        each tool. Raises, before Asked and with nothing stored, InvalidInput, Conflict, NotPermitted or Unavailable.
        """
        return replace(self._answerer, is_left=is_left).stream(scene, panel, question)

    def chat(self, scene: Scene, panel: Panel, question: Question) -> Ended:
        """The same, waited for."""
        with closing(self.stream_chat(scene, panel, question)) as events:
            for event in events:
                if isinstance(event, Ended):
                    return event
        raise Unavailable("The chat ended without an answer.")

    def call_llm(self, messages: Sequence[Said]) -> Heard:
        """What the model says to `messages`, without tools and without a record. Its failure is in the answer."""
        return heard(self._answerer.model(), messages)

    def keep(self, panel: Panel, unsaved: Unsaved) -> Panel:
        """Store an answer the database could not take before. Raises Unavailable when it still cannot."""
        rest: dict[str, Any] = dict(unsaved.arguments)
        ids = (unsaved.thread_id, unsaved.parent_id, unsaved.answer_id)
        return panel.with_rows(*insisting(lambda: self._chats.finish(*ids, rest)))

    # Branches

    def get_suggested_responses(
        self, scene: Scene, panel: Panel, chosen: Mapping[str | None, str] | None = None
    ) -> tuple[Suggestion, ...]:
        """The buttons: the branches not asked yet, then up to three follow-ups. No request."""
        return followups.suggestions(scene.account, panel, chosen)

    def picked(self, suggestion: Suggestion, parent_id: str | None) -> Question:
        """The question a button asks. No request."""
        return followups.picked(suggestion, parent_id)

    def process_fixed_branch(self, scene: Scene, panel: Panel, branch: Branch) -> Ended:
        """The written answer, with the account filled in."""
        return self._process(scene, panel, branch, BranchType.FIXED)

    def process_llm_branch(self, scene: Scene, panel: Panel, branch: Branch) -> Ended:
        """What the model, or without one the built-in assistant, makes of the branch's prompt."""
        return self._process(scene, panel, branch, BranchType.LLM)

    def process_rag_branch(self, scene: Scene, panel: Panel, branch: Branch) -> Ended:
        """An answer from the customer's records only, every sentence with its source."""
        return self._process(scene, panel, branch, BranchType.RAG)

    def process_saved_action_branch(self, scene: Scene, panel: Panel, branch: Branch) -> Ended:
        """The action, proposed: it waits for approval."""
        return self._process(scene, panel, branch, BranchType.SAVED_ACTION)

    def _process(self, scene: Scene, panel: Panel, branch: Branch, kind: BranchType) -> Ended:
        if branch.type is not kind:
            raise InvalidInput(f"“{plain(branch.label)}” is not a branch of this kind.")
        asked = Question(text=branch.label, branch=branch, parent_id=tree.last_id(panel.messages))
        return self.chat(scene, panel, asked)

    def promote_to_branch(self, scene: Scene, panel: Panel, entry: tree.Entry) -> Branch:
        """A draft fixed branch of this slide out of an answer: its question is the label. Leaders publish it.

        Raises InvalidInput for an answer without words, Conflict for one promoted already.
        """
        row = promotion.draft(scene, panel, entry)
        try:
            return self._chats.add_branch(row)
        except Conflict as error:
            raise Conflict("This answer was made a draft already.") from error

    def drafts(self) -> tuple[Draft, ...]:
        """Answers offered to slides of this company that nobody has decided about. One request."""
        return self._chats.drafts()

    def publish_draft(self, draft: Draft) -> None:
        """Offer it on its slide from now on. Raises NotPermitted, also when it is decided. One request."""
        self._chats.decide_draft(draft.id, "published")

    def discard_draft(self, draft: Draft) -> None:
        """Put it away. Raises NotPermitted, also when it is decided. One request."""
        self._chats.decide_draft(draft.id, "archived")

    # Approvals

    def describe(self, scene: Scene, panel: Panel, call: ToolCallRecord) -> Proposal:
        """What approving a waiting call would do. No request."""
        return self._approvals.describe(scene, panel, call)

    def approve(
        self,
        scene: Scene,
        panel: Panel,
        call: ToolCallRecord,
        *,
        edited: Mapping[str, Any] | None = None,
        reason: str | None = None,
    ) -> Decided:
        """Do what waits, once. Raises InvalidInput (it waits on), Conflict (decided already), NotPermitted."""
        return self._approvals.approve(scene, panel, call, edited=edited, reason=reason)

    def deny(self, panel: Panel, call: ToolCallRecord, reason: str | None = None) -> Decided:
        """Do not do it. Raises Conflict (decided already), NotPermitted."""
        return self._approvals.deny(panel, call, reason)

    def close_interrupted(self, panel: Panel, call: ToolCallRecord) -> Decided:
        """Put a call to rest that was approved and then broken off. Raises Conflict when it may still be running."""
        return self._approvals.close(panel, call)

    # Around a message

    def give_feedback(self, panel: Panel, entry: tree.Entry, thumbs: int | None, comment: str | None = None) -> Panel:
        """One's thumb (1, -1, None takes it back) and comment on an answer. One request."""
        given = self._chats.give_feedback(entry.id, thumbs, visible(comment) if comment else None)
        mine = (entry.id, str(self._person.id))
        others = tuple(each for each in panel.feedback if (each.message_id, each.person_id) != mine)
        return replace(panel, feedback=(*others, given) if given else others)

    def label_of(self, message: Message) -> str:
        """Who speaks; every message of the built-in assistant says so. No request."""
        return provenance.label_of(message)

    def provenance(self, scene: Scene, panel: Panel, entry: tree.Entry) -> Provenance:
        """Everything behind an answer, and what of the account has changed since. At most one request."""
        first = entry.first
        told = self._chats.context(first.context_id) if first.context_id else None
        return provenance.of(first, scene.account, panel.calls_of(first.answer_id), told)

    # Looking back

    def search_chats(self, wanted: Search, *, after: Mapping[str, Any] | None = None, most: int = 20) -> Found:
        return self._explorer.search(wanted, after=after, most=most)

    def chat_facets(self, wanted: Search) -> Facets:
        return self._explorer.facets(wanted)

    def chat_usage(self, days: int = 30) -> tuple[explorer.Usage, ...]:
        return self._explorer.usage(days)
