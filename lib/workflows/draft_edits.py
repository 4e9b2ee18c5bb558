"""Changes to the content of a draft while somebody edits it. Pure: each returns another draft."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.errors import InvalidInput
from lib.slides.library import get_slide_of_address
from lib.slides.slide_address import SlideAddress, get_slide_id_of_address, parse_slide_address
from lib.slides.slide_context import SlideContext
from lib.workflows.draft_writes import VERSIONED_FIELDS
from lib.workflows.model import WorkflowDraft
from lib.workflows.slide_condition_references import rename_slide_in_conditions
from lib.workflows.slide_sequence_errors import MAX_SLIDES, SLIDES_USED_ONCE, SLIDES_WITH_LABEL
from lib.workflows.workflow_content import RULE_FIELDS

CONTENT_FIELDS = (*VERSIONED_FIELDS, *RULE_FIELDS)
LABELS = ("second", "third", "fourth", "fifth")
"""Labels of the slides that are added a second time, a third time and so on; then numbers."""


def add_slide(draft: WorkflowDraft, slide_id: str, place: int) -> tuple[WorkflowDraft, str]:
    """Put a slide at `place`, from 0; returns its address too, "" if it may not be added."""
    address = find_free_address(draft, slide_id)
    sequence = draft.slide_sequence
    if not address or len(sequence) >= MAX_SLIDES:
        return draft, ""
    place = max(0, min(place, len(sequence)))
    return replace(draft, slide_sequence=(*sequence[:place], address, *sequence[place:])), address


def duplicate_slide(draft: WorkflowDraft, address: str) -> tuple[WorkflowDraft, str]:
    """A second slide after this one, with the same texts and branches; returns its address too, as `add_slide`."""
    place = draft.slide_sequence.index(address) + 1
    added, copy = add_slide(draft, get_slide_id_of_address(address), place)
    if not copy:
        return draft, ""
    contexts, branches = (
        {**of_slides, copy: of_slides[address]} if address in of_slides else of_slides
        for of_slides in (draft.slide_contexts, draft.chat_branches)
    )
    return replace(added, slide_contexts=contexts, chat_branches=branches), copy


def find_free_address(draft: WorkflowDraft, slide_id: str) -> str:
    """The address a slide would get; "" for a slide that a workflow has once."""
    used = {get_slide_id_of_address(each) for each in draft.slide_sequence}
    if slide_id not in used:
        return f"{slide_id}:first" if slide_id in SLIDES_WITH_LABEL else slide_id
    if slide_id in SLIDES_USED_ONCE:
        return ""
    labels = (*LABELS, *map(str, range(len(LABELS) + 2, MAX_SLIDES + 2)))
    addresses = (str(SlideAddress(slide_id, label)) for label in labels)
    return next(address for address in addresses if address not in draft.slide_sequence)


def relabel_slide(draft: WorkflowDraft, address: str, label: str) -> tuple[WorkflowDraft, str]:
    """Give a slide another label; its texts, branches and conditions go along. Raises InvalidInput for a bad label."""
    renamed = str(parse_slide_address(f"{get_slide_id_of_address(address)}:{label}"))
    if renamed == address:
        return draft, address
    if renamed in draft.slide_sequence:
        raise InvalidInput(f"Another slide has the label “{label}” already.")
    sequence = tuple(renamed if each == address else each for each in draft.slide_sequence)
    contexts, branches = (
        {renamed if key == address else key: value for key, value in of_slides.items()}
        for of_slides in (draft.slide_contexts, draft.chat_branches)
    )
    contexts = rename_slide_in_conditions(contexts, address, renamed)
    return replace(draft, slide_sequence=sequence, slide_contexts=contexts, chat_branches=branches), renamed


def remove_slide(draft: WorkflowDraft, address: str) -> WorkflowDraft:
    """Take a slide out, with its texts and branches. The last slide stays: the database takes no empty list."""
    if address not in draft.slide_sequence or len(draft.slide_sequence) == 1:
        return draft
    sequence = tuple(each for each in draft.slide_sequence if each != address)
    contexts, branches = (
        {key: value for key, value in of_slides.items() if key != address}
        for of_slides in (draft.slide_contexts, draft.chat_branches)
    )
    return replace(draft, slide_sequence=sequence, slide_contexts=contexts, chat_branches=branches)


def move_slide(draft: WorkflowDraft, address: str, place: int) -> WorkflowDraft:
    """Move a slide to `place`, from 0, counted without it."""
    if address not in draft.slide_sequence:
        return draft
    others = [each for each in draft.slide_sequence if each != address]
    others.insert(max(0, min(place, len(others))), address)
    return replace(draft, slide_sequence=tuple(others))


def set_slide_field(draft: WorkflowDraft, address: str, name: str, value: Any) -> WorkflowDraft:
    """Set a field of a slide's context. One that equals the library's default is left out."""
    slide = get_slide_of_address(address)
    default = getattr(slide.defaults, name) if slide else None
    context = {key: kept for key, kept in get_raw_context(draft, address).items() if key != name}
    if (value or None) != (list(default) if isinstance(default, tuple) else default or None):
        context[name] = value
    contexts = {key: kept for key, kept in draft.slide_contexts.items() if key != address}
    # In the order of the slides, so that equal contents are equal JSON.
    named = contexts | ({address: context} if context else {})
    return replace(draft, slide_contexts={key: named[key] for key in (*draft.slide_sequence, *named) if key in named})


def set_field_change(draft: WorkflowDraft, address: str, key: str, change: Mapping[str, Any]) -> WorkflowDraft:
    """Set what a workflow changes about one question of a slide's own form; nothing asks it as the library does."""
    form = get_slide_field(draft, address, "form")
    others = {each: kept for each, kept in form.items() if each != key} if isinstance(form, Mapping) else {}
    before = list(form) if isinstance(form, Mapping) else []
    named = others | ({key: dict(change)} if change else {})
    order = dict.fromkeys((*before, key))
    return set_slide_field(draft, address, "form", {each: named[each] for each in order if each in named} or None)


