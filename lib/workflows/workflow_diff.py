"""Compares two contents of a workflow by slide address. Pure.

Contents are those of `extract_workflow_content`: of a version, a draft or a definition. A diff holds everything that
`apply_workflow_diff` needs to make the second content from the first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from lib.workflows.keyed_list_diff import ChangeKind, EntryChange, apply_entry_changes, diff_keyed_lists
from lib.workflows.workflow_content import (
    MISSING,
    RULE_FIELDS,
    TEXT_FIELDS,
    list_workflow_addresses,
    normalize_workflow_content,
)

LIST_KEYS = {"questions": "key", "branches": "branch_key"}
"""The lists of a slide, and the field of their entries that tells one from another."""


@dataclass(frozen=True, kw_only=True)
class PropertyChange:
    """Another name, description or category of the workflow."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """Another rule for suggesting the workflow, or for beginning it; MISSING where there is none."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class SlideChange:
    """A slide added, removed or moved; places count from 0, a removed slide's in the old sequence."""

    address: str
    kind: ChangeKind
    place: int


@dataclass(frozen=True, kw_only=True)
class SlideFieldChange:
    """A text or an option of a slide; MISSING where the workflow leaves the library's."""

    address: str
    key: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class ConditionChange:
    """Another condition under which a slide is shown; MISSING where it is always shown."""

    address: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class QuestionChange:
    """A question of one's own on a slide, added, removed, moved or changed."""

    address: str
    entry: EntryChange


@dataclass(frozen=True, kw_only=True)
class BranchChange:
    """A chat branch of a slide, added, removed, moved or changed."""

    address: str
    entry: EntryChange


ContentChange = SlideFieldChange | ConditionChange | QuestionChange | BranchChange
"""What changed within a slide."""
WorkflowChange = PropertyChange | RuleChange | SlideChange | ContentChange


