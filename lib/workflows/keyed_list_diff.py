"""Compares two lists whose entries have a key: slides of a workflow, questions and branches of a slide. Pure."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lib.workflows.workflow_content import MISSING


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class EntryChange:
    """What happened to one entry of a list.

    `place` counts from 0: in the new list, for a removed entry in the old one. `before` and `after` are MISSING where
    there is no entry.
    """

    key: str
    kind: ChangeKind
    place: int
    before: Any = MISSING
    after: Any = MISSING


def diff_keyed_lists(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[EntryChange, ...]:
    """The changes from one list to the other, with the fewest moves. Both map key to entry, in order."""
    moved = find_moved_keys(tuple(before), tuple(after))
    places = {key: place for place, key in enumerate(after)}
    removed = [
        EntryChange(key=key, kind=ChangeKind.REMOVED, place=place, before=before[key])
        for place, key in enumerate(before)
        if key not in after
    ]
    rest = [
        EntryChange(key=key, kind=kind, place=places[key], before=before.get(key, MISSING), after=entry)
        for key, entry in after.items()
        for kind, applies in (
            (ChangeKind.ADDED, key not in before),
            (ChangeKind.MOVED, key in moved),
            (ChangeKind.CHANGED, key in before and before[key] != entry),
        )
        if applies
    ]
    return (*removed, *rest)


def apply_entry_changes(before: Mapping[str, Any], changes: Sequence[EntryChange]) -> dict[str, Any]:
    """The new list: `diff_keyed_lists` read the other way."""
    entries = dict(before)
    for change in changes:
        if change.kind is ChangeKind.REMOVED:
            del entries[change.key]
        else:
            entries[change.key] = change.after
    placed = {change.key: change.place for change in changes if change.kind in (ChangeKind.ADDED, ChangeKind.MOVED)}
    order = [key for key in before if key in entries and key not in placed]
    for key in sorted(placed, key=lambda key: placed[key]):
        order.insert(placed[key], key)
    return {key: entries[key] for key in order}


def find_moved_keys(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """The fewest keys to move to get from one order to the other, in the new order; keys of one alone do not count."""
    old_places = {key: place for place, key in enumerate(before)}
    shared = [key for key in after if key in old_places]
    staying = _find_longest_rising_subsequence([old_places[key] for key in shared])
    return tuple(key for key in shared if old_places[key] not in staying)


def _find_longest_rising_subsequence(places: Sequence[int]) -> set[int]:
    ends: list[int] = []
    chains: list[tuple[int, ...]] = []
    for place in places:
        length = bisect_left(ends, place)
        chain = (*(chains[length - 1] if length else ()), place)
        ends[length : length + 1] = [place]
        chains[length : length + 1] = [chain]
    return set(chains[-1]) if chains else set()
