"""An answer as it comes about: pieces of text, tables and charts between them, sources; then the blocks to keep."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

from lib.chat.blocks import LONGEST_TEXT, Block, ChartBlock, Citation, CodeBlock, TableBlock, TextBlock
from lib.slides.words import visible

MOST_BLOCKS = 100
"""What `finish_chat_turn` takes."""

_PARSER = MarkdownIt("commonmark", {"html": False})
_NUMBER = re.compile(r"\[(\d{1,3})\]")


class Transcript:
    def __init__(self) -> None:
        self._parts: list[list[str] | Block] = []
        self._sources: dict[int, Citation] = {}

    def say(self, text: str) -> None:
        if not self._parts or not isinstance(self._parts[-1], list):
            self._parts.append([])
        part = self._parts[-1]
        assert isinstance(part, list)
        part.append(text)

    def show(self, block: Block) -> None:
        self._parts.append(block)

    def cite(self, citation: Citation) -> None:
        """A source the text may name by its number."""
        self._sources[citation.number] = citation

    def blocks(self) -> tuple[Block, ...]:
        """At least one: an answer without a word is an empty text."""
        made = tuple(self._blocks(split=True))
        if len(made) > MOST_BLOCKS:
            made = tuple(self._blocks(split=False))[:MOST_BLOCKS]
        return made or (TextBlock(text=""),)

    def _blocks(self, *, split: bool) -> Iterator[Block]:
        """Words first, then the figures they are about: a tool has shown its own before a word is said of them."""
        for part in sorted(self._parts, key=lambda part: isinstance(part, TableBlock | ChartBlock)):
            if not isinstance(part, list):
                yield part
                continue
            for block in parted("".join(part)) if split else _texts("".join(part)):
                yield self._sourced(block) if isinstance(block, TextBlock) else block

    def _sourced(self, block: TextBlock) -> TextBlock:
        numbers = dict.fromkeys(int(number) for number in _NUMBER.findall(block.text))
        cited = [self._sources[number] for number in numbers if number in self._sources]
        return TextBlock(text=block.text, citations=tuple(cited[:60]))


def parted(text: str) -> Iterator[Block]:
    """Text with its fenced code as blocks of their own."""
    told = visible(text)
    lines = told.split("\n")
    done = 0
    for token in _PARSER.parse(told):
        if token.type == "fence" and token.level == 0 and token.map:
            start, end = token.map
            yield from _texts("\n".join(lines[done:start]))
            language = token.info.strip().split(" ")[0].lower()[:40] or "text"
            yield CodeBlock(language=language, code=token.content[:LONGEST_TEXT])
            done = end
    yield from _texts("\n".join(lines[done:]))


def _texts(text: str) -> Iterator[TextBlock]:
    """Text in blocks no longer than one may be, parted between paragraphs where that is possible."""
    rest = text.strip()
    while len(rest) > LONGEST_TEXT:
        at = max(rest.rfind("\n\n", 0, LONGEST_TEXT), rest.rfind("\n", 0, LONGEST_TEXT) if "\n\n" not in rest else 0)
        at = at if at > 0 else LONGEST_TEXT
        yield TextBlock(text=rest[:at])
        rest = rest[at:].strip()
    if rest:
        yield TextBlock(text=rest)
