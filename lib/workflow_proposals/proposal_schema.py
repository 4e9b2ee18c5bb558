"""What a model may propose: the schema it is given, and the tool it calls. Nothing of it is trusted.

Ids and types are told in the schema but read as text: `proposed_content` leaves out what does not exist, with a
sentence, instead of losing the whole proposal.
"""

import json
import re
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.content.model import Text
from lib.llm.tools import ToolOutput
from lib.slides.library import LIBRARY
from lib.workflows.model import Category

BRANCH_TYPES = ("fixed", "llm", "rag", "saved_action")
MAX_TEXT_LENGTH = 4000
MAX_BRANCH_TEXT_LENGTH = 2000
MAX_SHORT_LENGTH = 400
_FENCE = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)


class _Proposed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProposedBranch(_Proposed):
    """A question the chat offers on a slide."""

    branch_type: Annotated[str, Field(max_length=40, json_schema_extra={"enum": list(BRANCH_TYPES)})]
    label: str = Field(max_length=MAX_SHORT_LENGTH, description="The question, as the person reads it.")
    text: str = Field(
        max_length=MAX_TEXT_LENGTH,
        description="fixed: the answer. llm, rag: the prompt. saved_action: the name of the action.",
    )


class ProposedSlide(_Proposed):
    """A slide of the library, with the texts that differ from the library's."""

    slide: Annotated[str, Field(max_length=100, json_schema_extra={"enum": [str(each) for each in LIBRARY]})]
    title: str | None = Field(default=None, max_length=MAX_SHORT_LENGTH)
    lead: str | None = Field(default=None, max_length=MAX_TEXT_LENGTH * 2, description="What matters here, 1-3 lines.")
    checklist: tuple[str, ...] = Field(default=(), max_length=40)
    question: str | None = Field(default=None, max_length=MAX_TEXT_LENGTH, description="The one question to answer.")
    minutes: int | None = None
    chat: tuple[ProposedBranch, ...] = Field(default=(), max_length=40)


class ProposedWorkflow(_Proposed):
    """The parameters of the tool."""

    name: str = Field(max_length=MAX_TEXT_LENGTH, description="Two to six words.")
    description: str = Field(max_length=MAX_TEXT_LENGTH, description="When to use it, in a sentence.")
    category: Annotated[str, Field(max_length=40, json_schema_extra={"enum": [str(each) for each in Category]})]
    slides: tuple[ProposedSlide, ...] = Field(min_length=1, max_length=60)
    not_done: tuple[str, ...] = Field(
        default=(), max_length=40, description="What was asked for and cannot be done with these slides, in sentences."
    )


class ProposeWorkflowTool:
    """Takes the proposal of a model. Nothing is written: what it proposed is checked once the turn is over."""

    name: ClassVar[str] = "propose_workflow"
    description: ClassVar[str] = "Propose the workflow. Call it exactly once."
    parameters: ClassVar[type[BaseModel]] = ProposedWorkflow
    has_side_effect: ClassVar[bool] = False

    def __init__(self) -> None:
        self.proposed: ProposedWorkflow | None = None

    def run(self, arguments: ProposedWorkflow) -> ToolOutput:
        self.proposed = arguments
        # The block reaches whoever reads the turn before the model is asked again.
        return ToolOutput(text="Taken.", blocks=(Text(markdown="Taken."),))


def parse_proposal_text(text: str) -> ProposedWorkflow | None:
    """The proposal of a model that cannot call tools and wrote JSON instead; None for anything else."""
    fenced = _FENCE.search(text)
    written = fenced[1] if fenced else text[text.find("{") : text.rfind("}") + 1]
    try:
        return ProposedWorkflow.model_validate(_parse_json_object(written))
    except (ValueError, RecursionError, ValidationError):
        return None


def _parse_json_object(text: str) -> Any:
    found = json.loads(text)
    # Some servers write the call itself: {"name": "propose_workflow", "arguments": {...}}.
    inner = found.get("arguments") if isinstance(found, dict) and "slides" not in found else None
    return json.loads(inner) if isinstance(inner, str) else inner if isinstance(inner, dict) else found
