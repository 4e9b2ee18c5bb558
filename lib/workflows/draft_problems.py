"""What keeps a draft from being published, each with the place where it is mended. Pure."""

from collections.abc import Iterator, Mapping

from lib.errors import InvalidInput
from lib.slides.model import SlideId
from lib.slides.slide_address import get_slide_id_of_address
from lib.workflows.composer import compose_workflow
from lib.workflows.model import DefinitionError, WorkflowDraft


def list_draft_problems(
    draft: WorkflowDraft, usable_actions: Mapping[str, str] | None = None
) -> tuple[DefinitionError, ...]:
    """Everything that composing or publishing it would refuse. `usable_actions`: see `compose_workflow`."""
    return (*_list_composition_errors(draft, usable_actions), *_list_publication_errors(draft))


def _list_composition_errors(
    draft: WorkflowDraft, usable_actions: Mapping[str, str] | None
) -> tuple[DefinitionError, ...]:
    try:
        compose_workflow(draft, usable_actions=usable_actions)
    except InvalidInput as error:
        found = error.detail if isinstance(error.detail, tuple) else ()
        return found or (DefinitionError(message=error.message),)
    return ()


def _list_publication_errors(draft: WorkflowDraft) -> Iterator[DefinitionError]:
    if SlideId.SUMMARY not in map(get_slide_id_of_address, draft.slide_sequence):
        yield DefinitionError(
            message="The slide “Summary” is missing. Add it: the outcome of a run is recorded there.", field="slides"
        )
