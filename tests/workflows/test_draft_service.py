"""Drafts as a person's own, over HTTP, as people who really signed up."""

from typing import Any

import pytest

from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted
from lib.workflows.draft_service import DraftService
from lib.workflows.model import WorkflowDefinition, WorkflowVersion
from lib.workflows.repository import WorkflowRepository
from lib.workflows.service import WorkflowService
from tests.support.companies import Company, Member
from tests.workflows.test_service import acting, published


def drafting(member: Member, company: Company) -> DraftService:
    return DraftService(WorkflowRepository(member.client), acting(member, company)._person)


@pytest.fixture
def csm(company: Company) -> DraftService:
    return drafting(company.csm, company)


@pytest.fixture
def colleague(company: Company) -> DraftService:
    return drafting(company.other_csm, company)


@pytest.fixture
def manager(company: Company) -> WorkflowService:
    return acting(company.manager, company)


@pytest.fixture
def own(manager: WorkflowService) -> WorkflowDefinition:
    return published(manager)


def test_a_draft_is_renamed_by_its_author_alone(company: Company, csm: DraftService, colleague: DraftService) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal")
    renamed = csm.rename_draft(draft, "  Our\n renewal ")
    assert (renamed.name, renamed.revision) == ("Our renewal", 2)
    with pytest.raises(NotPermitted, match="belongs to a colleague"):
        colleague.rename_draft(renamed, "Mine")
    for name in (" ", "\u200b", "x" * 201):
        with pytest.raises(InvalidInput, match="1 to 200 characters"):
            csm.rename_draft(renamed, name)


def test_a_second_tab_is_told_of_the_first_ones_save(company: Company, csm: DraftService) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal")
    first = csm.rename_draft(draft, "First")
    with pytest.raises(Conflict, match="“First” was changed after you opened it") as caught:
        csm.rename_draft(draft, "Second")
    assert caught.value.detail == first


def test_a_duplicate_is_a_second_draft_with_the_same_content(company: Company, csm: DraftService) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal", name="x" * 200)
    copy = csm.duplicate_draft(draft)
    assert (copy.name, len(copy.name)) == ("x" * 193 + " (copy)", 200)
    same = ("slide_sequence", "slide_contexts", "chat_branches", "suggested_when", "base_version_id", "workflow_id")
    same += ("branches_read_at",)
    assert [getattr(copy, field) for field in same] == [getattr(draft, field) for field in same]
    assert copy.id != draft.id
    assert csm.duplicate_draft(draft, name="Another").name == "Another"


def test_a_colleagues_draft_is_read_and_copied(company: Company, csm: DraftService, colleague: DraftService) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal", name="Alice's")
    assert colleague.fetch_draft(draft.id) == draft
    fork = colleague.duplicate_draft(draft)
    assert (fork.name, fork.author_id, fork.base_version_id) == (
        "Alice's",
        str(company.other_csm.id),
        draft.base_version_id,
    )
    assert colleague.rename_draft(fork, "Bob's").name == "Bob's"
    assert csm.fetch_draft(draft.id) == draft


def test_one_sees_that_a_colleague_is_editing(
    company: Company, csm: DraftService, colleague: DraftService, own: WorkflowDefinition, sql: Any
) -> None:
    draft = acting(company.csm, company).create_draft_of_latest_version(own)
    (seen,) = colleague.list_drafts(own.workflow_id)
    assert (seen.id, seen.author_name, seen.base_version) == (draft.id, company.csm.full_name, 1)
    assert (seen.is_own, seen.is_edited_by_colleague) == (False, True)
    assert [each.is_edited_by_colleague for each in csm.list_drafts(own.workflow_id)] == [False]
    sql.execute("alter table public.workflow_drafts disable trigger touch")
    try:
        earlier = "update public.workflow_drafts set updated_at = now() - interval '11 minutes' where id = %s"
        sql.execute(earlier, [draft.id])
    finally:
        sql.execute("alter table public.workflow_drafts enable trigger touch")
    assert [each.is_edited_by_colleague for each in colleague.list_drafts(own.workflow_id)] == [False]


def test_drafts_of_another_company_are_not_listed(
    company: Company, csm: DraftService, own: WorkflowDefinition, new_company: Any
) -> None:
    acting(company.csm, company).create_draft_of_latest_version(own)
    stranger = new_company("Contoso")
    assert drafting(stranger.manager, stranger).list_drafts(own.workflow_id) == ()


def publish_again(manager: WorkflowService, own: WorkflowDefinition, **changes: Any) -> WorkflowVersion:
    return manager.publish_workflow(
        manager.update_workflow(manager.create_draft_of_latest_version(own), changes), "Again."
    )


