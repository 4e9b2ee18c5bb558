"""The sections, form, results and documents of a slide for one account. A failing part does not fail the rest."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from lib.content.model import Callout, Text, Tone
from lib.errors import InvalidInput, Unavailable
from lib.forms.answer_validation import is_blank_answer, is_field_required
from lib.forms.model import Answers, Form
from lib.forms.number_answers import has_unread_number
from lib.slides import template
from lib.slides.form_changes import apply_form_changes
from lib.slides.model import Document, Section, Slide, SlideInput, SlideOutput
from lib.slides.own_questions import build_own_fields
from lib.slides.slide_address import format_slide_name
from lib.slides.slide_texts import build_template_values, fill_template_text
from lib.text.markdown_escape import escape_plain_markdown_lines

log = logging.getLogger(__name__)

BROKEN_SECTION = "This part of the slide could not be prepared; the rest is complete. The error has been logged."
UNFILLED_TEXT = "A text of this workflow could not be filled in and is shown as written: {}"

Built = TypeVar("Built")


def render_slide_title(slide: Slide, slide_input: SlideInput) -> str:
    """The slide's title in this workflow, as plain text."""
    return fill_template_text(
        slide_input, slide_input.context.title, format_slide_name(slide.title, slide_input.address)
    )


def build_slide_sections(slide: Slide, slide_input: SlideInput) -> tuple[Section, ...]:
    """The sections above the form: lead, checklist, the slide's own. Never raises."""
    return (*_build_introduction_sections(slide_input), *_build_own_sections(slide, slide_input))


def build_slide_form(slide: Slide, slide_input: SlideInput) -> Form:
    """The slide's form as the workflow asks it, then the own questions.

    Raises InvalidInput if it cannot be built: no form is not an empty form.
    """
    context = slide_input.context
    try:
        form = apply_form_changes(slide.form(slide_input), slide, context.form or {})
        return replace(form, fields=(*form.fields, *build_own_fields(context.questions or (), slide_input.account)))
    except Exception as error:
        log.exception("form of %s failed", slide.id)
        raise InvalidInput(
            "The questions on this slide could not be prepared.", hint="The error has been logged; you can continue."
        ) from error


def lacks_required_answer(slide: Slide, slide_input: SlideInput, answers: Answers) -> bool:
    """True if an answer the form requires is blank or an unread number. A form that cannot be built requires none."""
    try:
        fields = build_slide_form(slide, slide_input).fields
    except InvalidInput:
        return False
    return any(
        has_unread_number(field, answers.get(field.key))
        or (is_field_required(field, answers) and is_blank_answer(answers.get(field.key)))
        for field in fields
    )


def build_slide_results(slide: Slide, slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The sections below the form, from the current answers. Never raises."""
    results = slide.results
    if results is None:
        return ()
    sections = _try_build_slide_part(slide, lambda: results(slide_input, answers))
    return sections if sections is not None else (Callout(text=BROKEN_SECTION, tone=Tone.WARNING),)


def build_slide_documents(slide: Slide, slide_input: SlideInput, answers: Answers) -> tuple[SlideOutput, ...]:
    """The downloads and links, from the current answers; none if they cannot be made. Never raises."""
    documents = slide.documents
    if documents is None:
        return ()
    return _try_build_slide_part(slide, lambda: documents(slide_input, answers)) or ()


def build_document_content(document: Document) -> bytes:
    """The file, when somebody asks for it. Raises Unavailable; the error is logged."""
    try:
        return document.build()
    except Exception as error:
        log.exception("the file %s failed", document.filename)
        raise Unavailable("This file could not be made. The error has been logged.") from error


def _build_introduction_sections(slide_input: SlideInput) -> Iterator[Section]:
    if slide_input.context.lead:
        yield from _render_text_section(slide_input, slide_input.context.lead)
    items = [
        section for item in slide_input.context.checklist or () for section in _render_text_section(slide_input, item)
    ]
    lines = [f"- {item.markdown}" for item in items if isinstance(item, Text) and item.markdown.strip()]
    if lines:  # an item may be empty for this account
        yield Text(markdown="\n".join(lines))
    yield from (item for item in items if isinstance(item, Callout))


def _render_text_section(slide_input: SlideInput, text: str) -> Iterator[Section]:
    try:
        yield Text(markdown=template.render_template_as_markdown(text, build_template_values(slide_input)))
    except InvalidInput as error:
        log.info("text not filled in: %s", error.message)
        yield Text(markdown=escape_plain_markdown_lines(text))
        yield Callout(text=UNFILLED_TEXT.format(error.message))


def _build_own_sections(slide: Slide, slide_input: SlideInput) -> Iterator[Section]:
    for builder in slide.sections:
        broken = Callout(text=BROKEN_SECTION, tone=Tone.WARNING)
        section = _try_build_slide_part(slide, lambda builder=builder: builder(slide_input), default=broken)  # type: ignore[misc]
        if section is not None:
            yield section


def _try_build_slide_part(slide: Slide, build: Callable[[], Built], default: Built | None = None) -> Built | None:
    try:
        return build()
    except Exception:
        log.exception("a part of %s failed", slide.id)
        return default
