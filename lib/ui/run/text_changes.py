"""How the words of a slide change with a version, for this customer. Pure; plain text, to be escaped where drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.slides import render
from lib.slides.fill import fill_text
from lib.slides.model import Slide, SlideInput
from lib.text.format import format_count

TEXT_LABELS: Mapping[str, str] = {
    "lead": "Opening words",
    "checklist": "Checklist",
    "question": "Question",
    "subject": "Subject",
    "body": "Text",
    "minutes": "Time it takes",
}
SLIDE_DEFAULTS = ("question", "subject", "body")
"""Texts a slide has itself, where a workflow says nothing."""


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """One of its texts; blank where there is none."""

    name: str
    before: str
    after: str


def list_text_changes(slide: Slide, before: SlideInput, after: SlideInput) -> tuple[TextChange, ...]:
    """What reads differently. A text may be another and read the same for this customer: then it is left out."""
    title = TextChange(name="Title", before=render.render_title(slide, before), after=render.render_title(slide, after))
    texts = [
        TextChange(name=said, before=_context_text(before, name), after=_context_text(after, name))
        for name, said in TEXT_LABELS.items()
    ]
    return tuple(each for each in (title, *texts) if each.before != each.after)


def _context_text(inp: SlideInput, name: str) -> str:
    match getattr(inp.context, name):
        case int() as minutes:
            return format_count(minutes, "minute")
        case tuple() as items:
            return "\n".join(fill_text(inp, item, "") for item in items)
        case text:
            return fill_text(inp, text, "As the slide has it" if name in SLIDE_DEFAULTS else "")
