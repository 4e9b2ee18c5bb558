"""What somebody might try with actions on runs that are not theirs, speaking to the database with their own token."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from postgrest.exceptions import APIError

from tests.database.action_calls import escalate, global_action_id, latest_escalation_id, run_action, snooze
from tests.database.chat_calls import begin_turn
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row, publish_next_version
from tests.database.rpc import assert_refused, call_rpc
from tests.security.fixtures import TenantFixtures
from tests.security.matrix import escalated
from tests.support.companies import Member

OUTSIDERS = ("colleague", "other company", "uninvited", "anon")
REFUSED = {"colleague": "PT403", "other company": "PT404", "uninvited": "PT403", "anon": "42501"}
LATER = {"until": "2027-06-01", "reason": "Later.", "beyond_deadline": True}


def key() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def run(world: TenantFixtures) -> str:
    """Another run of the owner's."""
    return str(world.insert_run())


def state(world: TenantFixtures, run: str) -> Any:
    """All that actions on a run may change."""
    whole = """
        select jsonb_build_object('run', to_jsonb(e),
          'snoozes', (select jsonb_agg(to_jsonb(s)) from public.workflow_snoozes s where s.execution_id = e.id),
          'escalations', (select jsonb_agg(to_jsonb(x)) from public.workflow_escalations x where x.execution_id = e.id),
          'steps', (select jsonb_agg(to_jsonb(t)) from public.workflow_step_executions t where t.execution_id = e.id),
          'acts', (select jsonb_agg(to_jsonb(r)) from public.saved_action_runs r where r.execution_id = e.id),
          'events', (select count(*) from public.workflow_execution_events v where v.execution_id = e.id))
        from public.workflow_executions e where e.id = %s"""
    return fetch_value(world.sql, whole, run)


ON_A_RUN: dict[str, Callable[[TenantFixtures, str], dict[str, Any]]] = {
    "run_saved_action": lambda world, run: {
        "p_action_id": global_action_id(world.owner, "snooze"),
        "p_subject": {"execution_id": run},
        "p_parameters": LATER,
        "p_key": key(),
    },
    "complete_workflow": lambda _world, run: {
        "p_execution_id": run,
        "p_revision": 1,
        "p_outcome_code": "renewed",
        "p_amount": 1,
    },
    "close_run": lambda _world, run: {
        "p_execution_id": run,
        "p_revision": 1,
        "p_outcome_code": "churned",
        "p_reason": "Mine.",
        "p_changes": {"status": "churned"},
        "p_key": key(),
    },
    "wake_execution": lambda _world, run: {"p_execution_id": run},
    "reopen_execution": lambda _world, run: {"p_execution_id": run, "p_reason": "Mine."},
    "reassign_execution": lambda world, run: {
        "p_execution_id": run,
        "p_to": str(world.company.other_csm.id),
        "p_key": key(),
    },
    "abandon_execution": lambda _world, run: {"p_execution_id": run, "p_key": key()},
    "unskip_slide": lambda _world, run: {"p_execution_id": run, "p_slide_id": "review-account"},
    "move_to_version": lambda world, run: {
        "p_execution_id": run,
        "p_version_id": str(world.version),
        "p_revision": 1,
        "p_key": key(),
    },
    "stay_on_version": lambda _world, run: {"p_execution_id": run, "p_version": 9},
}


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("function", ON_A_RUN)
def test_nobody_acts_on_a_run_that_is_not_theirs(world, run, function, who):
    arguments, before = ON_A_RUN[function](world, run), state(world, run)
    with assert_refused(REFUSED[who]):
        call_rpc(world.client(who), function, **arguments)
    assert state(world, run) == before


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_moves_runs_that_are_not_theirs_at_once(world, run, who):
    before = state(world, run)
    moves = [{"execution_id": run, "revision": 1, "key": key()}]
    arguments = {"p_version_id": str(world.version), "p_moves": moves}
    if who in ("uninvited", "anon"):
        with assert_refused(REFUSED[who]):
            call_rpc(world.client(who), "move_runs_to_version", **arguments)
    else:
        done = call_rpc(world.client(who), "move_runs_to_version", **arguments)
        assert (done["moved"], [failed["execution_id"] for failed in done["failed"]]) == ([], [run])
    assert state(world, run) == before


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_takes_back_a_move_somebody_else_made(world, who):
    definition = insert_row(
        world.sql,
        "workflow_definitions",
        company_id=world.company.id,
        workflow_id=f"w-{key()}",
        name="Ours",
        category="renewal",
        slide_sequence=["greeting"],
    )
    publish_next_version(world.sql, definition)
    workflow = fetch_value(world.sql, "select workflow_id from public.workflow_definitions where id = %s", definition)
    customer = str(insert_customer(world.sql, world.company.id, world.owner.id))
    run = call_rpc(world.owner, "start_workflow", p_workflow_id=workflow, p_customer_id=customer)["execution_id"]
    version = str(publish_next_version(world.sql, definition))
    arguments = {"p_execution_id": run, "p_version_id": version, "p_revision": 1, "p_key": key()}
    done = call_rpc(world.owner, "move_to_version", **arguments)
    before = state(world, run)
    if who in ("uninvited", "anon"):
        with assert_refused(REFUSED[who]):
            call_rpc(world.client(who), "undo_version_moves", p_run_ids=[done["run_id"]])
    else:
        kept = call_rpc(world.client(who), "undo_version_moves", p_run_ids=[done["run_id"]])
        assert len(kept) == (1 if who == "colleague" else 0)
    assert state(world, run) == before


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_undoes_what_somebody_else_did(world, run, who):
    done, before = snooze(world.owner, run), state(world, run)
    with assert_refused(REFUSED[who]):
        call_rpc(world.client(who), "undo_action", p_run_id=done["run_id"])
    assert state(world, run) == before


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_takes_back_a_run_somebody_else_started(world, run, who):
    before = state(world, run)
    if REFUSED[who] == "PT404" or who == "colleague":
        call_rpc(world.client(who), "undo_starts", p_execution_ids=[run])
    else:
        with assert_refused(REFUSED[who]):
            call_rpc(world.client(who), "undo_starts", p_execution_ids=[run])
    assert state(world, run) == before


