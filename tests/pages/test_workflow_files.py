"""Workflow files on the catalogue: download, import, and what is wrong in one."""

import pytest

from lib.services import build_services
from lib.ui import session_keys
from lib.ui.catalogue.workflow_cards import build_workflow_cards
from lib.ui.catalogue.workflow_file_controls import build_workflow_file
from lib.workflows.repository import WorkflowRepository
from lib.workflows.workflow_file_reader import WorkflowFileFormat, read_workflow_file
from tests.database.factories import insert_draft
from tests.pages.assertions import assert_page_inert, page_text
from tests.pages.factories import INERT
from tests.support.requests import record_requests
from tests.workflows.test_service import acting

PAGE = "workflows/catalogue.py"
FILE = """\
format: zen-workflow
format_version: 1
workflow_id: our-renewal
name: Our renewal
category: renewal
slides:
  - slide: greeting
    context:
      lead: Hello {{ customer.name }}.
  - slide: summary
"""


@pytest.fixture
def catalogue(open_page, company):
    return open_page(company.csm, PAGE)


def upload(page, content: str):
    page.session_state[session_keys.CATALOGUE_IMPORT] = True
    page.run()
    page.file_uploader[0].set_value(("ours.yaml", content.encode(), "application/yaml")).run()
    return page


def test_a_file_lands_as_a_draft_of_ones_own(catalogue, company):
    upload(catalogue, FILE)
    (draft,) = WorkflowRepository(company.csm.client).fetch_drafts()
    assert (draft.name, draft.author_id) == ("Our renewal", str(company.csm.id))
    assert draft.slide_contexts == {"greeting": {"lead": "Hello {{ customer.name }}."}}


def test_everything_wrong_in_a_file_is_listed_and_nothing_is_imported(catalogue, company):
    broken = FILE.replace("greeting", "greting").replace("category: renewal", "category: rescue")
    seen = page_text(upload(catalogue, broken))
    assert "2 problems in this file. Nothing was imported." in seen
    assert "Line 5: category" in seen
    assert "Did you mean “greeting”?" in seen
    seen = page_text(upload(catalogue, FILE.replace("greeting", "greting").replace("customer.name", "customer.nam")))
    assert "2 problems in this file." in seen
    assert "Line 7:" in seen
    assert "Line 9:" in seen
    assert WorkflowRepository(company.csm.client).fetch_drafts() == ()


def test_a_bomb_and_a_newer_format_are_refused_in_a_sentence(catalogue):
    assert "anchors and aliases" in page_text(upload(catalogue, "a: &x [1]\nb: *x\n"))
    newer = page_text(upload(catalogue, FILE.replace("format_version: 1", "format_version: 9")))
    assert "This file was written by a newer Zen" in newer


def test_markup_in_a_file_is_shown_as_text(catalogue):
    page = upload(catalogue, FILE.replace("slide: greeting", f"slide: '{INERT}'"))
    assert_page_inert(page)


def test_a_draft_is_downloaded_as_it_is_and_drawing_the_buttons_costs_nothing(open_page, sql, company):
    draft = insert_draft(sql, company.id, company.csm.id, name="Alice's way")
    page = open_page(company.csm, PAGE)
    page.query_params["workflow"] = draft
    page.run()
    with record_requests() as sent:
        page.run()
    assert sent == []
    labels = [found.label for found in page.get("download_button")]
    assert {"YAML", "JSON"} <= set(labels)


def test_a_stock_workflow_is_downloaded_with_its_branches_and_its_rule(company):
    person = acting(company.csm, company)._person
    services = build_services(company.csm.client, person)
    cards = build_workflow_cards(services.workflows.fetch_workflow_catalogue())
    card = next(each for each in cards if each.workflow_id == "standard-renewal")
    read = read_workflow_file(
        build_workflow_file(card, services, WorkflowFileFormat.YAML),
        action_ids=WorkflowRepository(company.csm.client).fetch_saved_action_ids(str(company.id)),
    )
    assert read.content["chat_branches"]["greeting"]
    assert read.content["suggested_when"] == dict(card.definition.suggested_when)
