"""A company's own actions, and any that have no dialog of their own: what each does, and what it asks for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.actions.handler import build_action_form
from lib.actions.model import ActionKind, SavedAction
from lib.actions.registry import get_handler
from lib.errors import NotFound
from lib.forms.schema import hide_unchosen_fields, parameters_from_answers
from lib.services import Services
from lib.text.escape import escape_markdown
from lib.ui import forms as drawing
from lib.ui.actions import available, step_text
from lib.ui.actions.action_state import DialogState
from lib.ui.forms import FormKeys
from lib.ui.keys import action_field


def draw_custom_action_form(opened: DialogState, services: Services) -> Mapping[str, Any]:
    """Draws the choice and what the chosen action asks; returns what was answered. Raises what reading raises."""
    actions = {each.id: each for each in available.list_custom_actions(services)}
    if not actions:
        st.markdown("Your company has no actions of its own yet. A manager can add them under Actions.")
        opened.action_id = None
        return {}
    opened.action_id = st.radio(
        "Action",
        list(actions),
        index=0 if len(actions) == 1 else None,
        format_func=lambda action_id: escape_markdown(actions[action_id].name),
        captions=[escape_markdown(each.description) or " " for each in actions.values()],
        key=action_field(opened.idempotency_key, "action"),
        label_visibility="collapsed",
    )
    return {} if opened.action_id is None else _draw_action_form(opened, services, actions[opened.action_id])


def chosen_action(opened: DialogState, services: Services) -> SavedAction:
    """Raises NotFound when nothing is chosen, or what was chosen is gone."""
    found = next((each for each in available.list_custom_actions(services) if each.id == opened.action_id), None)
    if found is None:
        raise NotFound("Choose what is to be done.", hint="Nothing was done.")
    return found


def _draw_action_form(opened: DialogState, services: Services, action: SavedAction) -> Mapping[str, Any]:
    """What it will do, and the questions of its kind, drawn from the handler's parameters."""
    handler = get_handler(action.kind)
    steps = step_text.describe_steps(action.parameters, _names_in_steps(opened, services, action))
    if steps:
        st.markdown("\n".join(f"{place}. {escape_markdown(step)}" for place, step in enumerate(steps, start=1)))
    whole = build_action_form(
        handler, action, colleagues=_list_colleagues(opened, services, handler.list_questions(action))
    )
    if action.kind == ActionKind.CUSTOM:  # asked only where a step cannot do without
        whole = replace(whole, fields=tuple(replace(field, required=True) for field in whole.fields))
    if not whole.fields:
        return {}
    place = FormKeys(slide_id=f"{opened.idempotency_key}.{action.id}", version=0)
    drawing.seed_widgets(whole, {}, place)
    shown = hide_unchosen_fields(whole, drawing.read_answers(whole, place))
    drawing.draw_form(
        shown, place, drawing.read_answers(whole, place), key=action_field(opened.idempotency_key, "form")
    )
    return parameters_from_answers(handler.Parameters, drawing.read_answers(whole, place))


def _list_colleagues(opened: DialogState, services: Services, asked: Mapping[str, str]) -> Any:
    return available.list_colleagues(opened, services) if "to" in asked else ()


def _names_in_steps(opened: DialogState, services: Services, action: SavedAction) -> Mapping[str, str]:
    """Who is named in its steps, where somebody is."""
    if not step_text.names_a_colleague(action.parameters):
        return {}
    me = {str(services.person.id): services.person.full_name}
    return me | {each.id: each.full_name for each in available.list_colleagues(opened, services)}