def reassign(who: Member, run: str, to: Member) -> Any:
    return call_rpc(who, "reassign_execution", p_execution_id=run, p_to=str(to.id), p_key=key())


def test_a_colleague_who_was_given_the_run_undoes_only_what_they_did_themselves(world, run):
    done = snooze(world.owner, run)
    reassign(world.company.manager, run, world.company.other_csm)
    with assert_refused("PT403", "Only the person who did this or a manager can undo it."):
        call_rpc(world.company.other_csm, "undo_action", p_run_id=done["run_id"])
    assert call_rpc(world.owner, "undo_action", p_run_id=done["run_id"])["repeated"] is False


ON_AN_ESCALATION: dict[str, Callable[[str], dict[str, Any]]] = {
    "acknowledge_escalation": lambda of: {"p_escalation_id": of},
    "comment_escalation": lambda of: {"p_escalation_id": of, "p_body": "Me too."},
    "hand_back_escalation": lambda of: {"p_escalation_id": of, "p_decision": "No.", "p_key": key()},
    "withdraw_escalation": lambda of: {"p_escalation_id": of, "p_reason": None, "p_key": key()},
    "redirect_escalation": lambda of: {"p_escalation_id": of, "p_to": str(uuid.uuid4()), "p_key": key()},
}


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("function", ON_AN_ESCALATION)
def test_nobody_answers_an_escalation_to_somebody_else(world, run, function, who):
    escalate(world.owner, run, world.company.manager)
    arguments, before = ON_AN_ESCALATION[function](latest_escalation_id(world.sql, run)), state(world, run)
    with assert_refused(REFUSED[who]):
        call_rpc(world.client(who), function, **arguments)
    assert state(world, run) == before


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_only_the_person_asked_stops_the_clock(world, run, who):
    escalate(world.owner, run, world.company.manager)
    with assert_refused("PT403", "Only the assignee can acknowledge it."):
        call_rpc(world.member(who), "acknowledge_escalation", p_escalation_id=latest_escalation_id(world.sql, run))


def test_whoever_raised_an_escalation_does_not_hand_it_back_themselves(world, run):
    escalate(world.owner, run, world.company.manager)
    with assert_refused("PT403", "Only the assignee or a manager can hand it back."):
        call_rpc(
            world.owner,
            "hand_back_escalation",
            **ON_AN_ESCALATION["hand_back_escalation"](latest_escalation_id(world.sql, run)),
        )


