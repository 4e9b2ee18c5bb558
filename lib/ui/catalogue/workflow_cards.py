"""Workflows and drafts as the catalogue shows them, composed or with their errors; finding one. Pure."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lib.errors import InvalidInput
from lib.slides.library import get_default_slide_title, get_slide_of_address
from lib.text.format import format_count, format_date, format_days
from lib.text.local_time import to_local_time
from lib.text.share_interval import format_share
from lib.text.truncate import single_line
from lib.ui.theme import format_timestamp
from lib.workflows.composer import compose_workflow
from lib.workflows.model import (
    Catalogue,
    CatalogueEntry,
    ComposedWorkflow,
    DefinitionStatus,
    DraftEntry,
    WorkflowDefinition,
    WorkflowDraft,
    WorkflowVersion,
)

log = logging.getLogger(__name__)
STOCK = "Stock"
COMPANY_OWN = "Your company's"
ORIGINS = (STOCK, COMPANY_OWN)


class CardState(StrEnum):
    """The groups of the catalogue, in their order; the value is the heading."""

    OWN_DRAFT = "My drafts"
    COLLEAGUES_DRAFT = "Colleagues' drafts"
    PUBLISHED = "Published"
    ARCHIVED = "Archived"


@dataclass(frozen=True, kw_only=True)
class WorkflowCard:
    """A published workflow, or a draft. `address` names it in the page's address, `source` is its row.

    `content` is what it shows: a workflow's latest version, or the draft; `entry` has the figures of a workflow.
    `workflow` is None if the content cannot be composed; `errors` say why. `replaced_by` is the company's own workflow
    that starts in place of this stock one.
    """

    address: str
    source: WorkflowDefinition | DraftEntry
    content: WorkflowVersion | WorkflowDraft
    entry: CatalogueEntry | None = None
    workflow: ComposedWorkflow | None = None
    errors: tuple[str, ...] = ()
    replaced_by: WorkflowDefinition | None = None

    @property
    def id(self) -> str:
        return self.source.draft.id if isinstance(self.source, DraftEntry) else self.source.id

    @property
    def workflow_id(self) -> str:
        return self.content.workflow_id

    @property
    def draft(self) -> DraftEntry | None:
        return self.source if isinstance(self.source, DraftEntry) else None

    @property
    def definition(self) -> WorkflowDefinition | None:
        return self.source if isinstance(self.source, WorkflowDefinition) else None

    @property
    def is_stock(self) -> bool:
        return self.definition is not None and self.definition.is_stock_workflow

    @property
    def is_archived(self) -> bool:
        return self.definition is not None and self.definition.status is DefinitionStatus.ARCHIVED

    @property
    def state(self) -> CardState:
        if self.draft is not None:
            return CardState.OWN_DRAFT if self.draft.is_own else CardState.COLLEAGUES_DRAFT
        return CardState.ARCHIVED if self.is_archived else CardState.PUBLISHED

    @property
    def has_newer_stock(self) -> bool:
        """True if the stock workflow it was cloned from has a version that came after."""
        base = self.definition.cloned_from_version if self.definition else None
        latest = self.entry.stock_version if self.entry else None
        return base is not None and latest is not None and latest > base

    @property
    def begins_by_itself(self) -> bool:
        return self.entry is not None and self.entry.begins_by_itself

    @property
    def newer_stock_text(self) -> str:
        """ "stock moved on: 3 slides differ"."""
        count = self.entry.stock_changed_slides if self.entry else None
        verb = "differs" if count == 1 else "differ"
        return f"stock moved on: {format_count(count, 'slide')} {verb}" if count else "stock moved on"

    @property
    def origin(self) -> str:
        return STOCK if self.is_stock else COMPANY_OWN

    @property
    def version_text(self) -> str:
        """ "version 2", "your draft", "draft by Alice Moreau"."""
        if isinstance(self.content, WorkflowVersion):
            return f"version {self.content.version}"
        if self.draft is None or self.draft.is_own:
            return "your draft"
        return f"draft by {single_line(self.draft.author_name, max_length=60)}"

    @property
    def size_text(self) -> str:
        """ "9 slides, about 60 minutes"."""
        slides = format_count(len(self.content.slide_sequence), "slide")
        minutes = self.workflow.total_minutes if self.workflow else 0
        return f"{slides}, about {format_count(minutes, 'minute')}" if minutes else slides

    @property
    def runs_text(self) -> str:
        """ "2 runs open, 7 done"."""
        if self.entry is None:
            return "not published"
        if not self.entry.open_runs and not self.entry.ended_runs and not self.entry.done_runs:
            return "no runs yet"
        return f"{format_count(self.entry.open_runs, 'run')} open, {self.entry.done_runs} done"

    @property
    def effect_text(self) -> str | None:
        """ "7 of 9 that ended completed (45–94%), median 12 days"; None before any run ended."""
        if self.entry is None or not self.entry.ended_runs:
            return None
        completed = f"{format_share(self.entry.done_runs, self.entry.ended_runs)} completed"
        days = self.entry.median_days
        return completed if days is None else f"{completed}, median {format_days(days)}"

    def describe_last_change(self, time_zone: str) -> str:
        """ "published 3 Nov 2026 by Carol Adeyemi", "changed 3 Nov 2026, 14:05", in the person's zone.

        Drafts have the minute: two of one name are told apart by it.
        """
        if isinstance(self.content, WorkflowDraft):
            changed = self.content.updated_at
            return f"changed {format_timestamp(changed, time_zone)}" if changed else "changed"
        who = "Zen" if self.is_stock else self.entry and self.entry.published_by_name
        moment = self.content.created_at
        day = f" {format_date(to_local_time(moment, time_zone).date())}" if moment else ""
        return f"published{day}" + (f" by {single_line(who, max_length=60)}" if who else "")

    @property
    def start_blocker(self) -> str | None:
        """Why no run of it can be started, in a sentence; None when one can."""
        if self.workflow is None:
            return "It cannot be started until these errors are fixed."
        if self.is_archived:
            return "It is archived: no new run can be started. Runs in progress continue."
        if self.replaced_by is not None:
            return f"Your company's own “{single_line(self.replaced_by.name)}” starts in its place."
        if self.draft is not None:
            return "A draft cannot be started. A manager publishes it in the builder."
        return None

    @property
    def slide_titles(self) -> tuple[str, ...]:
        """As the library knows them; an unknown slide by its id."""
        return tuple(
            get_default_slide_title(name) if get_slide_of_address(name) else name
            for name in self.content.slide_sequence
        )


def build_workflow_cards(catalogue: Catalogue) -> tuple[WorkflowCard, ...]:
    """A card for each draft, newest first, then for each workflow: the company's own, then stock."""
    own = {
        entry.definition.workflow_id: entry.definition
        for entry in catalogue.entries
        if not entry.definition.is_stock_workflow and entry.definition.status is DefinitionStatus.PUBLISHED
    }
    return (
        *(_build_draft_card(entry) for entry in catalogue.drafts),
        *(_build_workflow_card(entry, own.get(entry.definition.workflow_id)) for entry in catalogue.entries),
    )


