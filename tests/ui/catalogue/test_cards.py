from typing import Any

from lib.ui.catalogue.workflow_cards import (
    COMPANY_OWN,
    STOCK,
    build_workflow_cards,
    filter_workflow_cards,
    find_company_copy,
    find_workflow_card_by_address,
)
from lib.workflows.model import Catalogue, CatalogueEntry, DefinitionStatus, WorkflowDefinition, WorkflowVersion

CONTENT: dict[str, Any] = {
    "name": "Standard renewal",
    "description": "From the notice deadline backwards.",
    "category": "renewal",
    "slide_sequence": ("greeting", "contract-terms", "summary"),
    "slide_contexts": {},
}


def make_entry(definition_id: str = "d1", *, company: str | None = None, version: int | None = 1, **given: Any):
    status = given.pop("status", DefinitionStatus.PUBLISHED if version else DefinitionStatus.DRAFT)
    workflow_id = given.pop("workflow_id", "standard-renewal")
    runs = {key: given.pop(key, 0) for key in ("open_runs", "done_runs")}
    published = given.pop("published", {})
    content = CONTENT | given
    definition = WorkflowDefinition(
        id=definition_id, workflow_id=workflow_id, company_id=company, is_stock_workflow=company is None,
        status=status, revision=1, **content,
    )  # fmt: skip
    made = version and WorkflowVersion(
        id="v", definition_id=definition_id, workflow_id=workflow_id, company_id=company, version=version,
        **content | published,
    )  # fmt: skip
    return CatalogueEntry(definition=definition, version=made or None, **runs)


def make_cards(*entries):
    return build_workflow_cards(Catalogue(entries=entries, customers=()))


def test_a_card_states_the_size_of_a_run():
    (card,) = make_cards(make_entry(open_runs=1, done_runs=7))
    assert (card.origin, card.version_text, card.runs_text) == (STOCK, "version 1", "1 run open, 7 done")
    assert card.size_text.startswith("3 slides, about ")
    assert card.start_blocker is None


def test_a_draft_cannot_be_started():
    (card,) = make_cards(make_entry(company="c", version=None))
    assert (card.origin, card.version_text) == (COMPANY_OWN, "draft")
    assert "manager has to publish it" in card.start_blocker


def test_an_edited_published_workflow_shows_its_published_version():
    (card,) = make_cards(make_entry(company="c", version=2, name="New name", published={"name": "Old name"}))
    assert (card.content.name, card.version_text) == ("Old name", "version 2, with unpublished changes")


def test_an_invalid_workflow_lists_all_errors_and_cannot_be_started():
    (card,) = make_cards(make_entry(slide_sequence=("greting", "summary", "sumary")))
    assert card.workflow is None
    assert ["greting" in card.errors[0], "sumary" in card.errors[1]] == [True, True]
    assert card.start_blocker


def test_a_published_company_workflow_replaces_the_stock_one():
    own, stock = make_cards(make_entry("own", company="c", name="Our renewal"), make_entry("stock"))
    assert own.start_blocker is None
    assert "Our renewal" in stock.start_blocker
    assert find_workflow_card_by_address((own, stock), "standard-renewal") is own
    assert find_workflow_card_by_address((own, stock), stock.address) is stock
    assert find_company_copy((own, stock), stock) is own


def test_a_company_draft_does_not_replace_the_stock_workflow():
    own, stock = make_cards(make_entry("own", company="c", version=None), make_entry("stock"))
    assert stock.start_blocker is None
    assert find_workflow_card_by_address((own, stock), "standard-renewal") is stock
    assert find_workflow_card_by_address((own, stock), "own") is own


def test_an_unknown_address_finds_no_card():
    assert find_workflow_card_by_address(make_cards(make_entry()), "no-such-workflow") is None


def test_every_search_word_must_occur_in_name_description_or_slide_title():
    found = make_cards(make_entry(), make_entry("d2", workflow_id="x", name="Executive contact lost", category="risk"))
    assert len(filter_workflow_cards(found, text="", category=None, origin=None)) == 2
    assert [card.content.name for card in filter_workflow_cards(found, text="RENEWAL", category=None, origin=None)] == [
        "Standard renewal"
    ]
    assert len(filter_workflow_cards(found, text="contract terms", category=None, origin=None)) == 2
    assert filter_workflow_cards(found, text="renewal unicorn", category=None, origin=None) == ()


def test_category_and_origin_filter_the_cards():
    found = make_cards(make_entry(), make_entry("d2", company="c", workflow_id="x", category="risk"))
    assert [card.definition.id for card in filter_workflow_cards(found, text="", category="risk", origin=None)] == [
        "d2"
    ]
    assert [card.definition.id for card in filter_workflow_cards(found, text="", category=None, origin=STOCK)] == ["d1"]
