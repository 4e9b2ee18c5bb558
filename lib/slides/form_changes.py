"""Changes a workflow makes to the questions of a slide's own form: reworded, required, or not asked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from lib.forms.model import Field, Form
from lib.slides.field_change import FieldChange
from lib.slides.model import Slide, SlideId
from lib.slides.slide_fields import list_slide_fields
from lib.text.truncate import truncate

LOCKED_FIELDS: Mapping[SlideId, tuple[str, ...]] = {
    SlideId.SUMMARY: ("outcome_code", "amount", "reason"),
    SlideId.PREPARE_QUOTE: ("lines", "valid_until", "term_months", "remarks"),
    SlideId.PRICING_STRATEGY: ("scenarios", "chosen"),
    SlideId.ASSESS_DEPARTURE: ("who", "who_else", "left_on", "effect"),
    SlideId.IDENTIFY_REPLACEMENT: ("choice", "other"),
}
"""Questions that are always asked, because the database or a rule reads their answers."""


LOCK_REASONS: Mapping[SlideId, str] = {
    SlideId.SUMMARY: "Zen records the outcome of a run from it.",
    SlideId.PREPARE_QUOTE: "The quote is made from it.",
    SlideId.PRICING_STRATEGY: "Approval limits are checked against it.",
    SlideId.ASSESS_DEPARTURE: "Zen sums up this slide from it.",
    SlideId.IDENTIFY_REPLACEMENT: "Zen sums up this slide from it.",
}
NEEDED = "The slide is not complete without an answer."
NEEDED_SOMETIMES = "Some answers on this slide are not complete without it."


def is_field_locked(slide: Slide, field: Field) -> bool:
    """True if the question is always asked and stays as required as it is. It can be reworded."""
    return explain_field_lock(slide, field) is not None


def explain_field_lock(slide: Slide, field: Field) -> str | None:
    """Why the question is always asked, as a sentence; None for one that may be left out."""
    if field.key in LOCKED_FIELDS.get(slide.id, ()):
        return LOCK_REASONS[slide.id]
    if field.required:
        return NEEDED
    return NEEDED_SOMETIMES if field.required_when is not None else None


def apply_form_changes(form: Form, slide: Slide, changes: Mapping[str, FieldChange]) -> Form:
    """The form with its questions reworded, made required, or left out. A locked one is only reworded."""
    if not changes:
        return form
    fields = (_change_field(field, slide, changes.get(field.key)) for field in form.fields)
    return replace(form, fields=tuple(field for field in fields if field is not None))


def find_form_change_errors(slide: Slide, changes: Mapping[str, FieldChange]) -> Iterator[tuple[str, str]]:
    """What is wrong with the changes of a slide: the question's key and a sentence."""
    fields = list_slide_fields(slide)
    for key, change in changes.items():
        field = fields.get(key)
        if field is None:
            close = get_close_matches(key, fields, n=1)
            likely = f" Did you mean “{close[0]}”?" if close else ""
            yield key, f"the slide has no question “{truncate(key, 60)}”.{likely}"
        elif change.is_hidden and is_field_locked(slide, field):
            yield key, f"“{field.label}” is always asked."
        elif change.is_required is False and is_field_locked(slide, field):
            yield key, f"“{field.label}” keeps needing an answer."


def _change_field(field: Field, slide: Slide, change: FieldChange | None) -> Field | None:
    if change is None:
        return field
    is_locked = is_field_locked(slide, field)
    if change.is_hidden and not is_locked:
        return None
    required = field.required if is_locked or change.is_required is None else change.is_required
    return replace(field, label=change.label or field.label, help=change.help or field.help, required=required)
