"""A diff of two contents of a workflow as HTML. Pure.

What was added or removed is told by its tag, its line and a word for those who hear it, never by its colour alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, assert_never

from lib.text.format import join_names
from lib.text.html import Html, build_icon_html
from lib.text.word_diff import WordChange, diff_words
from lib.ui.workflow_diff.field_labels_and_values import (
    BRANCH_TYPES,
    LIBRARY_DEFAULT,
    format_compared_values,
    format_field_label,
)
from lib.workflows.keyed_list_diff import ChangeKind, EntryChange
from lib.workflows.workflow_content import MISSING
from lib.workflows.workflow_diff import (
    BranchChange,
    ConditionChange,
    PropertyChange,
    QuestionChange,
    RuleChange,
    SlideChange,
    SlideFieldChange,
    WorkflowChange,
    WorkflowDiff,
)

KIND_ICONS = {
    ChangeKind.ADDED: ":material/add:",
    ChangeKind.REMOVED: ":material/remove:",
    ChangeKind.MOVED: ":material/swap_vert:",
    ChangeKind.CHANGED: ":material/edit:",
}
KIND_WORDS = {
    ChangeKind.ADDED: "Added",
    ChangeKind.REMOVED: "Removed",
    ChangeKind.MOVED: "Moved",
    ChangeKind.CHANGED: "Changed",
}
_REMOVED, _ADDED = Html("<del>{}</del>"), Html("<ins>{}</ins>")
_LABELLED = Html('<p class="zen-small zen-muted">{}</p><p class="zen-diff" dir="auto">{}</p>')


def build_workflow_diff_html(diff: WorkflowDiff, titles: Mapping[str, str]) -> Html:
    """What changed in the workflow, which slides came, went and moved, then each slide's changes."""
    if not diff:
        return Html("<p>Both are the same.</p>")
    of_workflow = [each for each in diff.changes if isinstance(each, PropertyChange | RuleChange)]
    head = Html("<h3>Workflow</h3>{}").format(_build_changes_html(of_workflow)) if of_workflow else Html("")
    slides = Html("").join(_build_slide_html(address, diff, titles) for address in _list_changed_slides(diff))
    return Html("{}{}{}").format(head, _build_slide_summary_html(diff, titles), slides)


def build_word_diff_html(before: str, after: str) -> Html:
    """Both texts in one, with what was removed and what was added marked."""
    marks = {WordChange.SAME: Html("{}"), WordChange.REMOVED: _REMOVED, WordChange.ADDED: _ADDED}
    return Html("").join(marks[run.change].format(run.text) for run in diff_words(before, after))


def build_replacement_html(before: str, after: str) -> Html:
    """One text in place of another, as a whole."""
    removed, added = (tag.format(text) if text else "" for tag, text in ((_REMOVED, before), (_ADDED, after)))
    return Html("{}{}").format(removed, added)


def build_labelled_diff_html(label: str, before: str, after: str) -> Html:
    """The name of a text above both of its versions in one."""
    return _LABELLED.format(label, build_word_diff_html(before, after))


def _build_slide_summary_html(diff: WorkflowDiff, titles: Mapping[str, str]) -> Html:
    lines = [
        Html("<li>{}{}: {}.</li>").format(
            build_icon_html(KIND_ICONS[kind]), KIND_WORDS[kind], join_names(f"“{titles.get(a, a)}”" for a in addresses)
        )
        for kind in ChangeKind
        if (addresses := diff.list_addresses(kind))
    ]
    return Html("<h3>Slides</h3><ul>{}</ul>").format(Html("").join(lines)) if lines else Html("")


def _list_changed_slides(diff: WorkflowDiff) -> Iterator[str]:
    """The slides with more to show than that they moved or went."""
    gone = diff.list_addresses(ChangeKind.REMOVED)
    addresses = dict.fromkeys(change.address for change in diff.content_changes)
    return (address for address in addresses if address not in gone)


def _build_slide_html(address: str, diff: WorkflowDiff, titles: Mapping[str, str]) -> Html:
    changes = [each for each in diff.content_changes if each.address == address]
    mark = " (added)" if address in diff.list_addresses(ChangeKind.ADDED) else ""
    return Html("<h4>{}{}</h4>{}").format(titles.get(address, address), mark, _build_changes_html(changes))


def _build_changes_html(changes: Iterable[WorkflowChange]) -> Html:
    return Html("").join(_build_change_html(change) for change in changes)


def _build_change_html(change: WorkflowChange) -> Html:
    match change:
        case PropertyChange() | RuleChange():
            return build_value_change_html(change.field, change.before, change.after)
        case SlideFieldChange():
            return build_value_change_html(change.key, change.before, change.after)
        case ConditionChange():
            return build_value_change_html("shown_when", change.before, change.after)
        case QuestionChange():
            return _build_entry_html("Question", change.entry)
        case BranchChange():
            return _build_entry_html("Chat branch", change.entry)
        case SlideChange():
            return Html("")  # the summary has it
        case _:
            assert_never(change)


def build_value_change_html(key: str, before: Any, after: Any) -> Html:
    """The name of a field above its value before and after, word by word."""
    default = "" if key in ("suggested_when", "begun_when", "shown_when") else LIBRARY_DEFAULT
    texts = [
        default if value is MISSING else text
        for value, text in zip((before, after), format_compared_values(key, before, after), strict=True)
    ]
    if MISSING in (before, after):
        return _LABELLED.format(format_field_label(key), build_replacement_html(*texts))
    return build_labelled_diff_html(format_field_label(key), *texts)


def _build_entry_html(noun: str, entry: EntryChange) -> Html:
    """An entry that came or went as its fields; of one that changed the fields that did."""
    before, after = (value if isinstance(value, Mapping) else {} for value in (entry.before, entry.after))
    name = str((after or before).get("label") or entry.key)
    kind = BRANCH_TYPES.get(str((after or before).get("branch_type")), "")
    head = Html("<p>{}{} {}: “{}”{}</p>").format(
        build_icon_html(KIND_ICONS[entry.kind]),
        noun,
        KIND_WORDS[entry.kind].lower(),
        name,
        f", {kind}" if kind else "",
    )
    if entry.kind is ChangeKind.MOVED:
        return head
    fields = [
        build_labelled_diff_html(format_field_label(key), *texts)
        for key in dict.fromkeys((*before, *after))
        if key not in ("key", "branch_key", "branch_type") or entry.kind is ChangeKind.CHANGED
        for texts in [format_compared_values(key, before.get(key, MISSING), after.get(key, MISSING))]
        if texts[0] != texts[1]
    ]
    return Html('{}<div class="zen-diff-entry">{}</div>').format(head, Html("").join(fields))
