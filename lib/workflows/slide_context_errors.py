"""What is wrong with the contexts of a workflow's slides: fields, templates, own questions, conditions."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.answer_variables import list_own_variables
from lib.slides.form_changes import find_form_change_errors
from lib.slides.model import Slide, SlideId
from lib.slides.own_questions import OwnQuestion
from lib.slides.slide_address import get_slide_id_of_address
from lib.slides.slide_context import SlideContext
from lib.slides.slide_fields import list_slide_fields
from lib.slides.template_values import OwnVariables
from lib.text.truncate import truncate
from lib.workflows.model import DefinitionError
from lib.workflows.slide_condition_errors import find_condition_errors
from lib.workflows.slide_sequence_errors import SlideLibrary, format_unknown_slide_error


def find_context_errors(sequence: tuple[str, ...], contexts: Any, library: SlideLibrary) -> Iterator[DefinitionError]:
    """Every error of the contexts, `contexts` as raw JSON; each names its slide by address, and its field."""
    if not isinstance(contexts, Mapping):
        yield DefinitionError(message="The slide contexts are not an object keyed by slide address.")
        contexts = {}
    yield from _find_context_key_errors(sequence, contexts, library)
    parsed: dict[str, SlideContext] = {}
    for name, raw in contexts.items():
        try:
            parsed[name] = SlideContext.model_validate(raw)
        except ValidationError as error:
            yield from _list_field_errors(name, error)
    questions = {name: context.questions for name, context in parsed.items() if context.questions}
    for name, context in parsed.items():
        slide = library.get(SlideId(slide_id)) if (slide_id := get_slide_id_of_address(name)) in library else None
        yield from _find_template_errors(name, context, list_own_variables(questions, sequence, name))
        yield from _find_content_errors(name, context, slide)
    yield from find_condition_errors(sequence, parsed, library)
    for slide_id in dict.fromkeys(map(get_slide_id_of_address, sequence)):
        if slide_id in library:
            yield from _find_template_errors(slide_id, library[SlideId(slide_id)].defaults)


def read_own_questions(contexts: Any) -> dict[str, tuple[OwnQuestion, ...]]:
    """The company's own questions by address, from contexts as raw JSON; those that can be read."""
    found: dict[str, tuple[OwnQuestion, ...]] = {}
    for name, raw in contexts.items() if isinstance(contexts, Mapping) else ():
        try:
            found[name] = SlideContext.model_validate(raw).questions or ()
        except ValidationError:
            continue  # named by find_context_errors
    return found


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


def _list_field_errors(name: str, error: ValidationError) -> Iterator[DefinitionError]:
    for found in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in found["loc"]) or None
        where = truncate(f"{name}, {field}" if field else name, 100)
        yield DefinitionError(message=f"{where}: {_format_field_error(found, field)}", slide=name, field=field)


def _format_field_error(found: Mapping[str, Any], field: str | None) -> str:
    if found["type"] == "extra_forbidden" and field:
        close = get_close_matches(field, SlideContext.model_fields, n=1)
        return "a slide context has no such field." + (f" Did you mean “{close[0]}”?" if close else "")
    if found["type"] == "value_error":  # a rule of ours, in a sentence
        return str(found["ctx"]["error"])
    return str(found["msg"]).rstrip(".").lower() + "."


def _find_template_errors(name: str, context: SlideContext, own: OwnVariables = ()) -> Iterator[DefinitionError]:
    for field, text in list_context_templates(context):
        try:
            template.parse_template(text, own)
        except InvalidInput as error:
            yield DefinitionError(message=f"{name}, {field}: {error.message}", slide=name, field=field)


def _find_content_errors(name: str, context: SlideContext, slide: Slide | None) -> Iterator[DefinitionError]:
    if slide is None:
        return
    for key, problem in find_form_change_errors(slide, context.form or {}):
        yield DefinitionError(message=f"{name}, form: {problem}", slide=name, field=f"form.{key}")
    for place, question in enumerate(context.questions or ()):
        if question.key in list_slide_fields(slide):
            message = f"{name}, questions: “{question.key}” is the name of a question of the slide's own."
            yield DefinitionError(message=message, slide=name, field=f"questions.{place}.key")
    if context.shows and slide.id is not SlideId.CUSTOM:
        message = f"{name}, shows: only a free slide shows chosen parts of the account."
        yield DefinitionError(message=message, slide=name, field="shows")


def list_context_templates(context: SlideContext) -> Iterator[tuple[str, str]]:
    """Every template of a context with where it stands: ("lead", …), ("checklist.0", …)."""
    for field in ("title", "lead", "question", "subject", "body"):
        text = getattr(context, field)
        if text:
            yield field, text
    for place, item in enumerate(context.checklist or ()):
        yield f"checklist.{place}", item
