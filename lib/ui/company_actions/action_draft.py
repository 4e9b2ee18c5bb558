"""An action being edited in this tab: its steps in order, its fields, and the errors of the last save."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from lib.actions import company_action_steps
from lib.actions.handler import build_colleague_choices
from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.errors import ZenError
from lib.forms.model import Field, FieldKind, Form, Option
from lib.forms.schema_errors import ValidationFailed
from lib.forms.schema_fields import build_fields_from_schema, convert_answers_to_parameters
from lib.ui import form_widgets
from lib.ui.form_widgets import FormKeys
from lib.ui.session_keys import ACTION_DRAFT, company_action_field_key

STEP_TITLES = {kind: step.model_config.get("title") or kind for kind, step in company_action_steps.STEP_TYPES.items()}
EMPTY_FIELDS: Mapping[str, Any] = {"name": "", "description": "", "question": "", "needs_leader": False}
OWN_FIELDS = ("name", "description", "question", "steps")
WorkflowNames = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class StepDraft:
    """A step in the editor. Its widgets are named after `id`, so that they move with it."""

    kind: str
    stored: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @property
    def form_keys(self) -> FormKeys:
        return FormKeys(prefix=company_action_field_key(self.id, "step"))


@dataclass(kw_only=True)
class ActionDraft:
    """`action` is what is edited, None for a new one; `conflicting_action` what somebody else saved meanwhile.

    `field_values` bring the fields back when the page is opened again. `error` refused `submitted`, whose steps were
    `submitted_step_ids`.
    """

    action: SavedAction | None = None
    steps: list[StepDraft] = field(default_factory=list)
    draft_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    error: ZenError | None = None
    conflicting_action: SavedAction | None = None
    loaded: dict[str, Any] = field(default_factory=dict)
    field_values: dict[str, Any] = field(default_factory=dict)
    submitted: Mapping[str, Any] = field(default_factory=dict)
    submitted_step_ids: tuple[str, ...] = ()

    @property
    def has_steps(self) -> bool:
        return self.action is None or self.action.kind == ActionKind.COMPANY_ACTION

    def field_key(self, name: str) -> str:
        return company_action_field_key(self.draft_id, name)


def get_action_draft() -> ActionDraft | None:
    draft: ActionDraft | None = st.session_state.get(ACTION_DRAFT)
    return draft


def start_action_draft(action: SavedAction | None) -> None:
    """For callbacks: edit an action, or a new one."""
    stored = action.parameters.get("steps") if action else None
    written = stored if isinstance(stored, list) else []
    known = [
        step for step in written if isinstance(step, Mapping) and step.get("do") in company_action_steps.STEP_TYPES
    ]
    draft = ActionDraft(action=action, steps=[StepDraft(kind=str(step["do"]), stored=step) for step in known])
    if action is not None:
        draft.field_values = {
            "name": action.name,
            "description": action.description,
            "needs_leader": action.needs_leader,
            "question": str(action.parameters.get("question") or ""),
        }
    st.session_state[ACTION_DRAFT] = draft


def close_action_draft() -> None:
    """For callbacks, and after saving."""
    st.session_state.pop(ACTION_DRAFT, None)


def add_draft_step(draft: ActionDraft, key: str) -> None:
    """For callbacks of the menu of steps."""
    kind = st.session_state.get(key)
    if (
        isinstance(kind, str)
        and kind in company_action_steps.STEP_TYPES
        and len(draft.steps) < company_action_steps.MAX_STEPS
    ):
        draft.steps.append(StepDraft(kind=kind))


def remove_draft_step(draft: ActionDraft, step_id: str) -> None:
    """For callbacks. By id, so that a second click removes no other step."""
    draft.steps = [line for line in draft.steps if line.id != step_id]


def move_draft_step(draft: ActionDraft, step_id: str, by: int) -> None:
    """For callbacks: move a step up (-1) or down (1)."""
    place = next((n for n, line in enumerate(draft.steps) if line.id == step_id), None)
    if place is not None and 0 <= place + by < len(draft.steps):
        draft.steps.insert(place + by, draft.steps.pop(place))


def seed_action_fields(draft: ActionDraft) -> None:
    """Fill fields that are not drawn yet, or not any more, with what was typed."""
    for name, empty in EMPTY_FIELDS.items():
        if draft.field_key(name) not in st.session_state:
            st.session_state[draft.field_key(name)] = draft.field_values.get(name, empty)
        draft.field_values[name] = st.session_state[draft.field_key(name)]


def build_action_step_form(line: StepDraft, place: int, people: Sequence[Colleague], workflows: WorkflowNames) -> Form:
    """The questions of a step; which workflow is a choice among those there are."""
    found = build_fields_from_schema(
        company_action_steps.STEP_TYPES[line.kind], values=line.stored, choices=build_colleague_choices(people)
    )
    fields = tuple(_build_workflow_choice(each, workflows) if each.key == "workflow_id" else each for each in found)
    return Form(title=f"{place}. {STEP_TITLES[line.kind]}", fields=fields)


def read_step_widgets(line: StepDraft, form: Form) -> dict[str, Any]:
    """The step in the widgets, as it is saved."""
    return {
        "do": line.kind,
        **convert_answers_to_parameters(
            company_action_steps.STEP_TYPES[line.kind], form_widgets.read_widget_answers(form, line.form_keys)
        ),
    }


def build_action_content(draft: ActionDraft, written: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All of it, as it is saved. `written` are the steps."""
    content: dict[str, Any] = {
        "name": _get_field_text(draft, "name"),
        "description": _get_field_text(draft, "description"),
        "needs_leader": bool(st.session_state.get(draft.field_key("needs_leader"))),
    }
    if draft.has_steps:
        question = _get_field_text(draft, "question")
        content["parameters"] = {"steps": list(written)} | ({"question": question} if question else {})
    return content


