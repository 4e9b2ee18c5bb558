"""A workflow as a row, as it was published, and as it is walked through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lib.slides.model import Slide
from lib.slides.slide_context import SlideContext


class Category(StrEnum):
    """Decides which outcomes the summary offers."""

    RENEWAL = "renewal"
    RISK = "risk"
    STRATEGY = "strategy"
    EXPANSION = "expansion"


class DefinitionStatus(StrEnum):
    """Never published; published; archived (starts no more runs)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class SuggestionRule(BaseModel):
    """When Today suggests a workflow; of the rules that fit a customer, the lowest `rank` wins.

    A field left out fits every customer. `signals`: the customer has one of them; with `only_leading` it is the
    strongest. Deadline points are 0-40, as in `public.customer_priorities`; `arr_from` is USD a year.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: int = Field(ge=0, le=10_000)
    signals: tuple[str, ...] | None = None
    only_leading: bool = False
    deadline_points_from: int | None = Field(default=None, ge=0, le=40)
    deadline_points_below: int | None = Field(default=None, ge=0, le=41)
    arr_from: int | None = Field(default=None, ge=0, le=10**12)


@dataclass(frozen=True, kw_only=True)
class WorkflowDefinition:
    """The working copy. `company_id` is None for stock; `slide_contexts` is raw JSON until composed; `suggested_when`
    is a SuggestionRule as JSON."""

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
    cloned_from: str | None = None
    cloned_from_version: int | None = None
    created_by: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class WorkflowVersion:
    """A definition as it was published; never changes. `note` is what changed, in the publisher's words."""

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
    note: str | None = None
    published_by: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ComposedSlide:
    """A slide of the library with the context that holds here."""

    slide: Slide
    context: SlideContext

    @property
    def id(self) -> str:
        return self.slide.id.value


@dataclass(frozen=True, kw_only=True)
class ComposedWorkflow:
    """A whole workflow, frozen: nothing downstream reads a definition's JSON. `version` is None for a working copy."""

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

    @property
    def slide_ids(self) -> tuple[str, ...]:
        return tuple(slide.id for slide in self.slides)

    def find_slide(self, slide_id: str) -> ComposedSlide | None:
        return next((slide for slide in self.slides if slide.id == slide_id), None)


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """A workflow as the catalogue shows it; `version` is None before the first is published."""

    definition: WorkflowDefinition
    version: WorkflowVersion | None
    open_runs: int
    done_runs: int


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
    customers: tuple[StartableCustomer, ...]
