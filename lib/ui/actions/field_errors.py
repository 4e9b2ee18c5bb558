"""What was refused, said where it belongs: under the field it is about, the rest in one place.

A form makes a slot below each field, for the click comes after it is drawn. A sentence stands as long as its field does
as it was sent, and a question as long as what it asks about.
"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.forms.schema_errors import ValidationFailed
from lib.text.escape import escape_markdown
from lib.ui import forms, placeholders
from lib.ui.actions.action_state import DialogAnswers, DialogState, FieldErrorSlot
from lib.ui.keys import action_field

CONFIRMED_FIELDS = ("until", "signal", "move_due")


def reserve_error_slot(
    opened: DialogState, name: str, label: str, *, immediate_error: str | None = None, **stands: object
) -> None:
    """The place below the field `name`, which is called `label` where it is refused. `stands` is what it holds, as it
    is sent; `now` what can be said against that before it is sent."""
    opened.error_slots[name] = FieldErrorSlot(
        container=st.container(), label=label, immediate_error=immediate_error, current_values=stands
    )


def draw_errors(opened: DialogState, rest: DeltaGenerator) -> None:
    """Everything that was refused; `rest` holds what is about none of the fields, and what is asked."""
    for name, slot in opened.error_slots.items():
        with slot.container:
            for said in (slot.immediate_error,) if slot.immediate_error else _errors_of_field(opened, name, slot):
                forms.draw_field_error(said, slot.label)
    trouble = opened.error
    if isinstance(trouble, ValidationFailed):
        others = tuple(
            said for said in trouble.messages if trouble.field_of_message.get(said) not in opened.error_slots
        )
        trouble = ValidationFailed(others) if others else None
    with rest:
        if trouble is not None:
            placeholders.draw_error(trouble, key="act_refused")
        elif opened.confirmation is not None:
            _draw_confirmation(opened)


def drop_outdated_confirmation(opened: DialogState, given: DialogAnswers) -> None:
    """A yes is to what was asked: with another day it is asked again."""
    if opened.confirmation is not None and any(
        opened.submitted.get(name) != given.get(name) for name in CONFIRMED_FIELDS
    ):
        opened.confirmation = None
        st.session_state.pop(action_field(opened.idempotency_key, "meant"), None)


def _errors_of_field(opened: DialogState, name: str, slot: FieldErrorSlot) -> tuple[str, ...]:
    trouble = opened.error
    if not isinstance(trouble, ValidationFailed) or any(
        opened.submitted.get(key) != value for key, value in slot.current_values.items()
    ):
        return ()
    return tuple(said for said in trouble.messages if trouble.field_of_message.get(said) == name)


def _draw_confirmation(opened: DialogState) -> None:
    question = opened.confirmation
    if question is None:
        return
    with st.container(border=True, gap="xsmall", key="act_confirm"):
        st.markdown(f"##### :material/help: {escape_markdown(question.message)}")
        st.markdown(escape_markdown(question.hint or "Is this meant?"))
        st.checkbox("Yes, this is meant", key=action_field(opened.idempotency_key, "meant"))
