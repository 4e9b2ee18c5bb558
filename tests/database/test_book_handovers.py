"""A book handed over at once: who gets what, who may, and undoing it within a day."""

import uuid

import pytest

from tests.database.action_calls import escalate, snooze
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company, unused_email


@pytest.fixture
def team(new_company) -> Company:
    company = new_company()
    assert all((company.admin, company.manager, company.csm, company.other_csm))
    return company


def start_run(sql, company, who, customer=None):
    workflow = f"w-{uuid.uuid4().hex[:8]}"
    publish_workflow(sql, company.id, workflow)
    customer = customer or insert_customer(sql, company.id, who.id)
    return call_rpc(who, "start_workflow", p_workflow_id=workflow, p_customer_id=str(customer))["execution_id"]


def reassign(who, run, to):
    call_rpc(who, "reassign_execution", p_execution_id=run, p_to=str(to.id), p_key=str(uuid.uuid4()))


def item(kind, row_id, to):
    return {"kind": kind, "id": str(row_id), "to": str(to.id)}


def hand_over(who, person, *items, key=None, deactivate=False):
    values = {"p_person_id": str(person.id), "p_items": list(items), "p_key": key or str(uuid.uuid4())}
    return call_rpc(who, "hand_over_book", **values, p_deactivate=deactivate)


def undo(who, handover):
    return call_rpc(who, "undo_handover", p_handover_id=handover["id"])["kept"]


def owner(sql, customer):
    return fetch_value(sql, "select owner_id from public.customers where id = %s", customer)


def assignee(sql, table, row_id):
    return fetch_value(sql, f"select assigned_to from public.{table} where id = %s", row_id)


def customer_of(sql, run):
    return fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run)


def escalation_of(sql, run):
    return fetch_value(sql, "select id from public.workflow_escalations where execution_id = %s", run)


def test_the_book_of_a_person_names_all_that_would_need_somebody_else(team, sql):
    own = start_run(sql, team, team.csm)
    snooze(team.csm, own)
    given = start_run(sql, team, team.other_csm)
    reassign(team.other_csm, given, team.csm)
    call_rpc(team.csm, "add_follow_up", p_customer_id=str(customer_of(sql, own)), p_title="Call")
    book = call_rpc(team.manager, "person_book", p_person_id=str(team.csm.id))
    (customer,) = book["customers"]
    assert (customer["open_runs"], customer["snoozed_runs"]) == (1, 1)
    assert [each["id"] for each in book["runs"]] == [given]
    assert [each["name"] for each in book["follow_ups"]] == ["Call"]
    assert book["escalations"] == []


def test_a_book_goes_to_several_colleagues_in_one_row(team, sql):
    first, second = (insert_customer(sql, team.id, team.csm.id) for _ in range(2))
    done = hand_over(
        team.manager, team.csm, item("customer", first, team.other_csm), item("customer", second, team.manager)
    )
    assert (owner(sql, first), owner(sql, second)) == (team.other_csm.id, team.manager.id)
    assert done["customers"] == 2
    (row,) = fetch_rows(sql, "select * from public.book_handovers where company_id = %s", team.id)
    assert (row["from_id"], row["made_by"], len(row["items"])) == (team.csm.id, team.manager.id, 2)


def test_runs_escalations_and_follow_ups_go_where_they_are_sent(team, sql):
    given = start_run(sql, team, team.other_csm)
    reassign(team.other_csm, given, team.csm)
    asked = start_run(sql, team, team.other_csm)
    escalate(team.other_csm, asked, team.csm)
    customer = insert_customer(sql, team.id, team.csm.id)
    call_rpc(team.csm, "add_follow_up", p_customer_id=str(customer), p_title="Call")
    task = fetch_value(sql, "select id from public.follow_ups where customer_id = %s", customer)
    hand_over(
        team.admin, team.csm, item("run", given, team.manager),
        item("escalation", escalation_of(sql, asked), team.admin), item("follow_up", task, team.other_csm),
    )  # fmt: skip
    assert assignee(sql, "workflow_executions", given) == team.manager.id
    assert assignee(sql, "workflow_escalations", escalation_of(sql, asked)) == team.admin.id
    assert assignee(sql, "follow_ups", task) == team.other_csm.id


def test_a_snoozed_run_wakes_at_the_new_owner(team, sql):
    run = start_run(sql, team, team.csm)
    snooze(team.csm, run)
    hand_over(team.manager, team.csm, item("customer", customer_of(sql, run), team.other_csm))
    assert call_rpc(team.other_csm, "inbox")["counts"]["snoozed"] == 1
    assert call_rpc(team.csm, "inbox")["counts"]["snoozed"] == 0


