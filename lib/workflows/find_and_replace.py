"""Find words in the texts of a draft, and replace them where the text stays a right one. Pure.

Words are looked for outside of `{{ … }}`, `{% … %}` and `{# … #}`: what names a placeholder is no text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.answer_variables import list_own_variables
from lib.slides.template_values import OwnVariables
from lib.text.format import format_number
from lib.text.json_values import parse_text
from lib.text.truncate import join_lines
from lib.workflows.draft_edits import get_slide_field, set_slide_field
from lib.workflows.draft_texts import DraftText, PathPart, list_draft_texts
from lib.workflows.model import WorkflowDraft
from lib.workflows.slide_condition_references import replace_answer_in_conditions
from lib.workflows.slide_context_errors import read_own_questions

MAX_WORDS = 200
TextSpan = tuple[int, int]
_TEMPLATE_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TAG_BEGINS = ("{{", "{%", "{#")


@dataclass(frozen=True, kw_only=True)
class FoundText:
    """A text of the draft with where the words stand in it, as offsets, in order."""

    place: DraftText
    spans: tuple[TextSpan, ...]


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """The draft after words were replaced `count` times. `refused`: texts that were left as they are, with why."""

    draft: WorkflowDraft
    count: int
    refused: tuple[tuple[DraftText, str], ...] = ()


def find_words(draft: WorkflowDraft, words: str, *, is_case_sensitive: bool = False) -> tuple[FoundText, ...]:
    """The texts that have the words, in the order of the slides. No words are found nowhere."""
    if not words:
        return ()
    pattern = re.compile(re.escape(words), 0 if is_case_sensitive else re.IGNORECASE)
    found = ((text, tuple(_find_spans(text, pattern))) for text in list_draft_texts(draft))
    return tuple(FoundText(place=text, spans=spans) for text, spans in found if spans)


def replace_words(draft: WorkflowDraft, found: Sequence[FoundText], new: str) -> Replacement:
    """Replace what was found in the draft, as one change.

    A text that would get too long, blank, unreadable as a template or equal to another choice of its question is
    left as it is. Conditions that compare with a choice follow it.
    """
    before, count, refused = draft, 0, []
    questions = read_own_questions(draft.slide_contexts)
    for each in found:
        text = _replace_spans(each.place.text, each.spans, new)
        if each.place.is_trimmed:
            text = join_lines(text).strip()
        own = list_own_variables(questions, draft.slide_sequence, each.place.address) if each.place.is_template else ()
        error = _find_text_error(each.place, text, own) or _find_choice_error(draft, each.place, text)
        if error is not None:
            refused.append((each.place, error))
            continue
        draft = _set_text(draft, each.place, text)
        count += len(each.spans)
    return Replacement(draft=draft if count else before, count=count, refused=tuple(refused))


def _find_spans(text: DraftText, pattern: re.Pattern[str]) -> list[TextSpan]:
    spans = [found.span() for found in pattern.finditer(text.text)]
    if not spans or not text.is_template or "{" not in text.text:
        return spans
    tags = [found.span() for found in _TEMPLATE_TAG.finditer(text.text)]
    return [(start, end) for start, end in spans if not any(left < end and start < right for left, right in tags)]


def _replace_spans(text: str, spans: Sequence[TextSpan], new: str) -> str:
    parts, end = [], 0
    for start, until in spans:
        parts += [text[end:start], new]
        end = until
    return "".join((*parts, text[end:]))


def _find_text_error(place: DraftText, text: str, own: OwnVariables) -> str | None:
    """Why a text cannot stand in its place, as a sentence."""
    if len(text) > max(place.limit, len(place.text)):
        return f"It would have {format_number(len(text))} characters; {format_number(place.limit)} are the most."
    if place.is_required and parse_text(text) is None:
        return "Nothing would be left of it."
    if not place.is_template:
        is_added = any(mark in text and mark not in place.text for mark in _TAG_BEGINS)
        return "No placeholder can stand here." if is_added else None
    error = _find_template_error(text, own)
    return None if error is None or _find_template_error(place.text, own) is not None else error


def _find_template_error(text: str, own: OwnVariables) -> str | None:
    try:
        template.parse_template(text, own)
    except InvalidInput as error:
        return error.message
    return None


def _find_choice_error(draft: WorkflowDraft, place: DraftText, text: str) -> str | None:
    if place.question is None or place.path[-2] != "choices":
        return None
    choices = _get_at_path(get_slide_field(draft, place.address, "questions"), place.path[3:-1])
    is_taken = any(choice == text for number, choice in enumerate(choices) if number != place.path[-1])
    return "Another choice of the question says so." if is_taken else None


def _set_text(draft: WorkflowDraft, place: DraftText, text: str) -> WorkflowDraft:
    if not place.address:
        changes: dict[str, Any] = {place.field: text}
        return replace(draft, **changes)
    if place.branch is not None:
        branches = _set_at_path(draft.chat_branches, place.path[1:], text)
        return replace(draft, chat_branches=branches)
    value = _set_at_path(get_slide_field(draft, place.address, place.field), place.path[3:], text)
    changed = set_slide_field(draft, place.address, place.field, value)
    if place.question is not None and place.path[-2] == "choices":
        contexts = replace_answer_in_conditions(changed.slide_contexts, place.address, place.question, place.text, text)
        changed = replace(changed, slide_contexts=contexts)
    return changed


def _get_at_path(value: Any, path: Sequence[PathPart]) -> Any:
    for part in path:
        value = value[part]
    return value


def _set_at_path(value: Any, path: Sequence[PathPart], text: str) -> Any:
    """A copy of a JSON value with another text at a path, which is there."""
    if not path:
        return text
    head, *rest = path
    if isinstance(value, Mapping):
        return {key: _set_at_path(each, rest, text) if key == head else each for key, each in value.items()}
    return [_set_at_path(each, rest, text) if place == head else each for place, each in enumerate(value)]
