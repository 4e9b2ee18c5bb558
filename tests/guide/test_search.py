import pytest

from lib.guide.guide_files import load_guide, parse_guide_page
from lib.guide.guide_html import build_guide_html, mark_search_words
from lib.guide.search import search_guide
from lib.ui.help.help_url import build_help_link

BOOK = parse_guide_page("book", "# Book\n\nAll customers.\n\n## Sort\nPress a title.\n\n## Keep a view\nNames it.\n")
INBOX = parse_guide_page("inbox", "# Inbox\n\n## Snoozed\nRuns that sleep, see [Book](book.md).\n")
PAGES = (BOOK, INBOX)


def found(query: str) -> list[tuple[str, str]]:
    return [(hit.page.name, hit.section.heading) for hit in search_guide(PAGES, query)]


def test_a_file_is_a_title_and_sections() -> None:
    assert (BOOK.title, [section.heading for section in BOOK.sections]) == ("Book", ["", "Sort", "Keep a view"])
    assert BOOK.sections[0].text == "All customers."


@pytest.mark.parametrize("query", ["snooze", "Snoozing", "snoo", "SNOOZED", "how do I snooze a run?"])
def test_a_word_is_found_by_its_beginning_and_by_its_stem(query: str) -> None:
    assert found(query) == [("inbox", "Snoozed")]


def test_a_heading_comes_before_a_mention() -> None:
    assert found("book")[-1] == ("inbox", "Snoozed")
    assert found("customers")[0] == ("book", ""), "a stop word alone is looked for"


def test_sections_with_more_of_the_words_are_shown_alone() -> None:
    assert found("sort by title xylophone") == [("book", "Sort")]


@pytest.mark.parametrize("query", ["", " ", "%", "'", "🦊", "xylophone"])
def test_what_is_in_no_section_finds_nothing(query: str) -> None:
    assert found(query) == []


def test_a_query_of_any_length_is_searched() -> None:
    assert found("snooze " + "x" * 10_000) == [("inbox", "Snoozed")]


def test_matches_are_marked_and_the_rest_is_escaped() -> None:
    assert mark_search_words("Sorting <b> sorts", ["sort"]) == "<mark>Sorting</mark> &lt;b&gt; <mark>sorts</mark>"


def test_links_between_guide_pages_lead_to_help_and_others_keep_their_text() -> None:
    html = build_guide_html("[Book](book.md) [there](https://x.example) <b>x</b>", build_link=build_help_link)
    assert 'href="/help?page=book"' in html
    assert "x.example" not in html
    assert "<b>" not in html


def test_no_guide_is_none(tmp_path) -> None:
    assert load_guide(tmp_path) == ()
