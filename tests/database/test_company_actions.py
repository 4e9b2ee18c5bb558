"""Company actions: safe steps, all or none, once for each click."""

import uuid
from datetime import date, timedelta

import pytest

from tests.database.action_calls import (
    fetch_event_kinds,
    fetch_events,
    global_action_id,
    insert_company_action,
    run_action,
    snooze,
    undo,
)
from tests.database.factories import fetch_rows, fetch_value, insert_customer, publish_workflow
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company

NOTE = {"do": "add_note", "body": "{person} checked {customer}: {words}"}


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def customer(sql, company) -> str:
    return str(insert_customer(sql, company.id, company.csm.id, name="Acme {words}"))


def act(who, action, customer, *, key="", **parameters):
    return run_action(who, "custom", None, parameters, action=action, key=key, customer_id=customer)


def test_the_steps_are_done_in_order_and_told_in_a_sentence(company, sql, customer):
    publish_workflow(sql, company.id, "after-that")
    steps = [
        {"do": "set_field", "field": "competitor", "value": "Rivalry Ltd"},
        {"do": "add_note", "body": "Checked."},
        {"do": "follow_up", "title": "Call {customer}", "in_days": 3},
        {"do": "start_workflow", "workflow_id": "after-that"},
        {"do": "notify", "message": "Look at {customer}", "person": str(company.manager.id)},
    ]
    done = act(company.csm, insert_company_action(sql, company, steps), customer)
    assert done["summary"] == (
        f"Set the competitor, added a note, asked {company.csm.full_name} to follow up,"
        f" started the workflow after-that, notified {company.manager.full_name}."
    )
    assert fetch_value(sql, "select competitor from public.customers where id = %s", customer) == "Rivalry Ltd"
    asked = fetch_rows(sql, "select * from public.follow_ups where customer_id = %s", customer)[0]
    assert (asked["assigned_to"], asked["due_on"]) == (company.csm.id, date.today() + timedelta(days=3))
    assert (
        fetch_value(sql, "select person_id from public.notices where customer_id = %s", customer) == company.manager.id
    )
    assert fetch_value(sql, "select count(*) from public.workflow_executions where customer_id = %s", customer) == 1
    assert done["can_undo"] is False


def test_what_is_typed_and_what_a_customer_is_called_are_never_read_as_placeholders(company, sql, customer):
    act(company.csm, insert_company_action(sql, company, [NOTE]), customer, words="{today} {person}")
    body = fetch_value(sql, "select body from public.notes where customer_id = %s", customer)
    assert body == f"{company.csm.full_name} checked Acme {{words}}: {{today}} {{person}}"


def test_where_one_step_cannot_be_done_none_is(company, sql, customer):
    gone = [NOTE | {"body": "x"}, {"do": "start_workflow", "workflow_id": "never-heard-of"}]
    with assert_refused("PT404", "This workflow does not exist"):
        act(company.csm, insert_company_action(sql, company, gone), customer)
    assert fetch_value(sql, "select count(*) from public.notes where customer_id = %s", customer) == 0
    assert fetch_value(sql, "select count(*) from public.saved_action_runs where customer_id = %s", customer) == 0


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([], "This action has no steps, or more than ten."),
        ([{"do": "add_note", "body": "x"}] * 11, "This action has no steps, or more than ten."),
        ({"do": "add_note"}, "This action has no steps, or more than ten."),
        (["add_note"], "A step cannot be read."),
        ([{"do": "drop_table"}], "This kind of step does not exist."),
        ([{}], "This kind of step does not exist."),
        ([{"do": "add_note"}], "The note has no text."),
        ([{"do": "follow_up", "title": "x", "in_days": 1000}], "A follow-up is due in 0 to 999 days."),
        ([{"do": "follow_up", "title": "x"}], "A follow-up is due in 0 to 999 days."),
        ([{"do": "follow_up", "in_days": 1}], "The follow-up has no title."),
        ([{"do": "notify"}], "The message has no text."),
        ([{"do": "start_workflow"}], "No workflow is named."),
        ([{"do": "set_field", "field": "name", "value": "x"}], "This field of the customer cannot be set"),
        ([{"do": "set_field", "field": "summary", "value": "x" * 2001}], "At most 2000 characters are kept; shorten"),
    ],
)
def test_steps_that_are_not_safe_or_not_whole_are_refused(company, sql, customer, steps, sentence):
    with assert_refused("PT400", sentence):
        act(company.csm, insert_company_action(sql, company, steps), customer)


def test_words_an_action_asks_for_are_demanded_and_limited(company, sql, customer):
    action = insert_company_action(sql, company, [NOTE])
    for words, sentence in (("", "Write the text"), (None, "Write the text"), ("x" * 5001, "At most 5000")):
        with assert_refused("PT400", sentence):
            act(company.csm, action, customer, words=words)


def test_parameters_of_more_than_100_kb_are_refused(company, sql, customer, new_run):
    with assert_refused("PT400", "The parameters of this action cannot be read."):
        act(company.csm, insert_company_action(sql, company, [NOTE]), customer, words="x" * 100_001)
    with assert_refused("PT400", "The parameters of this action cannot be read."):
        run_action(company.csm, "snooze", new_run(company), {"reason": "x" * 100_001})