def get_raw_context(draft: WorkflowDraft, address: str) -> Mapping[str, Any]:
    """A slide's own context as JSON; empty for one that is no object."""
    context = draft.slide_contexts.get(address)
    return context if isinstance(context, Mapping) else {}


def get_slide_field(draft: WorkflowDraft, address: str, name: str) -> Any:
    """A field of a slide's context: the draft's own, else the library's default."""
    context = get_raw_context(draft, address)
    if name in context:
        return context[name]
    slide = get_slide_of_address(address)
    return getattr(slide.defaults if slide else SlideContext(), name, None)


def list_branches(draft: WorkflowDraft, address: str) -> list[dict[str, Any]]:
    """The chat branches of a slide as JSON, in the order they are offered; what is no branch is left out."""
    listed = draft.chat_branches.get(address, ())
    known = listed if isinstance(listed, list | tuple) else ()
    return [dict(branch) for branch in known if isinstance(branch, Mapping) and branch.get("branch_key")]


def set_branches(draft: WorkflowDraft, address: str, branches: list[dict[str, Any]]) -> WorkflowDraft:
    """Set the chat branches of a slide; none of them leaves the slide out."""
    named = {key: kept for key, kept in draft.chat_branches.items() if key != address}
    if branches:
        named[address] = branches
    order = (*draft.slide_sequence, *named)
    return replace(draft, chat_branches={key: named[key] for key in order if key in named})


def list_draft_changes(before: WorkflowDraft, after: WorkflowDraft) -> dict[str, Any]:
    """The content fields in which two states of a draft differ, with the later value."""
    return {name: getattr(after, name) for name in CONTENT_FIELDS if getattr(before, name) != getattr(after, name)}


def copy_draft_content(source: WorkflowDraft, target: WorkflowDraft) -> WorkflowDraft:
    """`target` with the content of `source`; identity and revision stay."""
    content: dict[str, Any] = {name: getattr(source, name) for name in CONTENT_FIELDS}
    return replace(target, **content)
