"""Composes a workflow: definition (database) -> slide library -> one frozen value. Pure.

The definition's contexts override the library's defaults. A version is the definition as published, contexts included,
so a run composed from its version is not changed by later edits.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lib.errors import InvalidInput
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.slides.slide_address import SlideAddress, parse_slide_address
from lib.slides.slide_context import SlideContext
from lib.text.format import join_names
from lib.text.truncate import truncate
from lib.workflows.chat_branch_content import find_branch_errors
from lib.workflows.model import (
    Category,
    ComposedSlide,
    ComposedWorkflow,
    DefinitionError,
    WorkflowContent,
    WorkflowDraft,
    WorkflowVersion,
)
from lib.workflows.slide_context_errors import find_context_errors, read_own_questions
from lib.workflows.slide_sequence_errors import SlideLibrary, find_sequence_errors


def compose_workflow(
    source: WorkflowContent, library: SlideLibrary = LIBRARY, *, usable_actions: Mapping[str, str] | None = None
) -> ComposedWorkflow:
    """Compose a workflow. Raises InvalidInput naming every error; its `detail` is a tuple of DefinitionError.

    `usable_actions`: kinds of the saved actions a draft's branches may propose, by id; None does not check them.
    """
    errors = tuple(_find_definition_errors(source, library))
    if isinstance(source, WorkflowDraft):
        questions = read_own_questions(source.slide_contexts)
        # A version's branches were checked when it was published, and a run reads them with its chat.
        errors += tuple(find_branch_errors(source.slide_sequence, source.chat_branches, usable_actions, questions))
    if errors:
        sentences = " ".join(error.message for error in errors)
        raise InvalidInput(f"The workflow “{truncate(source.name, 80)}” cannot be composed. {sentences}", detail=errors)
    return ComposedWorkflow(
        workflow_id=source.workflow_id,
        name=source.name,
        description=source.description,
        category=Category(source.category),
        slides=tuple(
            _compose_slide(parse_slide_address(name), source.slide_contexts.get(name, {}), library)
            for name in source.slide_sequence
        ),
        version=source.version if isinstance(source, WorkflowVersion) else None,
    )


def _compose_slide(address: SlideAddress, context: Mapping[str, Any], library: SlideLibrary) -> ComposedSlide:
    """The slide with its context over the library's defaults, field by field."""
    slide = library[SlideId(address.slide_id)]
    merged = slide.defaults.merge(SlideContext.model_validate(context))
    return ComposedSlide(address=address, slide=slide, context=merged)


def _find_definition_errors(source: WorkflowContent, library: SlideLibrary) -> Iterator[DefinitionError]:
    """Everything that keeps a workflow from being composed, in the order of its slides."""
    if source.category not in tuple(Category):
        category = truncate(source.category, 40)
        yield DefinitionError(message=f"The category “{category}” is not one of {join_names(Category)}.")
    yield from find_sequence_errors(source.slide_sequence, library)
    yield from find_context_errors(source.slide_sequence, source.slide_contexts, library)
