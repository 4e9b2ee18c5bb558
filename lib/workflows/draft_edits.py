"""Changes to the content of a draft while somebody edits it. Pure: each returns another draft."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.slides.library import LIBRARY
from lib.slides.model import Slide, SlideId
from lib.slides.slide_context import SlideContext
from lib.workflows.draft_writes import VERSIONED_FIELDS
from lib.workflows.model import WorkflowDraft

CONTENT_FIELDS = (*VERSIONED_FIELDS, "suggested_when")
MAX_SLIDES = 40
"""As `private.is_slide_sequence` says."""


def add_slide(draft: WorkflowDraft, address: str, place: int) -> WorkflowDraft:
    """Put a slide at `place`, from 0. The same draft if it is there already, or there are MAX_SLIDES."""
    sequence = draft.slide_sequence
    if address in sequence or len(sequence) >= MAX_SLIDES:
        return draft
    place = max(0, min(place, len(sequence)))
    return replace(draft, slide_sequence=(*sequence[:place], address, *sequence[place:]))


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
    slide = find_library_slide(address)
    default = getattr(slide.defaults, name) if slide else None
    context = {key: kept for key, kept in get_raw_context(draft, address).items() if key != name}
    if (value or None) != (list(default) if isinstance(default, tuple) else default or None):
        context[name] = value
    contexts = {key: kept for key, kept in draft.slide_contexts.items() if key != address}
    # In the order of the slides, so that equal contents are equal JSON.
    named = contexts | ({address: context} if context else {})
    return replace(draft, slide_contexts={key: named[key] for key in (*draft.slide_sequence, *named) if key in named})


def get_raw_context(draft: WorkflowDraft, address: str) -> Mapping[str, Any]:
    """A slide's own context as JSON; empty for one that is no object."""
    context = draft.slide_contexts.get(address)
    return context if isinstance(context, Mapping) else {}


def get_slide_field(draft: WorkflowDraft, address: str, name: str) -> Any:
    """A field of a slide's context: the draft's own, else the library's default."""
    context = get_raw_context(draft, address)
    if name in context:
        return context[name]
    slide = find_library_slide(address)
    return getattr(slide.defaults if slide else SlideContext(), name, None)


def find_library_slide(address: str) -> Slide | None:
    """The slide of the library that an entry of a sequence stands for."""
    return LIBRARY[SlideId(address)] if address in LIBRARY else None


def list_draft_changes(before: WorkflowDraft, after: WorkflowDraft) -> dict[str, Any]:
    """The content fields in which two states of a draft differ, with the later value."""
    return {name: getattr(after, name) for name in CONTENT_FIELDS if getattr(before, name) != getattr(after, name)}


def copy_draft_content(source: WorkflowDraft, target: WorkflowDraft) -> WorkflowDraft:
    """`target` with the content of `source`; identity and revision stay."""
    content: dict[str, Any] = {name: getattr(source, name) for name in CONTENT_FIELDS}
    return replace(target, **content)
