"""The guide says what is true: each page has its guide page, links lead somewhere, labels are those on screen."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from lib.guide.guide_files import FOLDER, load_guide
from lib.guide.model import GuidePage
from lib.server.page_urls import PagePath
from lib.ui.help.help_url import GUIDE_OF_TODAY, build_help_link_of_page, parse_guide_name
from tests.support.server import REPOSITORY

PAGES = load_guide()
NAMES = {page.name for page in PAGES}
MAX_WORDS = 450


def read(page: GuidePage) -> str:
    return (FOLDER / f"{page.name}.md").read_text(encoding="utf-8")


@cache
def read_screen_texts() -> str:
    """Every string in the source that may be drawn: docstrings are left out, scripts are taken whole."""
    files = [file for folder in ("lib", "pages") for file in sorted((REPOSITORY / folder).rglob("*.py"))]
    texts = [text for file in files for text in list_strings(ast.parse(file.read_text(encoding="utf-8")))]
    texts += [file.read_text(encoding="utf-8") for file in sorted((REPOSITORY / "lib/ui/static").glob("*.js"))]
    return "\n".join(texts)


def list_strings(tree: ast.Module) -> Iterator[str]:
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("address", [each for each in PagePath if each is not PagePath.HELP], ids=lambda a: a.name)
def test_each_page_has_a_guide_page(address: PagePath) -> None:
    link = build_help_link_of_page(address)
    assert parse_guide_name({"page": link.partition("page=")[2]}) in NAMES
    assert (address or GUIDE_OF_TODAY) in NAMES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_guide_pages(page: GuidePage) -> None:
    links = re.findall(r"\]\(([^)]+)\)", read(page))
    assert {link.removesuffix(".md") for link in links} - NAMES == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_labels_in_bold_are_on_screen(page: GuidePage) -> None:
    labels = re.findall(r"\*\*(.+?)\*\*", read(page))
    assert [label for label in labels if label not in read_screen_texts()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_guide_page_is_short_and_has_headings_to_find_it_by(page: GuidePage) -> None:
    assert page.title
    assert len(read(page).split()) <= MAX_WORDS
    assert any(section.heading for section in page.sections)
    assert all(section.text for section in page.sections)
