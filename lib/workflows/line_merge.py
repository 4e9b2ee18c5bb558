"""Three-way merge of lists of lines. Pure (docs/decisions/0042-three-way-merge.md)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from lib.text.word_diff import takes_long_to_compare


@dataclass(frozen=True, kw_only=True)
class MergedLines:
    """The merged lines; where both sides changed the same ones, ours and then theirs."""

    lines: tuple[Any, ...]
    has_conflict: bool


def merge_lines(base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> MergedLines:
    """Take the lines that one side changed; what both changed differently is a conflict.

    Changes to lines next to each other are changes to the same lines, as in Git. Lists that take long to compare are
    merged as a whole.
    """
    merged: list[Any] = []
    has_conflict = False
    at = (0, 0, 0)
    for block in (*_find_common_blocks(base, ours, theirs), None):
        starts = block.starts if block else (len(base), len(ours), len(theirs))
        old, mine, other = base[at[0] : starts[0]], ours[at[1] : starts[1]], theirs[at[2] : starts[2]]
        if mine in (old, other):
            merged += other
        elif other == old:
            merged += mine
        else:
            merged += [*mine, *other]
            has_conflict = True
        if block:
            merged += base[starts[0] : starts[0] + block.length]
            at = (starts[0] + block.length, starts[1] + block.length, starts[2] + block.length)
    return MergedLines(lines=tuple(merged), has_conflict=has_conflict)


@dataclass(frozen=True, kw_only=True)
class _CommonBlock:
    """Lines that all three lists have; `starts` are its places in base, ours and theirs."""

    starts: tuple[int, int, int]
    length: int


def _find_common_blocks(base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[_CommonBlock]:
    if any(takes_long_to_compare(base, side) for side in (ours, theirs)):
        return
    blocks = [SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks() for side in (ours, theirs)]
    for mine in blocks[0]:
        for other in blocks[1]:
            start, end = max(mine.a, other.a), min(mine.a + mine.size, other.a + other.size)
            if start < end:
                starts = (start, mine.b + start - mine.a, other.b + start - other.a)
                yield _CommonBlock(starts=starts, length=end - start)
