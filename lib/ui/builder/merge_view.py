"""Deciding a merge slide by slide: take what the others changed, keep one's own, or write another text."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import streamlit as st

from lib.text.format import format_count
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import workflow_merge_key
from lib.ui.workflow_diff.branch_references import (
    ActionNames,
    LoadActionNames,
    is_about_action,
    name_actions_of_merge,
)
from lib.ui.workflow_diff.field_labels_and_values import list_slide_titles
from lib.ui.workflow_diff.merge_html import build_merge_change_html
from lib.ui.workflow_diff.question_references import list_question_labels, name_questions_of_merge
from lib.workflows.mergeable_content import build_mergeable_content, find_value_at_path
from lib.workflows.workflow_content import MISSING
from lib.workflows.workflow_merge import MergeChange, MergeConflict, MergeResult, resolve_merge_conflict

WORKFLOW_HEADING = "Workflow"
EDITABLE_TEXTS = frozenset(
    {"name", "description", "title", "lead", "question", "subject", "body", "label", "response_text", "prompt"}
)


class MergeChoice(StrEnum):
    """`TAKE` is what was merged: theirs, or both where they changed different lines."""

    TAKE = "take"
    KEEP = "keep"
    WRITE = "write"


def draw_workflow_merge(
    merge: MergeResult,
    *,
    key: str,
    load_actions: LoadActionNames,
    ours: str = "You changed",
    theirs: str = "Stock changed",
    keep: str = "Keep ours",
    take: str = "Take stock's",
) -> MergeResult:
    """Draw every change of theirs under its slide, conflicts among them, each with a choice; return what they come to.

    A conflict nobody decided stays in the result's `conflicts`; a change that was merged is taken unless somebody says
    otherwise. `key` names this merge among the widgets; `load_actions` names the actions of branches; `ours`, `theirs`,
    `keep` and `take` are words on screen.
    """
    titles = list_slide_titles(merge.ours, merge.theirs)
    questions = list_question_labels(merge.ours, merge.theirs)
    decided, actions = merge, _load_actions_of_merge(merge, load_actions)
    for address, changes in _group_changes_by_slide(merge).items():
        with st.container(border=True, gap="small"):
            draw_html(Html("<h4>{}</h4>").format(titles.get(address, address) or WORKFLOW_HEADING))
            for change in changes:
                named = name_questions_of_merge(name_actions_of_merge(change, actions), questions)
                draw_html(build_merge_change_html(named, ours=ours, theirs=theirs, titles=titles))
                decided = _draw_merge_choice(merge, decided, change, key=key, keep=keep, take=take)
    if decided.conflicts:
        count = format_count(len(decided.conflicts), "conflict")
        st.caption(f":material/error: {count} to decide: both sides changed the same place.")
    return decided


def _load_actions_of_merge(merge: MergeResult, load_actions: LoadActionNames) -> ActionNames:
    return load_actions() if any(map(is_about_action, (*merge.conflicts, *merge.changes))) else {}


def _group_changes_by_slide(merge: MergeResult) -> Mapping[str, list[MergeChange]]:
    """The workflow's own changes first, then the slides in the order of the merged workflow, then removed ones."""
    changes: list[MergeChange] = [*merge.conflicts, *merge.changes]
    order = ["", *merge.content["slide_sequence"]]
    rest = [each.address for each in changes if each.address not in order]
    grouped = {address: [each for each in changes if each.address == address] for address in [*order, *rest]}
    return {address: found for address, found in grouped.items() if found}


def _draw_merge_choice(
    merge: MergeResult, decided: MergeResult, change: MergeChange, *, key: str, keep: str, take: str
) -> MergeResult:
    is_conflict = isinstance(change, MergeConflict)
    is_merged_text = not is_conflict and change.ours != change.base
    labels = {MergeChoice.TAKE: "Take both" if is_merged_text else take, MergeChoice.KEEP: keep}
    if change.path[-1] in EDITABLE_TEXTS and isinstance(change.theirs, str):
        labels[MergeChoice.WRITE] = "Write my own"
    choice = st.segmented_control(
        f"What becomes of {escape_markdown(change.key)}",
        list(labels),
        default=None if is_conflict else MergeChoice.TAKE,
        format_func=lambda each: labels[each],
        key=workflow_merge_key(key, change.path, "choice"),
        label_visibility="collapsed",
    )
    match choice:
        case MergeChoice.KEEP:
            return resolve_merge_conflict(decided, change, change.ours)
        case MergeChoice.TAKE if is_conflict:
            return resolve_merge_conflict(decided, change, change.theirs)
        case MergeChoice.WRITE:
            return resolve_merge_conflict(decided, change, _draw_own_text_field(merge, change, key=key))
    return decided


def _draw_own_text_field(merge: MergeResult, change: MergeChange, *, key: str) -> str:
    field = workflow_merge_key(key, change.path, "text")
    if field not in st.session_state:
        st.session_state[field] = _suggest_merged_text(merge, change)
    return str(st.text_area("Your text", key=field, height="content"))


def _suggest_merged_text(merge: MergeResult, change: MergeChange) -> Any:
    """The lines of both sides of a conflict, else the merged text."""
    if isinstance(change, MergeConflict):
        return change.ours if change.suggestion is MISSING else change.suggestion
    merged = find_value_at_path(build_mergeable_content(merge.content), change.path)
    return change.theirs if merged is MISSING else merged
