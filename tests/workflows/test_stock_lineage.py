"""A copy takes what stock changed since, over HTTP. Stock has two versions of the standard renewal."""

from typing import Any

import psycopg
import pytest

from lib.errors import InvalidInput, NotFound
from lib.workflows.draft_service import DraftService
from lib.workflows.model import WorkflowDefinition
from lib.workflows.repository import WorkflowRepository
from lib.workflows.stock_lineage import StockLineageService
from lib.workflows.workflow_content import normalize_workflow_content
from lib.workflows.workflow_diff import SlideFieldChange
from lib.workflows.workflow_merge import resolve_merge_conflict
from tests.database.factories import publish_workflow
from tests.support.companies import Company
from tests.support.requests import record_requests
from tests.workflows.test_service import acting

WORKFLOW = "standard-renewal"


class Copy:
    """A company's copy of the first stock version, with a manager who publishes it."""

    def __init__(self, company: Company) -> None:
        self.workflows = acting(company.manager, company)
        repository = WorkflowRepository(company.manager.client)
        person = self.workflows._person
        self.drafts, self.lineage = DraftService(repository, person), StockLineageService(repository, person)

    def publish(self, contexts: dict[str, Any] | None = None) -> WorkflowDefinition:
        stock = self.workflows.fetch_workflow_definition(WORKFLOW)
        draft = self.drafts.create_draft_from_version(stock, 1)
        if contexts:
            draft = self.workflows.update_workflow(draft, {"slide_contexts": {**draft.slide_contexts, **contexts}})
        self.workflows.publish_workflow(draft)
        return self.workflows.fetch_workflow_definition(WORKFLOW)


@pytest.fixture
def copy(company: Company) -> Copy:
    return Copy(company)


def find_reworded_text(copy: Copy) -> SlideFieldChange:
    changes = copy.lineage.fetch_stock_changes(copy.publish())
    assert changes is not None
    return next(
        each for each in changes.diff.changes if isinstance(each, SlideFieldChange) and isinstance(each.before, str)
    )


def test_a_copy_of_the_latest_stock_and_a_workflow_of_ones_own_have_nothing_to_take(
    copy: Copy, company: Company, sql: psycopg.Connection
) -> None:
    copy.workflows.publish_workflow(copy.workflows.clone_stock_workflow(WORKFLOW))
    assert copy.lineage.fetch_stock_changes(copy.workflows.fetch_workflow_definition(WORKFLOW)) is None
    publish_workflow(sql, company.id, "all-ours")
    assert copy.lineage.fetch_stock_changes(copy.workflows.fetch_workflow_definition("all-ours")) is None


def test_taking_what_stock_changed_makes_a_draft_and_publishing_it_remembers_the_stock_version(copy: Copy) -> None:
    definition = copy.publish({"greeting": {"title": "Hello there"}})
    with record_requests() as sent:
        changes = copy.lineage.fetch_stock_changes(definition)
    assert len(sent) == 2
    assert changes is not None
    assert changes.diff
    assert (changes.base.version, changes.theirs.version, changes.ours.version) == (1, 2, 1)
    merge = changes.merge
    for conflict in merge.conflicts:
        merge = resolve_merge_conflict(merge, conflict, conflict.ours)
    draft = copy.lineage.draft_stock_merge(changes, merge)
    assert draft.slide_contexts["greeting"]["title"] == "Hello there"
    assert draft.chat_branches == changes.ours.chat_branches
    copy.workflows.publish_workflow(draft)
    now = copy.workflows.fetch_workflow_definition(WORKFLOW)
    assert (now.cloned_from, now.cloned_from_version) == (definition.cloned_from, 2)
    assert copy.lineage.fetch_stock_changes(now) is None


def test_a_copy_that_changed_nothing_becomes_the_latest_stock(copy: Copy) -> None:
    changes = copy.lineage.fetch_stock_changes(copy.publish())
    assert changes is not None
    assert changes.merge.conflicts == ()
    draft = copy.lineage.draft_stock_merge(changes, changes.merge)
    assert draft.slide_sequence == changes.theirs.slide_sequence
    assert normalize_workflow_content({**changes.merge.content})["slide_contexts"] == dict(draft.slide_contexts)
    assert dict(draft.slide_contexts) == dict(changes.theirs.slide_contexts)


def test_a_text_that_both_reworded_is_a_conflict_and_no_draft_is_made_before_it_is_decided(
    copy: Copy, company: Company, sql: psycopg.Connection
) -> None:
    reworded = find_reworded_text(copy)
    draft = copy.workflows.create_draft_of_latest_version(copy.workflows.fetch_workflow_definition(WORKFLOW))
    context = {**draft.slide_contexts[reworded.address], reworded.key: "Our own words."}
    draft = copy.workflows.update_workflow(
        draft, {"slide_contexts": {**draft.slide_contexts, reworded.address: context}}
    )
    copy.workflows.publish_workflow(draft)
    changes = copy.lineage.fetch_stock_changes(copy.workflows.fetch_workflow_definition(WORKFLOW))
    assert changes is not None
    (conflict,) = changes.merge.conflicts
    assert (conflict.address, conflict.key, conflict.theirs) == (reworded.address, reworded.key, reworded.after)
    with pytest.raises(InvalidInput, match="1 conflict must be decided first"):
        copy.lineage.draft_stock_merge(changes, changes.merge)
    decided = resolve_merge_conflict(changes.merge, conflict, "Both of it.")
    made = copy.lineage.draft_stock_merge(changes, decided)
    assert made.slide_contexts[reworded.address][reworded.key] == "Both of it."


def test_a_draft_cannot_claim_a_version_that_is_not_stocks_or_of_another_workflow(
    copy: Copy, company: Company, sql: psycopg.Connection
) -> None:
    definition = copy.publish()
    repository = WorkflowRepository(company.manager.client)
    draft = copy.workflows.create_draft_of_latest_version(definition)
    own = repository.fetch_version(definition.id)
    with pytest.raises(NotFound, match="This stock version does not exist"):
        repository.update_draft(draft.id, draft.revision, {"stock_version_id": own.id})
    other = copy.workflows.fetch_workflow_definition("executive-contact-lost")
    version = repository.fetch_version(other.id)
    claimed = repository.update_draft(draft.id, draft.revision, {"stock_version_id": version.id})
    assert claimed is not None
    copy.workflows.publish_workflow(claimed)
    assert copy.workflows.fetch_workflow_definition(WORKFLOW).cloned_from_version == 1


def test_the_catalogue_says_how_many_slides_differ_in_its_one_request(copy: Copy) -> None:
    definition = copy.publish()
    changes = copy.lineage.fetch_stock_changes(definition)
    assert changes is not None
    with record_requests() as sent:
        catalogue = copy.workflows.fetch_workflow_catalogue()
    assert len(sent) == 1
    entry = next(each for each in catalogue.entries if each.definition.id == definition.id)
    assert entry.stock_version == 2
    assert entry.stock_changed_slides == len(changes.diff.changed_slides)
