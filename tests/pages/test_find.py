"""Find beside a page: what is asked, what that costs, and what the page keeps. The browser's part is in tests/e2e."""

import json
import re
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import end_all_browser_sessions
from lib.ui import session_keys
from lib.ui.find.keyboard_shortcuts import SHORTCUTS
from tests.database.factories import AccountFactory
from tests.database.rpc import call_rpc
from tests.pages.assertions import page_text
from tests.support.requests import break_supabase, record_requests
from tests.support.server import REPOSITORY

FIND_RPC = "POST /rest/v1/rpc/find"
STATIC = REPOSITORY / "lib" / "ui" / "static"


@pytest.fixture
def customer(company, sql):
    account = AccountFactory(sql, company.id, company.csm.id, name="Copperfield Studios")
    account.insert_contract()
    return account


def ask(page: AppTest, query: str, number: int = 1, *, is_all: bool = False) -> dict[str, Any]:
    """The answer to a question of the element, which AppTest cannot draw."""
    page.session_state[session_keys.FIND_QUESTION] = (query, number, is_all)
    page.run()
    [drawn] = [element.value for element in page.get("html") if 'data-zen-name="zenFindAnswer"' in element.value]
    answer: dict[str, Any] = json.loads(unescape(drawn.partition('data-zen-value="')[2].partition('"')[0]))
    return answer


def labels(answer: dict[str, Any]) -> list[str]:
    return [line["label"] for line in answer["results"]]


def test_a_page_costs_no_request_for_find_and_a_question_one(open_page, company, customer):
    with record_requests() as sent:
        page = open_page(company.csm)
    assert FIND_RPC not in sent
    with record_requests() as sent:
        answer = ask(page, "copperfeild", 7)
    assert sent == [FIND_RPC]
    assert answer["number"] == 7
    assert labels(answer)[0] == "Copperfield Studios"
    assert answer["results"][0]["href"] == f"/customer?id={customer.id}"
    with record_requests() as sent:
        page.run()
    assert sent == []


@pytest.mark.parametrize("query", ["\x00", "\u200b\u202e"])
def test_what_has_nothing_to_search_for_asks_nothing(open_page, company, query):
    page = open_page(company.csm)
    with record_requests() as sent:
        answer = ask(page, query)
    assert sent == []
    assert answer["note"].startswith("Nothing found")


def test_ten_thousand_characters_are_cut_with_a_sentence(open_page, company, customer):
    answer = ask(open_page(company.csm), "copper " * 1500)
    assert answer["note"].startswith("Only the first 100 characters are searched.")


def test_more_than_six_of_a_kind_are_one_click_away(open_page, company, sql):
    for number in range(9):
        AccountFactory(sql, company.id, company.csm.id, name=f"Quillfeather {number}").insert_contract()
    page = open_page(company.csm)
    answer = ask(page, "quillfeather")
    assert len([line for line in answer["results"] if line["group"] == "Customers"]) == 6
    assert answer["more"].startswith("Show more customers")
    answer = ask(page, "quillfeather", 2, is_all=True)
    assert len([line for line in answer["results"] if line["group"] == "Customers"]) == 9
    assert "more" not in answer


def test_a_page_that_a_person_does_not_have_is_not_offered(open_page, company):
    assert "Import" not in labels(ask(open_page(company.csm), "import"))
    assert "Import" in labels(ask(open_page(company.manager), "import"))


def test_without_supabase_the_answer_is_a_sentence_and_the_page_stays(open_page, company, customer):
    page = open_page(company.csm)
    before = page_text(page)
    with break_supabase():
        answer = ask(page, "copper")
    assert answer["results"] == []
    assert "cannot reach its database" in answer["note"]
    assert page_text(page) == before


def test_a_session_that_has_ended_leads_to_sign_in_and_answers_nothing(open_page, company, customer):
    page = open_page(company.join("Ended Person", company.csm.role))
    end_all_browser_sessions(get_app_context(), page.session_state[session_keys.COOKIE_KEY])
    page.session_state[session_keys.FIND_QUESTION] = ("copper", 1, False)
    page.run()
    drawn = [element.value for element in page.get("html")]
    assert not any("Copperfield" in html for html in drawn)
    assert any('href="/auth/sign-in' in html for html in drawn)


def test_the_command_to_snooze_opens_its_dialog_and_does_nothing_else(open_page, company, customer):
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=str(customer.id))
    page = open_page(company.csm, "workflows/run.py", execution=run["execution_id"], dialog="snooze")
    assert "dialog" not in page.query_params
    assert page.session_state[session_keys.ACTION_STATE].dialog.kind == "snooze"
    [row] = [row for row in call_rpc(company.csm, "find", p_query="copperfield")["rows"] if row["kind"] == "run"]
    assert row["status"] == "active"


def test_other_dialogs_and_those_not_offered_are_not_opened_by_an_address(open_page, company, customer):
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=str(customer.id))
    for member, dialog in ((company.csm, "abandon"), (company.other_csm, "snooze")):
        page = open_page(member, "workflows/run.py", execution=run["execution_id"], dialog=dialog)
        assert page.session_state[session_keys.ACTION_STATE].dialog is None


def test_the_guide_has_each_shortcut_as_it_is():
    rows = re.findall(r"^\| (\S.*?) \| (.+?) \|$", (REPOSITORY / "docs/guide/keyboard.md").read_text(), re.MULTILINE)
    assert rows[1:] == [(each.keys, each.text) for each in SHORTCUTS]


def test_each_shortcut_does_something_and_no_two_have_the_same_keys():
    script = (STATIC / "keyboard.js").read_text()
    for shortcut in SHORTCUTS:
        assert shortcut.action.startswith("/") or f"    {shortcut.action}: " in script
    assert len({each.keys for each in SHORTCUTS}) == len(SHORTCUTS)


def test_results_are_drawn_as_text_only():
    for name in ("find.js", "keyboard.js", "elements/find_element.js"):
        script = (STATIC / name).read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)
