"""Own questions in texts and conditions, by their label instead of by their key. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.text.truncate import single_line
from lib.workflows.workflow_diff import BranchChange, ConditionChange, SlideFieldChange, WorkflowChange, WorkflowDiff
from lib.workflows.workflow_merge import MergeChange

_PLACEHOLDER = re.compile(r"\{\{-?\s*answer\.(own_[a-z0-9_]+)[^{}]*\}\}")
MAX_LABEL_LENGTH = 80


def list_question_labels(*contents: Mapping[str, Any]) -> dict[str, str]:
    """The label of every own question by key, as the last content that asks it has it."""
    return {
        str(question["key"]): single_line(str(question["label"]), max_length=MAX_LABEL_LENGTH)
        for content in contents
        for context in content["slide_contexts"].values()
        for question in _list_questions(context)
        if question.get("key") and question.get("label")
    }


def name_questions_of_diff(diff: WorkflowDiff, labels: Mapping[str, str]) -> WorkflowDiff:
    """The diff for reading: its texts and conditions name own questions."""
    return WorkflowDiff(changes=tuple(_name_questions_of_change(each, labels) for each in diff.changes))


def name_questions_of_merge(change: MergeChange, labels: Mapping[str, str]) -> MergeChange:
    """The change for reading: what each side has, with own questions by label."""
    return replace(change, **{side: _name(getattr(change, side), labels) for side in ("base", "ours", "theirs")})


def _name_questions_of_change(change: WorkflowChange, labels: Mapping[str, str]) -> WorkflowChange:
    match change:
        case SlideFieldChange() | ConditionChange():
            return replace(change, before=_name(change.before, labels), after=_name(change.after, labels))
        case BranchChange(entry=entry):
            named = replace(entry, before=_name(entry.before, labels), after=_name(entry.after, labels))
            return replace(change, entry=named)
        case _:
            return change


def _name(value: Any, labels: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: f"[{labels[found[1]]}]" if found[1] in labels else found[0], value)
    if isinstance(value, Mapping):
        named = {key: _name(each, labels) for key, each in value.items()}
        return named | {"key": labels.get(str(value["key"]), value["key"])} if value.get("slide") else named
    return [_name(each, labels) for each in value] if isinstance(value, list) else value


def _list_questions(context: Any) -> list[Mapping[str, Any]]:
    """The own questions in a slide's raw context; none where it has something else there."""
    listed = context.get("questions") if isinstance(context, Mapping) else None
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list | tuple) else []
