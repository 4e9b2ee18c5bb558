"""What was refused, said where it belongs: under the field it is about, the rest in one place.

A form makes a slot below each field, for the click comes after it is drawn. A sentence stands as long as its field does
as it was sent, and a question as long as what it asks about.
"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.actions.model import Faults
from lib.slides.words import escape
from lib.ui import forms, states
from lib.ui.acting.desk import Given, Opened, Slot
from lib.ui.keys import act_field

ASKED_ABOUT = ("until", "signal", "move_due")


def under(opened: Opened, name: str, label: str, *, now: str | None = None, **stands: object) -> None:
    """The place below the field `name`, which is called `label` where it is refused. `stands` is what it holds, as it
    is sent; `now` what can be said against that before it is sent."""
    opened.slots[name] = Slot(box=st.container(), label=label, now=now, stands=stands)


def draw(opened: Opened, rest: DeltaGenerator) -> None:
    """Everything that was refused; `rest` holds what is about none of the fields, and what is asked."""
    for name, slot in opened.slots.items():
        with slot.box:
            for said in (slot.now,) if slot.now else _against(opened, name, slot):
                forms.fault(said, slot.label)
    trouble = opened.trouble
    if isinstance(trouble, Faults):
        others = tuple(said for said in trouble.faults if trouble.about.get(said) not in opened.slots)
        trouble = Faults(others) if others else None
    with rest:
        if trouble is not None:
            states.problem(trouble, key="act_refused")
        elif opened.confirm is not None:
            _question(opened)


def forget_question(opened: Opened, given: Given) -> None:
    """A yes is to what was asked: with another day it is asked again."""
    if opened.confirm is not None and any(opened.sent.get(name) != given.get(name) for name in ASKED_ABOUT):
        opened.confirm = None
        st.session_state.pop(act_field(opened.key, "meant"), None)


def _against(opened: Opened, name: str, slot: Slot) -> tuple[str, ...]:
    trouble = opened.trouble
    if not isinstance(trouble, Faults) or any(opened.sent.get(key) != value for key, value in slot.stands.items()):
        return ()
    return tuple(said for said in trouble.faults if trouble.about.get(said) == name)


def _question(opened: Opened) -> None:
    question = opened.confirm
    if question is None:
        return
    with st.container(border=True, gap="xsmall", key="act_confirm"):
        st.markdown(f"##### :material/help: {escape(question.message)}")
        st.markdown(escape(question.hint or "Is this meant?"))
        st.checkbox("Yes, this is meant", key=act_field(opened.key, "meant"))
