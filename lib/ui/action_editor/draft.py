"""An action being written in this tab: which steps there are, in which order. What is typed stands in widgets."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from lib.actions import action_steps
from lib.actions.handler import colleague_choices
from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.errors import ZenError
from lib.forms.model import Field, FieldKind, Form, Option
from lib.forms.schema import fields_from_schema, parameters_from_answers
from lib.ui import forms as drawing
from lib.ui.forms import FormKeys
from lib.ui.keys import ACTION_DRAFT, action_editor_field

STEP_TITLES = {kind: (step.__doc__ or kind).strip().rstrip(".") for kind, step in action_steps.STEP_TYPES.items()}
EMPTY_FIELDS: Mapping[str, Any] = {"name": "", "description": "", "question": "", "needs_leader": False}
WorkflowNames = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class StepDraft:
    """A step in the editor: its widgets are named after `id`, so that moving it keeps what is typed."""

    kind: str
    stored: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @property
    def form_keys(self) -> FormKeys:
        return FormKeys(slide_id=f"admin.{self.id}", version=0)


@dataclass(kw_only=True)
class ActionDraft:
    """`action` is what is changed, None for a new one; `theirs` what somebody else made of it meanwhile;
    `found` what was read for it, once; `typed` what stood in its fields, for coming back to the page; `sent` what was
    refused with `trouble`, when its steps were `sent_lines`."""

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
        return self.action is None or self.action.kind == ActionKind.CUSTOM

    def field_key(self, name: str) -> str:
        return action_editor_field(self.draft_id, name)


def get_draft() -> ActionDraft | None:
    draft: ActionDraft | None = st.session_state.get(ACTION_DRAFT)
    return draft


def open_draft(action: SavedAction | None) -> None:
    """A callback: write a new action, or change one."""
    stored = action.parameters.get("steps") if action else None
    written = stored if isinstance(stored, list) else []
    known = [step for step in written if isinstance(step, Mapping) and step.get("do") in action_steps.STEP_TYPES]
    draft = ActionDraft(action=action, steps=[StepDraft(kind=str(step["do"]), stored=step) for step in known])
    if action is not None:
        draft.field_values = {
            "name": action.name,
            "description": action.description,
            "needs_leader": action.needs_leader,
            "question": str(action.parameters.get("question") or ""),
        }
    st.session_state[ACTION_DRAFT] = draft


def close_draft() -> None:
    """A callback, and what saving ends with."""
    st.session_state.pop(ACTION_DRAFT, None)


def add_step(draft: ActionDraft, key: str) -> None:
    """A callback of the menu of steps."""
    kind = st.session_state.get(key)
    if isinstance(kind, str) and kind in action_steps.STEP_TYPES and len(draft.steps) < action_steps.MAX_STEPS:
        draft.steps.append(StepDraft(kind=kind))


def remove_step(draft: ActionDraft, line_id: str) -> None:
    """A callback. Named after the step, so a second click on it removes no other."""
    draft.steps = [line for line in draft.steps if line.id != line_id]


def move_step(draft: ActionDraft, line_id: str, by: int) -> None:
    """A callback: one place up (-1) or down (1)."""
    place = next((n for n, line in enumerate(draft.steps) if line.id == line_id), None)
    if place is not None and 0 <= place + by < len(draft.steps):
        draft.steps.insert(place + by, draft.steps.pop(place))


def seed_fields(draft: ActionDraft) -> None:
    """Put what was typed into fields that are not there, or not any more."""
    for name, empty in EMPTY_FIELDS.items():
        if draft.field_key(name) not in st.session_state:
            st.session_state[draft.field_key(name)] = draft.field_values.get(name, empty)
        draft.field_values[name] = st.session_state[draft.field_key(name)]


def build_step_form(line: StepDraft, place: int, people: Sequence[Colleague], workflows: WorkflowNames) -> Form:
    """The questions of a step; which workflow is a choice among those there are."""
    found = fields_from_schema(
        action_steps.STEP_TYPES[line.kind], values=line.stored, choices=colleague_choices(people)
    )
    fields = tuple(_workflow_choice(each, workflows) if each.key == "workflow_id" else each for each in found)
    return Form(title=f"{place}. {STEP_TITLES[line.kind]}", fields=fields)


def read_step(line: StepDraft, form: Form) -> dict[str, Any]:
    """The step as it stands in the widgets."""
    return {
        "do": line.kind,
        **parameters_from_answers(action_steps.STEP_TYPES[line.kind], drawing.read_answers(form, line.form_keys)),
    }


def read_action(draft: ActionDraft, written: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All of it, as it is saved. `written` are the steps."""
    content: dict[str, Any] = {
        "name": _field_text(draft, "name"),
        "description": _field_text(draft, "description"),
        "needs_leader": bool(st.session_state.get(draft.field_key("needs_leader"))),
    }
    if draft.has_steps:
        question = _field_text(draft, "question")
        content["parameters"] = {"steps": list(written)} | ({"question": question} if question else {})
    return content


def _field_text(draft: ActionDraft, name: str) -> str:
    return str(st.session_state.get(draft.field_key(name)) or "").strip()


def _workflow_choice(question: Field, workflows: WorkflowNames) -> Field:
    options = tuple(Option(value=workflow_id, label=name) for workflow_id, name in workflows.items())
    return replace(question, kind=FieldKind.CHOICE, options=options)
