"""Find and replace in the builder: the places, one or all of them, one step of undo."""

import json
from typing import Any

import pytest

from lib.ui import session_keys
from lib.ui.builder.find_panel import build_excerpt_html
from lib.workflows.draft_texts import DraftText
from lib.workflows.find_and_replace import FoundText
from tests.database.factories import fetch_value, insert_draft
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_text
from tests.pages.factories import INERT
from tests.support.requests import record_requests

PAGE = "workflows/builder.py"
UPDATE = "PATCH /rest/v1/workflow_drafts"
CONTEXTS = {
    "greeting": {"lead": "The sponsor of {{ customer.name }}.", "title": "Sponsor first"},
    "summary": {"lead": "Thank the sponsor. The sponsor decides."},
}
BRANCHES = {
    "greeting": [{"branch_key": "who", "branch_type": "fixed", "label": "Who?", "response_text": "The sponsor does."}]
}


@pytest.fixture
def draft(sql, company):
    return insert_draft(
        sql, company.id, company.csm.id, name="Our renewal", slide_sequence=["greeting", "summary"],
        slide_contexts=json.dumps(CONTEXTS), chat_branches=json.dumps(BRANCHES),
    )  # fmt: skip


@pytest.fixture
def open_find(open_page, company, draft):
    """The builder with find and replace open, for some words."""

    def at(words: str, member=None, **query):
        page = open_page(member or company.csm, PAGE)
        for name, value in {"draft": draft, "slide": "greeting", **query}.items():
            page.query_params[name] = value
        page.run()
        find_button(page, "Find and replace").click().run()
        return find_field(page, "Find").set_value(words).run()

    return at


def find_field(page: Any, label: str) -> Any:
    return next(field for field in (*page.text_input, *page.text_area) if field.label == label)


def stored(sql, draft: str, column: str = "slide_contexts") -> Any:
    return fetch_value(sql, f"select {column} from public.workflow_drafts where id = %s", draft)


def test_places_are_listed_with_the_words_marked(open_find):
    page = open_find("sponsor")
    seen = page_text(page)
    assert "5 places in 4 texts" in seen
    assert "Chat, “Who?”, answer" in seen
    assert "Thank the sponsor. The sponsor decides." in seen


def test_all_are_replaced_with_one_request_and_undone_at_once(open_find, sql, draft):
    page = open_find("sponsor")
    find_field(page, "Replace with").set_value("buyer").run()
    with record_requests() as sent:
        find_button(page, "Replace all").click().run()
    assert sent == [UPDATE]
    assert stored(sql, draft)["summary"]["lead"] == "Thank the buyer. The buyer decides."
    assert stored(sql, draft)["greeting"]["title"] == "buyer first"
    assert stored(sql, draft, "chat_branches")["greeting"][0]["response_text"] == "The buyer does."
    assert find_field(page, "Lead").value == "The buyer of {{ customer.name }}."
    assert "5 places replaced." in page_text(page)
    find_button(page, "Undo").click().run()
    assert stored(sql, draft) == CONTEXTS
    assert stored(sql, draft, "chat_branches") == BRANCHES


def test_one_is_replaced_and_what_was_typed_just_before_is_not_lost(open_find, sql, draft):
    page = open_find("sponsor")
    find_field(page, "Replace with").set_value("buyer")
    find_field(page, "Lead").set_value("The sponsor of {{ customer.name }} decides.")
    find_button(page, "Replace").click().run()  # the first: the title
    assert stored(sql, draft)["greeting"] == {
        "lead": "The sponsor of {{ customer.name }} decides.", "title": "buyer first",
    }  # fmt: skip


def test_case_counts_when_it_is_asked_for(open_find):
    page = open_find("Sponsor")
    next(box for box in page.checkbox if box.label == "Match case").check().run()
    assert "1 place in 1 text" in page_text(page)


def test_what_cannot_be_replaced_says_why(open_find, sql, draft):
    page = open_find("Sponsor first")
    find_field(page, "Replace with").set_value("x" * 150).run()
    find_button(page, "Replace all").click().run()
    assert stored(sql, draft) == CONTEXTS
    assert "1 text left as before:" in page_text(page)
    assert "It would have 150 characters; 120 are the most." in page_text(page)


def test_a_place_leads_to_its_editor(open_find):
    page = open_find("sponsor does")
    find_button(page, "Go to").click().run()
    assert find_field(page, "Answer").value == "The sponsor does."
    page = open_find("Thank the sponsor")
    find_button(page, "Go to").click().run()
    assert find_field(page, "Lead").value == CONTEXTS["summary"]["lead"]


def test_nothing_found_says_what_is_not_searched(open_find):
    assert "Names of placeholders are not searched." in page_text(open_find("customer.name"))


def test_who_only_reads_the_draft_finds_and_replaces_nothing(open_find, company):
    page = open_find("sponsor", company.other_csm)
    assert "5 places in 4 texts" in page_text(page)
    assert not {"Replace", "Replace all"} & set(button_labels(page))


def test_a_rerun_with_the_panel_open_sends_nothing(open_find):
    page = open_find("sponsor")
    with record_requests() as sent:
        page.run()
    assert sent == []


def test_texts_in_the_list_are_shown_as_they_are(open_find, sql, company):
    evil = insert_draft(
        sql, company.id, company.csm.id, name=INERT, slide_sequence=["greeting", "summary"],
        slide_contexts=json.dumps({"greeting": {"lead": INERT.replace("$", "")}}),
        chat_branches=json.dumps({"greeting": [{"branch_key": "k", "branch_type": "fixed", "label": INERT}]}),
    )  # fmt: skip
    page = open_find("hot", draft=evil)
    find_field(page, "Replace with").set_value("{{ customer.name }}").run()
    find_button(page, "Replace all").click().run()
    assert_page_inert(page)


@pytest.mark.parametrize("start", [0, 10, 300, 4000])
def test_an_excerpt_shows_and_marks_the_first_place_of_a_long_text(start):
    text = "a" * start + "<b>word</b>" + "z" * 2000
    place = DraftText(address="greeting", path=("slide_contexts", "greeting", "lead"), text=text, limit=8000)
    html = build_excerpt_html(FoundText(place=place, spans=((start + 3, start + 7), (start + 1900, start + 1904))))
    assert "&lt;b&gt;<mark>word</mark>&lt;/b&gt;" in html
    assert len(html) < 400
    assert html.startswith("…") == (start > 40)


def test_words_and_panel_stay_while_slides_are_changed(open_find):
    page = open_find("sponsor")
    page.query_params["slide"] = "summary"
    page.run()
    assert page.session_state[session_keys.BUILDER_FIND_WORDS] == "sponsor"
    find_button(page, "Close").click().run()
    assert "5 places in 4 texts" not in page_text(page)
