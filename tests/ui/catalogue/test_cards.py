from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lib.ui.catalogue.workflow_card_filters import CardFilters, filter_workflow_cards
from lib.ui.catalogue.workflow_cards import (
    COMPANY_OWN,
    STOCK,
    CardState,
    build_workflow_cards,
    find_company_copy,
    find_workflow_card_by_address,
)
from lib.workflows.model import (
    Catalogue,
    CatalogueEntry,
    DefinitionStatus,
    DraftEntry,
    WorkflowDefinition,
    WorkflowDraft,
    WorkflowVersion,
)

CONTENT: dict[str, Any] = {
    "name": "Standard renewal",
    "description": "From the notice deadline backwards.",
    "category": "renewal",
    "slide_sequence": ("greeting", "contract-terms", "summary"),
    "slide_contexts": {},
}


def make_entry(definition_id: str = "d1", *, company: str | None = None, version: int = 1, **given: Any):
    workflow_id = given.pop("workflow_id", "standard-renewal")
    runs = {key: given.pop(key, 0) for key in ("open_runs", "done_runs", "ended_runs")}
    figures = {
        key: given.pop(key, None)
        for key in ("median_days", "published_by_name", "stock_version", "stock_changed_slides")
    }
    lineage = {
        "status": given.pop("status", DefinitionStatus.PUBLISHED),
        "cloned_from_version": given.pop("base", None),
    }
    content = CONTENT | given
    definition = WorkflowDefinition(
        id=definition_id, workflow_id=workflow_id, company_id=company, is_stock_workflow=company is None,
        revision=1, **lineage, **content,
    )  # fmt: skip
    made = WorkflowVersion(
        id="v", definition_id=definition_id, workflow_id=workflow_id, company_id=company, version=version,
        created_at=datetime(2026, 11, 3, 23, tzinfo=UTC), **content,
    )  # fmt: skip
    return CatalogueEntry(definition=definition, version=made, **runs, **figures)


def make_draft(draft_id: str = "draft", *, author: str = "Alice Moreau", is_own: bool = True, **given: Any):
    values = CONTENT | {"workflow_id": "standard-renewal"} | given
    draft = WorkflowDraft(id=draft_id, company_id="c", author_id=author, revision=1, **values)
    return DraftEntry(draft=draft, author_name=author, is_own=is_own)


def make_cards(*entries, drafts=()):
    return build_workflow_cards(Catalogue(entries=entries, drafts=tuple(drafts), customers=()))


def test_a_card_states_the_size_of_a_run():
    (card,) = make_cards(make_entry(open_runs=1, done_runs=7))
    assert (card.origin, card.version_text, card.runs_text) == (STOCK, "version 1", "1 run open, 7 done")
    assert card.size_text.startswith("3 slides, about ")
    assert card.start_blocker is None


def test_a_draft_cannot_be_started():
    (card,) = make_cards(drafts=[make_draft()])
    assert (card.origin, card.version_text, card.runs_text) == (COMPANY_OWN, "your draft", "not published")
    assert "manager publishes it in the builder" in card.start_blocker


def test_a_colleagues_draft_names_its_author():
    (card,) = make_cards(drafts=[make_draft(author="Bob Lindqvist", is_own=False)])
    assert card.version_text == "draft by Bob Lindqvist"


def test_a_workflow_with_a_draft_shows_its_published_version():
    draft, card = make_cards(make_entry(company="c", version=2, name="Old name"), drafts=[make_draft(name="New name")])
    assert (draft.content.name, card.content.name, card.version_text) == ("New name", "Old name", "version 2")


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
    draft, stock = make_cards(make_entry("stock"), drafts=[make_draft("own")])
    assert stock.start_blocker is None
    assert find_workflow_card_by_address((draft, stock), "standard-renewal") is stock
    assert find_workflow_card_by_address((draft, stock), "own") is draft


