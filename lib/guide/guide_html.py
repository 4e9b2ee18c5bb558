"""Guide text as HTML: its Markdown, links between guide pages, and the words of a search marked."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from markdown_it.token import Token

from lib.guide.search import matches_word
from lib.text.html import Html
from lib.text.markdown_parser import create_markdown_parser
from lib.text.search_terms import split_folded_words

_WORD = re.compile(r"[^\W_]+")
_GUIDE_FILE = re.compile(r"([a-z-]+)\.md")
_LINK = Html('<a class="zen-link zen-guide-link" href="{}" target="_self">')


def build_guide_html(source: str, *, words: Sequence[str] = (), build_link: Callable[[str], str]) -> Html:
    """`build_link` gives the address of a guide page by its name. Links to anything else keep only their text."""
    return Html(_PARSER.render(source, {"words": tuple(words), "build_link": build_link}))


def mark_search_words(text: str, words: Sequence[str]) -> Html:
    """`text` with each word that a search found marked."""
    if not words:
        return Html.escape(text)
    parts, end = [Html("")], 0
    for found in _WORD.finditer(text):
        if any(matches_word(word, sought) for word in split_folded_words(found[0]) for sought in words):
            parts += [Html.escape(text[end : found.start()]), Html("<mark>{}</mark>").format(found[0])]
            end = found.end()
    return Html("").join((*parts, Html.escape(text[end:])))


def _render_marked_text(_: Any, tokens: Sequence[Token], at: int, __: Any, env: dict[str, Any]) -> str:
    return mark_search_words(tokens[at].content, env["words"])


def _render_guide_link_open(_: Any, tokens: Sequence[Token], at: int, __: Any, env: dict[str, Any]) -> str:
    file = _GUIDE_FILE.fullmatch(str(tokens[at].attrGet("href")))
    return _LINK.format(env["build_link"](file[1])) if file else "<span>"


def _render_guide_link_close(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    opening = next(token for token in reversed(tokens[:at]) if token.type == "link_open")
    return "</a>" if _GUIDE_FILE.fullmatch(str(opening.attrGet("href"))) else "</span>"


_PARSER = create_markdown_parser()
for _name, _rule in (
    ("text", _render_marked_text),
    ("link_open", _render_guide_link_open),
    ("link_close", _render_guide_link_close),
):
    _PARSER.add_render_rule(_name, _rule)
