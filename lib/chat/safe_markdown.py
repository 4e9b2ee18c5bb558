"""Text of a model or a customer as Markdown that can be shown: paragraphs, lists, tables, emphasis, code; nothing that
loads, links, or means something to Streamlit.

A parser reads the text and everything is written anew from what it found, every word of it escaped. What the parser
finds and this file does not know is written as plain words, so a new construct is dull, never dangerous. A link keeps
its words and loses its address, an image leaves its description: both would tell somebody that, and what, was read.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode as Node

from lib.content.model import LANGUAGES
from lib.text.escape import escape_plain_markdown
from lib.text.truncate import strip_invisible

LONGEST = 400_000
LONGEST_WORD = 400
"""Longer ones are split by a blank where no letter of a script without blanks stands: `escape_plain_markdown` works on short lines."""

_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
_TICKS = re.compile(r"`+")
_PIECES = re.compile(rf"\S{{1,{LONGEST_WORD}}}|\s+")


@lru_cache(maxsize=256)
def safe(text: str) -> str:
    """Markdown that looks like `text` and can do nothing. Never raises."""
    tree = Node(_PARSER.parse(strip_invisible(text[:LONGEST])))
    return "\n\n".join(_blocks(tree.children))


def words_of(text: str) -> str:
    """`text` without its markup: one line of plain words, for titles and snippets."""
    tree = Node(_PARSER.parse(strip_invisible(text[:LONGEST])))
    return " ".join(" ".join(node.content for node in tree.walk() if node.type in LITERAL).split())


def literal(text: str) -> str:
    """Inline Markdown that reads as `text`, however long, blanks at its ends kept."""
    found = _EDGES.fullmatch(text)
    if found is None or not found[2]:
        return " " if text else ""
    before, core, after = found.groups()
    return f"{' ' if before else ''}{_escaped(core)}{' ' if after else ''}"


def fenced(code: str, language: str = "") -> str:
    """A code block no line of which can end it."""
    fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(code)), default=0))
    shown = language if language in LANGUAGES else "text"
    return f"{fence}{shown}\n{code.rstrip()}\n{fence}"


def _escaped(core: str) -> str:
    """`escape_plain_markdown`, which is made for short lines, over a long one: in runs of words that end at a blank."""
    runs: list[str] = []
    run = ""
    for piece in _PIECES.findall(core):
        if len(run) + len(piece) > 1500 or (run and not run[-1].isspace() and not piece[0].isspace()):
            runs.append(run)
            run = ""
        run += piece
    runs.append(run)
    return " ".join(escape_plain_markdown(run) for run in runs if run.strip())


def _blocks(nodes: Iterable[Node]) -> list[str]:
    return [text for node in nodes if (text := BLOCKS.get(node.type, _unknown)(node)).strip()]


def _inlines(nodes: Iterable[Node]) -> str:
    return "".join(INLINES.get(node.type, _unknown)(node) for node in nodes)


def _unknown(node: Node) -> str:
    if node.children:
        return _inlines(node.children) if node.type == "inline" else "\n\n".join(_blocks(node.children))
    return literal(node.content)


def _paragraph(node: Node) -> str:
    return _inlines(node.children).strip()


def _heading(node: Node) -> str:
    # One size of heading: an answer does not outshout the page it stands on.
    return f"##### {_paragraph(node).replace(chr(10), ' ')}"


def _quote(node: Node) -> str:
    return _indented("\n\n".join(_blocks(node.children)), "> ", "> ")


def _list(node: Node) -> str:
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    items = []
    for place, item in enumerate(node.children):
        mark = "- " if start is None else f"{(start + place) % 10**9}. "
        gap = "\n" if any(part.type == "paragraph" and part.hidden for part in item.children) else "\n\n"
        items.append(_indented(gap.join(_blocks(item.children)), mark, " " * len(mark)))
    return "\n".join(items)


def _indented(text: str, first: str, rest: str) -> str:
    return "\n".join(f"{first if place == 0 else rest}{line}".rstrip() for place, line in enumerate(text.split("\n")))


def _table(node: Node) -> str:
    rows = [[_cell(cell) for cell in row.children] for part in node.children for row in part.children]
    if not rows:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join((lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]))


def _cell(node: Node) -> str:
    return _inlines(node.children).replace("\n", " ").strip() or " "


def _code(node: Node) -> str:
    return fenced(node.content, node.info.strip().split(" ")[0].lower() if node.type == "fence" else "")


def _code_inline(node: Node) -> str:
    text = " ".join(node.content.split())
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    # In a table the sign that parts cells parts them in code too.
    return f"{ticks} {text} {ticks}".replace("|", "¦") if text else ""


def _around(sign: str) -> Callable[[Node], str]:
    def write(node: Node) -> str:
        inner = _inlines(node.children)
        core = inner.strip()
        if not core:
            return inner
        left, right = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        return f"{left}{sign}{core}{sign}{right}"

    return write


def _link(node: Node) -> str:
    return _inlines(node.children)


def _image(node: Node) -> str:
    told = " ".join(node.content.split())
    return literal(f"(image left out: {told})" if told else "(image left out)")


LITERAL = ("text", "code_inline", "code_block", "fence")

BLOCKS: Mapping[str, Callable[[Node], str]] = {
    "paragraph": _paragraph,
    "inline": _paragraph,
    "heading": _heading,
    "blockquote": _quote,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
    "fence": _code,
    "code_block": _code,
    "hr": lambda _: "---",
}
INLINES: Mapping[str, Callable[[Node], str]] = {
    "text": lambda node: literal(node.content),
    "softbreak": lambda _: "\n",
    "hardbreak": lambda _: "  \n",
    "code_inline": _code_inline,
    "strong": _around("**"),
    "em": _around("*"),
    "s": _around("~~"),
    "link": _link,
    "image": _image,
}