@dataclass(frozen=True, kw_only=True)
class WorkflowDiff:
    """Every change from one content to another: of the workflow, of its sequence, then slide by slide."""

    changes: tuple[WorkflowChange, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def list_addresses(self, kind: ChangeKind) -> tuple[str, ...]:
        """The slides that were added, removed or moved; for CHANGED those whose content differs and that stay."""
        if kind is not ChangeKind.CHANGED:
            return tuple(each.address for each in self._list_slide_changes() if each.kind is kind)
        come_or_go = {each.address for each in self._list_slide_changes() if each.kind is not ChangeKind.MOVED}
        changed = dict.fromkeys(each.address for each in self.content_changes)
        return tuple(address for address in changed if address not in come_or_go)

    @property
    def content_changes(self) -> tuple[ContentChange, ...]:
        """What changed within slides, slide by slide."""
        return tuple(each for each in self.changes if isinstance(each, ContentChange))

    @property
    def changed_slides(self) -> tuple[str, ...]:
        """The slides that anything happened to, in the order of the changes."""
        return tuple(
            dict.fromkeys(each.address for each in self.changes if not isinstance(each, PropertyChange | RuleChange))
        )

    def _list_slide_changes(self) -> Iterator[SlideChange]:
        return (each for each in self.changes if isinstance(each, SlideChange))


def diff_workflow_contents(before: Mapping[str, Any], after: Mapping[str, Any]) -> WorkflowDiff:
    """The changes from one content to another; none for contents that say the same. Addresses must be unique."""
    old, new = normalize_workflow_content(before), normalize_workflow_content(after)
    return WorkflowDiff(
        changes=(
            *_diff_property_fields(PropertyChange, TEXT_FIELDS, old, new),
            *_diff_property_fields(RuleChange, RULE_FIELDS, old, new),
            *_diff_sequences(old["slide_sequence"], new["slide_sequence"]),
            *(
                change
                for address in list_workflow_addresses(old, new)
                for change in _diff_slides(
                    address, _read_slide_with_branches(old, address), _read_slide_with_branches(new, address)
                )
            ),
        )
    )


def _diff_property_fields(
    kind: type[PropertyChange] | type[RuleChange], fields: Sequence[str], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[WorkflowChange]:
    for field in fields:
        before, after = old.get(field, MISSING), new.get(field, MISSING)
        if before != after:
            yield kind(field=field, before=before, after=after)


def _diff_sequences(old: Sequence[str], new: Sequence[str]) -> Iterator[WorkflowChange]:
    for change in diff_keyed_lists(dict.fromkeys(old), dict.fromkeys(new)):
        yield SlideChange(address=change.key, kind=change.kind, place=change.place)


def _read_slide_with_branches(content: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The context of a slide, with its branches under `branches`."""
    slide = dict(content["slide_contexts"].get(address, {}))
    branches = content["chat_branches"].get(address)
    return slide | {"branches": branches} if branches else slide


def _diff_slides(address: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[WorkflowChange]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key, MISSING), new.get(key, MISSING)
        if before == after:
            continue
        lists = [read_keyed_list(key, value) for value in (before, after)]
        if lists[0] is not None and lists[1] is not None:
            kind = QuestionChange if key == "questions" else BranchChange
            yield from (kind(address=address, entry=entry) for entry in diff_keyed_lists(lists[0], lists[1]))
        elif key == "shown_when":
            yield ConditionChange(address=address, before=before, after=after)
        else:
            yield SlideFieldChange(address=address, key=key, before=before, after=after)


def read_keyed_list(key: str, value: Any) -> dict[str, Any] | None:
    """The entries of a slide's questions or branches by their key; None for what is no such list."""
    if key not in LIST_KEYS or value is MISSING:
        return {} if key in LIST_KEYS else None
    if not isinstance(value, list | tuple) or not all(isinstance(entry, Mapping) for entry in value):
        return None
    keys = [entry.get(LIST_KEYS[key]) for entry in value]
    if len(set(map(str, keys))) < len(keys) or not all(isinstance(each, str) for each in keys):
        return None
    return dict(zip(keys, value, strict=True))


def apply_workflow_diff(content: Mapping[str, Any], diff: WorkflowDiff) -> dict[str, Any]:
    """The content after the changes; `content` must be the one they were found from."""
    made = normalize_workflow_content(content)
    slides = {
        address: _read_slide_with_branches(made, address)
        for address in (*list_workflow_addresses(made), *diff.changed_slides)
    }
    sequence: list[EntryChange] = []
    entries: dict[tuple[str, str], list[EntryChange]] = {}
    for change in diff.changes:
        match change:
            case PropertyChange() | RuleChange():
                _set_or_drop_value(made, change.field, change.after)
            case SlideChange():
                sequence.append(EntryChange(key=change.address, kind=change.kind, place=change.place))
            case SlideFieldChange():
                _set_or_drop_value(slides[change.address], change.key, change.after)
            case ConditionChange():
                _set_or_drop_value(slides[change.address], "shown_when", change.after)
            case QuestionChange():
                entries.setdefault((change.address, "questions"), []).append(change.entry)
            case BranchChange():
                entries.setdefault((change.address, "branches"), []).append(change.entry)
            case _:
                assert_never(change)
    for (address, key), changes in entries.items():
        listed = read_keyed_list(key, slides[address].get(key, MISSING)) or {}
        slides[address][key] = list(apply_entry_changes(listed, changes).values())
    made["slide_sequence"] = list(apply_entry_changes(dict.fromkeys(made["slide_sequence"]), sequence))
    return normalize_workflow_content(made | _split_branches_from_contexts(slides))


def _set_or_drop_value(target: dict[str, Any], key: str, value: Any) -> None:
    if value is MISSING:
        target.pop(key, None)
    else:
        target[key] = value


def _split_branches_from_contexts(slides: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    contexts = {a: {key: value for key, value in slide.items() if key != "branches"} for a, slide in slides.items()}
    return {"slide_contexts": contexts, "chat_branches": {a: slide.get("branches", []) for a, slide in slides.items()}}
