"""Composes a workflow: definition (database) -> slide library -> one frozen value. Pure.

The definition's contexts override the library's defaults. A version is the definition as published, contexts included,
so a run composed from its version is not changed by later edits.
"""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.slides.slide_address import SlideAddress, get_slide_id_of_address, parse_slide_address
from lib.slides.slide_context import SlideContext
from lib.text.format import join_names
from lib.text.truncate import truncate
from lib.workflows.chat_branches import find_branch_errors
from lib.workflows.model import (
    Category,
    ComposedSlide,
    ComposedWorkflow,
    DefinitionError,
    WorkflowContent,
    WorkflowDraft,
    WorkflowVersion,
)
from lib.workflows.sequence_errors import SlideLibrary, find_sequence_errors, format_unknown_slide_error


def compose_workflow(
    source: WorkflowContent, library: SlideLibrary = LIBRARY, *, usable_actions: Collection[str] | None = None
) -> ComposedWorkflow:
    """Compose a workflow. Raises InvalidInput naming every error; its `detail` is a tuple of DefinitionError.

    `usable_actions`: ids of the saved actions a draft's branches may propose; None does not check them.
    """
    errors = tuple(_find_definition_errors(source, library))
    if isinstance(source, WorkflowDraft):
        # A version's branches were checked when it was published, and a run reads them with its chat.
        errors += tuple(find_branch_errors(source.slide_sequence, source.chat_branches, usable_actions))
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
    sequence, contexts = source.slide_sequence, source.slide_contexts
    if source.category not in tuple(Category):
        category = truncate(source.category, 40)
        yield DefinitionError(message=f"The category “{category}” is not one of {join_names(Category)}.")
    yield from find_sequence_errors(sequence, library)
    if isinstance(contexts, Mapping):
        yield from _find_context_key_errors(sequence, contexts, library)
        for name, context in contexts.items():
            yield from _find_context_errors(name, context)
    else:
        yield DefinitionError(message="The slide contexts are not an object keyed by slide address.")
    for slide_id in dict.fromkeys(map(get_slide_id_of_address, sequence)):
        if slide_id in library:
            yield from _find_template_errors(slide_id, library[SlideId(slide_id)].defaults)


def _find_context_key_errors(
    sequence: tuple[str, ...], contexts: Mapping[str, Any], library: SlideLibrary
) -> Iterator[DefinitionError]:
    for name in contexts:
        if name in sequence:
            continue
        if get_slide_id_of_address(name) in library:
            yield DefinitionError(
                message=f"There is a context for “{name}”, but that slide is not in the sequence.", slide=name
            )
        else:
            yield DefinitionError(
                message=format_unknown_slide_error(name, dict.fromkeys(sequence), "the sequence, but has a context"),
                slide=name,
            )


def _find_context_errors(name: str, raw: Any) -> Iterator[DefinitionError]:
    try:
        context = SlideContext.model_validate(raw)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            field = ".".join(str(part) for part in found["loc"]) or None
            where = truncate(f"{name}, {field}" if field else name, 100)
            yield DefinitionError(message=f"{where}: {_format_field_error(found, field)}", slide=name, field=field)
        return
    yield from _find_template_errors(name, context)


def _format_field_error(found: Mapping[str, Any], field: str | None) -> str:
    if found["type"] == "extra_forbidden" and field:
        close = get_close_matches(field, SlideContext.model_fields, n=1)
        return "a slide context has no such field." + (f" Did you mean “{close[0]}”?" if close else "")
    return str(found["msg"]).rstrip(".").lower() + "."


def _find_template_errors(name: str, context: SlideContext) -> Iterator[DefinitionError]:
    for field, text in list_context_templates(context):
        try:
            template.parse_template(text)
        except InvalidInput as error:
            yield DefinitionError(message=f"{name}, {field}: {error.message}", slide=name, field=field)


def list_context_templates(context: SlideContext) -> Iterator[tuple[str, str]]:
    """Every template of a context with where it stands: ("lead", …), ("checklist.0", …)."""
    for field in ("title", "lead", "question", "subject", "body"):
        text = getattr(context, field)
        if text:
            yield field, text
    for place, item in enumerate(context.checklist or ()):
        yield f"checklist.{place}", item
