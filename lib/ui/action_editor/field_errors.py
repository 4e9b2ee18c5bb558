"""What was refused in the editor, said under the field it is about, and only while that stands as it was sent."""

from collections.abc import Iterator, Mapping
from typing import Any

from lib.errors import ZenError
from lib.forms.model import Form
from lib.forms.schema_errors import ValidationFailed
from lib.ui import forms
from lib.ui.action_editor.draft import ActionDraft, StepDraft

OWN_FIELDS = ("name", "description", "question", "steps")


def record_error(draft: ActionDraft, error: ZenError, content: Mapping[str, Any]) -> None:
    """`content` was refused with `error`."""
    draft.error, draft.submitted = error, content
    draft.submitted_step_ids = tuple(line.id for line in draft.steps)


def draw_field_errors(draft: ActionDraft, name: str, label: str = "") -> None:
    """Below a field of the action itself, or below its steps."""
    if _current_value(draft, name) == _submitted_value(draft, name):
        for said, about in _errors_with_fields(draft):
            if about == name:
                forms.draw_field_error(said, label)


def step_errors(draft: ActionDraft, line: StepDraft, form: Form, step: Mapping[str, Any]) -> tuple[str, ...]:
    """For the form of a step, each beginning with the question it is about: `forms.draw` puts it there."""
    if line.id not in draft.submitted_step_ids:
        return ()
    place = draft.submitted_step_ids.index(line.id)
    sent: Mapping[str, Any] = draft.submitted["parameters"]["steps"][place]
    labels = {field.key: field.label for field in form.fields}
    told = []
    for said, about in _errors_with_fields(draft):
        name = about.removeprefix(f"steps.{place}.")
        if name != about and sent.get(name) == step.get(name):
            told.append(_prefix_label(said.removeprefix(f"Step {place + 1}: "), labels.get(name)))
    return tuple(told)


def remaining_error(draft: ActionDraft, content: Mapping[str, Any]) -> ZenError | None:
    """What is about no field; gone with the first change, unless it asks which of two stands."""
    trouble = draft.error
    if isinstance(trouble, ValidationFailed):
        others = tuple(
            said
            for said, about in _errors_with_fields(draft)
            if about not in OWN_FIELDS and not about.startswith("steps.")
        )
        return ValidationFailed(others) if others else None
    return trouble if draft.conflicting_action is not None or content == draft.submitted else None


def _errors_with_fields(draft: ActionDraft) -> Iterator[tuple[str, str]]:
    """Each sentence, and what it is about."""
    trouble = draft.error
    if isinstance(trouble, ValidationFailed):
        for said in trouble.messages:
            yield said, trouble.field_of_message.get(said, "")


def _prefix_label(said: str, label: str | None) -> str:
    return said if label is None or said.startswith(f"“{label}”") else f"“{label}”: {said}"


def _current_value(draft: ActionDraft, name: str) -> Any:
    return tuple(line.id for line in draft.steps) if name == "steps" else draft.field_values[name].strip()


def _submitted_value(draft: ActionDraft, name: str) -> Any:
    if name == "steps":
        return draft.submitted_step_ids
    if name == "question":
        return draft.submitted.get("parameters", {}).get("question", "")
    return draft.submitted.get(name)
