"""A workflow's content as nested objects in which every value has a path, for merging. Pure."""

from collections.abc import Mapping
from typing import Any, cast

from lib.workflows.workflow_content import MISSING, RULE_FIELDS, TEXT_FIELDS, normalize_workflow_content
from lib.workflows.workflow_diff import LIST_KEYS, read_keyed_list

SLIDES = "slides"
MergePath = tuple[str, ...]
"""`("name",)`, `("slides", address, "lead")`, `("slides", address, "branches", "snooze", "label")`."""


class KeyedEntries(dict[str, Any]):
    """Entries of a list by their key, in the list's order: slides, questions, branches. In another order it differs."""

    def __eq__(self, other: object) -> bool:
        return dict.__eq__(self, other) is True and list(self) == list(cast(KeyedEntries, other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


def build_mergeable_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its slides in order under `slides`; contexts of slides it does not show are left out."""
    source = normalize_workflow_content(content)
    mergeable = {field: source[field] for field in (*TEXT_FIELDS, *RULE_FIELDS) if field in source}
    slides = KeyedEntries()
    for address in source["slide_sequence"]:
        slide = dict(source["slide_contexts"].get(address, {}))
        if address in source["chat_branches"]:
            slide["branches"] = source["chat_branches"][address]
        for name in LIST_KEYS.keys() & slide.keys():
            entries = read_keyed_list(name, slide[name])
            slide[name] = slide[name] if entries is None else KeyedEntries(entries)
        slides[address] = slide
    return mergeable | {SLIDES: slides}


def build_workflow_content(mergeable: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a workflow from its mergeable content: the inverse of `build_mergeable_content`."""
    slides = {
        address: {
            key: list(value.values()) if isinstance(value, KeyedEntries) else value for key, value in slide.items()
        }
        for address, slide in mergeable[SLIDES].items()
    }
    return normalize_workflow_content(
        {
            **{field: value for field, value in mergeable.items() if field != SLIDES},
            "slide_sequence": list(slides),
            "slide_contexts": {a: {k: v for k, v in slide.items() if k != "branches"} for a, slide in slides.items()},
            "chat_branches": {a: slide["branches"] for a, slide in slides.items() if "branches" in slide},
        }
    )


def find_value_at_path(mergeable: Mapping[str, Any], path: MergePath) -> Any:
    """The value at a path; MISSING where there is none."""
    value: Any = mergeable
    for part in path:
        value = value.get(part, MISSING) if isinstance(value, Mapping) else MISSING
    return value
