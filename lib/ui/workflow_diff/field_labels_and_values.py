"""Names and values of what a workflow consists of, as text. Pure."""

from collections.abc import Mapping
from typing import Any

from lib.slides.library import get_default_slide_title
from lib.slides.own_questions import QUESTION_KIND_LABELS
from lib.slides.shown_sections import SHOWN_SECTION_LABELS
from lib.slides.slide_condition import COMPARISON_LABELS, FACT_LABELS, FACT_VALUES, Comparison, ConditionFact
from lib.slides.template_text_preview import describe_template, format_template_preview
from lib.text.format import format_count, format_days, humanize_code
from lib.text.truncate import single_line
from lib.ui.settings.suggestion_rows import describe_suggestion_rule
from lib.workflows.trigger_rule import describe_trigger_rule
from lib.workflows.workflow_content import MISSING

FIELD_LABELS: Mapping[str, str] = {
    "name": "Name",
    "description": "Description",
    "category": "Category",
    "suggested_when": "Suggested for",
    "begun_when": "Begins by itself for",
    "slides": "Order of the slides",
    "slide": "Whole slide",
    "title": "Title",
    "lead": "Opening text",
    "checklist": "Checklist",
    "question": "Question",
    "minutes": "Duration",
    "subject": "Subject",
    "body": "Text",
    "shown_when": "Shown when",
    "questions": "Questions of your own",
    "form": "The slide's questions",
    "shows": "Shows",
    "branches": "Chat branches",
    "label": "Label",
    "branch_type": "Kind",
    "response_text": "Answer",
    "prompt": "Prompt",
    "saved_action_id": "Action",
    "snooze_days": "Snoozes for",
    "next_branch_key": "Followed by",
    "kind": "Answered with",
    "choices": "Choices",
    "is_required": "Needs an answer",
    "is_hidden": "Not asked",
    "help": "Explanation",
}
BRANCH_TYPES: Mapping[str, str] = {
    "fixed": "fixed answer",
    "llm": "answered by the assistant",
    "rag": "answered from your records",
    "saved_action": "runs an action",
}
VALUE_LABELS: Mapping[str, Mapping[Any, str]] = {
    "branch_type": BRANCH_TYPES,
    "kind": QUESTION_KIND_LABELS,
    "shows": SHOWN_SECTION_LABELS,
}
"""Labels of the values of a field that are codes."""
LIBRARY_DEFAULT = "As in the slide library"


def format_field_label(key: str) -> str:
    """ "Opening text"; for a part of an entry "Chat branches, snooze, Label"."""
    return ", ".join(FIELD_LABELS.get(part) or humanize_code(part) for part in key.split(".") if part)


def format_field_value(key: str, value: Any) -> str:
    """A value as plain text, lists and objects a line each; empty for none."""
    if value is MISSING or value is None:
        return ""
    name = key.rpartition(".")[2]
    match value:
        case bool():
            return "yes" if value else "no"
        case int() if name == "minutes":
            return format_count(value, "minute")
        case int() if name == "snooze_days":
            return format_days(value)
        case Mapping():
            return _format_object_value(name, value)
        case list() | tuple():
            return "\n".join(format_field_value(name, entry) for entry in value)
        case _:
            return VALUE_LABELS.get(name, {}).get(value, str(value))


def format_compared_values(key: str, before: Any, after: Any) -> tuple[str, str]:
    """Both values as text, templates in words; as they are written where only that tells them apart."""
    written = format_field_value(key, before), format_field_value(key, after)
    worded = [describe_template(text) for text in written]
    if worded[0] is None or worded[1] is None or worded[0] == worded[1]:
        return written
    return worded[0], worded[1]


def _format_object_value(name: str, value: Mapping[str, Any]) -> str:
    if name == "suggested_when":
        return describe_suggestion_rule(value)
    if name == "begun_when":
        return describe_trigger_rule(value)
    if name == "shown_when" or value.keys() & {"all", "any"}:
        return "\n".join(
            f"{'All of' if joint == 'all' else 'One of'}: "
            + "; ".join(_format_condition(each) for each in conditions if isinstance(each, Mapping))
            for joint, conditions in value.items()
            if isinstance(conditions, list | tuple)
        )
    return "\n".join(f"{format_field_label(key)}: {format_field_value(key, each)}" for key, each in value.items())


def _format_condition(condition: Mapping[str, Any]) -> str:
    fact = str(condition.get("fact"))
    subject = FACT_LABELS[ConditionFact(fact)] if fact in tuple(ConditionFact) else fact
    if condition.get("slide"):
        subject = f"{humanize_code(str(condition.get('key')))} on “{get_default_slide_title(str(condition['slide']))}”"
    comparison = str(condition.get("comparison"))
    verb = COMPARISON_LABELS[Comparison(comparison)] if comparison in tuple(Comparison) else comparison
    values = condition.get("value")
    labels = FACT_VALUES.get(ConditionFact(fact), {}) if fact in tuple(ConditionFact) else {}
    texts = [
        labels.get(str(each)) or format_field_value("", each)
        for each in (values if isinstance(values, list | tuple) else [values])
    ]
    return f"{subject} {verb} {', '.join(texts)}"


def list_slide_titles(*contents: Mapping[str, Any]) -> dict[str, str]:
    """The title of every slide of the contents by address, as the last content that has it calls it."""
    titles: dict[str, str] = {}
    for content in contents:
        for address in (*content["slide_sequence"], *content["slide_contexts"], *content["chat_branches"]):
            context = content["slide_contexts"].get(address, {})
            own = context.get("title") if isinstance(context, Mapping) else None
            titles[address] = (
                format_template_preview(own)
                if isinstance(own, str) and own
                else single_line(get_default_slide_title(address), max_length=120)
            )
    return titles