@pytest.mark.parametrize("parameters", [[], "words", 7, True, [{"reason": "x"}]])
def test_parameters_that_are_no_object_are_refused(company, new_run, parameters):
    with assert_refused("PT400", "The parameters of this action cannot be read."):
        run_action(company.csm, "snooze", new_run(company), parameters)


@pytest.mark.parametrize("subject", [{}, {"execution_id": "not an id"}, {"execution_id": str(uuid.uuid4())}, []])
def test_a_subject_that_is_none_is_refused(company, subject):
    with assert_refused("PT404" if "execution_id" in subject else "PT400"):
        call_rpc(
            company.csm,
            "run_saved_action",
            p_action_id=global_action_id(company.csm, "snooze"),
            p_subject=subject,
            p_parameters={},
            p_key=str(uuid.uuid4()),
        )


def test_a_click_without_a_key_or_a_place_is_refused(company, new_run):
    run = {"p_subject": {"execution_id": new_run(company)}, "p_parameters": {"reason": "x"}}
    action = {"p_action_id": global_action_id(company.csm, "snooze")}
    with assert_refused("PT400", "Reload the page and try again."):
        call_rpc(company.csm, "run_saved_action", **action, **run, p_key=None)
    with assert_refused("PGRST202"):
        call_rpc(company.csm, "run_saved_action", **action, **run, p_key=str(uuid.uuid4()), p_source="chat")


def test_an_action_archived_between_drawing_and_clicking_is_not_done(company, sql, customer):
    action = insert_company_action(sql, company, [{"do": "add_note", "body": "x"}])
    sql.execute("update public.saved_actions set archived_at = now() where id = %s", [action])
    with assert_refused("PT409", "is no longer offered."):
        act(company.csm, action, customer)
    assert fetch_value(sql, "select count(*) from public.notes where customer_id = %s", customer) == 0


def test_a_global_action_hidden_meanwhile_is_not_done(new_company, new_run):
    company = new_company()
    run, hidden = new_run(company), global_action_id(company.csm, "snooze")
    row = {"company_id": str(company.id), "action_id": hidden, "hidden_by": str(company.manager.id)}
    company.manager.client.table("hidden_saved_actions").insert(row).execute()
    marked = {each["id"]: each["is_hidden"] for each in call_rpc(company.csm, "available_actions")}
    assert (marked[hidden], sum(marked.values())) == (True, 1)
    with assert_refused("PT409", "“Snooze” is not offered in your company."):
        snooze(company.csm, run)


def test_a_person_who_left_stops_the_whole_action(new_company, sql):
    company = new_company()
    customer = str(insert_customer(sql, company.id, company.csm.id))
    steps = [{"do": "add_note", "body": "x"}, {"do": "notify", "message": "Look", "person": str(company.manager.id)}]
    action = insert_company_action(sql, company, steps)
    sql.execute("update public.profiles set is_active = false where id = %s", [company.manager.id])
    with assert_refused("PT409", "Someone this action names has left the company."):
        act(company.csm, action, customer)
    assert fetch_value(sql, "select count(*) from public.notes where customer_id = %s", customer) == 0


