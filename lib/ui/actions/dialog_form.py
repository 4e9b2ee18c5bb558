"""The form of a dialog, drawn from a pydantic schema, with each error under its own question.

A place for the error is reserved below each question, because the click comes after the question is drawn. An error
stays as long as the answers it is about are as they were submitted, a confirmation as long as what it asks about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from pydantic import BaseModel
from streamlit.delta_generator import DeltaGenerator

from lib.forms.model import Field, Form
from lib.forms.schema_errors import ValidationFailed
from lib.forms.schema_fields import Choices, build_fields_from_schema, convert_answers_to_parameters
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, form_widgets
from lib.ui.actions.dialog_state import DialogAnswers, DialogState, FieldErrorSlot
from lib.ui.form_widgets import ChoiceStyle, FormKeys
from lib.ui.session_keys import action_field_key, action_form_key

CONFIRMED_FIELDS = ("until", "signal", "move_due")


@dataclass(frozen=True)
class DialogForm:
    """Draws the questions of a schema one by one, so that a dialog can put its own lines between them."""

    dialog: DialogState
    schema: type[BaseModel]
    form: Form
    keys: FormKeys

    @classmethod
    def from_schema(
        cls,
        dialog: DialogState,
        schema: type[BaseModel],
        *,
        choices: Choices | None = None,
        defaults: Mapping[str, Any] | None = None,
    ) -> "DialogForm":
        """`defaults` are answers by key, such as `{"signal.health_below": 60}`."""
        fields = tuple(
            replace(field, default=(defaults or {}).get(field.key, field.default))
            for field in build_fields_from_schema(schema, choices=choices)
        )
        return cls.from_form(dialog, schema, Form(title="", fields=fields))

    @classmethod
    def from_form(cls, dialog: DialogState, schema: type[BaseModel], form: Form, scope: str = "") -> "DialogForm":
        """`scope` tells apart forms that one dialog shows in turn."""
        keys = FormKeys(prefix=action_form_key(f"{dialog.idempotency_key}{scope}"))
        form_widgets.seed_widgets(form, {}, keys)
        return cls(dialog=dialog, schema=schema, form=form, keys=keys)

    def draw_field(
        self, name: str, *, depends_on: tuple[str, ...] = (), choice: ChoiceStyle = "auto", **changes: Any
    ) -> Any:
        """Draw a question, and the one its answer asks for. Returns the answer as JSON.

        `changes` replace parts of the field; `depends_on` names other answers an error below it is also about.
        """
        field = self._find_field(name)
        answers = self.read_widget_answers()
        has_question = form_widgets.draw_form_field(replace(field, **changes), self.keys, answers, choice=choice)
        nested = f"{name}.{answers[name]}"
        if any(each.key == nested for each in self.form.fields):
            has_question |= form_widgets.draw_form_field(self._find_field(nested), self.keys, answers)
        label = changes.get("label", field.label)
        self.reserve_error_slot(name, label=label, depends_on=depends_on, is_explained=has_question)
        return answers[name]

    def draw_all_fields(self) -> None:
        """Draw every question."""
        for field in self.form.fields:
            if "." not in field.key:  # a nested question is drawn with the one it belongs to
                self.draw_field(field.key)

    def reserve_error_slot(
        self,
        name: str,
        *,
        label: str,
        depends_on: tuple[str, ...] = (),
        immediate_error: str | None = None,
        is_explained: bool = False,
    ) -> None:
        """Make the place for errors about `name`. `immediate_error` is shown before anything is submitted."""
        parameters = self.read_parameters()
        self.dialog.error_slots[name] = FieldErrorSlot(
            container=st.container(),
            label=label,
            immediate_error=immediate_error,
            is_explained=is_explained,
            current_values={key: parameters.get(key) for key in (name, *depends_on)},
        )

    def read_widget_answers(self) -> dict[str, Any]:
        return form_widgets.read_widget_answers(self.form, self.keys)

    def read_parameters(self) -> dict[str, Any]:
        """The answers as the schema takes them; unanswered ones are left out."""
        return convert_answers_to_parameters(self.schema, self.read_widget_answers())

    def widget_key(self, name: str) -> str:
        return self.keys.field_key(self._find_field(name))

    def _find_field(self, name: str) -> Field:
        return next(field for field in self.form.fields if field.key == name)


def draw_dialog_errors(dialog: DialogState, container: DeltaGenerator) -> None:
    """Draw all errors; `container` takes those about no question, and the confirmation."""
    error = dialog.error
    for name, slot in dialog.error_slots.items():
        with slot.container:
            for message in (slot.immediate_error,) if slot.immediate_error else _list_field_errors(dialog, name, slot):
                form_widgets.draw_field_error(message, slot.label)
    if isinstance(error, ValidationFailed):
        others = tuple(each for each in error.messages if error.field_of_message.get(each) not in dialog.error_slots)
        error = ValidationFailed(others) if others else None
    with container:
        if error is not None:
            empty_and_error_states.draw_error(error, key="act_refused")
        elif dialog.confirmation is not None:
            with st.container(border=True, gap="xsmall", key="act_confirm"):
                st.markdown(f"##### :material/help: {escape_markdown(dialog.confirmation.message)}")
                st.markdown(escape_markdown(dialog.confirmation.hint or "Continue?"))
                st.checkbox("Yes, continue", key=action_field_key(dialog.idempotency_key, "meant"))


def drop_outdated_confirmation(dialog: DialogState, answers: DialogAnswers) -> None:
    """Ask again once what was confirmed has changed."""
    if dialog.confirmation is None:
        return
    if any(dialog.submitted.get(name) != answers.get(name) for name in CONFIRMED_FIELDS):
        dialog.confirmation = None
        st.session_state.pop(action_field_key(dialog.idempotency_key, "meant"), None)


def read_confirmation(dialog: DialogState) -> dict[str, bool]:
    """The parameter that was asked to be confirmed, and whether it is."""
    if dialog.confirmation is None:
        return {}
    name = str(dialog.confirmation.detail["confirm"])
    return {name: bool(st.session_state.get(action_field_key(dialog.idempotency_key, "meant")))}


def _list_field_errors(dialog: DialogState, name: str, slot: FieldErrorSlot) -> tuple[str, ...]:
    error = dialog.error
    has_changed = any(dialog.submitted.get(key) != value for key, value in slot.current_values.items())
    if not isinstance(error, ValidationFailed) or has_changed or slot.is_explained:
        return ()
    return tuple(message for message in error.messages if error.field_of_message.get(message) == name)
