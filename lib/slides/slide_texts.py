"""Texts of a slide's context, filled in. One that cannot be filled in stays as it was written."""

import logging

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.answer_variables import AnswerValues, list_own_variables
from lib.slides.model import SlideInput
from lib.slides.template_values import TemplateValues
from lib.text.truncate import strip_invisible

log = logging.getLogger(__name__)


def build_template_values(slide_input: SlideInput) -> TemplateValues:
    """What the texts of a slide can name, built once for its input."""
    values = slide_input.template_values
    if values is None:
        values = _read_template_values(slide_input)
        object.__setattr__(slide_input, "template_values", values)
    return values


def _read_template_values(slide_input: SlideInput) -> TemplateValues:
    own = list_own_variables(slide_input.questions, slide_input.addresses, slide_input.address)
    return TemplateValues.for_account(
        slide_input.account,
        person_name=slide_input.person_name,
        own=own,
        own_values=AnswerValues(slide_input),
    )


def fill_template_text(slide_input: SlideInput, source: str | None, default: str) -> str:
    """`source` filled in as plain text; `default` if there is none."""
    if not source:
        return default
    try:
        return template.render_template_as_text(source, build_template_values(slide_input))
    except InvalidInput as error:
        log.info("text not filled in: %s", error.message)
        return strip_invisible(source)


def fill_slide_question(slide_input: SlideInput, default: str) -> str:
    """The question the workflow asks on the slide."""
    return fill_template_text(slide_input, slide_input.context.question, default)