def test_the_person_asked_neither_withdraws_nor_redirects_what_they_were_asked(world, run):
    escalate(world.owner, run, world.company.other_csm)
    asked, before = latest_escalation_id(world.sql, run), state(world, run)
    for function in ("withdraw_escalation", "redirect_escalation"):
        with assert_refused("PT403", "Only the person who escalated this or a manager can change it."):
            call_rpc(world.company.other_csm, function, **ON_AN_ESCALATION[function](asked))
    assert state(world, run) == before


@pytest.mark.parametrize("who", ["colleague", "manager", "other company"])
def test_a_decision_is_seen_by_whoever_asked_for_it(world, run, who):
    escalate(world.owner, run, world.company.manager)
    asked = latest_escalation_id(world.sql, run)
    call_rpc(world.company.manager, "hand_back_escalation", p_escalation_id=asked, p_decision="Yes.", p_key=key())
    call_rpc(world.client(who), "mark_decision_seen", p_escalation_id=asked)
    seen = "select seen_at from public.workflow_escalations where id = %s"
    assert fetch_value(world.sql, seen, asked) is None
    call_rpc(world.owner, "mark_decision_seen", p_escalation_id=asked)
    assert fetch_value(world.sql, seen, asked) is not None


def test_the_person_asked_works_on_the_run_only_while_it_is_theirs(world):
    run = str(escalated(world))
    asked = world.company.other_csm
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    assert call_rpc(asked, "save_step", p_execution_id=run, **saved)["step"]["revision"] == 1
    with assert_refused("PT403", "Only its owner, the person it is assigned to or a manager can reassign a run."):
        reassign(asked, run, asked)
    call_rpc(
        asked,
        "hand_back_escalation",
        p_escalation_id=latest_escalation_id(world.sql, run),
        p_decision="Yes.",
        p_key=key(),
    )
    with assert_refused("PT403"):
        call_rpc(asked, "save_step", p_execution_id=run, **saved | {"p_revision": 1})
    with assert_refused("PT403"):
        snooze(asked, run)


def test_an_escalation_gives_rights_on_its_own_run_only(world, run):
    escalated(world)
    with assert_refused("PT403", "belongs to a colleague"):
        snooze(world.company.other_csm, run)


# What is named


def test_a_person_of_another_company_is_nobody_here(world, run):
    before = state(world, run)
    with assert_refused("PT400", "Choose a colleague."):
        escalate(world.owner, run, world.other.manager)
    with assert_refused("PT400", "Choose who to assign it to."):
        reassign(world.owner, run, world.other.csm)
    assert state(world, run) == before


def test_an_action_of_another_company_does_not_exist_here(world, run):
    foreign = str(insert_row(world.sql, "saved_actions", company_id=world.other.id, kind="snooze", name=key()))
    for action in (foreign, key()):
        with assert_refused("PT404", "This action does not exist, or you can't use it."):
            arguments = ON_A_RUN["run_saved_action"](world, run) | {"p_action_id": action}
            call_rpc(world.company.admin, "run_saved_action", **arguments)


def test_a_customer_or_workflow_of_another_company_does_not_exist_here(world):
    foreign = str(insert_customer(world.sql, world.other.id, world.other.csm.id))
    publish = insert_row(
        world.sql,
        "workflow_definitions",
        company_id=world.other.id,
        workflow_id=f"w-{key()}",
        name="Theirs",
        category="risk",
        slide_sequence=["greeting"],
        status="archived",
    )
    theirs = fetch_value(world.sql, "select workflow_id from public.workflow_definitions where id = %s", publish)
    for subject in (
        {"customer_id": foreign, "workflow_id": "our-renewal"},
        {"customer_id": str(world.insert_customer()), "workflow_id": theirs},
        {"customer_id": foreign},
    ):
        with assert_refused("PT404"):
            call_rpc(
                world.company.admin,
                "run_saved_action",
                p_action_id=custom(world, [{"do": "add_note", "body": "Hm."}])
                if len(subject) == 1
                else global_action_id(world.owner, "snooze"),
                p_subject=subject,
                p_parameters=LATER,
                p_key=key(),
            )
    assert fetch_value(world.sql, "select count(*) from public.notes where customer_id = %s", foreign) == 0


