"""From parameters to questions and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.actions import company_action_steps
from lib.actions.handler import build_action_form, build_colleague_choices
from lib.actions.model import Colleague, SavedAction
from lib.actions.registry import HANDLERS
from lib.forms.answer_validation import validate_answers
from lib.forms.model import FieldKind
from lib.forms.schema_errors import ValidationFailed, parse_schema_values
from lib.forms.schema_fields import (
    build_fields_from_schema,
    convert_answers_to_parameters,
    hide_unchosen_fields,
)
from tests.support.company_rules import STOCK_RULES

MARA = Colleague(id="7c1f2c1e-0000-4000-8000-000000000001", full_name="Mara Lindqvist", role="manager")
WHOLE = {
    "snooze": {"until": "2099-01-01", "signal": {"kind": "note_mentions", "value": "tender"}, "reason": "Later."},
    "skip": {"reason": "other", "words": "They merged."},
    "escalate": {"to": MARA.id, "severity": "low", "ask": "Please look."},
    "custom": {"words": "As agreed."},
}


def action(kind, **parameters):
    return SavedAction(
        id="a", kind=kind, name="Ours", description="", parameters=parameters, is_global=False, is_hidden=False,
        archived_at=None, needs_leader=False, revision=1,
    )  # fmt: skip


def form(kind, **parameters):
    return build_action_form(HANDLERS[kind], action(kind, **parameters), colleagues=(MARA,), rules=STOCK_RULES)


def keys(form):
    return [field.key for field in form.fields]


def convert_parameters_to_answers(parameters):
    """Values of a schema as the answers of its form."""
    answers = {}
    for name, value in parameters.items():
        if isinstance(value, dict):
            answers |= {name: value["kind"], f"{name}.{value['kind']}": value.get("value")}
        else:
            answers[name] = value
    return answers


@pytest.mark.parametrize("kind", list(HANDLERS))
def test_parameters_survive_the_way_through_a_form(kind):
    parameters = HANDLERS[kind].Parameters
    answers = convert_parameters_to_answers(WHOLE[kind])
    assert convert_answers_to_parameters(parameters, answers) == WHOLE[kind]
    parse_schema_values(parameters, WHOLE[kind])
    carried = {"steps": [{"do": "add_note", "body": "{words}"}]} if kind == "custom" else {}
    assert not validate_answers(hide_unchosen_fields(form(kind, **carried), answers), answers)


def test_the_kinds_of_questions_follow_the_types():
    kinds = {field.key: field.kind for kind in HANDLERS for field in form(kind).fields}
    assert kinds["until"] is FieldKind.DATE
    assert kinds["signal.health_below"] is FieldKind.WHOLE
    assert kinds["move_due"] is FieldKind.YES_NO
    assert kinds["severity"] is FieldKind.CHOICE
    assert kinds["ask"] is FieldKind.LONG_TEXT


def test_choices_have_labels_and_colleagues_their_names():
    to, severity, _ = form("escalate").fields
    assert [(option.value, option.label) for option in to.options] == [(MARA.id, "Mara Lindqvist")]
    assert severity.options[0].label == "Critical: answer within 1 day"


def test_questions_of_unchosen_options_are_hidden():
    assert "signal.health_below" not in keys(hide_unchosen_fields(form("snooze"), {}))
    asked = keys(hide_unchosen_fields(form("snooze"), {"signal": "health_below"}))
    assert ("signal.health_below" in asked, "signal.note_mentions" in asked) == (True, False)


def test_signal_without_its_value_is_an_error():
    answers = {"signal": "health_below", "reason": "Later."}
    assert validate_answers(form("snooze"), answers) == ("“Health below” needs an answer.",)


def test_confirmation_is_never_a_question():
    assert "beyond_deadline" not in keys(form("snooze"))


def test_presets_are_the_defaults_of_the_form():
    signal = {"kind": "new_ticket", "value": "p1"}
    standing = {field.key: field.default for field in form("snooze", reason="Procurement.", signal=signal).fields}
    assert (standing["reason"], standing["signal"], standing["signal.new_ticket"]) == (
        "Procurement.",
        "new_ticket",
        "p1",
    )


def test_company_action_asks_only_if_its_steps_need_words():
    silent = {"steps": [{"do": "add_note", "body": "Called {customer}."}]}
    asking = {"steps": [{"do": "add_note", "body": "{words}"}], "question": "What did they say?"}
    assert form("custom", **silent).fields == ()
    assert [field.label for field in form("custom", **asking).fields] == ["What did they say?"]


@pytest.mark.parametrize("do", list(company_action_steps.STEP_TYPES))
def test_every_step_has_a_form_of_its_own(do):
    fields = build_fields_from_schema(company_action_steps.STEP_TYPES[do], choices=build_colleague_choices((MARA,)))
    assert fields
    assert all(field.label for field in fields)
    assert "do" not in [field.key for field in fields]


ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=50) | st.lists(st.text(max_size=5), max_size=3)
NAMES = st.sampled_from(["until", "signal", "signal.health_below", "reason", "to", "severity", "words", "nothing"])


@given(st.dictionaries(NAMES | st.text(max_size=9), ODD, max_size=5))
def test_any_answers_become_parameters_or_named_errors(answers):
    for handler in HANDLERS.values():
        faults = error_messages(handler, convert_answers_to_parameters(handler.Parameters, answers))
        assert all(fault.endswith(".") for fault in faults)


def error_messages(handler, parameters):
    try:
        parse_schema_values(handler.Parameters, parameters)
    except ValidationFailed as error:
        return error.messages
    return ()
