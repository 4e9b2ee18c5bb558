"""What both sides of a merge did at one place, as HTML. Pure."""

from collections.abc import Mapping
from typing import Any

from lib.text.html import Html
from lib.ui.workflow_diff.diff_html import build_replacement_html, build_word_diff_html
from lib.ui.workflow_diff.field_labels_and_values import LIBRARY_DEFAULT, format_field_label, format_field_value
from lib.workflows.workflow_content import MISSING
from lib.workflows.workflow_merge import MergeChange

_SIDE = Html('<p class="zen-small zen-muted">{}</p><p class="zen-diff" dir="auto">{}</p>')


def build_merge_change_html(change: MergeChange, *, ours: str, theirs: str, titles: Mapping[str, str]) -> Html:
    """The name of the field, then what each side made of it, word by word; a side that left it alone is not shown."""
    label = format_field_label(_find_label_key(change))
    sides = [
        _SIDE.format(name, _build_merge_side_html(change, value, titles))
        for name, value in ((theirs, change.theirs), (ours, change.ours))
        if value != change.base
    ]
    return Html("<p><strong>{}</strong></p>{}").format(label, Html("").join(sides))


def format_merge_value(change: MergeChange, value: Any, titles: Mapping[str, str]) -> str:
    """A side's value as text: a whole slide as its fields, an order as titles."""
    if value is MISSING:
        return "" if change.key == "slide" or _is_list_entry(change) else LIBRARY_DEFAULT
    if isinstance(value, tuple):
        return "\n".join(titles.get(str(key), str(key)) for key in value)
    if isinstance(value, Mapping) and (change.key == "slide" or _is_list_entry(change)):
        return "\n".join(_list_field_lines(value)) or "Without texts of its own"
    return format_field_value(change.key, value)


def _build_merge_side_html(change: MergeChange, value: Any, titles: Mapping[str, str]) -> Html:
    if value is MISSING and (change.key == "slide" or _is_list_entry(change)):
        return Html("<strong>Removed</strong>")
    before, after = (format_merge_value(change, each, titles) for each in (change.base, value))
    is_whole = MISSING in (change.base, value)
    return build_replacement_html(before, after) if is_whole else build_word_diff_html(before, after)


def _list_field_lines(value: Mapping[str, Any]) -> list[str]:
    entries = {name: each for name, each in value.items() if isinstance(each, Mapping)}
    plain = [
        f"{format_field_label(name)}: {format_field_value(name, each)}"
        for name, each in value.items()
        if name not in entries
    ]
    nested = [
        f"{format_field_label(name)}: {', '.join(str(entry.get('label') or key) for key, entry in each.items())}"
        for name, each in entries.items()
        if all(isinstance(entry, Mapping) for entry in each.values())
    ]
    return [*plain, *nested]


def _is_list_entry(change: MergeChange) -> bool:
    """True for a whole question or branch."""
    return len(change.path) == 4


def _find_label_key(change: MergeChange) -> str:
    """Of an entry its label stands for its key."""
    values = [value for value in (change.theirs, change.ours, change.base) if isinstance(value, Mapping)]
    if _is_list_entry(change) and values:
        return f"{change.path[2]}.{values[0].get('label') or change.path[3]}"
    return change.key
