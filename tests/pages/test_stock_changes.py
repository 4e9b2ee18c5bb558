"""A copy of an earlier stock version takes what stock changed, on the catalogue."""

import pytest

from lib.ui import session_keys
from lib.workflows.repository import WorkflowRepository
from tests.pages.assertions import button_labels, find_button, page_text
from tests.support.requests import record_requests
from tests.workflows.test_stock_lineage import WORKFLOW, Copy, find_reworded_text

PAGE = "workflows/catalogue.py"


@pytest.fixture
def copy(company):
    return Copy(company)


def open_changes(open_page, company):
    page = open_page(company.manager, PAGE)
    page.query_params["workflow"] = WORKFLOW
    page.run()
    return page.get_by_key(session_keys.CATALOGUE_SHOWN).set_value("stock").run()


def test_a_copy_shows_how_many_slides_differ_and_each_change_of_stock(open_page, company, copy):
    copy.publish()
    page = open_page(company.manager, PAGE)
    assert "stock moved on: " in page_text(page)
    page.query_params["workflow"] = WORKFLOW
    page.run()
    with record_requests() as sent:
        page.get_by_key(session_keys.CATALOGUE_SHOWN).set_value("stock").run()
    assert len(sent) == 2
    seen = page_text(page)
    assert "Stock went from version 1 to 2" in seen
    assert "Stock changed" in seen
    with record_requests() as again:
        page.run()
    assert again == []
    find_button(page, "Make a draft").click().run()
    (draft,) = WorkflowRepository(company.manager.client).fetch_drafts()
    assert draft.stock_version_id is not None


def test_a_change_of_stock_is_kept_out_where_somebody_keeps_theirs(open_page, company, copy):
    reworded = find_reworded_text(copy)
    page = open_changes(open_page, company)
    key = next(
        each.key for each in page.get("button_group")
        if each.key and each.key.endswith(f"slides/{reworded.address}/{reworded.key}.choice")
    )  # fmt: skip
    page.get_by_key(key).set_value("keep").run()
    find_button(page, "Make a draft").click().run()
    (draft,) = WorkflowRepository(company.manager.client).fetch_drafts()
    assert draft.slide_contexts[reworded.address][reworded.key] == reworded.before


def test_a_conflict_keeps_the_draft_from_being_made_until_it_is_written_or_chosen(open_page, company, copy):
    reworded = find_reworded_text(copy)
    draft = copy.workflows.create_draft_of_latest_version(copy.workflows.fetch_workflow_definition(WORKFLOW))
    context = {**draft.slide_contexts[reworded.address], reworded.key: "Our own words."}
    changed = {"slide_contexts": {**draft.slide_contexts, reworded.address: context}}
    copy.workflows.publish_workflow(copy.workflows.update_workflow(draft, changed))
    page = open_changes(open_page, company)
    assert "1 conflict to decide" in page_text(page)
    assert find_button(page, "Make a draft").disabled
    assert "Our own words." in page_text(page)
    key = next(
        each.key for each in page.get("button_group")
        if each.key and each.key.endswith(f"slides/{reworded.address}/{reworded.key}.choice")
    )  # fmt: skip
    page.get_by_key(key).set_value("write").run()
    area = page.get_by_key(key.replace(".choice", ".text"))
    assert "Our own words." in area.value
    area.set_value("Both of it.").run()
    assert not find_button(page, "Make a draft").disabled
    find_button(page, "Make a draft").click().run()
    (made,) = WorkflowRepository(company.manager.client).fetch_drafts()
    assert made.slide_contexts[reworded.address][reworded.key] == "Both of it."


def test_the_latest_stock_and_its_copies_have_no_changes_to_take(open_page, company, copy):
    copy.workflows.publish_workflow(copy.workflows.clone_stock_workflow(WORKFLOW))
    page = open_page(company.manager, PAGE)
    assert "stock moved on" not in page_text(page)
    page.query_params["workflow"] = WORKFLOW
    page.run()
    assert "Make a draft" not in button_labels(page)
