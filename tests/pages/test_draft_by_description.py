"""A workflow described on the catalogue becomes a draft, opened in the builder with what it does and does not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lib import services
from lib.ui import session_keys
from tests.database.factories import fetch_rows, fetch_value
from tests.pages.assertions import button_labels, find_button, page_text
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply
from tests.support.pages import REPOSITORY
from tests.support.requests import record_requests

PAGE = "workflows/catalogue.py"
DESCRIPTION = "for a customer whose champion left before renewal"
PROPOSAL: dict[str, Any] = {
    "name": "Champion left",
    "description": "When a champion leaves.",
    "category": "risk",
    "slides": [{"slide": "greeting", "lead": "{{ champion.name }} left."}, {"slide": "sql-injection"}],
    "not_done": ["<b>It does not</b> send emails."],
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """A model; without it the rules write drafts."""
    with ModelServer.running() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "key-of-zen")
        monkeypatch.setenv("OPENAI_MODEL", "small")
        services.get_model_settings.cache_clear()
        yield running
    services.get_model_settings.cache_clear()


@pytest.fixture
def open_dialog(open_page, company):
    def open_as(member=None):
        page = open_page(member or company.csm, PAGE)
        return page.button(key=session_keys.CATALOGUE_DESCRIBE).click().run()

    return open_as


def describe(page: Any, text: str, button: str = "write") -> Any:
    page.text_area(key=session_keys.CATALOGUE_DESCRIPTION).set_value(text)
    return page.button(key=session_keys.catalogue_describe_key(button)).click().run()


def drafts(sql: Any, company: Any) -> list[dict[str, Any]]:
    return fetch_rows(sql, "select * from public.workflow_drafts where company_id = %s", company.id)


def open_builder(page: Any, draft: str) -> Any:
    """AppTest forgets the page that the page itself switched to."""
    page.switch_page(str(REPOSITORY / "pages/workflows/builder.py"))
    page.query_params["draft"] = draft
    return page.run()


def test_a_csm_gets_a_draft_by_rules_and_reads_what_it_does(open_dialog, sql, company):
    page = open_dialog()
    assert "No language model is set up" in page_text(page)
    assert "By rules, without the model" not in button_labels(page)
    page = describe(page, DESCRIPTION)
    (draft,) = drafts(sql, company)
    assert (draft["author_id"], draft["name"]) == (company.csm.id, "For a customer whose champion left before renewal")
    page = open_builder(page, str(draft["id"]))
    seen = page_text(page)
    assert "What this draft does" in [each.label for each in page.expander]
    assert f"Put together by rules from “{DESCRIPTION}”" in seen
    assert "Executive contact lost" in seen
    assert "What it does not do" in seen
    assert "to solve before it can be published" not in seen


def test_the_note_is_read_once_and_not_for_other_drafts(open_dialog, open_page, sql, company):
    page = describe(open_dialog(), DESCRIPTION)
    (draft,) = drafts(sql, company)
    page = open_builder(page, str(draft["id"]))
    with record_requests() as sent:
        page.run()
    assert sent == []
    colleague = open_page(company.other_csm, "workflows/builder.py")
    colleague.query_params["draft"] = str(draft["id"])
    with record_requests() as sent:
        colleague.run()
    assert "POST /rest/v1/rpc/read_workflow_proposal" not in sent
    assert "What this draft does" not in [each.label for each in colleague.expander]


def test_a_model_proposes_and_what_it_invents_is_left_out(open_dialog, server, sql, company):
    server.script(ScriptedReply(calls=(ScriptedCall("propose_workflow", PROPOSAL),)))
    page = open_dialog()
    assert "no data of a customer" in page_text(page)
    page = describe(page, DESCRIPTION)
    (draft,) = drafts(sql, company)
    assert draft["slide_sequence"] == ["greeting", "summary"]
    page = open_builder(page, str(draft["id"]))
    seen = page_text(page)
    assert f"Proposed by small from “{DESCRIPTION}”" in seen
    assert "A slide “sql-injection” does not exist; it was left out." in seen
    assert "<b>It does not</b>" not in json.dumps(draft, default=str)


def test_a_model_that_fails_is_a_sentence_and_the_description_stays(open_dialog, server, sql, company):
    server.script(ScriptedReply("Ask somebody else."))
    page = describe(open_dialog(), DESCRIPTION)
    seen = page_text(page)
    assert "The model answered, but not with a workflow that Zen can read." in seen
    assert "Your description is kept" in seen
    assert page.text_area(key=session_keys.CATALOGUE_DESCRIPTION).value == DESCRIPTION
    assert drafts(sql, company) == []
    describe(page, DESCRIPTION, "rules")
    assert len(drafts(sql, company)) == 1
    assert fetch_value(sql, "select model from public.workflow_proposals where company_id = %s", company.id) == "rules"


def test_a_blank_description_is_refused(open_dialog, sql, company):
    page = describe(open_dialog(), "   ")
    assert "Say what the workflow is for" in page_text(page)
    assert drafts(sql, company) == []


def test_the_list_costs_nothing_more(open_page, company):
    page = open_page(company.csm, PAGE)
    with record_requests() as sent:
        page.run()
    assert sent == []
    assert find_button(page, "Draft from a description")
