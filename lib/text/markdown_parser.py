"""The Markdown that models write: CommonMark with tables and without HTML, and two habits of models.

`<br>` in a cell of a table is a line break, as Markdown has no other way to write one there. A tool call written as
text (`<tool_call>…</tool_call>`) is code: it is never run, and its JSON is no prose.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

TOOL_CALL_INFO = "tool_call"
"""The info of the code block that a tool call written as text becomes."""

_TOOL_CALL = re.compile(
    r"<(?P<tag>tool_calls?|tool_use|tool_response|function_calls?|function)\b[^<>\n]*>|<\|tool[^|<>\n]{0,40}\|>"
    r"|\[TOOL_CALLS\]"
)
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def create_markdown_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "tool_call", _parse_tool_call_block, interrupts)
    parser.inline.ruler.before("autolink", "tool_call", _parse_inline_tool_call)
    # Before escaped characters are joined with the rest: an escaped "<br>" is the text it says.
    parser.core.ruler.before("text_join", "cell_line_breaks", _break_lines_in_cells)
    return parser


def _parse_tool_call_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A tool call at the start of a line, up to the line of its closing tag, else to a blank line."""
    if state.is_code_block(start):
        return False
    text = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    found = _TOOL_CALL.match(text)
    if found is None:
        return False
    if silent:
        return True
    last = _find_last_line(state, start, end, found["tag"])
    token = state.push("fence", "code", 0)
    token.info, token.markup, token.map = TOOL_CALL_INFO, "```", [start, last + 1]
    token.content = state.getLines(start, last + 1, state.sCount[start], True)
    state.line = last + 1
    return True


def _find_last_line(state: StateBlock, start: int, end: int, tag: str | None) -> int:
    if tag is None:
        return next((line - 1 for line in range(start + 1, end) if state.isEmpty(line)), end - 1)
    closing = f"</{tag}>"
    return next(
        (line for line in range(start, end) if closing in state.src[state.bMarks[line] : state.eMarks[line]]), end - 1
    )


def _parse_inline_tool_call(state: StateInline, silent: bool) -> bool:
    found = _TOOL_CALL.match(state.src, state.pos)
    if found is None:
        return False
    closing = f"</{found['tag']}>"
    at = state.src.find(closing, found.end()) if found["tag"] else -1
    stop = len(state.src) if at < 0 else at + len(closing)
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.markup, token.content = "`", " ".join(state.src[state.pos : stop].split())
    state.pos = stop
    return True


def _break_lines_in_cells(state: StateCore) -> None:
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type in ("td_open", "th_open") and inline.type == "inline" and inline.children:
            inline.children = [part for token in inline.children for part in _split_at_line_breaks(token)]


def _split_at_line_breaks(token: Token) -> Sequence[Token]:
    if token.type != "text" or "<" not in token.content:
        return (token,)
    parts: list[Token] = []
    for number, text in enumerate(_LINE_BREAK.split(token.content)):
        parts += [Token("hardbreak", "br", 0)] if number else []
        parts += [Token("text", "", 0, content=text, level=token.level)] if text else []
    return parts
