"""A company's own actions, and any that have no dialog of their own: what each does, and what it asks for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.actions import forms
from lib.actions.model import ActionKind, SavedAction
from lib.actions.registry import handler_of
from lib.errors import NotFound
from lib.services import Services
from lib.slides.words import escape
from lib.ui import forms as drawing
from lib.ui.acting import offered, stepping
from lib.ui.acting.desk import Opened
from lib.ui.forms import Place
from lib.ui.keys import act_field


def form(opened: Opened, services: Services) -> Mapping[str, Any]:
    """Draws the choice and what the chosen action asks; returns what was answered. Raises what reading raises."""
    actions = {each.id: each for each in offered.others(services)}
    if not actions:
        st.markdown("Your company has no actions of its own yet. A manager can add them under Actions.")
        opened.action_id = None
        return {}
    opened.action_id = st.radio(
        "Action",
        list(actions),
        index=0 if len(actions) == 1 else None,
        format_func=lambda action_id: escape(actions[action_id].name),
        captions=[escape(each.description) or " " for each in actions.values()],
        key=act_field(opened.key, "action"),
        label_visibility="collapsed",
    )
    return {} if opened.action_id is None else _asked(opened, services, actions[opened.action_id])


def chosen(opened: Opened, services: Services) -> SavedAction:
    """Raises NotFound when nothing is chosen, or what was chosen is gone."""
    found = next((each for each in offered.others(services) if each.id == opened.action_id), None)
    if found is None:
        raise NotFound("Choose what is to be done.", hint="Nothing was done.")
    return found


def _asked(opened: Opened, services: Services, action: SavedAction) -> Mapping[str, Any]:
    """What it will do, and the questions of its kind, drawn from the handler's parameters."""
    handler = handler_of(action.kind)
    steps = stepping.sentences_of(action.parameters, _names(opened, services, action))
    if steps:
        st.markdown("\n".join(f"{place}. {escape(step)}" for place, step in enumerate(steps, start=1)))
    whole = forms.form_of(handler, action, colleagues=_people(opened, services, handler.asks(action)))
    if action.kind == ActionKind.CUSTOM:  # asked only where a step cannot do without
        whole = replace(whole, fields=tuple(replace(field, required=True) for field in whole.fields))
    if not whole.fields:
        return {}
    place = Place(slide_id=f"{opened.key}.{action.id}", seat=0)
    drawing.seed(whole, {}, place)
    shown = forms.shown(whole, drawing.typed(whole, place))
    drawing.draw(shown, place, drawing.typed(whole, place), key=act_field(opened.key, "form"))
    return forms.parameters_of(handler.Parameters, drawing.typed(whole, place))


def _people(opened: Opened, services: Services, asked: Mapping[str, str]) -> Any:
    return offered.colleagues(opened, services) if "to" in asked else ()


def _names(opened: Opened, services: Services, action: SavedAction) -> Mapping[str, str]:
    """Who is named in its steps, where somebody is."""
    if not stepping.names_somebody(action.parameters):
        return {}
    me = {str(services.person.id): services.person.full_name}
    return me | {each.id: each.full_name for each in offered.colleagues(opened, services)}
