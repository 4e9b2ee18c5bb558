"""The guide in the app: the page one came from, a search, and the list of all."""

import pytest

from tests.pages.assertions import page_text
from tests.support.requests import record_requests


@pytest.fixture
def show(open_page, company):
    def open_help(guide_page=None):
        page = open_page(company.csm, "help/help.py")
        if guide_page is None:
            return page
        page.query_params["page"] = guide_page
        return page.run()

    return open_help


def test_someone_signed_out_sees_nothing(open_page):
    assert "You are not signed in." in [header.value for header in open_page(None, "help/help.py").header]


def test_without_a_page_all_topics_are_listed_in_the_order_of_the_menu(show):
    seen = page_text(show()).splitlines()
    topics = seen[seen.index("All topics") :]
    assert topics.index("Today") < topics.index("Inbox") < topics.index("Book") < topics.index("Privacy")


def test_a_guide_page_is_shown_by_its_name(show):
    seen = page_text(show("book"))
    assert "Keep a view" in seen
    assert "All topics" in seen


def test_a_search_shows_the_sections_it_finds(show):
    page = show()
    page.text_input(key="words").set_value("hand over a book").run()
    seen = page_text(page)
    assert "People: Hand over a book" in seen
    assert "Keep a view" not in seen
    page.text_input(key="words").set_value("xylophone").run()
    assert "Nothing found" in page_text(page)


def test_an_unknown_page_is_named_as_such(show):
    assert "Guide page not found" in page_text(show("nonsense"))


def test_help_costs_no_request_beyond_the_gate(show):
    page = show()
    with record_requests() as requests:
        page.run()
    assert requests == []


def test_each_page_leads_to_its_guide_page(open_page, company):
    page = open_page(company.manager, "customers/book.py")
    assert any('href="/help?page=book"' in each.value for each in page.sidebar.get("html"))
