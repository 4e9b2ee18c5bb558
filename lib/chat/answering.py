"""How each kind of branch answers a question. Every generator here finishes its turn before it gives out the end."""

import logging
import secrets
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from lib.chat import actions, context, rag, records, retrieval
from lib.chat.actions import ActionRunner
from lib.chat.blocks import Block, Citation, TextBlock
from lib.chat.events import Asked, Beat, LookingUp, Proposed, Said, Shown, Stream
from lib.chat.facts import facts_of
from lib.chat.listening import listened
from lib.chat.model import BranchType, CallStatus, MessageStatus, Panel, Question
from lib.chat.recorder import TurnRecorder, cost_of
from lib.chat.repository import Begun, ChatRepository, Given
from lib.chat.scene import Scene
from lib.chat.tools import LABELS, tools_for
from lib.chat.tools.effects import RunSavedAction
from lib.chat.turn import STOPPED, IsLeft, OpenTurn
from lib.errors import InvalidInput, ZenError
from lib.executions.service import ExecutionService
from lib.llm.caps import Caps, estimated
from lib.llm.events import Done, Failed, Pulse, TextDelta, ToolCall, ToolResult, Usage, Waiting
from lib.llm.factory import model_for
from lib.llm.loop import run_turn
from lib.llm.messages import Message
from lib.llm.model import Model
from lib.llm.rules.assistant import RulesModel
from lib.llm.tools import Toolbox
from lib.settings import ModelSettings
from lib.slides import template
from lib.slides.filling import vocabulary
from lib.slides.words import escape_lines, plain, visible