def _get_field_text(draft: ActionDraft, name: str) -> str:
    return str(st.session_state.get(draft.field_key(name)) or "").strip()


def _build_workflow_choice(question: Field, workflows: WorkflowNames) -> Field:
    options = tuple(Option(value=workflow_id, label=name) for workflow_id, name in workflows.items())
    return replace(question, kind=FieldKind.CHOICE, options=options)


def record_save_error(draft: ActionDraft, error: ZenError, content: Mapping[str, Any]) -> None:
    """Remember that saving `content` failed with `error`."""
    draft.error, draft.submitted = error, content
    draft.submitted_step_ids = tuple(each.id for each in draft.steps)


def draw_field_errors(draft: ActionDraft, name: str, label: str = "") -> None:
    """Draw the errors of a field of the action, or of its steps as a whole, while it is as submitted."""
    if _read_current_field_value(draft, name) == _find_submitted_field_value(draft, name):
        for message, path in _list_errors_with_fields(draft):
            if path == name:
                form_widgets.draw_field_error(message, label)


def list_step_errors(draft: ActionDraft, step_draft: StepDraft, form: Form, step: Mapping[str, Any]) -> tuple[str, ...]:
    """Errors of a step, each beginning with its question: `forms.draw_form` puts it there."""
    if step_draft.id not in draft.submitted_step_ids:
        return ()
    index = draft.submitted_step_ids.index(step_draft.id)
    submitted: Mapping[str, Any] = draft.submitted["parameters"]["steps"][index]
    labels = {each.key: each.label for each in form.fields}
    errors = []
    for message, path in _list_errors_with_fields(draft):
        name = path.removeprefix(f"steps.{index}.")
        if name != path and submitted.get(name) == step.get(name):
            errors.append(_prefix_message_with_label(message.removeprefix(f"Step {index + 1}: "), labels.get(name)))
    return tuple(errors)


def find_error_without_field(draft: ActionDraft, content: Mapping[str, Any]) -> ZenError | None:
    """The error about no field. It goes with the first change, unless it is a conflict."""
    error = draft.error
    if isinstance(error, ValidationFailed):
        others = tuple(
            message
            for message, path in _list_errors_with_fields(draft)
            if path not in OWN_FIELDS and not path.startswith("steps.")
        )
        return ValidationFailed(others) if others else None
    return error if draft.conflicting_action is not None or content == draft.submitted else None


def _list_errors_with_fields(draft: ActionDraft) -> Iterator[tuple[str, str]]:
    """Each error with the path of its field: "name", "steps.0.body"."""
    error = draft.error
    if isinstance(error, ValidationFailed):
        for message in error.messages:
            yield message, error.field_of_message.get(message, "")


def _prefix_message_with_label(message: str, label: str | None) -> str:
    return message if label is None or message.startswith(f"“{label}”") else f"“{label}”: {message}"


def _read_current_field_value(draft: ActionDraft, name: str) -> Any:
    return tuple(each.id for each in draft.steps) if name == "steps" else draft.field_values[name].strip()


def _find_submitted_field_value(draft: ActionDraft, name: str) -> Any:
    if name == "steps":
        return draft.submitted_step_ids
    if name == "question":
        return draft.submitted.get("parameters", {}).get("question", "")
    return draft.submitted.get(name)
