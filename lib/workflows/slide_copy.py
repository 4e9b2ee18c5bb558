"""Take one slide, with its context and chat branches, from a workflow into a draft. Pure."""

from typing import Any

from lib.errors import InvalidInput
from lib.slides.model import SlideId
from lib.slides.slide_address import get_slide_id_of_address
from lib.text.truncate import truncate
from lib.workflows.model import WorkflowDraft, WorkflowVersion


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