def test_whoever_gets_something_reads_what_it_is(team, sql):
    customer = insert_customer(sql, team.id, team.csm.id, name="Acme")
    hand_over(team.manager, team.csm, item("customer", customer, team.other_csm))
    body = "select body from public.notices where person_id = %s"
    assert fetch_value(sql, body, team.other_csm.id) == f"Yours now, from {team.csm.full_name}: Acme."


def test_the_history_says_that_it_was_a_hand_over(team, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    done = hand_over(team.manager, team.csm, item("customer", customer, team.other_csm))
    last = "select source_id::text from public.row_changes where row_id = %s and source = 'handover'"
    assert fetch_value(sql, last, customer) == done["id"]


def test_the_same_click_hands_over_once(team, sql):
    customer, key = insert_customer(sql, team.id, team.csm.id), str(uuid.uuid4())
    items = item("customer", customer, team.other_csm)
    calls = [lambda: hand_over(team.manager, team.csm, items, key=key)] * 2
    first, second = run_concurrently(calls)
    again = hand_over(team.manager, team.csm, items, key=key)
    assert {each if isinstance(each, str) else each["id"] for each in (first, second)} >= {again["id"]}
    assert fetch_value(sql, "select count(*) from public.book_handovers where company_id = %s", team.id) == 1


def test_what_is_no_longer_the_persons_refuses_the_whole(team, sql):
    mine, gone = (insert_customer(sql, team.id, person.id) for person in (team.csm, team.other_csm))
    with assert_refused("PT409", "The book has changed since you opened it."):
        hand_over(team.manager, team.csm, item("customer", mine, team.manager), item("customer", gone, team.manager))
    assert owner(sql, mine) == team.csm.id


def test_two_leaders_handing_over_the_same_customer_at_once_give_it_to_one(team, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    answers = run_concurrently([
        lambda: hand_over(team.manager, team.csm, item("customer", customer, team.other_csm)),
        lambda: hand_over(team.admin, team.csm, item("customer", customer, team.manager)),
    ])  # fmt: skip
    assert sorted(isinstance(each, dict) for each in answers) == [False, True]
    assert "PT409" in answers


def test_nobody_gets_an_escalation_they_raised(team, sql):
    run = start_run(sql, team, team.csm)
    escalate(team.csm, run, team.manager)
    with assert_refused("PT400", "somebody else has to answer it"):
        hand_over(team.admin, team.manager, item("escalation", escalation_of(sql, run), team.csm))


@pytest.mark.parametrize("who", ["stranger", "the person", "gone", "nobody"])
def test_only_an_active_colleague_takes_over(team, strangers, sql, who):
    customer = insert_customer(sql, team.id, team.csm.id)
    sql.execute("update public.profiles set is_active = false where id = %s", [team.other_csm.id])
    taker = {"stranger": strangers.csm.id, "the person": team.csm.id, "gone": team.other_csm.id, "nobody": None}[who]
    with assert_refused("PT400", "Choose a colleague who takes over."):
        hand_over(team.manager, team.csm, {"kind": "customer", "id": str(customer), "to": taker and str(taker)})
    assert owner(sql, customer) == team.csm.id


def test_a_customer_of_another_company_is_not_handed_over(team, strangers, sql):
    foreign = insert_customer(sql, strangers.id, strangers.csm.id)
    with assert_refused("PT409"):
        hand_over(team.manager, team.csm, item("customer", foreign, team.other_csm))
    assert owner(sql, foreign) == strangers.csm.id


def test_a_csm_hands_over_nobodys_book_not_even_their_own(team, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    with assert_refused("PT403", "Only a manager or an admin can hand over a book."):
        hand_over(team.csm, team.csm, item("customer", customer, team.other_csm))


def test_a_leader_of_another_company_finds_nobody(team, strangers, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    with assert_refused("PT404"):
        hand_over(strangers.admin, team.csm, item("customer", customer, strangers.csm))
    assert call_rpc(strangers.admin, "person_book", p_person_id=str(team.csm.id))["customers"] == []


def test_a_person_is_deactivated_once_everything_is_handed_over(team, sql):
    first, second = (insert_customer(sql, team.id, team.csm.id) for _ in range(2))
    with assert_refused("PT409", "Somebody has to take over what is open."):
        hand_over(team.admin, team.csm, item("customer", first, team.other_csm), deactivate=True)
    assert owner(sql, first) == team.csm.id
    items = [item("customer", each, team.other_csm) for each in (first, second)]
    hand_over(team.admin, team.csm, *items, deactivate=True)
    assert fetch_value(sql, "select is_active from public.profiles where id = %s", team.csm.id) is False
    assert team.csm.client.table("customers").select("id").execute().data == []


def test_a_manager_deactivates_nobody(team):
    with assert_refused("PT403", "Only an admin can deactivate a person."):
        hand_over(team.manager, team.csm, deactivate=True)


def test_deleting_a_user_in_supabase_is_refused_while_they_have_work(team, sql):
    insert_customer(sql, team.id, team.csm.id)
    with pytest.raises(Exception, match="foreign key"):
        sql.execute("delete from auth.users where id = %s", [team.csm.id])


def test_undo_gives_everything_back(team, sql):
    own, given = start_run(sql, team, team.csm), start_run(sql, team, team.other_csm)
    reassign(team.csm, own, team.other_csm)
    reassign(team.other_csm, given, team.csm)
    asked = start_run(sql, team, team.other_csm)
    escalate(team.other_csm, asked, team.csm)
    customer = customer_of(sql, own)
    call_rpc(team.csm, "add_follow_up", p_customer_id=str(customer), p_title="Call")
    task = fetch_value(sql, "select id from public.follow_ups where customer_id = %s", customer)
    done = hand_over(
        team.admin, team.csm, item("customer", customer, team.other_csm), item("run", given, team.manager),
        item("escalation", escalation_of(sql, asked), team.admin), item("follow_up", task, team.other_csm),
    )  # fmt: skip
    assert assignee(sql, "workflow_executions", own) is None  # its owner by now
    assert undo(team.manager, done) == []
    assert owner(sql, customer) == team.csm.id
    assert assignee(sql, "workflow_executions", own) == team.other_csm.id
    assert assignee(sql, "workflow_executions", given) == team.csm.id
    assert assignee(sql, "workflow_escalations", escalation_of(sql, asked)) == team.csm.id
    assert assignee(sql, "follow_ups", task) == team.csm.id
    assert (
        fetch_value(
            sql, "select count(*) from public.notices where body like 'Yours now%%' and company_id = %s", team.id
        )
        == 0
    )


def test_undo_leaves_and_names_what_somebody_changed_since(team, sql):
    mine, moved = (insert_customer(sql, team.id, team.csm.id, name=name) for name in ("Acme", "Borealis"))
    items = [item("customer", each, team.other_csm) for each in (mine, moved)]
    done = hand_over(team.manager, team.csm, *items)
    hand_over(team.manager, team.other_csm, item("customer", moved, team.manager))
    assert undo(team.manager, done) == ["Borealis"]
    assert (owner(sql, mine), owner(sql, moved)) == (team.csm.id, team.manager.id)


def test_a_second_undo_changes_nothing(team, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    done = hand_over(team.manager, team.csm, item("customer", customer, team.other_csm))
    assert undo(team.manager, done) == []
    hand_over(team.manager, team.csm, item("customer", customer, team.other_csm))
    assert undo(team.manager, done) == []
    assert owner(sql, customer) == team.other_csm.id


def test_undo_is_refused_after_a_day_and_when_the_person_has_left(team, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    done = hand_over(team.manager, team.csm, item("customer", customer, team.other_csm))
    sql.execute("update public.book_handovers set created_at = now() - interval '25 hours' where id = %s", [done["id"]])
    with assert_refused("PT409", "A hand-over can be undone for a day"):
        undo(team.manager, done)
    sql.execute("update public.book_handovers set created_at = now() where id = %s", [done["id"]])
    hand_over(team.admin, team.csm, deactivate=True)
    with assert_refused("PT409", "has left the company."):
        undo(team.manager, done)


def test_neither_a_csm_nor_another_company_undoes_a_hand_over(team, strangers, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    done = hand_over(team.manager, team.csm, item("customer", customer, team.other_csm))
    with assert_refused("PT403"):
        undo(team.csm, done)
    with assert_refused("PT404"):
        undo(strangers.manager, done)


def test_customers_held_for_somebody_go_to_them_from_whoever_holds_the_book_by_then(team, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    promise = {"company_id": team.id, "customer_id": customer, "owner_id": team.csm.id}
    insert_row(sql, "pending_owners", **promise, email=unused_email())
    holder = "select owner_id from public.pending_owners where customer_id = %s"
    done = hand_over(team.manager, team.csm, item("customer", customer, team.other_csm))
    assert fetch_value(sql, holder, customer) == team.other_csm.id
    assert undo(team.manager, done) == []
    assert fetch_value(sql, holder, customer) == team.csm.id
