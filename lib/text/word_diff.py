"""Compares two texts word by word."""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MAX_WORDS = 3000
"""Of a changed passage; a longer one is shown as removed and added, because comparing takes time with the square."""

MAX_EQUAL_PAIRS = 50_000
"""Of lines that are alike: a thousand blank ones on both sides are a million pairs, and each takes time."""

LEAST_ALIKE = 0.5
"""The share of words that a passage must keep to be compared word by word; one written anew reads better as a whole."""

# A placeholder and a condition of a template are one word each.
_WORD = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\w+|[^\w\s]|\s+")


class WordChange(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True)
class WordRun:
    """Words next to each other that stayed, went or came."""

    change: WordChange
    text: str


def diff_words(before: str, after: str) -> tuple[WordRun, ...]:
    """The words of both texts in order: same and removed ones are `before`, same and added ones are `after`."""
    runs: list[WordRun] = []
    for change, text in _diff_lines(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        if text and runs and runs[-1].change is change:
            runs[-1] = WordRun(change=change, text=runs[-1].text + text)
        elif text:
            runs.append(WordRun(change=change, text=text))
    return tuple(runs)


def takes_long_to_compare(before: Sequence[Hashable], after: Sequence[Hashable]) -> bool:
    """True for lists with so many equal entries that finding what both have would hold up everybody else."""
    counts = Counter(after)
    return sum(count * counts[entry] for entry, count in Counter(before).items()) > MAX_EQUAL_PAIRS


def _diff_lines(before: list[str], after: list[str]) -> Iterator[tuple[WordChange, str]]:
    """Lines first: a word that also stands in another paragraph is not taken for that one."""
    if before == after:
        yield WordChange.SAME, "".join(before)
        return
    if takes_long_to_compare(before, after):
        yield from _diff_passage(_WORD.findall("".join(before)), _WORD.findall("".join(after)))
        return
    for tag, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = "".join(before[i:i_end]), "".join(after[j:j_end])
        if tag == "equal":
            yield WordChange.SAME, old
        else:
            yield from _diff_passage(_WORD.findall(old), _WORD.findall(new))


def _diff_passage(before: list[str], after: list[str]) -> Iterator[tuple[WordChange, str]]:
    if max(len(before), len(after)) > MAX_WORDS or _reads_better_as_whole(before, after):
        yield WordChange.REMOVED, "".join(before)
        yield WordChange.ADDED, "".join(after)
        return
    removed = added = ""
    for tag, i, i_end, j, j_end in SequenceMatcher(None, before, after).get_opcodes():
        old, new = "".join(before[i:i_end]), "".join(after[j:j_end])
        # A blank between two words that differ belongs to both: "the old" to "a new" is one change.
        if tag == "equal" and not ((removed or added) and old == " "):
            yield WordChange.REMOVED, removed
            yield WordChange.ADDED, added
            yield WordChange.SAME, old
            removed = added = ""
        else:
            removed, added = removed + old, added + new
    yield WordChange.REMOVED, removed
    yield WordChange.ADDED, added


def _reads_better_as_whole(before: list[str], after: list[str]) -> bool:
    """True for passages with few words in common, unless all that differs is in one place."""
    old, new = ([word for word in words if not word.isspace()] for words in (before, after))
    matcher = SequenceMatcher(None, old, new)
    changes = sum(tag != "equal" for tag, *_ in matcher.get_opcodes())
    return changes > 1 and matcher.ratio() < LEAST_ALIKE
