"""For which customers the workflow begins by itself, and whom that fits today."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st
from pydantic import ValidationError

from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS
from lib.customers.signal_kinds import SIGNAL_KINDS
from lib.text.format import humanize_code
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.number_widgets import draw_field_error
from lib.ui.session_keys import builder_button_key
from lib.ui.trigger_preview_view import draw_trigger_preview
from lib.workflows.trigger_rule import DEFAULT_PERIOD_DAYS, parse_trigger_rule

if TYPE_CHECKING:
    from lib.ui.builder.draft_editor import DraftEditor

MOST_ARR = 999_999_999_999
SWITCH = "begun_when"
EMPTY_FIELDS: Mapping[str, Any] = {
    "signals": [],
    "only_leading": False,
    "notice_within_days": None,
    "health": [],
    "only_health_turned": False,
    "segments": [],
    "arr_from": None,
    "period_days": DEFAULT_PERIOD_DAYS,
}
HELP = (
    "Every condition you give must hold. Publishing turns nothing on: a manager does, on the page of the workflow, and "
    "at most 50 runs a day begin by themselves for your company."
)


def draw_trigger_form(state: BuilderPageState) -> None:
    """A switch; once it is on the conditions, and a dry run of them."""
    _seed_fields(state)
    is_on = st.checkbox(
        "Begins by itself for customers that fit", key=_key(state, SWITCH), disabled=not state.may_edit, help=HELP
    )
    if not is_on:
        return
    with st.container(border=True, gap="small"):
        _draw_conditions(state)
        error = find_trigger_error(_read_rule(state))
        if error:
            draw_field_error(error)
        else:
            _draw_dry_run(state)


def read_trigger_fields(state: BuilderPageState) -> None:
    """What the widgets hold becomes the draft's rule; one with an error leaves it as it was."""
    if _key(state, SWITCH) not in st.session_state:
        return
    rule: dict[str, Any] | None = None
    if st.session_state[_key(state, SWITCH)]:
        values = _read_rule(state)
        if find_trigger_error(values):
            return
        rule = parse_trigger_rule(values)
    state.show_changed_draft(replace(state.draft, begun_when=rule), group=".begun_when")


def preview_trigger(editor: "DraftEditor") -> None:
    """Fetch whom the rule of the draft fits today. One request. Raises what `preview_trigger` raises."""
    state = editor.state
    if state.draft.begun_when is not None:
        found = editor.services.triggers.preview_trigger(state.draft.workflow_id, state.draft.begun_when)
        state.trigger_preview = (state.draft.begun_when, found)


def find_trigger_error(values: Mapping[str, Any]) -> str | None:
    """Why these are no rule, in a sentence; None if they are."""
    try:
        parse_trigger_rule(values)
    except ValidationError as error:
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return None


def _key(state: BuilderPageState, name: str) -> str:
    return state.field_key(name if name == SWITCH else f"{SWITCH}.{name}")


def _seed_fields(state: BuilderPageState) -> None:
    rule = state.draft.begun_when
    for name, value in {SWITCH: rule is not None, **EMPTY_FIELDS, **(rule or {})}.items():
        if _key(state, name) not in st.session_state:
            st.session_state[_key(state, name)] = value


def _read_rule(state: BuilderPageState) -> dict[str, Any]:
    """The values of the widgets that say something."""
    values = {name: st.session_state.get(_key(state, name)) for name in EMPTY_FIELDS}
    for narrowing, of in (("only_leading", "signals"), ("only_health_turned", "health")):
        if not values[of]:
            values[narrowing] = None
    return {name: value for name, value in values.items() if value not in (None, [], False)}


def _draw_conditions(state: BuilderPageState) -> None:
    common: dict[str, Any] = {"disabled": not state.may_edit}
    lists: dict[str, Any] = {"selection_mode": "multi", **common}
    st.pills(
        "The customer has one of these signals",
        SIGNAL_KINDS,
        format_func=lambda kind: humanize_code(kind).capitalize(),
        key=_key(state, "signals"),
        **lists,
    )
    if st.session_state[_key(state, "signals")]:
        st.checkbox("Only as the strongest signal", key=_key(state, "only_leading"), **common)
    st.pills(
        "Health is",
        list(HEALTH_BAND_LABELS),
        format_func=lambda band: HEALTH_BAND_LABELS[band].capitalize(),
        key=_key(state, "health"),
        **lists,
    )
    if st.session_state[_key(state, "health")]:
        st.checkbox("Only if it was better within the last 7 days", key=_key(state, "only_health_turned"), **common)
    st.pills(
        "Segment", list(SEGMENT_LABELS), format_func=SEGMENT_LABELS.__getitem__, key=_key(state, "segments"), **lists
    )
    with st.container(horizontal=True, gap="small"):
        for name, label, least, most in (
            ("notice_within_days", "Notice deadline within, days", 0, 730),
            ("arr_from", "ARR from", 0, MOST_ARR),
            ("period_days", "At most once per customer in, days", 7, 730),
        ):
            st.number_input(label, min_value=least, max_value=most, step=1, width=240, key=_key(state, name), **common)


def _draw_dry_run(state: BuilderPageState) -> None:
    rule = state.draft.begun_when
    st.button(
        "Show whom it fits today",
        key=builder_button_key("preview_trigger"),
        icon=":material/science:",
        on_click=state.queue_command,
        args=(preview_trigger,),
    )
    if state.trigger_preview is not None and state.trigger_preview[0] == rule:
        draw_trigger_preview(state.trigger_preview[1], key=state.field_key("trigger_preview"))
