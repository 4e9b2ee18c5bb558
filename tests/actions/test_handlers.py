"""Every kind of action, over HTTP on the real database: allowed, refused, bad input."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lib.actions import registry
from lib.actions.model import ActionKind, ActionSubject
from lib.errors import Conflict, InvalidInput, NeedsConfirmation, NotFound, NotPermitted
from lib.forms.schema_errors import ValidationFailed
from tests.actions.conftest import (
    create_company_action,
    customer_id_of,
    find_global_action,
    insert_saved_action,
    new_key,
)
from tests.database.factories import fetch_rows, fetch_value

SOON = (date.today() + timedelta(days=5)).isoformat()
SNOOZE = {"until": SOON, "reason": "They are at a fair."}
SKIP = {"reason": "duplicate"}
NOTE = {"do": "add_note", "body": "{person} said of {customer}: {words}"}

TEST_PARAMETERS: dict[str, dict[str, Any]] = {
    ActionKind.SNOOZE: SNOOZE,
    ActionKind.SKIP: SKIP,
    ActionKind.ESCALATE: {"severity": "high", "ask": "May we offer 15%?"},
    ActionKind.COMPANY_ACTION: {"words": "They asked for a quote."},
}
"""What each kind is run with in these tests; `to` is filled in by `given`."""


def given(kind, team):
    return TEST_PARAMETERS[kind] | ({"to": str(team.manager.id)} if kind == ActionKind.ESCALATE else {})


def trigger(there, action, subject, parameters, **more):
    return there.actions.run_action(action, subject, parameters, **({"key": new_key()} | more))


def action_of(kind, team, services):
    if kind == ActionKind.COMPANY_ACTION:
        return create_company_action(services(team.manager), NOTE)
    return find_global_action(services(team.csm), kind)


def status(sql, run):
    return fetch_value(sql, "select status from workflow_executions where id = %s", run.execution_id)


def test_every_kind_has_a_handler_of_its_name_and_test_parameters():
    assert set(ActionKind) <= set(registry.HANDLERS)
    assert all(handler.kind == kind for kind, handler in registry.HANDLERS.items())
    assert set(TEST_PARAMETERS) == set(registry.HANDLERS)


def test_an_unknown_kind_is_not_found():
    with pytest.raises(NotFound):
        registry.get_handler("dance")


@pytest.mark.parametrize("kind", list(registry.HANDLERS))
def test_whoever_may_change_the_run_may_run_an_action_on_it(kind, team, services, new_run, sql):
    for who in (team.csm, team.manager):
        run, action = new_run(), action_of(kind, team, services)
        to = team.other_csm if who is team.manager else team.manager
        parameters = given(kind, team) | ({"to": str(to.id)} if kind == ActionKind.ESCALATE else {})
        done = trigger(services(who), action, run, parameters)
        assert (done.kind, done.repeated, done.execution_id) == (kind, False, run.execution_id)
        assert done.summary.endswith(".")
        recorded = fetch_value(sql, "select source from saved_action_runs where id = %s", done.run_id)
        assert recorded == "page"


@pytest.mark.parametrize("kind", list(registry.HANDLERS))
def test_a_colleague_and_a_stranger_are_refused(kind, team, strangers, services, run, sql):
    action = action_of(kind, team, services)
    with pytest.raises(NotPermitted):
        trigger(services(team.other_csm), action, run, given(kind, team))
    with pytest.raises((NotFound, NotPermitted)):
        trigger(services(strangers.admin), action, run, given(kind, team))
    assert status(sql, run) == "active"
    assert fetch_rows(sql, "select 1 from saved_action_runs where execution_id = %s", run.execution_id) == []


@pytest.mark.parametrize("kind", list(registry.HANDLERS))
def test_same_key_runs_an_action_once(kind, team, services, run):
    action, click, there = action_of(kind, team, services), new_key(), services(team.csm)
    first = trigger(there, action, run, given(kind, team), key=click)
    again = trigger(there, action, run, given(kind, team), key=click)
    assert (again.run_id, again.repeated, first.repeated) == (first.run_id, True, False)


@pytest.mark.parametrize("kind", list(registry.HANDLERS))
@pytest.mark.parametrize("wrong", [{"nothing": 1}, {"reason": 5, "ask": 5, "words": 5}, {"to": [], "until": {}}])
def test_invalid_parameters_are_named_and_nothing_is_done(kind, wrong, team, services, run, sql):
    with pytest.raises(ValidationFailed) as caught:
        trigger(services(team.csm), action_of(kind, team, services), run, given(kind, team) | wrong)
    assert all(fault.endswith(".") for fault in caught.value.messages)
    assert status(sql, run) == "active"


def signal(kind, value):
    return SNOOZE | {"signal": {"kind": kind, "value": value}}


FAULTS = [
    ("snooze", {}, "Choose a day, a signal, or both. “Why” needs an answer."),
    ("snooze", SNOOZE | {"until": "2020-01-01"}, "This day is in the past. Choose a later one."),
    ("snooze", SNOOZE | {"until": "2999-01-01"}, "Choose a day within two years."),
    ("snooze", SNOOZE | {"until": "tomorrow"}, "“Until” cannot be read."),
    ("snooze", SNOOZE | {"reason": "   "}, "“Why” needs an answer."),
    ("snooze", SNOOZE | {"reason": "x" * 2001}, "“Why” is longer than 2,000 characters."),
    ("snooze", signal("rain", 1), "“Or until” must be one of the choices."),
    ("snooze", signal("health_below", 0), "“Health below” is below 1."),
    ("snooze", signal("health_below", 101), "“Health below” is above 100."),
    ("snooze", signal("new_ticket", "p4"), "“Which tickets” must be one of the choices."),
    ("snooze", signal("note_mentions", "a"), "“Word to look for” has at least 2 characters."),
    ("skip", {}, "“Why” needs an answer."),
    ("skip", {"reason": "Tired!"}, "“Why” must be one of the choices."),
    (
        "escalate",
        {"to": "bob", "severity": "Dire!", "ask": ""},
        "“Assign to” cannot be read. “Severity” must be one of the choices. “Your request” needs an answer.",
    ),
    ("custom", {"words": ""}, "Write the text this action asks for."),
    ("custom", {"words": "x" * 5001}, "“Your words” is longer than 5,000 characters."),
]


@pytest.mark.parametrize(("kind", "parameters", "said"), FAULTS)
def test_all_invalid_parameters_are_named_at_once(kind, parameters, said, team, services, run):
    with pytest.raises(ValidationFailed) as caught:
        trigger(services(team.csm), action_of(kind, team, services), run, parameters)
    assert caught.value.message == said
    assert caught.value.detail == list(caught.value.messages)


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        ("skip", {"reason": "tired"}, "Choose a reason."),
        ("skip", {"reason": "other", "words": " "}, "Say why, in your own words."),
        ("escalate", {"severity": "dire"}, "Choose a severity."),
    ],
)
def test_the_database_refuses_codes_the_company_does_not_have(kind, wrong, said, team, services, run, sql):
    with pytest.raises(InvalidInput, match=said):
        trigger(services(team.csm), action_of(kind, team, services), run, given(kind, team) | wrong)
    assert status(sql, run) == "active"


def test_snooze_beyond_the_notice_deadline_needs_confirmation(team, services, new_run, sql):
    run, there = new_run(deadline_in=10), services(team.csm)
    far = SNOOZE | {"until": (date.today() + timedelta(days=30)).isoformat()}
    with pytest.raises(NeedsConfirmation) as caught:
        trigger(there, find_global_action(there, "snooze"), run, far)
    assert caught.value.detail["confirm"] == "beyond_deadline"
    assert status(sql, run) == "active"
    trigger(there, find_global_action(there, "snooze"), run, far | {"beyond_deadline": True})
    assert status(sql, run) == "snoozed"


@pytest.mark.parametrize(
    "signal",
    [
        {"kind": "health_below", "value": 1},
        {"kind": "new_ticket", "value": "p1,p2"},
        {"kind": "notice_within", "value": 30},
        {"kind": "contact_left"},
        {"kind": "note_mentions", "value": "tender"},
    ],
)
def test_snooze_with_a_signal_alone_is_stored_and_read_back(signal, team, services, new_run):
    run, there = new_run(deadline_in=200), services(team.csm)
    trigger(there, find_global_action(there, "snooze"), run, {"signal": signal, "reason": "Until then."})
    state = there.executions.get_workflow_execution(run.execution_id)[0].snooze
    assert state.open_snooze
    assert state.open_snooze.signal
    assert (state.open_snooze.signal.kind, state.open_snooze.is_backstop) == (signal["kind"], True)


def test_nobody_escalates_to_themselves_to_a_stranger_or_to_who_left(team, strangers, services, run, sql):
    there, ask = services(team.csm), TEST_PARAMETERS["escalate"]
    for to in (team.csm.id, strangers.admin.id, uuid4()):
        with pytest.raises(InvalidInput):
            trigger(there, find_global_action(there, "escalate"), run, ask | {"to": str(to)})
    gone = team.join("Bob Gone", team.other_csm.role)
    sql.execute("update profiles set is_active = false where id = %s", [gone.id])
    with pytest.raises(Conflict, match="has left the company"):
        trigger(there, find_global_action(there, "escalate"), run, ask | {"to": str(gone.id)})
    assert str(gone.id) not in {person.id for person in there.actions.fetch_colleagues()}
    assert status(sql, run) == "active"


def test_one_cannot_choose_oneself_from_the_colleagues(team, services):
    names = {person.id for person in services(team.csm).actions.fetch_colleagues()}
    assert str(team.csm.id) not in names


def test_a_company_action_does_all_its_steps(team, services, run, sql):
    steps = (
        {"do": "set_field", "field": "competitor", "value": "Rivalis"},
        NOTE,
        {"do": "follow_up", "title": "Call {customer}", "in_days": 3, "person": "me"},
        {"do": "notify", "message": "{person} needs you at {customer}.", "person": str(team.manager.id)},
        {"do": "start_workflow", "workflow_id": "ours"},
    )
    action = create_company_action(services(team.manager), *steps)
    services(team.csm).actions.run_action(action, run, {"words": "They wait."}, key=new_key())
    customer = customer_id_of(sql, run)
    assert fetch_value(sql, "select competitor from customers where id = %s", customer) == "Rivalis"
    assert (
        fetch_value(sql, "select body from notes where customer_id = %s", customer)
        == "Alice Moreau said of Acme: They wait."
    )
    inbox = services(team.csm).inbox.fetch_inbox()
    (mine,) = [each for each in inbox.follow_ups if each.customer_id == customer]
    assert mine.title == "Call Acme"
    told = services(team.manager).inbox.fetch_inbox()
    assert [each.from_name for each in told.notices if each.customer_id == customer] == ["Alice Moreau"]


def test_a_company_action_that_cannot_be_done_whole_is_not_done_at_all(team, services, run, sql):
    gone = team.join("Carol Gone", team.other_csm.role)
    steps = ({"do": "add_note", "body": "First."}, {"do": "notify", "message": "Hello.", "person": str(gone.id)})
    action = create_company_action(services(team.manager), *steps)
    sql.execute("update profiles set is_active = false where id = %s", [gone.id])
    with pytest.raises(Conflict, match="has left"):
        trigger(services(team.csm), action, run, {})
    assert fetch_value(sql, "select count(*) from notes where customer_id = %s", customer_id_of(sql, run)) == 0


def test_action_without_a_run_needs_only_a_customer(team, services, run, sql):
    customer = ActionSubject(customer_id=customer_id_of(sql, run))
    action = create_company_action(services(team.manager), {"do": "add_note", "body": "Noted."})
    done = trigger(services(team.csm), action, customer, {})
    assert (done.execution_id, done.customer_id) == (None, customer.customer_id)
    with pytest.raises(InvalidInput, match="which run"):
        trigger(services(team.csm), find_global_action(services(team.csm), "skip"), customer, SKIP)


def test_missing_run_is_started_before_the_action(team, services, run, sql):
    customer = customer_id_of(sql, run)
    there = services(team.csm)
    trigger(there, find_global_action(there, "skip"), run, SKIP)
    done = trigger(
        there, find_global_action(there, "snooze"), ActionSubject(customer_id=customer, workflow_id="ours"), SNOOZE
    )
    assert done.execution_id not in (None, run.execution_id)
    assert status(sql, ActionSubject(execution_id=done.execution_id)) == "snoozed"


def test_an_action_archived_between_drawing_and_clicking_does_nothing(team, services, run, sql):
    action = create_company_action(services(team.manager), {"do": "add_note", "body": "Noted."})
    services(team.manager).actions.archive_action(action)
    with pytest.raises(Conflict, match="no longer offered"):
        trigger(services(team.csm), action, run, {})
    assert fetch_value(sql, "select count(*) from notes where customer_id = %s", customer_id_of(sql, run)) == 0


def test_presets_are_used_unless_overridden(team, services, new_run, sql):
    carried = insert_saved_action(team, "snooze", parameters={"reason": "Waits for procurement.", "move_due": False})
    there = services(team.csm)
    for parameters, reason in (({}, "Waits for procurement."), ({"reason": "A fair."}, "A fair.")):
        run = new_run()
        trigger(there, carried, run, {"until": SOON} | parameters)
        state = there.executions.get_workflow_execution(run.execution_id)[0].snooze
        assert (state.count, state.latest.reason) == (1, reason)


def test_an_action_of_an_unknown_kind_is_not_offered(team, services, run):
    odd = insert_saved_action(team, "dance")
    there = services(team.csm)
    assert odd not in {action.id for action in there.actions.fetch_available_actions()}
    with pytest.raises(NotFound, match="not supported here"):
        trigger(there, odd, run, {})


def test_snooze_skip_and_a_companys_own_action_can_be_undone_and_escalation_cannot(team, services, new_run, sql):
    there = services(team.csm)
    for kind, can in (("snooze", True), ("skip", True), ("escalate", False), ("custom", True)):
        run = new_run()
        done = trigger(there, action_of(kind, team, services), run, given(kind, team))
        assert done.can_undo is can
        if can:
            assert there.executions.get_workflow_execution(run.execution_id)[0].undoable[0].run_id == done.run_id
            there.actions.undo_action(done.run_id)
            assert status(sql, run) == "active"
        else:
            with pytest.raises(Conflict, match="cannot be undone"):
                there.actions.undo_action(done.run_id)


def test_undo_is_refused_after_the_run_has_changed(team, services, run):
    there = services(team.csm)
    done = trigger(there, find_global_action(there, "snooze"), run, SNOOZE)
    there.run_status_changes.wake_run(run.execution_id)
    with pytest.raises(Conflict, match="can no longer be undone"):
        there.actions.undo_action(done.run_id)
