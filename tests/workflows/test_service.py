"""Over HTTP, as people who really signed up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lib.auth.model import Person
from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted
from lib.executions.repository import ExecutionRepository
from lib.executions.service import ExecutionService
from lib.workflows.model import DefinitionStatus, WorkflowDefinition
from lib.workflows.repository import WorkflowRepository
from lib.workflows.service import WorkflowService
from lib.workflows.stock_seed import inspect_workflows
from tests.support.companies import Company, Member

STOCK = {
    "standard-renewal",
    "executive-contact-lost",
    "obsidian-black-renewal",
    "complete-strategic-account-plan-for-obsidian-black",
    "executive-engagement-with-obsidian-black",
    "expansion-opportunity-for-obsidian-black",
}


def acting(member: Member, company: Company) -> WorkflowService:
    person = Person(
        id=member.id,
        full_name=member.full_name,
        email=member.email,
        role=member.role,
        time_zone="UTC",
        company_id=company.id,
        company_name=company.name,
    )
    return WorkflowService(WorkflowRepository(member.client), person)


@pytest.fixture
def csm(company: Company) -> WorkflowService:
    return acting(company.csm, company)


@pytest.fixture
def manager(company: Company) -> WorkflowService:
    return acting(company.manager, company)


def published(manager: WorkflowService, workflow_id: str = "standard-renewal", **changes: Any) -> WorkflowDefinition:
    draft = manager.clone_stock_workflow(workflow_id)
    if changes:
        draft = manager.update_workflow(draft, changes)
    manager.publish_workflow(draft, "First of our own.")
    return manager.fetch_workflow_definition(workflow_id)


def test_everyone_of_a_company_sees_the_stock_workflows(csm: WorkflowService) -> None:
    assert {found.workflow_id for found in csm.list_available_workflows()} >= STOCK


@pytest.mark.parametrize("workflow_id", sorted(STOCK))
def test_every_stock_workflow_composes_from_the_database(csm: WorkflowService, workflow_id: str) -> None:
    workflow = csm.compose_from_database(workflow_id)
    assert workflow.workflow_id == workflow_id
    assert workflow.version == (2 if workflow_id == "standard-renewal" else 1)


def test_an_older_version_can_still_be_composed(csm: WorkflowService) -> None:
    assert csm.compose_from_database("standard-renewal", version=1).slides[0].context.checklist is None
    with pytest.raises(NotFound):
        csm.compose_from_database("standard-renewal", version=9)


def test_a_workflow_nobody_made_is_not_found(csm: WorkflowService) -> None:
    with pytest.raises(NotFound):
        csm.fetch_workflow_definition("nowhere")


def test_a_clone_is_a_draft_that_remembers_its_stock_version(csm: WorkflowService, manager: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("standard-renewal", name="Our renewal")
    stock = csm.fetch_workflow_definition("standard-renewal")
    assert stock.is_stock_workflow
    assert (draft.name, draft.workflow_id, draft.slide_contexts) == (
        "Our renewal",
        "standard-renewal",
        stock.slide_contexts,
    )
    manager.publish_workflow(draft)
    own = csm.fetch_workflow_definition("standard-renewal")
    assert (own.cloned_from, own.cloned_from_version) == (stock.id, 2)


def test_a_clone_has_the_branches_its_workflow_offers_and_publishing_keeps_them(
    csm: WorkflowService, manager: WorkflowService
) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    stock = csm._workflows.fetch_version(csm.fetch_workflow_definition("standard-renewal").id)
    assert draft.chat_branches == stock.chat_branches
    keys = [branch["branch_key"] for branch in draft.chat_branches["greeting"]]
    assert keys == ["where-to-begin", "what-changed", "snooze", "skip"]
    without_skip = {"greeting": draft.chat_branches["greeting"][:-1]}
    draft = csm.update_workflow(draft, {"chat_branches": draft.chat_branches | without_skip})
    assert manager.publish_workflow(draft).chat_branches == draft.chat_branches
    next_draft = csm.create_draft_of_latest_version(csm.fetch_workflow_definition("standard-renewal"))
    assert next_draft.chat_branches == draft.chat_branches


def test_a_draft_with_a_branch_to_nowhere_is_not_saved_as_checked(csm: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    lost = {
        "branch_key": "why",
        "branch_type": "fixed",
        "label": "Why?",
        "response_text": "So.",
        "next_branch_key": "x",
    }
    with pytest.raises(InvalidInput, match=r"The branch “why” on greeting leads to “x”"):
        csm.update_workflow(draft, {"chat_branches": {"greeting": [lost]}})
    assert csm.update_workflow(draft, {"chat_branches": {"greeting": [lost]}}, check=False).revision == 2


def test_a_second_clone_of_the_same_id_is_refused_with_the_first(csm: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    with pytest.raises(Conflict) as caught:
        csm.clone_stock_workflow("standard-renewal")
    assert caught.value.detail == draft
    assert csm.clone_stock_workflow("standard-renewal", new_id="our-renewal").workflow_id == "our-renewal"


def test_a_colleagues_draft_takes_no_id_and_the_companys_workflow_does(
    csm: WorkflowService, manager: WorkflowService
) -> None:
    csm.clone_stock_workflow("standard-renewal", name="Alice's")
    own = published(manager)
    with pytest.raises(Conflict) as caught:
        manager.clone_stock_workflow("standard-renewal")
    assert caught.value.detail == own
    manager.archive_workflow(own)
    assert manager.clone_stock_workflow("standard-renewal").workflow_id == "standard-renewal"


def test_two_drafts_of_one_workflow_are_published_one_after_the_other(
    csm: WorkflowService, manager: WorkflowService
) -> None:
    early = csm.clone_stock_workflow("standard-renewal", name="Early")
    own = published(manager, name="Ours")
    with pytest.raises(Conflict, match="has version 1, which this draft did not begin with"):
        manager.publish_workflow(early)
    moved = csm.update_workflow(early, {"workflow_id": "our-renewal"})
    assert manager.publish_workflow(moved).workflow_id == "our-renewal"
    assert manager.publish_workflow(csm.create_draft_of_latest_version(own)).version == 2


def test_a_draft_is_discarded_by_its_author_and_by_no_other_csm(company: Company, csm: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    with pytest.raises(NotPermitted, match="belongs to a colleague"):
        acting(company.other_csm, company).discard_draft(draft)
    csm.discard_draft(draft)
    with pytest.raises(NotFound):
        csm.discard_draft(draft)
    assert [entry.draft.id for entry in csm.fetch_workflow_catalogue().drafts] == []


def test_the_companys_own_wins_once_it_is_published(csm: WorkflowService, manager: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("obsidian-black-renewal", name="Ours")
    assert csm.fetch_workflow_definition("obsidian-black-renewal").is_stock_workflow
    manager.publish_workflow(draft)
    found = csm.fetch_workflow_definition("obsidian-black-renewal")
    assert (found.name, found.is_stock_workflow) == ("Ours", False)
    assert csm.compose_from_database("obsidian-black-renewal").name == "Ours"
    names = [entry.name for entry in csm.list_available_workflows() if entry.workflow_id == "obsidian-black-renewal"]
    assert names == ["Ours"]


def test_edits_reach_runs_only_when_they_are_published(csm: WorkflowService, manager: WorkflowService) -> None:
    own = published(manager)
    draft = manager.create_draft_of_latest_version(own)
    changed = manager.update_workflow(draft, {"slide_contexts": {"greeting": {"lead": "New"}}})
    assert csm.compose_from_database("standard-renewal").slides[0].context.lead != "New"
    manager.publish_workflow(changed)
    workflow = csm.compose_from_database("standard-renewal")
    assert (workflow.version, workflow.slides[0].context.lead) == (2, "New")


def test_archived_means_that_stock_holds_again(csm: WorkflowService, manager: WorkflowService) -> None:
    manager.archive_workflow(published(manager))
    assert csm.fetch_workflow_definition("standard-renewal").is_stock_workflow


def test_another_company_sees_nothing_of_it(
    manager: WorkflowService, company: Company, new_company: Callable[..., Company]
) -> None:
    own = published(manager, name="Secret")
    draft = manager.create_draft_of_latest_version(own)
    stranger = new_company("Contoso")
    there = acting(stranger.manager, stranger)
    assert there.fetch_workflow_definition("standard-renewal").is_stock_workflow
    assert there.fetch_workflow_catalogue().drafts == ()
    for attempt in (
        lambda: there.update_workflow(draft, {"name": "Taken over"}),
        lambda: there.publish_workflow(draft),
        lambda: there.discard_draft(draft),
        lambda: there.archive_workflow(own),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_what_does_not_compose_is_not_kept_and_not_published(csm: WorkflowService, manager: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    with pytest.raises(InvalidInput, match="review-acount"):
        csm.update_workflow(draft, {"slide_sequence": ("greeting", "review-acount"), "slide_contexts": {}})
    broken = csm.update_workflow(draft, {"slide_contexts": {"greeting": {"lead": "{{ x }}"}}}, check=False)
    with pytest.raises(InvalidInput, match="there is no variable"):
        manager.publish_workflow(broken)


def test_a_stale_edit_is_a_conflict_that_shows_how_it_stands(csm: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    now = csm.update_workflow(draft, {"name": "Theirs"})
    assert now.revision == draft.revision + 1
    with pytest.raises(Conflict) as caught:
        csm.update_workflow(draft, {"name": "Mine"})
    assert caught.value.detail == now


def test_a_stale_publication_is_a_conflict(csm: WorkflowService, manager: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    csm.update_workflow(draft, {"name": "Newer"})
    with pytest.raises(Conflict):
        manager.publish_workflow(draft)


def test_a_csm_does_not_publish_nor_change_what_is_published(csm: WorkflowService, manager: WorkflowService) -> None:
    with pytest.raises(NotPermitted):
        csm.publish_workflow(csm.clone_stock_workflow("obsidian-black-renewal"))
    own = published(manager)
    with pytest.raises(NotPermitted):
        csm.archive_workflow(own)
    with pytest.raises(NotPermitted):
        csm.update_workflow(manager.create_draft_of_latest_version(own), {"name": "Mine"})


def test_nobody_signed_in_changes_stock(manager: WorkflowService) -> None:
    stock = manager.fetch_workflow_definition("standard-renewal")
    with pytest.raises(NotPermitted):
        manager.archive_workflow(stock)
    manager.publish_workflow(manager.create_draft_of_latest_version(stock))
    assert not manager.fetch_workflow_definition("standard-renewal").is_stock_workflow
    assert {found.name for found in manager.list_available_workflows() if found.is_stock_workflow}


def test_a_company_can_build_its_own_from_scratch(csm: WorkflowService) -> None:
    content = {
        "name": "問い合わせ",
        "description": "",
        "category": "risk",
        "slide_sequence": ("greeting", "summary"),
        "slide_contexts": {},
    }
    made = csm.create_draft_from_scratch("inquiry", content)
    assert (made.name, made.slide_sequence, made.base_version_id) == ("問い合わせ", ("greeting", "summary"), None)
    with pytest.raises(Conflict):
        csm.create_draft_from_scratch("inquiry", content)


def test_an_unusable_id_is_refused(csm: WorkflowService) -> None:
    with pytest.raises(InvalidInput):
        csm.clone_stock_workflow("standard-renewal", new_id="Not An Id")


def test_a_run_is_walked_as_the_version_it_is_pinned_to(
    company: Company, csm: WorkflowService, manager: WorkflowService
) -> None:
    customer = new_customer(company)
    own = published(manager, slide_contexts={"greeting": {"lead": "Pinned"}})
    arguments = {"p_workflow_id": "standard-renewal", "p_customer_id": customer}
    run = company.csm.client.rpc("start_workflow", arguments).execute().data
    draft = manager.create_draft_of_latest_version(own)
    manager.publish_workflow(manager.update_workflow(draft, {"slide_contexts": {"greeting": {"lead": "Later"}}}))
    _, workflow = executions_of(company.csm).get_workflow_execution(run["execution_id"])
    assert (workflow.version, workflow.slides[0].context.lead) == (1, "Pinned")
    catalogue = csm.fetch_workflow_catalogue()
    (entry,) = [entry for entry in catalogue.entries if entry.definition.id == own.id]
    assert (entry.open_runs, entry.done_runs) == (1, 0)
    assert entry.version.version == 2
    assert {found.id: found.open for found in catalogue.customers}[customer] == {
        "standard-renewal": run["execution_id"]
    }


@pytest.mark.parametrize("execution_id", ["00000000-0000-4000-8000-000000000000", "not-an-id"])
def test_a_run_one_may_not_see_is_not_found(company: Company, execution_id: str) -> None:
    with pytest.raises(NotFound):
        executions_of(company.csm).get_workflow_execution(execution_id)


def test_the_person_carries_company_and_author(company: Company, csm: WorkflowService) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    assert (draft.company_id, draft.author_id) == (str(company.id), str(company.csm.id))


def test_inspecting_covers_drafts(company: Company, csm: WorkflowService) -> None:
    csm.update_workflow(
        csm.clone_stock_workflow("standard-renewal"),
        {"slide_contexts": {"summary": {"lead": "{{ customer.nmae }}"}}},
        check=False,
    )
    found = {each.heading: each.error for each in inspect_workflows(WorkflowRepository(company.csm.client))}
    assert "Did you mean “customer.name”?" in (found[f"standard-renewal (company {company.id}, draft)"] or "")


def executions_of(member: Member) -> ExecutionService:
    return ExecutionService(ExecutionRepository(member.client))


def new_customer(company: Company) -> str:
    row = {
        "company_id": str(company.id),
        "owner_id": str(company.csm.id),
        "name": "Łódź Freight",
        "segment": "mid",
        "customer_since": "2024-01-01",
    }
    return str(company.csm.client.table("customers").insert(row).execute().data[0]["id"])


def test_a_text_put_in_by_rest_is_named_with_its_slide_and_field_and_not_published(
    csm: WorkflowService, manager: WorkflowService, company: Company
) -> None:
    draft = csm.clone_stock_workflow("standard-renewal")
    contexts = {"greeting": {"lead": "{{ 1e400 }}"}, "summary": {"title": "{{ customer.__class__ }}"}}
    table = company.csm.client.table("workflow_drafts")
    (row,) = table.update({"slide_contexts": contexts}).eq("id", draft.id).execute().data
    broken = replace(draft, slide_contexts=row["slide_contexts"], revision=row["revision"])
    with pytest.raises(InvalidInput) as caught:
        manager.publish_workflow(broken)
    assert {(each.slide, each.field) for each in caught.value.detail} == {("greeting", "lead"), ("summary", "title")}
    arguments = {"p_draft_id": broken.id, "p_revision": broken.revision}
    company.manager.client.rpc("publish_workflow", arguments).execute()
    entries = {
        entry.definition.workflow_id: entry.definition for entry in reversed(manager.fetch_workflow_catalogue().entries)
    }
    assert not entries["standard-renewal"].is_stock_workflow
    assert manager.archive_workflow(entries["standard-renewal"]).status is DefinitionStatus.ARCHIVED
