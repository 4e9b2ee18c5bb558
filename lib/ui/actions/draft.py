"""An action being written in this tab: which steps there are, in which order. What is typed stands in widgets."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from lib.actions import forms, steps
from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.errors import ZenError
from lib.slides.model import Field, FieldKind, Form, Option
from lib.ui import forms as drawing
from lib.ui.forms import Place
from lib.ui.keys import ADMIN_DRAFT, admin_field

TITLES = {kind: (step.__doc__ or kind).strip().rstrip(".") for kind, step in steps.STEPS.items()}
FIELDS: Mapping[str, Any] = {"name": "", "description": "", "question": "", "needs_leader": False}
Workflows = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A step in the editor: its widgets are named after `id`, so that moving it keeps what is typed."""

    kind: str
    stored: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @property
    def place(self) -> Place:
        return Place(slide_id=f"admin.{self.id}", seat=0)


@dataclass(kw_only=True)
class Draft:
    """`action` is what is changed, None for a new one; `theirs` what somebody else made of it meanwhile;
    `found` what was read for it, once; `typed` what stood in its fields, for coming back to the page; `sent` what was
    refused with `trouble`, when its steps were `sent_lines`."""

    action: SavedAction | None = None
    lines: list[Line] = field(default_factory=list)
    seat: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    trouble: ZenError | None = None
    theirs: SavedAction | None = None
    found: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    sent_lines: tuple[str, ...] = ()

    @property
    def has_steps(self) -> bool:
        return self.action is None or self.action.kind == ActionKind.CUSTOM

    def key(self, name: str) -> str:
        return admin_field(self.seat, name)


def the_draft() -> Draft | None:
    draft: Draft | None = st.session_state.get(ADMIN_DRAFT)
    return draft


def open_draft(action: SavedAction | None) -> None:
    """A callback: write a new action, or change one."""
    stored = action.parameters.get("steps") if action else None
    written = stored if isinstance(stored, list) else []
    known = [step for step in written if isinstance(step, Mapping) and step.get("do") in steps.STEPS]
    draft = Draft(action=action, lines=[Line(kind=str(step["do"]), stored=step) for step in known])
    if action is not None:
        draft.typed = {
            "name": action.name,
            "description": action.description,
            "needs_leader": action.needs_leader,
            "question": str(action.parameters.get("question") or ""),
        }
    st.session_state[ADMIN_DRAFT] = draft


def close_draft() -> None:
    """A callback, and what saving ends with."""
    st.session_state.pop(ADMIN_DRAFT, None)


def add_line(draft: Draft, key: str) -> None:
    """A callback of the menu of steps."""
    kind = st.session_state.get(key)
    if isinstance(kind, str) and kind in steps.STEPS and len(draft.lines) < steps.MOST_STEPS:
        draft.lines.append(Line(kind=kind))


def remove_line(draft: Draft, line_id: str) -> None:
    """A callback. Named after the step, so a second click on it removes no other."""
    draft.lines = [line for line in draft.lines if line.id != line_id]


def move_line(draft: Draft, line_id: str, by: int) -> None:
    """A callback: one place up (-1) or down (1)."""
    place = next((n for n, line in enumerate(draft.lines) if line.id == line_id), None)
    if place is not None and 0 <= place + by < len(draft.lines):
        draft.lines.insert(place + by, draft.lines.pop(place))


def seed(draft: Draft) -> None:
    """Put what was typed into fields that are not there, or not any more."""
    for name, empty in FIELDS.items():
        if draft.key(name) not in st.session_state:
            st.session_state[draft.key(name)] = draft.typed.get(name, empty)
        draft.typed[name] = st.session_state[draft.key(name)]


def form_of(line: Line, place: int, people: Sequence[Colleague], workflows: Workflows) -> Form:
    """The questions of a step; which workflow is a choice among those there are."""
    found = forms.fields_of(steps.STEPS[line.kind], standing=line.stored, colleagues=people)
    fields = tuple(_workflow(each, workflows) if each.key == "workflow_id" else each for each in found)
    return Form(title=f"{place}. {TITLES[line.kind]}", fields=fields)


def step_of(line: Line, form: Form) -> dict[str, Any]:
    """The step as it stands in the widgets."""
    return {"do": line.kind, **forms.parameters_of(steps.STEPS[line.kind], drawing.typed(form, line.place))}


def content_of(draft: Draft, written: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All of it, as it is saved. `written` are the steps."""
    content: dict[str, Any] = {
        "name": _text(draft, "name"),
        "description": _text(draft, "description"),
        "needs_leader": bool(st.session_state.get(draft.key("needs_leader"))),
    }
    if draft.has_steps:
        question = _text(draft, "question")
        content["parameters"] = {"steps": list(written)} | ({"question": question} if question else {})
    return content


def _text(draft: Draft, name: str) -> str:
    return str(st.session_state.get(draft.key(name)) or "").strip()


def _workflow(question: Field, workflows: Workflows) -> Field:
    options = tuple(Option(value=workflow_id, label=name) for workflow_id, name in workflows.items())
    return replace(question, kind=FieldKind.CHOICE, options=options)
