"""Collects an answer while it is written: text, figures and citations, then the blocks to store."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

from lib.content.block_json import Block
from lib.content.model import (
    MAX_TEXT_LENGTH,
    MAX_UNKNOWN_CLAIMS,
    Chart,
    Citation,
    ClaimKind,
    Code,
    Table,
    Text,
    UnknownClaim,
)
from lib.text.truncate import strip_invisible

MAX_BLOCKS = 100
"""The limit of `finish_chat_turn`."""

_PARSER = MarkdownIt("commonmark", {"html": False})
# Code keeps its brackets ("rows[0]"), and so does a link ("[1](…)").
_CITATION = re.compile(
    r"(?P<code>`[^`\n]*`)|(?P<blank> ?)[\[【]\s*(?P<numbers>S?\d{1,3}(?:\s*[,;]\s*S?\d{1,3})*)\s*[\]】](?![(:])"
)
_NUMBER = re.compile(r"\d+")


class Transcript:
    def __init__(self) -> None:
        self._parts: list[list[str] | Block] = []
        self._sources: dict[int, Citation] = {}

    def add_text(self, text: str) -> None:
        if not self._parts or not isinstance(self._parts[-1], list):
            self._parts.append([])
        part = self._parts[-1]
        assert isinstance(part, list)
        part.append(text)

    def withdraw_text(self, length: int) -> None:
        """Take back the last `length` characters of the text at the end."""
        part = self._parts[-1] if self._parts else None
        if isinstance(part, list) and length > 0:
            part[:] = ["".join(part)[:-length]]

    def add_block(self, block: Block) -> None:
        self._parts.append(block)

    def add_citation(self, citation: Citation) -> None:
        """Add a source that the text may cite by number."""
        self._sources[citation.number] = citation

    def to_blocks(self) -> tuple[Block, ...]:
        """The answer's blocks, at least one: an empty answer is an empty text."""
        made = tuple(self._build_answer_blocks(split=True))
        if len(made) > MAX_BLOCKS:
            made = tuple(self._build_answer_blocks(split=False))[:MAX_BLOCKS]
        return made or (Text(markdown=""),)

    def _build_answer_blocks(self, *, split: bool) -> Iterator[Block]:
        """Text first, then figures: a tool shows its figures before the model writes about them."""
        for part in sorted(self._parts, key=lambda part: isinstance(part, Table | Chart)):
            if not isinstance(part, list):
                yield part
                continue
            for block in split_code_blocks("".join(part)) if split else _split_long_text("".join(part)):
                yield self._with_citations(block) if isinstance(block, Text) else block

    def _with_citations(self, block: Text) -> Text:
        """The text with its sources. A number that no source has is taken out: it would read as one."""
        numbers = dict.fromkeys(
            number for found in _CITATION.finditer(block.markdown) for number in _parse_source_numbers(found)
        )
        cited = [self._sources[number] for number in numbers if number in self._sources]
        invented = [f"[{number}]" for number in numbers if number not in self._sources]
        claims = tuple(UnknownClaim(kind=ClaimKind.SOURCE, said=said) for said in invented[:MAX_UNKNOWN_CLAIMS])
        markdown = _CITATION.sub(self._keep_known_sources, block.markdown)
        return Text(markdown=markdown, citations=tuple(cited[:60]), unknown_claims=claims)

    def _keep_known_sources(self, found: re.Match[str]) -> str:
        """A citation as "[1][3]", without the numbers that no source has."""
        if found["code"]:
            return found[0]
        known = [f"[{number}]" for number in _parse_source_numbers(found) if number in self._sources]
        return found["blank"] + "".join(known) if known else ""


def _parse_source_numbers(found: re.Match[str]) -> list[int]:
    return [] if found["code"] else [int(number) for number in _NUMBER.findall(found["numbers"])]


def split_code_blocks(text: str) -> Iterator[Block]:
    """Split fenced code from text."""
    told = strip_invisible(text)
    lines = told.split("\n")
    done = 0
    for token in _PARSER.parse(told):
        if token.type == "fence" and token.level == 0 and token.map:
            start, end = token.map
            yield from _split_long_text("\n".join(lines[done:start]))
            language = token.info.strip().split(" ")[0].lower()[:40] or "text"
            yield Code(language=language, code=token.content[:MAX_TEXT_LENGTH])
            done = end
    yield from _split_long_text("\n".join(lines[done:]))


def _split_long_text(text: str) -> Iterator[Text]:
    """Split text at the maximum length, between paragraphs where possible."""
    rest = text.strip()
    while len(rest) > MAX_TEXT_LENGTH:
        at = max(
            rest.rfind("\n\n", 0, MAX_TEXT_LENGTH), rest.rfind("\n", 0, MAX_TEXT_LENGTH) if "\n\n" not in rest else 0
        )
        at = at if at > 0 else MAX_TEXT_LENGTH
        yield Text(markdown=rest[:at])
        rest = rest[at:].strip()
    if rest:
        yield Text(markdown=rest)