def test_versions_are_listed_with_who_wrote_and_who_published_them(
    company: Company, manager: WorkflowService, own: WorkflowDefinition
) -> None:
    manager.publish_workflow(acting(company.csm, company).create_draft_of_latest_version(own), "Shorter.")
    second, first = manager.list_versions(own)
    assert (second.version, second.note, second.author, second.publisher) == (
        2,
        "Shorter.",
        company.csm.full_name,
        company.manager.full_name,
    )
    assert (first.version, first.author) == (1, company.manager.full_name)
    stock = manager.fetch_workflow_definition("executive-contact-lost")
    assert [(each.version, each.author, each.publisher) for each in manager.list_versions(stock)] == [(1, None, None)]


def test_an_earlier_version_is_published_again(
    csm: DraftService, manager: WorkflowService, own: WorkflowDefinition
) -> None:
    publish_again(manager, own, name="Second", chat_branches={})
    draft = csm.create_draft_from_version(own, 1)
    assert draft.name != "Second"
    assert draft.chat_branches["greeting"]
    third = manager.publish_workflow(draft)
    assert (third.version, third.name, third.chat_branches) == (3, draft.name, draft.chat_branches)
    with pytest.raises(NotFound):
        csm.create_draft_from_version(own, 9)


def test_a_version_begins_a_draft_of_another_workflow(
    csm: DraftService, manager: WorkflowService, own: WorkflowDefinition
) -> None:
    stock = next(d for d in manager._workflows.fetch_definitions_by_workflow_id(own.workflow_id) if d.is_stock_workflow)
    draft = csm.create_draft_from_version(stock, 1, workflow_id="our-first", name="Our first")
    made = manager.publish_workflow(draft)
    line = manager.fetch_workflow_definition("our-first")
    assert (made.name, line.cloned_from, line.cloned_from_version) == ("Our first", stock.id, 1)


def test_a_slide_of_any_workflow_is_taken_into_a_draft(
    company: Company, csm: DraftService, manager: WorkflowService
) -> None:
    draft = acting(company.csm, company).create_draft_from_scratch(
        "short", {"name": "Short", "category": "risk", "slide_sequence": ("greeting", "summary")}
    )
    stock = manager.fetch_workflow_definition("standard-renewal")
    source = csm.fetch_version_to_copy(stock.id)
    taken = csm.copy_slide_into_draft(draft, source, "review-account")
    assert taken.slide_sequence == ("greeting", "review-account", "summary")
    assert taken.slide_contexts.get("review-account") == source.slide_contexts.get("review-account")
    assert taken.chat_branches["review-account"] == source.chat_branches["review-account"]
    manager.publish_workflow(taken)


def test_publishing_over_a_newer_version_shows_it_and_merged_it_is_published(
    company: Company, csm: DraftService, manager: WorkflowService, own: WorkflowDefinition
) -> None:
    draft = acting(company.csm, company).create_draft_of_latest_version(own)
    newer = publish_again(manager, own, name="Theirs")
    with pytest.raises(Conflict, match="has version 2, which this draft did not begin with") as caught:
        manager.publish_workflow(draft)
    assert caught.value.detail == newer
    base = csm.fetch_base_version(draft)
    assert base is not None
    assert (base.version, base.workflow_id) == (1, own.workflow_id)
    rebased = csm.rebase_draft(draft, newer, {"name": "Both", "slide_sequence": draft.slide_sequence, "note": "x"})
    assert (rebased.base_version_id, rebased.name, rebased.revision) == (newer.id, "Both", 2)
    with pytest.raises(Conflict) as stale:
        csm.rebase_draft(draft, newer, {"name": "Lost"})
    assert stale.value.detail == rebased
    assert manager.publish_workflow(rebased).version == 3


def test_publishing_a_draft_that_was_changed_meanwhile_shows_the_change(
    company: Company, csm: DraftService, manager: WorkflowService
) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal")
    changed = csm.rename_draft(draft, "Changed")
    with pytest.raises(Conflict) as caught:
        manager.publish_workflow(draft)
    assert caught.value.detail == changed


def test_a_draft_is_not_rebased_onto_another_workflow(
    company: Company, csm: DraftService, manager: WorkflowService, own: WorkflowDefinition
) -> None:
    other = published(manager, "executive-contact-lost")
    version = csm.fetch_version_to_copy(other.id)
    draft = acting(company.csm, company).create_draft_of_latest_version(own)
    with pytest.raises(InvalidInput, match="version of another workflow"):
        csm.rebase_draft(draft, version, {})


def test_an_archived_workflow_is_offered_again_by_leaders(
    company: Company, manager: WorkflowService, own: WorkflowDefinition
) -> None:
    archived = manager.archive_workflow(own)
    assert [found.id for found in manager.list_archived_workflows()] == [own.id]
    with pytest.raises(NotPermitted):
        acting(company.csm, company).unarchive_workflow(archived)
    with pytest.raises(Conflict):
        manager.unarchive_workflow(own)
    manager.unarchive_workflow(archived)
    assert manager.list_archived_workflows() == ()
    assert manager.fetch_workflow_definition(own.workflow_id).id == own.id
