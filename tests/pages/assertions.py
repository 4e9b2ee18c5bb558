"""What a page shows under AppTest."""

import re
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.chat.markdown_assertions import assert_html_inert

DRAWN_TEXT = ('<div class="zen-text', '<div class="zen-blocks"')


def page_text(page: AppTest) -> str:
    """All Markdown, captions and texts of HTML, in their order on the page."""
    assert not page.exception, page.exception
    texts = []
    for element in page._tree:
        if element.type in ("markdown", "caption"):
            texts.append(element.value)
        elif element.type == "html" and element.value.startswith(DRAWN_TEXT):
            texts.append(read_html(element.value))
    return "\n".join(texts)


def page_html(page: AppTest) -> list[Any]:
    """The HTML elements of a page, but for the stylesheet and the account in the sidebar."""
    return [element for element in page.get("html") if element.value.startswith(DRAWN_TEXT)]


def assert_page_inert(page: AppTest) -> None:
    """Names and texts of `INERT` mean nothing to the browser or to Streamlit."""
    for element in page_html(page):
        assert_html_inert(element.value)
    for element in (*page.markdown, *page.caption):
        for markup in ("<b>", ":red[hot]", "[x](", "**bold**", ":material/home:"):
            assert markup not in element.value, element.value


def read_html(html: str) -> str:
    """The text of HTML: a line for each block, "# " before a title, a blank between the cells of a row."""
    html = str(html)  # replacing in `Html` would escape
    for block in ("</p>", "</tr>", "</div>", "<br>", "</li>", "</ul>", *(f"</h{level}>" for level in range(1, 6))):
        html = html.replace(block, f"{block}\n")
    html = re.sub(r"<h1[^>]*>", "# ", html)
    text = unescape(re.sub(r"<[^>]+>", "", html.replace("</td>", "</td> ").replace("</th>", "</th> ")))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def find_button(page: AppTest, label: str) -> Any:
    """The first button of that label."""
    return next(found for found in page.button if found.label == label)


def button_labels(page: AppTest) -> list[str]:
    return [found.label for found in page.button]


def primary_labels(page: AppTest) -> list[str]:
    return [found.label for found in page.button if found.proto.type == "primary"]