def test_the_copy_of_a_stock_workflow_is_the_companys_else_ones_own_draft():
    mine, theirs = make_draft("mine"), make_draft("theirs", is_own=False)
    *drafts, own, stock = make_cards(make_entry("own", company="c"), make_entry("stock"), drafts=[theirs, mine])
    assert find_company_copy((*drafts, own, stock), stock) is own
    assert find_company_copy((*drafts, stock), stock) is drafts[1]
    assert find_company_copy((drafts[0], stock), stock) is None


def test_an_unknown_address_finds_no_card():
    assert find_workflow_card_by_address(make_cards(make_entry()), "no-such-workflow") is None


def test_every_search_word_must_occur_in_name_description_or_slide_title():
    found = make_cards(make_entry(), make_entry("d2", workflow_id="x", name="Executive contact lost", category="risk"))
    assert len(filter_workflow_cards(found, CardFilters(text=""))) == 2
    assert [card.content.name for card in filter_workflow_cards(found, CardFilters(text="RENEWAL"))] == [
        "Standard renewal"
    ]
    assert len(filter_workflow_cards(found, CardFilters(text="contract terms"))) == 2
    assert filter_workflow_cards(found, CardFilters(text="renewal unicorn")) == ()


def test_category_and_origin_filter_the_cards():
    found = make_cards(make_entry(), make_entry("d2", company="c", workflow_id="x", category="risk"))
    assert [card.id for card in filter_workflow_cards(found, CardFilters(category="risk"))] == ["d2"]
    assert [card.id for card in filter_workflow_cards(found, CardFilters(origin=STOCK))] == ["d1"]


def test_a_card_shows_at_a_glance_what_became_of_its_runs():
    (card,) = make_cards(make_entry(open_runs=2, done_runs=7, ended_runs=9, median_days=Decimal(12)))
    assert card.effect_text == "7 of 9 (45–94%) completed, median 12 days"
    (card,) = make_cards(make_entry(open_runs=2))
    assert card.effect_text is None


def test_a_card_says_who_changed_it_last_and_on_which_day_there():
    (card,) = make_cards(make_entry(company="c", published_by_name="Carol Adeyemi"))
    assert card.describe_last_change("America/Chicago") == "published 3 Nov 2026 by Carol Adeyemi"
    assert card.describe_last_change("Asia/Tokyo") == "published 4 Nov 2026 by Carol Adeyemi"
    (card,) = make_cards(make_entry())
    assert card.describe_last_change("UTC") == "published 3 Nov 2026 by Zen"


def test_drafts_of_one_name_are_told_apart_by_the_minute_of_their_last_change():
    (card,) = make_cards(drafts=[make_draft(updated_at=datetime(2026, 11, 3, 20, 5, tzinfo=UTC))])
    assert card.describe_last_change("America/Chicago") == "changed 3 Nov 2026, 14:05"


def test_a_clone_says_that_stock_moved_on():
    own = {"company": "c", "base": 1}
    cards = make_cards(make_entry("d1", stock_version=2, **own), make_entry("d2", stock_version=1, **own), make_entry())
    assert [card.has_newer_stock for card in cards] == [True, False, False]
    (card,) = make_cards(make_entry("d1", stock_version=2, stock_changed_slides=3, **own))
    assert card.newer_stock_text == "stock moved on: 3 slides differ"


def test_cards_are_found_by_their_state():
    own, others = make_draft("a"), make_draft("b", is_own=False)
    archived = make_entry("old", company="c", workflow_id="old", status=DefinitionStatus.ARCHIVED)
    cards = make_cards(make_entry(), archived, drafts=(own, others))
    found = {state: [card.id for card in filter_workflow_cards(cards, CardFilters(state=state))] for state in CardState}
    assert list(found.values()) == [["a"], ["b"], ["d1"], ["old"]]


def test_an_archived_workflow_is_in_nobodys_way():
    archived = make_entry("old", company="c", status=DefinitionStatus.ARCHIVED)
    cards = make_cards(archived, make_entry())
    stock = find_workflow_card_by_address(cards, "standard-renewal")
    assert stock
    assert (stock.id, stock.start_blocker) == ("d1", None)
    assert find_company_copy(cards, stock) is None
    old = find_workflow_card_by_address(cards, "old")
    assert old
    assert "archived" in (old.start_blocker or "")
