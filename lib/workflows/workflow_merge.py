"""Three-way merge of workflow contents. Pure.

Both sides began with `base`: a stock workflow that moved on and the company's copy of it, or two drafts of one version.
What only one side changed is taken, by slide address and key, long texts line by line. What both changed differently is
a conflict: the content has ours until somebody decides (docs/decisions/0042-three-way-merge.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lib.workflows.keyed_list_merge import merge_key_order, order_keys_like
from lib.workflows.line_merge import MergedLines, merge_lines
from lib.workflows.mergeable_content import (
    SLIDES,
    KeyedEntries,
    MergePath,
    build_mergeable_content,
    build_workflow_content,
    find_value_at_path,
)
from lib.workflows.workflow_content import MISSING
from lib.workflows.workflow_diff import LIST_KEYS


@dataclass(frozen=True, kw_only=True)
class MergeChange:
    """What theirs changed at one place. Values are MISSING where there is none.

    At the path of a list (slides, questions, branches) the values are tuples of its keys: their order. At the path of
    a slide they are the whole slide, with its branches under `branches`.
    """

    path: MergePath
    base: Any
    ours: Any
    theirs: Any

    @property
    def address(self) -> str:
        """The slide it is about; empty for the workflow."""
        return self.path[1] if len(self.path) > 1 else ""

    @property
    def key(self) -> str:
        """ "lead", "branches.snooze.label"; "slide" for a whole slide, "slides" for their order."""
        return ".".join(self.path[2:]) or ("slide" if self.address else self.path[0])


@dataclass(frozen=True, kw_only=True)
class MergeConflict(MergeChange):
    """What both sides changed, each in another way. `suggestion` is a text with the lines of both, or MISSING."""

    suggestion: Any = MISSING


@dataclass(frozen=True, kw_only=True)
class MergeResult:
    """The merged content, the conflicts still open, and the changes of theirs that were taken."""

    content: dict[str, Any]
    conflicts: tuple[MergeConflict, ...]
    changes: tuple[MergeChange, ...]
    ours: Mapping[str, Any]
    theirs: Mapping[str, Any]


def merge_workflow_contents(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> MergeResult:
    """Merge contents of `extract_workflow_content`. Contexts of slides that are not shown are left out."""
    merger = _Merger()
    sides = [build_mergeable_content(content) for content in (base, ours, theirs)]
    merged = merger.merge_fields((), *sides)
    return MergeResult(
        content=build_workflow_content(merged),
        conflicts=tuple(merger.conflicts),
        changes=tuple(merger.changes),
        ours=ours,
        theirs=theirs,
    )


def resolve_merge_conflict(merge: MergeResult, change: MergeChange, value: Any) -> MergeResult:
    """Decide a conflict, or a change that was taken: with its `ours`, its `theirs`, or a text of one's own."""
    mergeable = build_mergeable_content(merge.content)
    parent = find_value_at_path(mergeable, change.path[:-1])
    if isinstance(parent, dict):  # None of it matters on a slide that was decided away.
        _set_value_at_path(merge, parent, change.path, value)
    return replace(
        merge,
        content=build_workflow_content(mergeable),
        conflicts=tuple(each for each in merge.conflicts if each.path != change.path),
    )


def _set_value_at_path(merge: MergeResult, parent: dict[str, Any], path: MergePath, value: Any) -> None:
    name, now = path[-1], parent.get(path[-1], MISSING)
    if value is MISSING:
        parent.pop(name, None)
    elif isinstance(now, KeyedEntries) and isinstance(value, tuple):
        parent[name] = KeyedEntries({key: now[key] for key in order_keys_like(now, value, tuple(now))})
    else:
        parent[name] = value
        if isinstance(parent, KeyedEntries) and now is MISSING:
            _restore_entry_order(merge, parent, path)


def _restore_entry_order(merge: MergeResult, entries: KeyedEntries, path: MergePath) -> None:
    """Move the entry that was just added behind the one it follows in ours, or in theirs."""
    name, others = path[-1], [key for key in entries if key != path[-1]]
    for content in (merge.ours, merge.theirs):
        side = find_value_at_path(build_mergeable_content(content), path[:-1])
        if isinstance(side, KeyedEntries) and name in side:
            ordered = {key: entries[key] for key in order_keys_like(entries, others, tuple(side))}
            entries.clear()
            entries.update(ordered)
            return


@dataclass(kw_only=True)
class _Merger:
    """Walks the three contents and collects what it finds."""

    conflicts: list[MergeConflict] = field(default_factory=list)
    changes: list[MergeChange] = field(default_factory=list)

    def merge_fields(
        self, path: MergePath, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> dict[str, Any]:
        merged = {
            name: self._merge_content_value((*path, name), *(side.get(name, MISSING) for side in (base, ours, theirs)))
            for name in dict.fromkeys((*ours, *theirs))
        }
        found = {name: value for name, value in merged.items() if value is not MISSING}
        if isinstance(ours, KeyedEntries):
            return KeyedEntries({key: found[key] for key in self._merge_order(path, base, ours, theirs, found)})
        return found

    def _merge_content_value(self, path: MergePath, base: Any, ours: Any, theirs: Any) -> Any:
        if theirs == base or ours == theirs:
            return ours
        if _has_fields_to_merge(path, base, ours, theirs):
            return self.merge_fields(path, {} if base is MISSING else base, ours, theirs)
        change = {"path": path, "base": base, "ours": ours, "theirs": theirs}
        if ours == base:
            self.changes.append(MergeChange(**change))
            return theirs
        lines = _merge_text_lines(base, ours, theirs)
        text = _join_merged_lines(lines, ours) if lines else MISSING
        if lines is None or lines.has_conflict:
            self.conflicts.append(MergeConflict(**change, suggestion=text))
            return ours
        self.changes.append(MergeChange(**change))
        return text

    def _merge_order(
        self,
        path: MergePath,
        base: Mapping[str, Any],
        ours: Mapping[str, Any],
        theirs: Mapping[str, Any],
        keys: Mapping[str, Any],
    ) -> tuple[str, ...]:
        orders = {"base": tuple(base), "ours": tuple(ours), "theirs": tuple(theirs)}
        order = merge_key_order(orders["base"], orders["ours"], orders["theirs"], keys)
        if order.has_conflict:
            self.conflicts.append(MergeConflict(path=path, **orders))
        elif order.has_their_moves:
            self.changes.append(MergeChange(path=path, **orders))
        return order.keys


def _has_fields_to_merge(path: MergePath, base: Any, ours: Any, theirs: Any) -> bool:
    """True for slides, a slide, its form, its questions and branches, and one of these. Another object is one value."""
    is_in_slide = len(path) in (3, 4) and path[2] in LIST_KEYS
    has_fields = path in ((SLIDES,), (*path[:2], "form")) or len(path) == 2 or is_in_slide
    is_object = all(isinstance(side, dict) for side in (ours, theirs)) and (base is MISSING or isinstance(base, dict))
    return has_fields and is_object


def _merge_text_lines(base: Any, ours: Any, theirs: Any) -> MergedLines | None:
    """None for what is neither a text nor a list of texts on both sides."""
    if all(isinstance(side, str) for side in (ours, theirs)):
        return merge_lines(*(side.split("\n") if isinstance(side, str) else [] for side in (base, ours, theirs)))
    if all(isinstance(side, list) for side in (ours, theirs)):
        return merge_lines(*(side if isinstance(side, list) else [] for side in (base, ours, theirs)))
    return None


def _join_merged_lines(merged: MergedLines, like: Any) -> Any:
    return "\n".join(merged.lines) if isinstance(like, str) else list(merged.lines)