def test_a_version_of_another_workflow_or_company_is_no_newer_version(world, run):
    definition = insert_row(
        world.sql,
        "workflow_definitions",
        company_id=world.other.id,
        workflow_id="our-renewal",
        name="Theirs",
        category="renewal",
        slide_sequence=["greeting"],
        status="archived",
    )
    versions = [publish_next_version(world.sql, definition), publish_next_version(world.sql, definition), world.version]
    for version in versions:
        arguments = {"p_execution_id": run, "p_version_id": str(version), "p_revision": 1, "p_key": key()}
        with assert_refused("PT404", "This is not a newer version of the run's workflow."):
            call_rpc(world.owner, "move_to_version", **arguments)


def custom(world: TenantFixtures, steps: list[dict[str, Any]]) -> str:
    made = insert_row(
        world.sql,
        "saved_actions",
        company_id=world.company.id,
        kind="custom",
        name=key(),
        parameters={"steps": steps},
    )
    return str(made)


TELL = {"do": "notify", "message": "Look."}
ASK = {"do": "follow_up", "title": "Call", "in_days": 1}


@pytest.mark.parametrize("step", [TELL, ASK])
def test_a_step_reaches_nobody_of_another_company(world, step):
    customer = str(world.insert_customer())
    for person in (str(world.other.csm.id), key(), "nobody"):
        with assert_refused("PT409", "Someone this action names has left the company."):
            call_rpc(
                world.owner,
                "run_saved_action",
                p_action_id=custom(world, [step | {"person": person}]),
                p_subject={"customer_id": customer},
                p_parameters={},
                p_key=key(),
            )
    for table in ("notices", "follow_ups"):
        assert fetch_value(world.sql, f"select count(*) from public.{table} where customer_id = %s", customer) == 0


def test_a_company_actions_steps_are_its_own_whatever_is_sent(world):
    customer = str(world.insert_customer())
    harmless = custom(world, [{"do": "add_note", "body": "Checked."}])
    call_rpc(
        world.owner,
        "run_saved_action",
        p_action_id=harmless,
        p_subject={"customer_id": customer},
        p_parameters={"steps": [{"do": "set_field", "field": "summary", "value": "Forged"}]},
        p_steps=[{"do": "set_field", "field": "summary", "value": "Forged"}],
        p_key=key(),
    )
    assert fetch_value(world.sql, "select summary from public.customers where id = %s", customer) is None
    assert fetch_value(world.sql, "select body from public.notes where customer_id = %s", customer) == "Checked."


@pytest.mark.parametrize("field", ["owner_id", "company_id", "name", "status", "revision", "id"])
def test_a_step_sets_only_the_fields_on_the_list(world, field):
    action = custom(world, [{"do": "set_field", "field": field, "value": key()}])
    with assert_refused("PT400", "This field of the customer cannot be set by an action."):
        call_rpc(
            world.owner,
            "run_saved_action",
            p_action_id=action,
            p_subject={"customer_id": str(world.insert_customer())},
            p_parameters={},
            p_key=key(),
        )


def test_a_csm_does_nothing_to_a_colleagues_customer_by_an_action(world):
    customer = str(world.insert_customer())
    action = custom(world, [{"do": "add_note", "body": "Mine."}])
    subject = {"p_action_id": action, "p_subject": {"customer_id": customer}, "p_parameters": {}, "p_key": key()}
    with assert_refused("PT403", "belongs to a colleague"):
        call_rpc(world.company.other_csm, "run_saved_action", **subject)
    with assert_refused("PT403", "belongs to a colleague"):
        run_action(world.company.other_csm, "snooze", None, LATER, customer_id=customer, workflow_id="our-renewal")


# Keys


def test_a_key_is_its_persons_own(world, run):
    same = key()
    done = snooze(world.owner, run, key=same)
    mine = str(insert_customer(world.sql, world.other.id, world.other.csm.id))
    theirs = run_action(
        world.other.csm, "snooze", None, LATER, key=same, customer_id=mine, workflow_id="standard-renewal"
    )
    assert theirs["run_id"] != done["run_id"]
    with assert_refused("PT403"):
        snooze(world.company.other_csm, run, key=same)


def test_a_key_used_for_one_thing_does_nothing_for_another(world, run):
    same, other = key(), str(world.insert_run())
    manager = world.company.manager
    snooze(manager, run, key=same)
    escalate(world.owner, other, world.company.admin)
    before = state(world, other)
    with assert_refused("PT409", "Reload the page and try again."):
        snooze(manager, other, key=same)
    with assert_refused("PT409", "Reload the page and try again."):
        run_action(manager, "skip", run, {"reason": "duplicate"}, key=same)
    asked = {"p_escalation_id": latest_escalation_id(world.sql, other), "p_decision": "No.", "p_key": same}
    with assert_refused("PT409", "Reload the page and try again."):
        call_rpc(manager, "hand_back_escalation", **asked)
    assert state(world, other) == before


