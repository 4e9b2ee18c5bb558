"""A slide with an account put in: what the page draws. A part that fails says so; the rest of the slide stands."""

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from lib.content.model import Callout, Text, Tone
from lib.errors import InvalidInput
from lib.forms.model import Answers, Form
from lib.slides import template
from lib.slides.fill import fill_text, read_template_values
from lib.slides.model import Document, Section, Slide, SlideInput
from lib.text.escape import escape_plain_markdown_lines

log = logging.getLogger(__name__)

BROKEN_SECTION = "This part of the slide could not be prepared; the rest is complete. The fault has been logged."
UNFILLED_TEXT = "A text of this workflow could not be filled in and stands as it was written: {}"

Built = TypeVar("Built")


def render_title(slide: Slide, inp: SlideInput) -> str:
    """The slide's title in this workflow, as plain text."""
    return fill_text(inp, inp.context.title, slide.title)


def build_sections(slide: Slide, inp: SlideInput) -> tuple[Section, ...]:
    """What stands above the form: the lead, the checklist, then the slide's own sections. Never raises."""
    return (*_build_introduction(inp), *_build_slide_sections(slide, inp))


def build_form(slide: Slide, inp: SlideInput) -> Form:
    """The slide's questions. Raises InvalidInput when they cannot be prepared: no form is not an empty form."""
    try:
        return slide.form(inp)
    except Exception as error:
        log.exception("form of %s failed", slide.id)
        raise InvalidInput(
            "The questions of this slide could not be prepared.", hint="The fault has been logged; you can go on."
        ) from error


def build_results(slide: Slide, inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """What stands below the form, from the answers as typed so far. Never raises."""
    results = slide.results
    if results is None:
        return ()
    made = _try_build(slide, lambda: results(inp, answers))
    return made if made is not None else (Callout(text=BROKEN_SECTION, tone=Tone.WARNING),)


def build_documents(slide: Slide, inp: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """What can be downloaded, from the answers as typed so far; nothing when it cannot be made. Never raises."""
    documents = slide.documents
    if documents is None:
        return ()
    return _try_build(slide, lambda: documents(inp, answers)) or ()


def _build_introduction(inp: SlideInput) -> Iterator[Section]:
    if inp.context.lead:
        yield from _render_text(inp, inp.context.lead)
    items = [section for item in inp.context.checklist or () for section in _render_text(inp, item)]
    lines = [f"- {item.markdown}" for item in items if isinstance(item, Text) and item.markdown.strip()]
    if lines:  # an item may be for some accounts only, and come out empty
        yield Text(markdown="\n".join(lines))
    yield from (item for item in items if isinstance(item, Callout))


def _render_text(inp: SlideInput, text: str) -> Iterator[Section]:
    try:
        yield Text(markdown=template.render_markdown(text, read_template_values(inp)))
    except InvalidInput as error:
        log.info("text left unfilled: %s", error.message)
        yield Text(markdown=escape_plain_markdown_lines(text))
        yield Callout(text=UNFILLED_TEXT.format(error.message))


def _build_slide_sections(slide: Slide, inp: SlideInput) -> Iterator[Section]:
    for builder in slide.sections:
        broken = Callout(text=BROKEN_SECTION, tone=Tone.WARNING)
        section = _try_build(slide, lambda builder=builder: builder(inp), otherwise=broken)  # type: ignore[misc]
        if section is not None:
            yield section


def _try_build(slide: Slide, make: Callable[[], Built], otherwise: Built | None = None) -> Built | None:
    try:
        return make()
    except Exception:
        log.exception("a part of %s failed", slide.id)
        return otherwise
