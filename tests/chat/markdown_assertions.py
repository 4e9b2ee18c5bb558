"""What may never be in what is shown, judged by another reading than the one that wrote it."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lib.text.truncate import strip_invisible

_EAGER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_LIVE = {"image", "link", "html_inline", "html_block", "definition"}
_ADDRESS = re.compile(r"(?i)\b(?:https?|ftp|data|javascript|file):(?=\S)|www\.|//")
_MAIL = re.compile(r"[-.\w+]+@[-\w]+\.[-\w]")
_DIRECTIVE = re.compile(r":[a-z][\w-]*(?:\[|/\w+:|:)")
_FORMULA = re.compile(r"(?<!\\)\$")


def assert_inert(markdown: str) -> None:
    """Nothing loads, links, runs, hides, or is a directive of Streamlit's."""
    tokens = _EAGER.parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    assert not {token.type.removesuffix("_open") for token in (*tokens, *inline)} & _LIVE, markdown
    # What stands in code is shown as it is; there nothing is followed.
    told = " ".join(token.content for token in inline if token.type == "text")
    assert not _ADDRESS.search(told), told
    assert not _MAIL.search(told), told
    assert not _DIRECTIVE.search(told), told
    code = "".join(re.escape(token.content) for token in inline if token.type == "code_inline")
    assert code or not _FORMULA.search(_without_fences(markdown, tokens)), markdown
    assert {token.info for token in tokens if token.type == "fence"} <= {"text", "python", "json"}, markdown
    assert strip_invisible(markdown) == markdown


def _without_fences(markdown: str, tokens: list[Token]) -> str:
    lines = markdown.split("\n")
    for token in tokens:
        if token.type == "fence" and token.map:
            lines[slice(*token.map)] = [""] * (token.map[1] - token.map[0])
    return "\n".join(lines)
