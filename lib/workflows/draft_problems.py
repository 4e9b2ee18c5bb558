"""What keeps a draft from being published, each with the place where it is mended. Pure."""

from collections.abc import Iterator

from lib.errors import InvalidInput
from lib.slides.model import SlideId
from lib.workflows.composer import compose_workflow
from lib.workflows.model import DefinitionError, WorkflowDraft


def list_draft_problems(draft: WorkflowDraft) -> tuple[DefinitionError, ...]:
    """Everything that composing or publishing it would refuse."""
    return (*_list_composition_errors(draft), *_list_publication_errors(draft))


def _list_composition_errors(draft: WorkflowDraft) -> tuple[DefinitionError, ...]:
    try:
        compose_workflow(draft)
    except InvalidInput as error:
        found = error.detail if isinstance(error.detail, tuple) else ()
        return found or (DefinitionError(message=error.message),)
    return ()


def _list_publication_errors(draft: WorkflowDraft) -> Iterator[DefinitionError]:
    if SlideId.SUMMARY not in draft.slide_sequence:
        yield DefinitionError(
            message="The slide “Summary” is missing. Add it: the outcome of a run is recorded there.", field="slides"
        )
