"""Drafts by description, as the signed-in person: proposed by a model, or by rules. Always a draft of their own."""

import time
import uuid
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lib.auth.model import Person
from lib.errors import Conflict, InvalidInput, NotFound, Unavailable
from lib.llm.errors import FAILURE_MESSAGES
from lib.llm.events import BlockShown, Done, Failed, FinishReason, Heartbeat, TokenUsage, ToolCall, ToolResult
from lib.llm.language_model import LanguageModel
from lib.llm.language_model_factory import create_language_model
from lib.llm.messages import ModelMessage, SystemMessage
from lib.llm.model_budget import EXHAUSTED_MESSAGES
from lib.llm.model_settings import ModelSettings
from lib.llm.tool_loop import stream_tool_loop
from lib.llm.tools import Toolbox
from lib.llm.turn_limits import LIMIT_MESSAGES, LimitKind, TurnLimits
from lib.llm.turn_recorder import TurnResult
from lib.text.search_terms import split_folded_words
from lib.text.truncate import cut_after_word, strip_invisible
from lib.workflow_proposals.description_topics import read_description
from lib.workflow_proposals.model import MAX_DESCRIPTION_LENGTH, RULES, DraftProposal, ProposalResult, ProposedContent
from lib.workflow_proposals.proposal_prompt import build_proposal_messages
from lib.workflow_proposals.proposal_schema import ProposedWorkflow, ProposeWorkflowTool, parse_proposal_text
from lib.workflow_proposals.proposed_content import build_proposed_content
from lib.workflow_proposals.repository import ProposalRepository
from lib.workflow_proposals.rule_based_proposal import choose_category, list_examples, propose_by_rules
from lib.workflows.model import WorkflowVersion
from lib.workflows.repository import WorkflowRepository

MAX_ROUNDS = 3
"""Calls of the model: a proposal whose arguments do not fit the schema is asked for again twice."""
MAX_SECONDS = 180.0
MAX_SLUG_LENGTH = 60
DESCRIPTION_KEPT = "Your description is kept: try again, or let the rules put a draft together."
NOT_A_WORKFLOW = "The model answered, but not with a workflow that Zen can read."
TOO_SLOW = "The model did not finish within three minutes."
STOPPED = "Stopped before there was a proposal."
DAY_LIMIT = "You have used your tokens for today, so no model is asked until tomorrow."

ModelProposal = Generator[Heartbeat, None, str]
"""Yields while it waits; returns the id of the draft. Closing it hangs up."""