# Reading


def test_a_context_pack_holds_only_the_askers_own_chat(world, run):
    begin_turn(world.owner, run, "A secret of the owner's")
    begin_turn(world.company.manager, run, "A secret of the manager's")
    given = call_rpc(world.company.manager, "escalation_context", p_execution_id=run)
    assert [each["text"] for each in given["chat"]] == ["A secret of the manager's"]
    escalate(world.company.manager, run, world.company.other_csm)
    told = str(call_rpc(world.company.other_csm, "workflow_run", p_execution_id=run)["escalation"])
    assert ("of the manager's" in told, "of the owner's" in told) == (True, False)


def test_the_chat_given_with_an_escalation_is_for_the_people_in_it(world, run):
    begin_turn(world.owner, run, "A secret of the owner's")
    escalate(world.owner, run, world.company.manager)
    seen = {
        who: "A secret" in str(call_rpc(world.member(who), "workflow_run", p_execution_id=run))
        for who in ("owner", "manager", "admin", "colleague")
    }
    assert seen == {"owner": True, "manager": True, "admin": True, "colleague": False}
    table = world.company.other_csm.client.table("workflow_escalations").select("*").execute().data
    assert table
    assert "A secret" not in str(table)


@pytest.mark.parametrize("who", ["other company", "uninvited"])
def test_nothing_of_a_run_is_given_to_outsiders(world, run, who):
    assert call_rpc(world.client(who), "escalation_context", p_execution_id=run) is None
    assert str(world.owner.id) not in str(call_rpc(world.client(who), "colleagues"))


READS = {
    "inbox": {},
    "available_actions": {},
    "colleagues": {},
    "execution_lifecycle": {},
    "escalation_context": {"p_execution_id": str(uuid.uuid4())},
    "wake_due_executions": {},
    "mark_decision_seen": {"p_escalation_id": str(uuid.uuid4())},
}


@pytest.mark.parametrize("function", READS)
def test_somebody_not_signed_in_is_answered_nothing(world, function):
    with assert_refused("42501"):
        call_rpc(world.anon, function, **READS[function])


def test_somebody_without_a_company_has_no_inbox_and_wakes_nothing(world):
    for function in ("inbox", "wake_due_executions"):
        with assert_refused("PT403"):
            call_rpc(world.uninvited, function)
    assert call_rpc(world.uninvited, "available_actions") == []
    assert call_rpc(world.uninvited, "colleagues") == []


def test_the_teams_inbox_is_for_leaders(world, run):
    snooze(world.owner, run)
    seen = {
        who: run in [each["id"] for each in call_rpc(world.member(who), "inbox", p_team=True)["snoozed"]]
        for who in ("owner", "colleague", "manager", "other company")
    }
    assert seen == {"owner": True, "colleague": False, "manager": True, "other company": False}
    assert call_rpc(world.company.other_csm, "inbox", p_team=True)["counts"]["team"] is None


def test_waking_reaches_ones_own_company_only(world, run):
    snooze(world.owner, run)
    over = "update public.workflow_snoozes set until_at = now() - interval '1 hour' where execution_id = %s"
    world.sql.execute(over, [run])
    assert call_rpc(world.other.admin, "wake_due_executions") == 0
    assert state(world, run)["run"]["status"] == "snoozed"
    assert call_rpc(world.company.other_csm, "wake_due_executions") >= 1


# Past the functions


def test_a_notice_is_marked_as_read_and_nothing_else(world, run):
    reassign(world.company.manager, run, world.company.other_csm)
    mine = fetch_rows(world.sql, "select id from public.notices where execution_id = %s", run)[0]["id"]
    told = world.company.other_csm.client.table("notices")
    for forged in ({"body": "Forged"}, {"person_id": str(world.owner.id)}, {"from_id": None}):
        with assert_refused("42501"):
            told.update(forged).eq("id", str(mine)).execute()


