"""A context's texts, filled in for a slide. A text that cannot be filled in stands as it was written."""

import logging

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.model import SlideInput
from lib.slides.vocabulary import Vocabulary
from lib.slides.words import visible

log = logging.getLogger(__name__)


def vocabulary(inp: SlideInput) -> Vocabulary:
    return Vocabulary.of(inp.account, person_name=inp.person_name)


def filled(inp: SlideInput, source: str | None, otherwise: str) -> str:
    """`source` as plain text; `otherwise` without one."""
    if not source:
        return otherwise
    try:
        return template.render_plain(source, vocabulary(inp))
    except InvalidInput as error:
        log.info("text left unfilled: %s", error.message)
        return visible(source)


def question(inp: SlideInput, otherwise: str) -> str:
    """The question this workflow asks on the slide."""
    return filled(inp, inp.context.question, otherwise)
