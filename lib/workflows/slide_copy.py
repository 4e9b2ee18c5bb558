"""Take one slide, with its context and chat branches, from a workflow into a draft. Pure."""

from dataclasses import replace
from typing import Any

from lib.errors import InvalidInput
from lib.slides.model import SlideId
from lib.slides.slide_address import get_slide_id_of_address
from lib.text.truncate import truncate
from lib.workflows.draft_edits import find_free_address
from lib.workflows.model import WorkflowDraft, WorkflowVersion
from lib.workflows.slide_sequence_errors import MAX_SLIDES, SLIDES_USED_ONCE


def copy_slide(
    draft: WorkflowDraft, source: WorkflowVersion | WorkflowDraft, address: str, *, place: int | None = None
) -> dict[str, Any]:
    """The changes to a draft that take a slide over; a slide that is there already is replaced where it stands.

    A new one goes to `place`, or before the summary. Raises InvalidInput when the source has no such slide.
    """
    if address not in source.slide_sequence:
        raise InvalidInput(f"“{truncate(source.name, 80)}” has no slide “{truncate(address, 60)}”.")
    sequence = list(draft.slide_sequence)
    if address not in sequence:
        slides = list(map(get_slide_id_of_address, sequence))
        end = slides.index(SlideId.SUMMARY) if SlideId.SUMMARY in slides else len(sequence)
        sequence.insert(end if place is None else place, address)
    changes: dict[str, Any] = {"slide_sequence": tuple(sequence)}
    for field in ("slide_contexts", "chat_branches"):
        kept = {key: value for key, value in getattr(draft, field).items() if key != address}
        taken = getattr(source, field).get(address)
        changes[field] = kept | ({address: taken} if taken is not None else {})
    return changes


def take_slide(
    draft: WorkflowDraft, source: WorkflowVersion | WorkflowDraft, address: str, *, place: int | None = None
) -> tuple[WorkflowDraft, str]:
    """The draft with a slide of a workflow beside its own, and the address it has there.

    It gets another label where its address is taken. A slide that a workflow has once is replaced where it stands.
    Raises InvalidInput when the source has no such slide, or the draft has no room.
    """
    if address not in source.slide_sequence:
        raise InvalidInput(f"“{truncate(source.name, 80)}” has no such slide in this version.")
    taken = find_taken_address(draft, address)
    if taken not in draft.slide_sequence and len(draft.slide_sequence) >= MAX_SLIDES:
        raise InvalidInput(f"A workflow has at most {MAX_SLIDES} slides.")
    renamed = replace(
        source,
        slide_sequence=(taken,),
        slide_contexts={taken: source.slide_contexts[address]} if address in source.slide_contexts else {},
        chat_branches={taken: source.chat_branches[address]} if address in source.chat_branches else {},
    )
    return replace(draft, **copy_slide(draft, renamed, taken, place=place)), taken


def find_taken_address(draft: WorkflowDraft, address: str) -> str:
    """The address a slide of another workflow gets in a draft: its own, else one with another label."""
    slide_id = get_slide_id_of_address(address)
    standing = [each for each in draft.slide_sequence if get_slide_id_of_address(each) == slide_id]
    if slide_id in SLIDES_USED_ONCE and standing:
        return standing[0]
    return address if address not in draft.slide_sequence else find_free_address(draft, slide_id)
