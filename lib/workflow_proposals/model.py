"""A workflow that somebody described, proposed by a model or by rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lib.llm.model_budget import ModelBudget
from lib.llm.rule_based.assistant import RuleBasedModel

RULES = RuleBasedModel.name
"""Stored as the model of a proposal by rules, as of answers by rules."""

MAX_DESCRIPTION_LENGTH = 2000


@dataclass(frozen=True, kw_only=True)
class ProposalNote:
    """What a proposed draft does and what could not be done, each in sentences."""

    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()

    def to_json(self) -> dict[str, list[str]]:
        return {"done": list(self.done), "not_done": list(self.not_done)}


@dataclass(frozen=True, kw_only=True)
class ProposedContent:
    """The content of a draft as its row holds it, with its note. It composes."""

    content: Mapping[str, Any]
    note: ProposalNote


@dataclass(frozen=True, kw_only=True)
class BegunProposal:
    """`draft_id` is the draft if this description has become one; `tokens_today` are the person's."""

    draft_id: str | None
    tokens_today: int
    model_budget: ModelBudget | None = None


@dataclass(frozen=True, kw_only=True)
class DraftProposal:
    """What a draft was proposed from, as stored. `answer` is what the model sent, as it came."""

    description: str
    model: str
    note: ProposalNote
    system_prompt: str = ""
    answer: Any = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None

    @property
    def is_by_rules(self) -> bool:
        return self.model == RULES


@dataclass(frozen=True, kw_only=True)
class ProposalResult:
    """How an attempt ended. Without `proposed` there is an `error`, a sentence."""

    proposed: ProposedContent | None = None
    error: str | None = None
    system_prompt: str = ""
    answer: Any = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    estimated_tokens: int = 0
    cost_usd: Decimal | None = None
    draft_fields: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The result as `finish_workflow_proposal` takes it."""
        proposed = self.proposed
        return {
            "error": self.error,
            "system_prompt": self.system_prompt,
            "answer": self.answer,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "estimated_tokens": self.estimated_tokens,
            "cost_usd": None if self.cost_usd is None else str(self.cost_usd),
            "note": proposed.note.to_json() if proposed else {},
            "draft": {**proposed.content, **self.draft_fields} if proposed else None,
        }
