"""How the words of a slide change with a version, for this customer. Pure; plain text, to be escaped where drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.slides import render
from lib.slides.filling import filled
from lib.slides.model import Slide, SlideInput
from lib.slides.words import count

NAMES: Mapping[str, str] = {
    "lead": "Opening words",
    "checklist": "Checklist",
    "question": "Question",
    "subject": "Subject",
    "body": "Text",
    "minutes": "Time it takes",
}
OF_THE_SLIDE = ("question", "subject", "body")
"""Texts a slide has itself, where a workflow says nothing."""


@dataclass(frozen=True, kw_only=True)
class Reworded:
    """One of its texts; blank where there is none."""

    name: str
    before: str
    after: str


def changes(slide: Slide, before: SlideInput, after: SlideInput) -> tuple[Reworded, ...]:
    """What reads differently. A text may be another and read the same for this customer: then it is left out."""
    title = Reworded(name="Title", before=render.title(slide, before), after=render.title(slide, after))
    texts = [Reworded(name=said, before=_said(before, name), after=_said(after, name)) for name, said in NAMES.items()]
    return tuple(each for each in (title, *texts) if each.before != each.after)


def _said(inp: SlideInput, name: str) -> str:
    match getattr(inp.context, name):
        case int() as minutes:
            return count(minutes, "minute")
        case tuple() as items:
            return "\n".join(filled(inp, item, "") for item in items)
        case text:
            return filled(inp, text, "As the slide has it" if name in OF_THE_SLIDE else "")
