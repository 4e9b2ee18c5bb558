"""For which customers the workflow begins by itself, and whom that fits today."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st
from pydantic import ValidationError

from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS
from lib.customers.signal_kinds import SIGNAL_KINDS
from lib.forms.model import Field, FieldKind, Form, Option
from lib.text.format import humanize_code
from lib.text.json_values import parse_number
from lib.text.markdown_escape import escape_markdown
from lib.ui import form_widgets
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.form_keys import FormKeys
from lib.ui.number_widgets import draw_field_error
from lib.ui.session_keys import builder_button_key
from lib.ui.trigger_preview_view import draw_trigger_preview
from lib.workflows.trigger_rule import DEFAULT_PERIOD_DAYS, describe_trigger_rule, parse_trigger_rule

if TYPE_CHECKING:
    from lib.ui.builder.draft_editor import DraftEditor

SWITCH = "begun_when"
FORM = Form(
    title="",
    fields=(
        Field(
            key="signals",
            label="The customer has one of these signals",
            kind=FieldKind.MULTI,
            options=tuple(Option(value=kind, label=humanize_code(kind).capitalize()) for kind in SIGNAL_KINDS),
        ),
        Field(key="only_leading", label="Only as the strongest signal", kind=FieldKind.YES_NO),
        Field(
            key="health",
            label="Health is",
            kind=FieldKind.MULTI,
            options=tuple(Option(value=band, label=label.capitalize()) for band, label in HEALTH_BAND_LABELS.items()),
        ),
        Field(key="only_health_turned", label="Only if it was better within the last 7 days", kind=FieldKind.YES_NO),
        Field(
            key="segments",
            label="Segment is",
            kind=FieldKind.MULTI,
            options=tuple(Option(value=segment, label=label) for segment, label in SEGMENT_LABELS.items()),
        ),
        Field(
            key="notice_within_days",
            label="Days to the notice deadline, at most",
            kind=FieldKind.WHOLE,
            minimum=0,
            maximum=730,
        ),
        Field(key="arr_from", label="ARR is at least", kind=FieldKind.MONEY, minimum=0, maximum=10**12 - 1),
        Field(
            key="period_days",
            label="At most once per customer in, days",
            kind=FieldKind.WHOLE,
            minimum=7,
            maximum=730,
        ),
    ),
)
NARROWING = {"only_leading": "signals", "only_health_turned": "health"}
"""Questions that mean something only beside another."""
HELP = (
    "Every condition you give must hold. Publishing turns nothing on: a manager does, on the page of the workflow, and "
    "at most 50 runs a day begin by themselves for your company."
)


def draw_trigger_form(state: BuilderPageState) -> None:
    """A switch; once it is on the conditions, and a dry run of them."""
    st.markdown("### Begins by itself")
    key = state.field_key(SWITCH)
    if key not in st.session_state:
        st.session_state[key] = state.draft.begun_when is not None
    st.checkbox("Begin it by itself for customers that fit", key=key, disabled=not state.may_edit, help=HELP)
    if not st.session_state[key]:
        return
    if state.may_edit:
        _draw_conditions(state)
    elif state.draft.begun_when is not None:
        st.caption(escape_markdown(describe_trigger_rule(state.draft.begun_when)))
    error = find_trigger_error(_read_rule(state)) if state.may_edit else None
    if error:
        draw_field_error(error)
    else:
        _draw_dry_run(state)


def read_trigger_fields(state: BuilderPageState) -> None:
    """What the widgets hold becomes the draft's rule; one with an error leaves it as it was."""
    if state.field_key(SWITCH) not in st.session_state:
        return
    if not st.session_state[state.field_key(SWITCH)]:
        changed = None
    elif _keys(state).field_key(FORM.fields[0]) in st.session_state:
        values = _read_rule(state)
        if find_trigger_error(values):
            return
        changed = parse_trigger_rule(values)
    else:
        return
    state.show_changed_draft(replace(state.draft, begun_when=changed), group=f".{SWITCH}")


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


def _keys(state: BuilderPageState) -> FormKeys:
    return FormKeys(prefix=state.field_key("trigger"))


def _draw_conditions(state: BuilderPageState) -> None:
    values = {"period_days": DEFAULT_PERIOD_DAYS, **(state.draft.begun_when or {})}
    form_widgets.seed_widgets(FORM, values, _keys(state))
    answers = form_widgets.read_widget_answers(FORM, _keys(state))
    for field in FORM.fields:
        if field.key not in NARROWING or answers.get(NARROWING[field.key]):
            form_widgets.draw_form_field(field, _keys(state), answers)


def _read_rule(state: BuilderPageState) -> dict[str, Any]:
    """The answers that say something. A number that cannot be read counts as the one before."""
    answers = form_widgets.read_widget_answers(FORM, _keys(state))
    before = state.draft.begun_when or {}
    rule: dict[str, Any] = {}
    for field in FORM.fields:
        value = answers.get(field.key)
        if field.key in NARROWING and not answers.get(NARROWING[field.key]):
            continue
        if field.kind in (FieldKind.WHOLE, FieldKind.MONEY) and value is not None:
            number = parse_number(value)
            value = before.get(field.key) if number is None else int(number)
        if value not in (None, [], (), False):
            rule[field.key] = value
    return rule


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
