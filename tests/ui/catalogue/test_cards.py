from typing import Any

from lib.ui.catalogue.cards import OWN, STOCK, addressed, cards_of, find, own_copy
from lib.workflows.model import Catalogue, CatalogueEntry, DefinitionStatus, WorkflowDefinition, WorkflowVersion

CONTENT: dict[str, Any] = {
    "name": "Standard renewal",
    "description": "From the notice deadline backwards.",
    "category": "renewal",
    "slide_sequence": ("greeting", "contract-terms", "summary"),
    "slide_contexts": {},
}


def entry(definition_id: str = "d1", *, company: str | None = None, version: int | None = 1, **given: Any):
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


def cards(*entries):
    return cards_of(Catalogue(entries=entries, customers=()))


def test_a_card_says_what_a_run_of_it_takes():
    (card,) = cards(entry(open_runs=1, done_runs=7))
    assert (card.origin, card.state, card.runs) == (STOCK, "version 1", "1 run open, 7 done")
    assert card.size.startswith("3 slides, about ")
    assert card.obstacle is None


def test_a_draft_starts_no_runs():
    (card,) = cards(entry(company="c", version=None))
    assert (card.origin, card.state) == (OWN, "draft")
    assert "manager publishes it" in card.obstacle


def test_a_published_workflow_that_is_being_changed_shows_what_was_published():
    (card,) = cards(entry(company="c", version=2, name="New name", published={"name": "Old name"}))
    assert (card.shown.name, card.state) == ("Old name", "version 2, being changed")


def test_a_broken_workflow_is_listed_with_all_its_faults_and_cannot_be_started():
    (card,) = cards(entry(slide_sequence=("greting", "summary", "sumary")))
    assert card.workflow is None
    assert ["greting" in card.faults[0], "sumary" in card.faults[1]] == [True, True]
    assert card.obstacle


def test_the_companys_own_takes_the_place_of_the_stock_one():
    own, stock = cards(entry("own", company="c", name="Our renewal"), entry("stock"))
    assert own.obstacle is None
    assert "Our renewal" in stock.obstacle
    assert addressed((own, stock), "standard-renewal") is own
    assert addressed((own, stock), stock.address) is stock
    assert own_copy((own, stock), stock) is own


def test_a_draft_of_the_companys_own_takes_nobodys_place():
    own, stock = cards(entry("own", company="c", version=None), entry("stock"))
    assert stock.obstacle is None
    assert addressed((own, stock), "standard-renewal") is stock
    assert addressed((own, stock), "own") is own


def test_an_address_that_names_nothing_finds_nothing():
    assert addressed(cards(entry()), "no-such-workflow") is None


def test_every_word_must_stand_in_the_name_the_description_or_a_slide_title():
    found = cards(entry(), entry("d2", workflow_id="x", name="Executive contact lost", category="risk"))
    assert len(find(found, text="", category=None, origin=None)) == 2
    assert [card.shown.name for card in find(found, text="RENEWAL", category=None, origin=None)] == ["Standard renewal"]
    assert len(find(found, text="contract terms", category=None, origin=None)) == 2
    assert find(found, text="renewal unicorn", category=None, origin=None) == ()


def test_category_and_origin_narrow():
    found = cards(entry(), entry("d2", company="c", workflow_id="x", category="risk"))
    assert [card.definition.id for card in find(found, text="", category="risk", origin=None)] == ["d2"]
    assert [card.definition.id for card in find(found, text="", category=None, origin=STOCK)] == ["d1"]