def test_somebody_who_left_does_nothing_any_more(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    done = snooze(company.csm, run)
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    with assert_refused("PT403", "You are not a member of a company yet."):
        call_rpc(company.csm, "undo_action", p_run_id=done["run_id"])


# Once for each click


def test_the_same_click_at_once_is_done_once(company, sql, customer):
    action, key = insert_company_action(sql, company, [{"do": "add_note", "body": "x"}]), str(uuid.uuid4())
    answers = run_concurrently([lambda: act(company.csm, action, customer, key=key)] * 6)
    assert sorted(each["repeated"] for each in answers) == [False, *[True] * 5]
    assert fetch_value(sql, "select count(*) from public.notes where customer_id = %s", customer) == 1


@pytest.mark.parametrize("same", [True, False])
def test_clicks_at_once_on_what_has_no_run_yet_make_one(company, sql, customer, new_run, same):
    new_run(company)
    keys, snoozing = [str(uuid.uuid4()) for _ in range(6)], global_action_id(company.csm, "snooze")
    subject = {"customer_id": customer, "workflow_id": "renewal-run"}
    soon = {"until": (date.today() + timedelta(days=5)).isoformat(), "reason": "x"}
    clicks = [keys[0]] * 6 if same else keys
    subject |= {"action": snoozing}
    answers = run_concurrently(
        [lambda key=key: run_action(company.csm, "snooze", None, soon, key=key, **subject) for key in clicks]
    )
    runs = {each["execution_id"] for each in answers}
    assert len(runs) == 1
    assert fetch_event_kinds(sql, runs.pop()) == ["started", *["snoozed"] * (1 if same else 6)]
    assert fetch_value(sql, "select count(*) from public.workflow_executions where customer_id = %s", customer) == 1


def test_what_was_done_on_a_run_is_in_its_story(company, sql, new_run):
    run = new_run(company)
    action = insert_company_action(sql, company, [{"do": "add_note", "body": "x"}])
    run_action(company.csm, "custom", run, {}, action=action)
    told = fetch_events(sql, run)[-1]
    assert (told["kind"], told["payload"]) == ("acted", {"done": ["added a note"]})


def test_a_kind_the_database_does_not_know_does_the_steps_its_handler_sends(company, sql, customer):
    action = insert_company_action(sql, company, [], kind="greet")
    arguments = {"p_subject": {"customer_id": customer}, "p_parameters": {}, "p_key": str(uuid.uuid4())}
    steps = [{"do": "add_note", "body": "Hello"}]
    call_rpc(company.csm, "run_saved_action", p_action_id=action, **arguments, p_steps=steps)
    assert fetch_value(sql, "select body from public.notes where customer_id = %s", customer) == "Hello"


# Undo: where every effect can be taken back


SAFE_STEPS = [
    {"do": "set_field", "field": "competitor", "value": "Rivalry Ltd"},
    {"do": "set_field", "field": "competitor", "value": "Rivalry Inc"},
    {"do": "add_note", "body": "Checked."},
    {"do": "follow_up", "title": "Call {customer}", "in_days": 3},
]


def count_rows(sql, table, customer):
    return fetch_value(sql, f"select count(*) from public.{table} where customer_id = %s", customer)


@pytest.mark.parametrize("on", ["customer", "run"])
def test_an_undone_action_leaves_everything_as_it_was(company, sql, customer, new_run, on):
    steps = [*SAFE_STEPS, {"do": "notify", "message": "Look", "person": str(company.manager.id)}]
    action = insert_company_action(sql, company, steps)
    run = new_run(company) if on == "run" else None
    if run:
        customer = str(fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run))
    sql.execute("update public.customers set competitor = 'Old Ltd' where id = %s", [customer])
    done = run_action(company.csm, "custom", run, {}, action=action, **({} if run else {"customer_id": customer}))
    assert done["can_undo"] is True
    undone = undo(company.csm, done)
    assert (undone["can_undo"], undone["repeated"]) == (False, False)
    assert fetch_value(sql, "select competitor from public.customers where id = %s", customer) == "Old Ltd"
    assert [count_rows(sql, table, customer) for table in ("notes", "follow_ups", "notices")] == [0, 0, 0]
    if run:
        assert fetch_event_kinds(sql, run)[-2:] == ["acted", "undone"]
    assert undo(company.csm, done)["repeated"] is True


SINCE = {
    "The competitor has changed since.": "update public.customers set competitor = 'Mine' where id = %s",
    "The note has changed since.": "update public.notes set body = 'Mine' where customer_id = %s",
    "The follow-up has been done or changed since.": """update public.follow_ups set done_at = now()
        where customer_id = %s""",
    "The notice has already been read.": "update public.notices set read_at = now() where customer_id = %s",
}


@pytest.mark.parametrize("reason", SINCE)
def test_an_action_whose_effect_was_changed_since_is_not_undone_at_all(company, sql, customer, reason):
    steps = [*SAFE_STEPS, {"do": "notify", "message": "Look", "person": str(company.manager.id)}]
    done = act(company.csm, insert_company_action(sql, company, steps), customer)
    sql.execute(SINCE[reason], [customer])
    with assert_refused("PT409", f"This can no longer be undone. {reason}"):
        undo(company.csm, done)
    assert [count_rows(sql, table, customer) for table in ("notes", "follow_ups", "notices")] == [1, 1, 1]


def test_undo_is_promised_only_where_every_step_can_be_taken_back(company, sql, customer):
    publish_workflow(sql, company.id, "another-one")
    steps = [{"do": "add_note", "body": "x"}, {"do": "start_workflow", "workflow_id": "another-one"}]
    action = insert_company_action(sql, company, steps)
    started = act(company.csm, action, customer)
    assert started["can_undo"] is False
    with assert_refused("PT409", "This cannot be undone."):
        undo(company.csm, started)
    assert act(company.csm, action, customer)["can_undo"] is True, "the run was open already"
    offered = {each["run_id"]: each["can_undo"] for each in call_rpc(company.csm, "inbox")["undone"]}
    assert offered[started["run_id"]] is False


def test_an_action_is_undone_by_whoever_ran_it_or_a_leader_of_the_company(new_company, sql):
    company, other = new_company(), new_company()
    customer = str(insert_customer(sql, company.id, company.csm.id))
    done = act(company.csm, insert_company_action(sql, company, SAFE_STEPS), customer)
    with assert_refused("PT403", "Only the person who did this or a manager can undo it."):
        undo(company.other_csm, done)
    with assert_refused("PT404"):
        undo(other.manager, done)
    sql.execute("update public.customers set owner_id = %s where id = %s", [company.other_csm.id, customer])
    with assert_refused("PT403", "This customer belongs to a colleague."):
        undo(company.csm, done)
    undo(company.manager, done)
    assert count_rows(sql, "notes", customer) == 0
