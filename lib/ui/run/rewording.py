"""How the words of a slide change with a version, for this customer. Pure; plain text, to be escaped where drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.slides.filling import filled
from lib.slides.model import SlideInput
from lib.slides.words import count

NAMES: Mapping[str, str] = {
    "title": "Title",
    "lead": "Opening words",
    "checklist": "Checklist",
    "question": "Question",
    "subject": "Subject",
    "body": "Text",
    "minutes": "Time it takes",
}


@dataclass(frozen=True, kw_only=True)
class Reworded:
    """One of its texts; blank where there is none."""

    name: str
    before: str
    after: str


def changes(before: SlideInput, after: SlideInput) -> tuple[Reworded, ...]:
    """What reads differently. A text may be another and read the same for this customer: then it is left out."""
    found = (
        Reworded(name=label, before=_said(before, name), after=_said(after, name)) for name, label in NAMES.items()
    )
    return tuple(each for each in found if each.before != each.after)


def _said(inp: SlideInput, name: str) -> str:
    match getattr(inp.context, name):
        case int() as minutes:
            return count(minutes, "minute")
        case tuple() as items:
            return "\n".join(filled(inp, item, "") for item in items)
        case text:
            return filled(inp, text, "")