def test_a_follow_up_is_given_to_nobody_of_another_company_and_in_no_other_name(world):
    mine = {"company_id": str(world.company.id), "customer_id": str(world.insert_customer()), "title": "Call"}
    mine |= {"due_on": "2030-01-01", "created_by": str(world.owner.id), "assigned_to": str(world.owner.id)}
    table = world.owner.client.table("follow_ups")
    for forged, code in (
        ({"assigned_to": str(world.other.csm.id)}, "23503"),
        ({"created_by": str(world.company.manager.id)}, "42501"),
        ({"customer_id": str(insert_customer(world.sql, world.other.id, world.other.csm.id))}, "42501"),
        ({"company_id": str(world.other.id)}, "42501"),
        ({"done_at": "2026-01-01"}, "42501"),
    ):
        with assert_refused(code):
            table.insert(mine | forged).execute()


def given_follow_up(world) -> str:
    """One the manager gave to the owner."""
    people = {"created_by": world.company.manager.id, "assigned_to": world.owner.id}
    about = {"company_id": world.company.id, "customer_id": world.insert_customer()}
    return str(insert_row(world.sql, "follow_ups", **people, **about, title="Call Ines", due_on="2030-01-01"))


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_the_words_and_the_day_of_a_follow_up_are_changed_by_who_made_it(world, who):
    given = given_follow_up(world)
    for forged in ({"title": "Nothing to do"}, {"due_on": "2031-01-01"}, {"title": "x", "done_at": "now"}):
        with assert_refused("PT403", "Only the person who made this follow-up"):
            world.client(who).table("follow_ups").update(forged).eq("id", given).execute()
    words = {"title": "Call Ines Ortega", "due_on": "2030-02-01"}
    assert world.company.manager.client.table("follow_ups").update(words).eq("id", given).execute().data


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_a_follow_up_is_closed_and_handed_on_by_who_has_it(world, who):
    given = given_follow_up(world)
    for forged in ({"done_at": "now"}, {"assigned_to": str(world.company.other_csm.id)}):
        with assert_refused("PT403", "Only the person who has this follow-up"):
            world.client(who).table("follow_ups").update(forged).eq("id", given).execute()
    owner = world.owner.client.table("follow_ups")
    assert owner.update({"assigned_to": str(world.company.other_csm.id)}).eq("id", given).execute().data
    for late in ({"done_at": "now"}, {"assigned_to": str(world.owner.id)}):
        assert owner.update(late).eq("id", given).execute().data == []


def test_a_follow_up_is_done_when_it_is_done(world):
    given = given_follow_up(world)
    mine = world.owner.client.table("follow_ups")
    (row,) = mine.update({"done_at": "2020-01-01"}).eq("id", given).execute().data
    assert not row["done_at"].startswith("2020")
    (again,) = mine.update({"done_at": "2020-01-01"}).eq("id", given).execute().data
    assert again["done_at"] == row["done_at"]


def test_a_follow_up_of_somebody_who_left_is_handed_on_by_a_leader(new_company, sql):
    company = new_company()
    people = {"created_by": company.manager.id, "assigned_to": company.csm.id, "company_id": company.id}
    customer = insert_customer(sql, company.id, company.csm.id)
    given = insert_row(sql, "follow_ups", **people, customer_id=customer, title="Call Ines", due_on="2030-01-01")
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    hand_on = {"assigned_to": str(company.other_csm.id)}
    assert company.admin.client.table("follow_ups").update(hand_on).eq("id", str(given)).execute().data


def test_only_a_global_action_is_hidden(world):
    own = custom(world, [])
    manager = world.company.manager
    row = {"company_id": str(world.company.id), "action_id": own, "hidden_by": str(manager.id)}
    with assert_refused("42501"):
        manager.client.table("hidden_saved_actions").insert(row).execute()
    row |= {"action_id": global_action_id(manager, "skip"), "company_id": str(world.other.id)}
    with assert_refused("42501"):
        manager.client.table("hidden_saved_actions").insert(row).execute()


@pytest.mark.parametrize(
    "function",
    [
        "transition",
        "wake_run",
        "lock_run",
        "snooze_run",
        "run_action_steps",
        "start_or_get_run",
        "record_action_run",
        "undo_snooze",
        "current_profile",
    ],
)
def test_the_parts_of_the_functions_are_not_served(world, function):
    for schema in ("private", "public"):
        with pytest.raises(APIError):
            world.company.admin.client.schema(schema).rpc(function, {}).execute()
