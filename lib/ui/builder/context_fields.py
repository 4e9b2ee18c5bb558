"""The fields of a slide's context as an author meets them: a label, an explanation and a way to write each.

A new field of `SlideContext` costs an entry here; tests/ui/test_context_fields.py names one that is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lib.slides.model import Slide, SlideId
from lib.slides.shown_sections import ShownSection


class ContextFieldKind(StrEnum):
    """LINE is one line, TEXT several, LIST one item a line, MINUTES a whole number, SECTIONS parts of the account."""

    LINE = "line"
    TEXT = "text"
    LIST = "list"
    MINUTES = "minutes"
    SECTIONS = "sections"


@dataclass(frozen=True, kw_only=True)
class ContextField:
    """`limit` is the most characters, items or minutes, as `SlideContext` has it."""

    name: str
    label: str
    help: str
    kind: ContextFieldKind
    limit: int


TITLE = ContextField(
    name="title",
    label="Title",
    help="The heading of the slide, and its name in the list of a run. Empty: the library's title.",
    kind=ContextFieldKind.LINE,
    limit=120,
)
LEAD = ContextField(
    name="lead",
    label="Lead",
    help="One or two sentences above everything else: what to look at here, and why.",
    kind=ContextFieldKind.TEXT,
    limit=4000,
)
CHECKLIST = ContextField(
    name="checklist",
    label="Checklist",
    help="Points to go through, one a line, up to 12.",
    kind=ContextFieldKind.LIST,
    limit=12,
)
QUESTION = ContextField(
    name="question",
    label="Question",
    help="What the slide asks, in your words. Empty: the library's question.",
    kind=ContextFieldKind.LINE,
    limit=400,
)
MINUTES = ContextField(
    name="minutes",
    label="Minutes",
    help="How long the slide takes; a run counts them up. 1 to 120.",
    kind=ContextFieldKind.MINUTES,
    limit=120,
)
SUBJECT = ContextField(
    name="subject",
    label="Subject",
    help="The subject the draft begins with.",
    kind=ContextFieldKind.LINE,
    limit=300,
)
BODY = ContextField(
    name="body",
    label="Text",
    help="The text the draft begins with. Whoever runs it edits it.",
    kind=ContextFieldKind.TEXT,
    limit=8000,
)
SHOWS = ContextField(
    name="shows",
    label="Shows",
    help="Facts, tables and charts of the account, in this order.",
    kind=ContextFieldKind.SECTIONS,
    limit=len(ShownSection),
)
CONTEXT_FIELDS: Mapping[str, ContextField] = {
    field.name: field for field in (TITLE, LEAD, CHECKLIST, QUESTION, SUBJECT, BODY, SHOWS, MINUTES)
}
SLIDE_FIELDS: frozenset[str] = frozenset({"questions", "form", "shown_when"})
"""Fields with an editor of their own."""
OWN_LABELS: Mapping[tuple[SlideId, str], str] = {
    (SlideId.EXECUTIVE_BRIEF, "subject"): "Headline",
    (SlideId.EXECUTIVE_BRIEF, "body"): "Situation",
    (SlideId.SCHEDULE_CALL, "subject"): "Title of the call",
    (SlideId.SCHEDULE_CALL, "body"): "Agenda",
    (SlideId.DRAFT_EMAIL, "body"): "Email",
    (SlideId.DRAFT_EMAIL, "question"): "Heading of the email",
    (SlideId.SCHEDULE_CALL, "question"): "Heading of the call",
}


def list_context_fields(slide: Slide) -> tuple[ContextField, ...]:
    """The fields that change something on a slide, in the order they are written."""
    fields = (field for field in CONTEXT_FIELDS.values() if _is_field_used_by_slide(slide, field))
    return tuple(replace(field, label=OWN_LABELS.get((slide.id, field.name), field.label)) for field in fields)


def _is_field_used_by_slide(slide: Slide, field: ContextField) -> bool:
    if field is SHOWS:
        return slide.id is SlideId.CUSTOM
    return field not in (SUBJECT, BODY) or getattr(slide.defaults, field.name) is not None