class ProposalService:
    """Acts for `person`, whose clients the repositories have."""

    def __init__(
        self,
        proposals: ProposalRepository,
        workflows: WorkflowRepository,
        person: Person,
        *,
        settings: ModelSettings,
        models: Callable[[ModelSettings], LanguageModel] = create_language_model,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        self._proposals, self._workflows, self._person = proposals, workflows, person
        self._settings, self._models, self._max_seconds = settings, models, max_seconds

    @property
    def model_name(self) -> str | None:
        """The model that is asked; None where there is none."""
        return self._settings.model if self._settings.has_model else None

    def fetch_proposal_of_draft(self, draft_id: str) -> DraftProposal | None:
        """What a draft was proposed from; None for any other draft. One request."""
        return self._proposals.fetch_proposal_of_draft(draft_id)

    def propose_draft_by_rules(self, proposal_id: str, description: str) -> str:
        """A draft with the slides a description asks for, as in the stock workflows; its id.

        The same `proposal_id` twice is one draft. Raises InvalidInput, Conflict, Unavailable. Up to eight requests.
        """
        text = _parse_description(description)
        begun = self._proposals.begin_proposal(proposal_id, text, RULES)
        if begun.draft_id:
            return begun.draft_id
        reading = read_description(text)
        examples = tuple(filter(None, map(self._fetch_stock_version, list_examples(reading))))
        return self._store_draft(proposal_id, ProposalResult(proposed=propose_by_rules(text, reading, examples)))

    def stream_draft_of_model(self, proposal_id: str, description: str) -> ModelProposal:
        """Ask the model for a draft. Use it in `contextlib.closing`: closing hangs up, and what was used is stored.

        The same `proposal_id` twice is one draft. Raises InvalidInput, Conflict; Unavailable with a sentence when the
        model failed, proposed nothing, or the person's tokens are used up. Three requests.
        """
        text = _parse_description(description)
        model = self._models(self._settings)
        begun = self._proposals.begin_proposal(proposal_id, text, model.name)
        if begun.draft_id:
            return begun.draft_id
        actions = self._workflows.fetch_saved_action_ids(str(self._person.company_id))
        turn = _ModelTurn(messages=build_proposal_messages(text, actions))
        limits = TurnLimits.from_settings(self._settings, used_today=begun.tokens_today, budget=begun.model_budget)
        try:
            yield from turn.stream(model, limits, self._max_seconds)
            proposed = turn.require_proposal()
            content = build_proposed_content(proposed, text, actions, category=choose_category(read_description(text)))
        except (Unavailable, InvalidInput) as error:
            self._proposals.finish_proposal(proposal_id, self._build_result(turn, error=error.message))
            raise Unavailable(error.message, hint=DESCRIPTION_KEPT) from error
        except GeneratorExit:
            self._proposals.finish_proposal(proposal_id, self._build_result(turn, error=STOPPED))
            raise
        return self._store_draft(proposal_id, self._build_result(turn, proposed=content))

    def _store_draft(self, proposal_id: str, result: ProposalResult) -> str:
        name = result.proposed.content["name"] if result.proposed else ""
        fields = {"workflow_id": make_workflow_id(str(name), proposal_id)}
        draft_id = self._proposals.finish_proposal(proposal_id, replace(result, draft_fields=fields))
        if draft_id is None:
            raise Conflict("The draft of this description was published or discarded.")
        return draft_id

    def _build_result(
        self, turn: "_ModelTurn", *, proposed: ProposedContent | None = None, error: str | None = None
    ) -> ProposalResult:
        usage, cost = turn.usage, self._compute_cost(turn.usage)
        return ProposalResult(
            proposed=proposed,
            error=error,
            system_prompt=next(each.text for each in turn.messages if isinstance(each, SystemMessage)),
            answer=turn.answer,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            estimated_tokens=0 if usage.is_reported else turn.tokens_spent,
            cost_usd=cost,
        )

    def _compute_cost(self, usage: TokenUsage) -> Decimal | None:
        price = self._settings.find_price(self._settings.model)
        return price.compute_cost(usage.input_tokens, usage.output_tokens) if price else None

    def _fetch_stock_version(self, workflow_id: str) -> WorkflowVersion | None:
        """The latest version of a stock workflow with the branches it offers; None where it is not seeded."""
        try:
            found = self._workflows.fetch_definitions_by_workflow_id(workflow_id)
            stock = next((each for each in found if each.is_stock_workflow), None)
            return self._workflows.fetch_version_to_copy(stock.id) if stock else None
        except NotFound:
            return None


@dataclass
class _ModelTurn:
    """One attempt: the recorder of its tool loop, and what came of it."""

    messages: tuple[ModelMessage, ...]
    tool: ProposeWorkflowTool = field(default_factory=ProposeWorkflowTool)
    ending: TurnResult | None = None
    is_too_slow: bool = False

    @property
    def usage(self) -> TokenUsage:
        return self.ending.usage if self.ending else TokenUsage()

    @property
    def tokens_spent(self) -> int:
        return self.ending.tokens_spent if self.ending else 0

    @property
    def answer(self) -> Any:
        """What the model sent: its proposal, or its words."""
        if self.tool.proposed is not None:
            return self.tool.proposed.model_dump(mode="json", exclude_defaults=True)
        return {"text": self.ending.text} if self.ending and self.ending.text else None

    def stream(self, model: LanguageModel, limits: TurnLimits, max_seconds: float) -> Generator[Heartbeat, None, None]:
        """Ask until there is a proposal, a failure or a limit."""
        rounds = replace(limits, rounds=min(MAX_ROUNDS, limits.rounds), calls=MAX_ROUNDS)
        ends_at = time.monotonic() + max_seconds
        with closing(stream_tool_loop(model, self.messages, Toolbox(self.tool), rounds, self)) as events:
            for event in events:
                if isinstance(event, BlockShown) and self.tool.proposed is not None:
                    return
                self.is_too_slow = time.monotonic() > ends_at
                if self.is_too_slow:
                    return
                yield Heartbeat()

    def _find_month_limit_sentence(self) -> str | None:
        said = self.ending.text if self.ending else ""
        return next((message for message in EXHAUSTED_MESSAGES.values() if message in said), None)

    def require_proposal(self) -> ProposedWorkflow:
        """What was proposed. Raises Unavailable with a sentence."""
        if self.tool.proposed is not None:
            return self.tool.proposed
        if self.is_too_slow:
            raise Unavailable(TOO_SLOW)
        match self.ending.outcome if self.ending else None:
            case Failed(reason=reason):
                raise Unavailable(FAILURE_MESSAGES[reason])
            case Done(FinishReason.CAP) if self.ending and LIMIT_MESSAGES[LimitKind.DAY] in self.ending.text:
                raise Unavailable(DAY_LIMIT)
            case Done(FinishReason.CAP) if sentence := self._find_month_limit_sentence():
                raise Unavailable(sentence)
        self.tool.proposed = parse_proposal_text(self.ending.text if self.ending else "")
        if self.tool.proposed is None:
            raise Unavailable(NOT_A_WORKFLOW)
        return self.tool.proposed

    def record_tool_start(self, call: ToolCall) -> None:
        """Nothing is stored of a call: the proposal is, with the turn."""

    def record_tool_result(
        self, call: ToolCall, result: ToolResult | None, duration_ms: int, error: str | None
    ) -> None:
        """See `record_tool_start`."""

    def record_tool_waiting(self, call: ToolCall, duration_ms: int) -> None:
        """See `record_tool_start`."""

    def record_turn_end(self, ending: TurnResult) -> None:
        self.ending = ending


def make_workflow_id(name: str, proposal_id: str) -> str:
    """A readable id nobody has: words of the name, and part of the proposal's id."""
    words = [word for word in split_folded_words(name) if word.isascii()]
    slug = cut_after_word(" ".join(words), MAX_SLUG_LENGTH).strip().replace(" ", "-")
    return "-".join(filter(None, (slug, uuid.UUID(proposal_id).hex[:12])))


def _parse_description(description: str) -> str:
    text = strip_invisible(description).strip()
    if not text or len(text) > MAX_DESCRIPTION_LENGTH:
        raise InvalidInput(f"Say what the workflow is for, in up to {MAX_DESCRIPTION_LENGTH:,} characters.")
    return text
