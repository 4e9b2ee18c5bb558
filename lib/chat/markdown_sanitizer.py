"""Sanitize Markdown for exported files: nothing in the result loads, links or hides.

A parser reads the text, and what it found is written again with every word escaped; unknown syntax becomes plain text.
A link keeps its words and loses its address, an image leaves its description: opening either would tell somebody what
was read, and that it was.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from markdown_it.tree import SyntaxTreeNode as Node

from lib.content.model import LANGUAGES
from lib.text.markdown_escape import escape_plain_markdown
from lib.text.markdown_parser import create_markdown_parser
from lib.text.truncate import strip_invisible

MAX_CHARACTERS = 400_000

_PARSER = create_markdown_parser()
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
_CELL_LINE_BREAK = re.compile(r" *  \n *")
_TICKS = re.compile(r"`+")


@lru_cache(maxsize=256)
def sanitize_markdown(text: str) -> str:
    """Markdown that reads like `text` and can do nothing. Never raises."""
    tree = Node(_PARSER.parse(strip_invisible(text[:MAX_CHARACTERS])))
    return "\n\n".join(_render_block_nodes(tree.children))


def escape_inline_markdown(text: str) -> str:
    """Inline Markdown that reads as `text`, however long, blanks at its ends kept."""
    found = _EDGES.fullmatch(text)
    if found is None or not found[2]:
        return " " if text else ""
    before, core, after = found.groups()
    return f"{' ' if before else ''}{escape_plain_markdown(core)}{' ' if after else ''}"


def fence_code(code: str, language: str = "") -> str:
    """A code block that none of its own lines can end."""
    fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(code)), default=0))
    shown = language if language in LANGUAGES else "text"
    return f"{fence}{shown}\n{code.rstrip()}\n{fence}"


def _render_block_nodes(nodes: Iterable[Node]) -> list[str]:
    return [text for node in nodes if (text := BLOCKS.get(node.type, _render_unknown_node)(node)).strip()]


def _render_inline_nodes(nodes: Iterable[Node]) -> str:
    return "".join(INLINES.get(node.type, _render_unknown_node)(node) for node in nodes)


def _render_unknown_node(node: Node) -> str:
    if node.children:
        return (
            _render_inline_nodes(node.children)
            if node.type == "inline"
            else "\n\n".join(_render_block_nodes(node.children))
        )
    return escape_inline_markdown(node.content)


def _render_paragraph(node: Node) -> str:
    return _render_inline_nodes(node.children).strip()


def _render_heading(node: Node) -> str:
    return f"##### {_render_paragraph(node).replace(chr(10), ' ')}"


def _render_block_quote(node: Node) -> str:
    return _indent_lines("\n\n".join(_render_block_nodes(node.children)), "> ", "> ")


def _render_list(node: Node) -> str:
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    items = []
    for place, item in enumerate(node.children):
        mark = "- " if start is None else f"{(start + place) % 10**9}. "
        gap = "\n" if any(part.type == "paragraph" and part.hidden for part in item.children) else "\n\n"
        items.append(_indent_lines(gap.join(_render_block_nodes(item.children)), mark, " " * len(mark)))
    return "\n".join(items)


def _indent_lines(text: str, first: str, rest: str) -> str:
    return "\n".join(f"{first if place == 0 else rest}{line}".rstrip() for place, line in enumerate(text.split("\n")))


def _render_table(node: Node) -> str:
    rows = [[_render_table_cell(cell) for cell in row.children] for part in node.children for row in part.children]
    if not rows:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join((lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]))


def _render_table_cell(node: Node) -> str:
    # A table of Markdown has no line breaks.
    return _CELL_LINE_BREAK.sub(" / ", _render_inline_nodes(node.children)).replace("\n", " ").strip() or " "


def _render_code_block(node: Node) -> str:
    return fence_code(node.content, node.info.strip().split(" ")[0].lower() if node.type == "fence" else "")


def _render_inline_code(node: Node) -> str:
    text = " ".join(node.content.split())
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    # A bar separates the cells of a table in code too.
    return f"{ticks} {text} {ticks}".replace("|", "¦") if text else ""


def _build_emphasis_renderer(sign: str) -> Callable[[Node], str]:
    def render_emphasis(node: Node) -> str:
        inner = _render_inline_nodes(node.children)
        core = inner.strip()
        if not core:
            return inner
        left, right = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        return f"{left}{sign}{core}{sign}{right}"

    return render_emphasis


def _render_link(node: Node) -> str:
    return _render_inline_nodes(node.children)


def _render_image(node: Node) -> str:
    description = " ".join(node.content.split())
    return escape_inline_markdown(f"(image left out: {description})" if description else "(image left out)")


BLOCKS: Mapping[str, Callable[[Node], str]] = {
    "paragraph": _render_paragraph,
    "inline": _render_paragraph,
    "heading": _render_heading,
    "blockquote": _render_block_quote,
    "bullet_list": _render_list,
    "ordered_list": _render_list,
    "table": _render_table,
    "fence": _render_code_block,
    "code_block": _render_code_block,
    "hr": lambda _: "---",
}
INLINES: Mapping[str, Callable[[Node], str]] = {
    "text": lambda node: escape_inline_markdown(node.content),
    "softbreak": lambda _: "\n",
    "hardbreak": lambda _: "  \n",
    "code_inline": _render_inline_code,
    "strong": _build_emphasis_renderer("**"),
    "em": _build_emphasis_renderer("*"),
    "s": _build_emphasis_renderer("~~"),
    "link": _render_link,
    "image": _render_image,
}