def find_workflow_card_by_address(cards: Iterable[WorkflowCard], address: str) -> WorkflowCard | None:
    """The card an address names: by its identity, or by a workflow id, and then the one that starts."""
    named = [card for card in cards if address in (card.address, card.id, card.workflow_id)]
    exact = [card for card in named if address in (card.address, card.id)]
    return next(iter(exact or named), None)


def find_company_copy(cards: Iterable[WorkflowCard], card: WorkflowCard) -> WorkflowCard | None:
    """The company's own workflow of the same id, else one's own draft for it: a second copy would be refused."""
    copies = [
        other
        for other in cards
        if other.workflow_id == card.workflow_id and not other.is_stock and not other.is_archived
    ]
    published = [copy for copy in copies if copy.draft is None]
    return next(iter(published or [copy for copy in copies if copy.draft and copy.draft.is_own]), None)


def _build_workflow_card(entry: CatalogueEntry, own: WorkflowDefinition | None) -> WorkflowCard:
    definition = entry.definition
    replaced_by = own if own is not None and definition.is_stock_workflow else None
    starts = definition.status is DefinitionStatus.PUBLISHED and replaced_by is None
    workflow, errors = _try_compose_workflow(entry.version)
    return WorkflowCard(
        address=definition.workflow_id if starts else definition.id,
        source=definition,
        content=entry.version,
        entry=entry,
        workflow=workflow,
        errors=errors,
        replaced_by=replaced_by,
    )


def _build_draft_card(entry: DraftEntry) -> WorkflowCard:
    workflow, errors = _try_compose_workflow(entry.draft)
    return WorkflowCard(address=entry.draft.id, source=entry, content=entry.draft, workflow=workflow, errors=errors)


def _try_compose_workflow(source: WorkflowVersion | WorkflowDraft) -> tuple[ComposedWorkflow | None, tuple[str, ...]]:
    try:
        return compose_workflow(source), ()
    except InvalidInput as error:
        errors = error.detail if isinstance(error.detail, tuple) else ()
        return None, tuple(each.message for each in errors) or (error.message,)
    except Exception:  # one workflow that cannot be read is one card
        log.exception("workflow %s not composed", source.workflow_id)
        return None, ("Its slides or texts cannot be read.",)
