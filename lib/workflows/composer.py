"""Definition (database) -> slide library -> one frozen composed workflow. Pure.

The library's defaults lie beneath the definition's contexts. A version is the definition as it was published, contexts
included, so a run composed from its version alone is untouched by later edits; give `over` to lay a version over a
definition instead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.context import SlideContext
from lib.slides.library import LIBRARY
from lib.slides.model import Slide, SlideId
from lib.slides.words import cut, listed
from lib.workflows.model import Category, ComposedSlide, ComposedWorkflow, WorkflowDefinition, WorkflowVersion

Library = Mapping[SlideId, Slide]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong, and where: `slide` and `field` are None when it is about the whole."""

    sentence: str
    slide: str | None = None
    field: str | None = None


def compose(
    source: WorkflowDefinition | WorkflowVersion, library: Library = LIBRARY, *, over: WorkflowDefinition | None = None
) -> ComposedWorkflow:
    """`source` composed. Raises InvalidInput naming every fault at once; its `detail` is a tuple of `Fault`."""
    layers = (over.slide_contexts, source.slide_contexts) if over else (source.slide_contexts,)
    faults = tuple(find_faults(source.slide_sequence, layers, library, category=source.category))
    if faults:
        sentences = " ".join(fault.sentence for fault in faults)
        raise InvalidInput(f"The workflow “{cut(source.name, 80)}” cannot be composed. {sentences}", detail=faults)
    return ComposedWorkflow(
        workflow_id=source.workflow_id,
        name=source.name,
        description=source.description,
        category=Category(source.category),
        slides=tuple(_slide(library[SlideId(name)], layers) for name in source.slide_sequence),
        version=source.version if isinstance(source, WorkflowVersion) else None,
    )


def merged(defaults: SlideContext, *contexts: SlideContext) -> SlideContext:
    """Field by field: each context over the ones before it; a field left out keeps what stands."""
    for context in contexts:
        defaults = defaults.merged_with(context)
    return defaults


def find_faults(
    sequence: tuple[str, ...], layers: tuple[Mapping[str, Any], ...], library: Library = LIBRARY, *, category: str
) -> Iterator[Fault]:
    """Everything that keeps a workflow from being composed, in the order of its slides."""
    if category not in tuple(Category):
        yield Fault(sentence=f"The category “{cut(category, 40)}” is not one of {listed(Category)}.")
    yield from _faults_of_sequence(sequence, library)
    for contexts in layers:
        if not isinstance(contexts, Mapping):
            yield Fault(sentence="The slide contexts are not an object keyed by slide id.")
            continue
        yield from _faults_of_keys(sequence, contexts, library)
        for name, context in contexts.items():
            yield from _faults_of_context(name, context)
    for name in sequence:
        if name in library:
            yield from _faults_of_texts(name, library[SlideId(name)].defaults)


def _slide(slide: Slide, layers: tuple[Mapping[str, Any], ...]) -> ComposedSlide:
    contexts = (SlideContext.model_validate(layer.get(slide.id, {})) for layer in layers)
    return ComposedSlide(slide=slide, context=merged(slide.defaults, *contexts))


def _faults_of_sequence(sequence: tuple[str, ...], library: Library) -> Iterator[Fault]:
    if not sequence:
        yield Fault(sentence="It has no slides.")
    unknown = [name for name in dict.fromkeys(sequence) if name not in library]
    if unknown:
        yield from (Fault(sentence=_unknown(name, library, "the slide library"), slide=name) for name in unknown)
    twice = [name for name in dict.fromkeys(sequence) if sequence.count(name) > 1]
    yield from (
        Fault(sentence=f"The slide “{cut(name, 60)}” stands in it more than once.", slide=name) for name in twice
    )


def _faults_of_keys(sequence: tuple[str, ...], contexts: Mapping[str, Any], library: Library) -> Iterator[Fault]:
    for name in contexts:
        if name in sequence:
            continue
        if name in library:
            yield Fault(sentence=f"There is a context for “{name}”, but that slide is not in the sequence.", slide=name)
        else:
            yield Fault(sentence=_unknown(name, dict.fromkeys(sequence), "the sequence, but has a context"), slide=name)


def _unknown(name: str, known: Mapping[Any, Any], where: str) -> str:
    close = get_close_matches(name, [str(key) for key in known], n=1)
    likely = f" Did you mean “{close[0]}”?" if close else ""
    return f"The slide “{cut(name, 60)}” is not in {where}.{likely}"


def _faults_of_context(name: str, raw: Any) -> Iterator[Fault]:
    try:
        context = SlideContext.model_validate(raw)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            field = ".".join(str(part) for part in found["loc"]) or None
            where = f"{name}, {field}" if field else name
            yield Fault(sentence=f"{where}: {_reason(found, field)}", slide=name, field=field)
        return
    yield from _faults_of_texts(name, context)


def _reason(found: Mapping[str, Any], field: str | None) -> str:
    if found["type"] == "extra_forbidden" and field:
        close = get_close_matches(field, SlideContext.model_fields, n=1)
        return "a slide context has no such field." + (f" Did you mean “{close[0]}”?" if close else "")
    return str(found["msg"]).rstrip(".").lower() + "."


def _faults_of_texts(name: str, context: SlideContext) -> Iterator[Fault]:
    for field, text in texts_of(context):
        try:
            template.parse(text)
        except InvalidInput as error:
            yield Fault(sentence=f"{name}, {field}: {error.message}", slide=name, field=field)


def texts_of(context: SlideContext) -> Iterator[tuple[str, str]]:
    """Every template of a context with where it stands: ("lead", …), ("checklist.0", …)."""
    for field in ("title", "lead", "question", "subject", "body"):
        text = getattr(context, field)
        if text:
            yield field, text
    for place, item in enumerate(context.checklist or ()):
        yield f"checklist.{place}", item
