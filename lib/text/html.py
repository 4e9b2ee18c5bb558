"""HTML in which every text reads exactly as it is, and Markdown as such HTML or as its text."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from typing import Any, Self

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from lib.text.markdown_parser import create_markdown_parser

MAX_CHARACTERS = 400_000
MAX_CODES = 8

TAGS = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "strong", "em", "s", "small", "code", "pre", "ul", "ol",
    "li", "dl", "dt", "dd", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "br", "hr", "mark", "details",
    "summary", "a", "ins", "del",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"class", "data-icon", "data-codes", "dir", "role", "aria-label", "aria-hidden"},
    "ol": {"start"},
    "td": {"style"},
    "th": {"style"},
    "a": {"href", "target"},
}

# In HTML of ours a "<" begins a tag: every other one is escaped.
_TAGS = re.compile(r"<[^>]*>")
_CELL_ENDS = re.compile(r"</t[dh]>\s*(?=<t[dh])")
_BLOCK_ENDS = re.compile(r"</(?:p|h\d|li|tr|pre|blockquote|ul|ol|table)>|<[bh]r */?>")
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n)+")

_PARAM = "[a-z_]+=[0-9A-Za-z_-]{1,80}"
PAGE_ADDRESS = re.compile(rf"/[a-z]+\?{_PARAM}(&{_PARAM}){{0,5}}")
"""Where a link may lead: to a page of Zen, with ids, codes and numbers."""


def _drop_foreign_links(tag: str, attribute: str, value: str) -> str | None:
    is_foreign = tag == "a" and attribute == "href" and not PAGE_ADDRESS.fullmatch(value)
    return None if is_foreign else value


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_drop_foreign_links,
    link_rel=None,
    filter_style_properties={"text-align"},
    clean_content_tags={"script", "style"},
)

# Controls, joiners, direction marks, fillers, tags and other characters that nobody sees; tab and line feed are layout.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_WORKING_ALONE = frozenset("\u00ad\u200c\u200d\u200e\u200f\ufe0e\ufe0f")
"""Soft hyphen, joiners, direction marks, emoji styles: one of them acts on what it stands beside, several hide data."""


class Html(Markup):
    """HTML of our own: any other string put into it is escaped, and its invisible characters are shown by their codes.

    `Html("<p>{}</p>").format(name)`; the browser copies the text as it is, with whatever is invisible in it.
    """

    @classmethod
    def escape(cls, s: Any, /) -> Self:
        if isinstance(s, cls):
            return s
        text = str(escape(s))
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return cls(_HIDDEN.sub(_mark_invisible_characters, text))

    def format(self, *parts: Any, **named: Any) -> Self:
        """The HTML with its placeholders replaced by the escaped parts. Placeholders have no format of their own."""
        # markupsafe's own formatter is written in Python and took a seventh of a rerun.
        escaped = {name: self.escape(part) for name, part in named.items()}
        return type(self)(str.format(self, *map(self.escape, parts), **escaped))


def _mark_invisible_characters(found: re.Match[str]) -> str:
    hidden = found[0]
    if hidden in _WORKING_ALONE:
        return hidden
    codes = [f"U+{ord(character):04X}" for character in hidden]
    shown = " ".join(codes[:MAX_CODES]) + (f" +{len(codes) - MAX_CODES}" if len(codes) > MAX_CODES else "")
    return f'<span class="zen-hidden" data-codes="{shown}">{hidden}</span>'


def build_icon_html(token: str) -> Html:
    """A Material icon by Streamlit's token ":material/error:". The selection does not copy it."""
    name = token.removeprefix(":material/").removesuffix(":")
    return Html('<span class="zen-icon" data-icon="{}" aria-hidden="true"></span>').format(name)


@lru_cache(maxsize=512)
def clean_html(html: Html) -> str:
    """Only tags and attributes that cannot load, link or run."""
    return _CLEANER.clean(html)


@lru_cache(maxsize=512)
def markdown_to_html(source: str) -> Html:
    """Markdown as HTML that can do nothing: markup stays text, links keep their words, images their description.

    Headings are all of one size: an answer does not outshout the page it stands on. Never raises.
    """
    return Html(_MARKDOWN.render(source[:MAX_CHARACTERS]))


def mark_texts(html: Html, texts: Sequence[str], css_class: str) -> Html:
    """`html` with each of `texts` that stands in it as a whole word marked by `css_class`, longest first."""
    if not texts:
        return html
    words = sorted({str(Html.escape(text)) for text in texts}, key=len, reverse=True)
    pattern = re.compile(rf"(<[^>]*>)|(?<![\w$€£])(?:{'|'.join(map(re.escape, words))})(?!\w)")
    return Html(
        pattern.sub(lambda found: found[0] if found[1] else f'<mark class="{css_class}">{found[0]}</mark>', html)
    )


@lru_cache(maxsize=512)
def markdown_to_text(source: str) -> str:
    """The text of `markdown_to_html`: what is read on the page, a line for each paragraph, item and row."""
    lines = _BLOCK_ENDS.sub("\n", _CELL_ENDS.sub(" | ", markdown_to_html(source)))
    return _EMPTY_LINES.sub("\n", unescape(_TAGS.sub("", lines))).strip("\n")


def _render_text(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return Html.escape(tokens[at].content)


def _render_code(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return Html("<code>{}</code>").format(tokens[at].content)


def _render_code_block(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return Html("<pre><code>{}</code></pre>\n").format(tokens[at].content)


def _render_image(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    description = " ".join(tokens[at].content.split())
    return Html.escape(f"(image left out: {description})" if description else "(image left out)")


def _render_no_html(*_: Any) -> str:
    return ""


def _render_heading(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return "<h5>" if tokens[at].nesting == 1 else "</h5>\n"


def _build_markdown_parser() -> MarkdownIt:
    parser = create_markdown_parser()
    rules = {
        "text": _render_text, "text_special": _render_text, "code_inline": _render_code, "image": _render_image,
        "code_block": _render_code_block, "fence": _render_code_block, "link_open": _render_no_html,
        "link_close": _render_no_html, "heading_open": _render_heading, "heading_close": _render_heading,
    }  # fmt: skip
    for name, rule in rules.items():
        parser.add_render_rule(name, rule)
    return parser


_MARKDOWN = _build_markdown_parser()
