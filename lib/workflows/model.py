"""A workflow as it is published, drafted and walked through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lib.customers.signal_kinds import SignalKind
from lib.slides.model import Slide, SlideId
from lib.slides.own_questions import OwnQuestion
from lib.slides.slide_address import SlideAddress, format_slide_name, get_slide_id_of_address
from lib.slides.slide_context import SlideContext


class Category(StrEnum):
    """Decides which outcomes the summary offers."""

    RENEWAL = "renewal"
    RISK = "risk"
    STRATEGY = "strategy"
    EXPANSION = "expansion"


class DefinitionStatus(StrEnum):
    """Published, or archived: starts no more runs."""

    PUBLISHED = "published"
    ARCHIVED = "archived"


class SuggestionRule(BaseModel):
    """When Today suggests a workflow; of the rules that fit a customer, the lowest `rank` wins.

    A field left out fits every customer. `signals`: the customer has one of them; with `only_leading` it is the
    strongest. Deadline points are 0-40, as in `public.customer_priorities`; `arr_from` is USD a year.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: int = Field(ge=0, le=10_000)
    signals: tuple[SignalKind, ...] | None = Field(default=None, min_length=1)
    only_leading: bool = False
    deadline_points_from: int | None = Field(default=None, ge=0, le=40)
    deadline_points_below: int | None = Field(default=None, ge=0, le=41)
    arr_from: int | None = Field(default=None, ge=0, lt=10**12)


@dataclass(frozen=True, kw_only=True)
class DefinitionError:
    """What is wrong, and where: slide, branch and field are None when it is about the whole."""

    message: str
    slide: str | None = None
    field: str | None = None
    branch: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkflowDefinition:
    """A published workflow, with the content of its latest version.

    `company_id` is None for stock; `slide_contexts` is raw JSON until composed; `suggested_when` is a SuggestionRule
    and `begun_when` a TriggerRule, as JSON.
    """

    id: str
    workflow_id: str
    company_id: str | None
    name: str
    description: str
    category: str
    slide_sequence: tuple[str, ...]
    slide_contexts: Mapping[str, Any]
    is_stock_workflow: bool
    status: DefinitionStatus
    revision: int
    suggested_when: Mapping[str, Any] | None = None
    begun_when: Mapping[str, Any] | None = None
    cloned_from: str | None = None
    cloned_from_version: int | None = None
    created_by: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class WorkflowVersion:
    """A definition as it was published; never changes. `note` is what changed, in the publisher's words.

    `chat_branches` lists branches by slide (`lib.workflows.chat_branch_content`); those of stock change with its file.
    """

    id: str
    definition_id: str
    workflow_id: str
    company_id: str | None
    version: int
    name: str
    description: str
    category: str
    slide_sequence: tuple[str, ...]
    slide_contexts: Mapping[str, Any]
    chat_branches: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
    published_by: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class VersionToCopy(WorkflowVersion):
    """A version with the branches its workflow offered at a moment: stock's and promoted answers among them."""

    branches_read_at: datetime


@dataclass(frozen=True, kw_only=True)
class WorkflowDraft:
    """A workflow its author is still writing; publishing makes it the next version of `workflow_id`.

    It does not take that id: several drafts may be meant for one workflow. `base_version_id` is the version it began
    with, None for one from scratch; `stock_version_id` the stock version whose changes were merged into it.
    `branches_read_at`: when the branches its workflow offers were copied into it, if they were.
    """

    id: str
    company_id: str
    author_id: str
    workflow_id: str
    name: str
    description: str
    category: str
    slide_sequence: tuple[str, ...]
    slide_contexts: Mapping[str, Any]
    revision: int
    chat_branches: Mapping[str, Any] = field(default_factory=dict)
    base_version_id: str | None = None
    branches_read_at: datetime | None = None
    stock_version_id: str | None = None
    suggested_when: Mapping[str, Any] | None = None
    begun_when: Mapping[str, Any] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


WorkflowContent = WorkflowDefinition | WorkflowVersion | WorkflowDraft
"""What can be composed: each has a name, slides and their contexts."""


@dataclass(frozen=True, kw_only=True)
class ComposedSlide:
    """A slide of the library at its address, with the context that holds here."""

    address: SlideAddress
    slide: Slide
    context: SlideContext

    @cached_property
    def id(self) -> str:
        """The address: what its answers, steps and chats are kept by."""
        return str(self.address)

    @property
    def short(self) -> str:
        """Its name in narrow places, with its label; of a free slide the label alone."""
        if self.slide.id is SlideId.CUSTOM:
            return self.address.label_text.capitalize()
        return format_slide_name(self.slide.short, self.id)


@dataclass(frozen=True, kw_only=True)
class ComposedWorkflow:
    """A whole workflow, frozen: nothing downstream reads a definition's JSON. `version` is None for a draft."""

    workflow_id: str
    name: str
    description: str
    category: Category
    slides: tuple[ComposedSlide, ...]
    version: int | None = None

    @property
    def total_minutes(self) -> int:
        """How long the whole takes, as far as its slides say."""
        return sum(slide.context.minutes or 0 for slide in self.slides)

    @cached_property
    def slide_ids(self) -> tuple[str, ...]:
        return tuple(slide.id for slide in self.slides)

    @cached_property
    def own_questions(self) -> Mapping[str, tuple[OwnQuestion, ...]]:
        """The company's own questions, by address of the slide that asks them."""
        return {slide.id: slide.context.questions for slide in self.slides if slide.context.questions}

    def find_slide(self, address: str) -> ComposedSlide | None:
        return next((slide for slide in self.slides if slide.id == address), None)

    def find_linked_slide(self, address: str) -> ComposedSlide | None:
        """The slide of a link: a link by the slide's id alone leads to the first slide with that id."""
        alike = (slide for slide in self.slides if get_slide_id_of_address(slide.id) == address)
        return self.find_slide(address) or next(alike, None)


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """A workflow as the catalogue shows it; `version` is its latest, published by the person named.

    `stock_version` is the latest of the stock workflow it was cloned from, and `stock_changed_slides` how many slides
    differ in it. `median_days` is from start to completion.
    """

    definition: WorkflowDefinition
    version: WorkflowVersion
    open_runs: int
    done_runs: int
    ended_runs: int = 0
    median_days: Decimal | None = None
    published_by_name: str | None = None
    stock_version: int | None = None
    stock_changed_slides: int | None = None
    begins_by_itself: bool = False


@dataclass(frozen=True, kw_only=True)
class DraftEntry:
    """A draft as the catalogue shows it: one's own or a colleague's."""

    draft: WorkflowDraft
    author_name: str
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class StartableCustomer:
    """A customer a run may be started for; `open` has the runs already open there, by workflow id."""

    id: str
    name: str
    owner_id: str
    open: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    entries: tuple[CatalogueEntry, ...]
    drafts: tuple[DraftEntry, ...]
    customers: tuple[StartableCustomer, ...]
