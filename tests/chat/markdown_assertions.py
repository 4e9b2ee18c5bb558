"""What may never be in what is shown, judged by another reading than the one that wrote it."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lib.text.truncate import strip_invisible

_EAGER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_LIVE = {"image", "link", "html_inline", "html_block", "definition"}
_TAGS = {
    "p", "div", "span", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "table", "thead", "tbody",
    "tr", "th", "td", "br", "hr", "h1", "h2", "h3", "h4", "h5", "details", "summary", "mark",
}  # fmt: skip
_LINK = re.compile(r"/(customer\?id|book\?owner|team\?show)=[0-9a-z_-]+(&[a-z_]+=[0-9a-z-]+)*")
"""Where a link leads: to a customer's page or the book of a person, by an id, never by a text."""
_HIDING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
    "|[\u200c-\u200f\ufe00-\ufe0f]{2}"
)
_FORMULA = re.compile(r"(?<!\\)\$")


def assert_inert(markdown: str) -> None:
    """Nothing in a Markdown file loads, links, runs or hides."""
    tokens = _EAGER.parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    assert not {token.type.removesuffix("_open") for token in (*tokens, *inline)} & _LIVE, markdown
    code = "".join(re.escape(token.content) for token in inline if token.type == "code_inline")
    assert code or not _FORMULA.search(_without_fences(markdown, tokens)), markdown
    assert {token.info for token in tokens if token.type == "fence"} <= {"text", "python", "json"}, markdown
    assert strip_invisible(markdown) == markdown


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.links: list[dict[str, str | None]] = []
        self.visible: list[str] = []
        self._is_marked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs))
        else:
            self.tags.add(tag)
            self.attributes += attrs
        self._is_marked = ("class", "zen-hidden") in attrs

    def handle_endtag(self, tag: str) -> None:
        self._is_marked = False

    def handle_data(self, data: str) -> None:
        if not self._is_marked:
            self.visible.append(data)


def assert_html_inert(html: str) -> None:
    """Nothing in HTML on the page loads, links away or runs, and what is invisible is shown by its code."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.tags <= _TAGS, html
    assert {name for name, _ in reader.attributes} <= {
        "class",
        "data-codes",
        "data-icon",
        "aria-hidden",
        "dir",
        "start",
        "style",
    }, html
    for link in reader.links:
        assert link.keys() == {"class", "href", "target"}, html
        assert (link["class"], link["target"]) == ("zen-link", "_self"), html
        assert _LINK.fullmatch(link["href"] or ""), html
    styles = [value for name, value in reader.attributes if name == "style"]
    assert all(re.fullmatch(r"text-align: ?(left|center|right)", value or "") for value in styles), html
    assert not _HIDING.search("".join(reader.visible)), html


def _without_fences(markdown: str, tokens: list[Token]) -> str:
    lines = markdown.split("\n")
    for token in tokens:
        if token.type == "fence" and token.map:
            lines[slice(*token.map)] = [""] * (token.map[1] - token.map[0])
    return "\n".join(lines)
