"""When Today suggests the workflow: the rule of the draft, as fields."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.customers.signal_kinds import SIGNAL_KINDS
from lib.forms.model import Field, FieldKind, Form, Option
from lib.text.format import humanize_code
from lib.text.json_values import parse_number
from lib.text.markdown_escape import escape_markdown
from lib.ui import form_widgets
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.form_keys import FormKeys
from lib.ui.settings.suggestion_rows import (
    DAYS_A_POINT,
    DEADLINE_DAYS,
    describe_suggestion_rule,
    read_deadline_days,
    replace_deadline_days,
    replace_least_arr,
    replace_signals,
)

MOST_DAYS = DEADLINE_DAYS - DAYS_A_POINT
FIRST_RANK = 100
FORM = Form(
    title="",
    fields=(
        Field(
            key="signals",
            label="Any of these signals",
            kind=FieldKind.MULTI,
            options=tuple(Option(value=kind, label=humanize_code(kind).capitalize()) for kind in SIGNAL_KINDS),
            help="Leave it empty for customers with or without signals.",
        ),
        Field(key="only_leading", label="Only when it is the strongest signal", kind=FieldKind.YES_NO),
        Field(key="within", label="Notice deadline within (days)", kind=FieldKind.WHOLE, minimum=0, maximum=MOST_DAYS),
        Field(key="not_within", label="But not within (days)", kind=FieldKind.WHOLE, minimum=0, maximum=MOST_DAYS),
        Field(key="arr", label="ARR from", kind=FieldKind.MONEY, minimum=0, maximum=10**12 - 1),
        Field(
            key="rank",
            label="Order",
            kind=FieldKind.WHOLE,
            minimum=0,
            maximum=10_000,
            help="Of the workflows whose rules fit, the one with the lowest number is suggested.",
        ),
    ),
)


def draw_suggestion_form(state: BuilderPageState) -> None:
    """A rule of its own, or none: then the stock workflow's holds, if this is a copy of one."""
    st.markdown("### Suggested by Today")
    rule = _drop_unset_parts(state.draft.suggested_when)
    key = state.field_key("is suggested")
    if key not in st.session_state:
        st.session_state[key] = rule is not None
    st.checkbox("Suggest it by its own rule", key=key, disabled=not state.may_edit)
    if rule is None:
        st.caption("Without one, Today suggests it only where it would have suggested the stock workflow it replaces.")
        return
    st.caption(escape_markdown(describe_suggestion_rule(rule)) + ". Admins can change it later, in the settings.")
    if state.may_edit:
        form_widgets.seed_widgets(FORM, _build_form_answers(rule), _build_form_keys(state))
        answers = form_widgets.read_widget_answers(FORM, _build_form_keys(state))
        for field in FORM.fields:
            if field.key != "only_leading" or answers.get("signals"):
                form_widgets.draw_form_field(field, _build_form_keys(state), answers)


def _drop_unset_parts(rule: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The rule without the parts that fit every customer: stock's rules name them as null."""
    return None if rule is None else {key: value for key, value in rule.items() if value is not None}


def read_suggestion_fields(state: BuilderPageState) -> None:
    """What the widgets hold becomes the draft's rule. A number that cannot be read leaves the rule as it was."""
    key = state.field_key("is suggested")
    if key not in st.session_state:
        return
    rule = _drop_unset_parts(state.draft.suggested_when)
    if not st.session_state[key]:
        changed = None
    elif rule is None:
        changed = {"rank": FIRST_RANK}
    elif _build_form_keys(state).field_key(FORM.fields[0]) in st.session_state:
        changed = _build_suggestion_rule(rule, form_widgets.read_widget_answers(FORM, _build_form_keys(state)))
    else:
        return
    if changed != rule:
        state.show_changed_draft(replace(state.draft, suggested_when=changed))


def _build_form_answers(rule: Mapping[str, Any]) -> dict[str, Any]:
    within, not_within = read_deadline_days(rule)
    return {
        "signals": list(rule.get("signals") or []),
        "only_leading": bool(rule.get("only_leading")),
        "within": within,
        "not_within": not_within,
        "arr": rule.get("arr_from"),
        "rank": rule.get("rank", FIRST_RANK),
    }


def _build_suggestion_rule(stored: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    rule, signals = dict(stored), answers.get("signals") or []
    only_leading = bool(signals and answers.get("only_leading"))
    if (set(signals), only_leading) != (set(stored.get("signals") or []), bool(stored.get("only_leading"))):
        rule = replace_signals(stored, signals, only_leading=only_leading)
    before = read_deadline_days(stored)
    days = tuple(
        _read_whole_number(answers, name, old, MOST_DAYS)
        for name, old in zip(("within", "not_within"), before, strict=True)
    )
    if days != before:
        rule = replace_deadline_days(rule, *days)
    rule = replace_least_arr(rule, _read_whole_number(answers, "arr", rule.get("arr_from"), 10**12 - 1) or 0)
    return rule | {"rank": _read_whole_number(answers, "rank", rule.get("rank"), 10_000) or 0}


def _read_whole_number(answers: Mapping[str, Any], name: str, stored: int | None, most: int) -> int | None:
    """A whole number from 0; None for a blank field, `stored` for what is no such number."""
    if answers.get(name) is None:
        return None
    number = parse_number(answers[name])
    return stored if number is None or not 0 <= number <= most else int(number)


def _build_form_keys(state: BuilderPageState) -> FormKeys:
    return FormKeys(prefix=state.field_key("rule"))