LONGEST_QUESTION = 20_000
INTERNAL = "Something went wrong inside Zen. What you wrote is kept; you can try again."
OWN_WORDS = "The model could not be asked, so these are the records' own words. {}"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Answerer:
    """What it takes to answer. `runner` runs saved actions, where one is installed."""

    chats: ChatRepository
    executions: ExecutionService
    settings: ModelSettings
    models: Callable[[ModelSettings], Model] = model_for
    runner: ActionRunner | None = None
    is_left: IsLeft = bool

    def stream(self, scene: Scene, panel: Panel, question: Question) -> Stream:
        """The turn of `question`, from Asked to Ended. Raises only before Asked: then nothing is stored."""
        asked = known(panel, replace(question, text=visible(question.text).strip()))
        if not asked.text:
            raise InvalidInput("Write a question first.")
        if len(asked.text) > LONGEST_QUESTION:
            raise InvalidInput(f"A question can be {LONGEST_QUESTION:,} characters long.")
        kind = asked.branch.type if asked.branch else BranchType.LLM
        ask = {
            BranchType.FIXED: self._fixed,
            BranchType.LLM: self._model,
            BranchType.RAG: self._records,
            BranchType.SAVED_ACTION: self._action,
        }[kind]
        yield from ask(scene, panel, asked)

    def model(self, question: Question | None = None) -> Model:
        return RulesModel() if question is not None and question.built_in else self.models(self.settings)

    def _begin(self, scene: Scene, panel: Panel, question: Question, given: Given | None) -> OpenTurn:
        thread_id = panel.thread.id if panel.thread else None
        block = TextBlock(text=question.text)
        execution_id, slide_id = scene.execution.id, scene.slide.id
        begun: Begun = self.chats.begin(execution_id, slide_id, question, block, thread_id=thread_id, given=given)
        turn = OpenTurn(self.chats, scene, panel, question, begun, self.is_left)
        turn.model = given.model if given else None
        return turn

    def _fixed(self, scene: Scene, panel: Panel, question: Question) -> Stream:
        turn = self._begin(scene, panel, question, None)
        assert question.branch is not None
        text = written(scene, question.branch.response_text or "")
        return guarded(turn, lambda: at_once(turn, (text,)))

    def _model(self, scene: Scene, panel: Panel, question: Question) -> Stream:
        model = self.model(question)
        told = context.build(scene, question, panel.messages)
        toolbox = Toolbox(*tools_for(scene, self.executions, panel.branches, self.runner))
        tools = [
            {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
            for tool in toolbox.schemas()
        ]
        given = Given(model=model.name, system_prompt=told.system_prompt, tools=tools, data=told.data)
        turn = self._begin(scene, panel, question, given)
        caps = Caps.of(self.settings, used_today=turn.begun.tokens_today)
        if isinstance(model, RulesModel):
            caps = replace(caps, tokens_left_today=None)
        record = TurnRecorder(turn, self.settings)
        run = run_turn(model, told.messages, toolbox, caps, record)
        return guarded(turn, lambda: spoken(turn, record, run))

    def _records(self, scene: Scene, panel: Panel, question: Question) -> Stream:
        wanted = context.asked_text(scene, question)
        hits = retrieval.search(records.passages(scene.account), wanted)
        model = self.model(question)
        is_asked = bool(hits) and not isinstance(model, RulesModel) and not self._is_spent(panel)
        fence = f"DATA-{secrets.token_hex(6)}"
        sent = rag.messages(wanted, hits, fence)
        passages = [f"{hit.passage.label}: {hit.passage.text}" for hit in hits]
        data = {"fence": fence, "question": plain(wanted), "passages": passages, "account": facts_of(scene.account)}
        given = Given(model=model.name, system_prompt=rag.PROMPT, data=data) if is_asked else None
        turn = self._begin(scene, panel, question, given)
        if not is_asked:
            return guarded(turn, lambda: at_once(turn, (rag.extracted(hits),)))
        return guarded(turn, lambda: self._worded(turn, model, sent, hits))

    def _worded(self, turn: OpenTurn, model: Model, sent: Sequence[Message], hits: Sequence[retrieval.Hit]) -> Stream:
        """A model's answer from passages, shown only once it is verified."""
        yield LookingUp(LABELS["search_notes"])
        turn.estimated = estimated(sent)
        said = yield from listened(model, sent)
        turn.estimated = 0 if said.refused else estimated(sent, said.text)
        cost = cost_of(self.settings, turn.model, said.usage)
        shown: tuple[TextBlock, ...] = (rag.verified(said.text, hits),)
        if said.failure is not None and not said.text.strip():
            shown = (TextBlock(text=OWN_WORDS.format(said.failure.error)), rag.extracted(hits))
        for block in shown:
            turn.transcript.show(block)
            yield Shown(block)
        yield turn.finish(usage=said.usage, cost=cost)

    def _action(self, scene: Scene, panel: Panel, question: Question) -> Stream:
        turn = self._begin(scene, panel, question, None)
        return guarded(turn, lambda: self._proposed(turn))

    def _proposed(self, turn: OpenTurn) -> Stream:
        """Pressing the button proposes; approving what it then says does it."""
        branch, scene = turn.question.branch, turn.scene
        action = branch.action if branch else None
        if action is None or self.runner is None or not scene.may_write:
            text = actions.why_not(action, is_installed=self.runner is not None, may_write=scene.may_write)
            yield from at_once(turn, (TextBlock(text=text),))
            return
        parameters = self.runner.parameters(action, scene.execution)
        arguments = {"action": action.name, "parameters": dict(parameters)}
        call = turn.add_call(RunSavedAction.name, arguments, status=CallStatus.WAITING.value)
        yield Proposed(call)
        yield from at_once(turn, (TextBlock(text=f"“{plain(action.name)}” waits for your approval."),))

    def _is_spent(self, panel: Panel) -> bool:
        most = self.settings.tokens_per_day
        return most is not None and panel.tokens_today >= most


def known(panel: Panel, question: Question) -> Question:
    """A question asked again is asked of the same branch."""
    if not question.is_again or question.branch is not None:
        return question
    stored = next((message for message in panel.messages if message.id == question.id), None)
    return replace(question, branch=panel.branch(stored.branch_id)) if stored else question


def written(scene: Scene, source: str) -> TextBlock:
    """A fixed answer with the account filled in; as it was written when it cannot be filled in."""
    try:
        return TextBlock(text=template.render(source, vocabulary(scene.input())))
    except InvalidInput:
        return TextBlock(text=escape_lines(source))


def guarded(turn: OpenTurn, answer: Callable[[], Stream]) -> Stream:
    """The events of a turn that ends however its answer ends: a person leaving stops it, a fault fails it."""
    try:
        yield Asked(thread=turn.begun.thread, question=turn.begun.question, panel=turn.panel)
        with closing(answer()) as events:
            yield from events
    except Exception as error:
        if turn.ended is not None and not isinstance(error, ZenError):
            raise
        if not isinstance(error, ZenError):
            log.exception("A turn failed.")
        yield turn.finish(MessageStatus.FAILED, str(error) if isinstance(error, ZenError) else INTERNAL)
    except BaseException:
        try:
            turn.finish(MessageStatus.STOPPED, STOPPED)
        except Exception:
            log.exception("A stopped turn could not be put down.")
        raise


def at_once(turn: OpenTurn, blocks: Sequence[Block]) -> Stream:
    """An answer that is there already: stored, then shown."""
    for block in blocks:
        turn.transcript.show(block)
    ended = turn.finish()
    yield from (Shown(block) for block in blocks)
    yield ended


def spoken(turn: OpenTurn, record: TurnRecorder, run: Generator[Any, None, None]) -> Stream:
    """A model's turn with tools, as it comes."""
    with closing(run) as events:
        for event in events:
            match event:
                case TextDelta(text):
                    turn.transcript.say(text)
                    yield Said(text)
                case ToolCall(name=name):
                    yield LookingUp(LABELS.get(name, "something that is not there"))
                case ToolResult(payload=payload):
                    yield from _drawn(turn, payload)
                case Waiting(call=call):
                    yield Proposed(record.proposed(call.id))
                case Pulse():
                    yield Beat()
                case Usage() | Done() | Failed():
                    pass
    yield turn.finish()


def _drawn(turn: OpenTurn, payload: Sequence[Any]) -> Stream:
    for item in payload:
        if isinstance(item, Citation):
            turn.transcript.cite(item)
        else:
            turn.transcript.show(item)
            yield Shown(item)
