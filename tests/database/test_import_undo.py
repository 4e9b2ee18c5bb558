"""Taking an import back: what is left alone, archived, or done because one insists."""

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc

ACME = {"name": "Acme", "domain": "acme.test", "segment": "mid", "customer_since": "2025-01-01", "external_id": "a1"}
BOLT = {"name": "Bolt", "domain": "bolt.test", "segment": "smb", "customer_since": "2025-02-01", "external_id": "b2"}


def names(sql, company):
    rows = fetch_rows(sql, "select name, status from public.customers where company_id = %s order by name", company.id)
    return {row["name"]: row["status"] for row in rows}


def customer_id(sql, company, name):
    return fetch_value(sql, "select id from public.customers where company_id = %s and name = %s", company.id, name)


def test_what_somebody_changed_since_is_named_and_left_alone(file, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", summary="Old.")
    staged = file().bring_in({"name": "Acme", "summary": "Imported."}, BOLT)
    changed = company.csm.client.table("customers").update({"name": "Acme Two"})
    changed.eq("id", str(customer_id(sql, company, "Acme"))).execute()
    (kept,) = staged.undo()
    assert (kept["label"], kept["result"]) == ("Acme", "kept")
    assert kept["problem"].startswith(f"Changed by {company.csm.full_name} on ")
    assert names(sql, company) == {"Acme Two": "active"}
    summary = "select summary from public.customers where company_id = %s"
    assert fetch_value(sql, summary, company.id) == "Imported."


def test_insisting_restores_the_imported_columns_and_keeps_what_else_was_changed(file, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", summary="Old.")
    staged = file().bring_in({"name": "Acme", "summary": "Imported."})
    sql.execute("update public.customers set industry = 'Wind' where company_id = %s", [company.id])
    staged.undo(insist=True)
    (row,) = fetch_rows(sql, "select summary, industry from public.customers where company_id = %s", company.id)
    assert row == {"summary": "Old.", "industry": "Wind"}


def test_a_new_customer_with_work_on_it_is_named_and_archived(file, company, sql):
    staged = file().bring_in(ACME, BOLT)
    acme = customer_id(sql, company, "Acme")
    insert_row(
        sql,
        "notes",
        company_id=company.id,
        customer_id=acme,
        author_id=company.csm.id,
        body="Hi",
        happened_on="2026-01-01",
    )
    plan = staged.plan_undo()
    (planned,) = fetch_rows(
        sql, "select * from public.import_undo_rows where undo_id = %s and problem is not null", plan
    )
    assert (planned["label"], planned["problem"]) == ("Acme", "There is work on it: notes.")
    (archived,) = staged.undo()
    assert (archived["row_id"], archived["result"]) == (acme, "archived")
    assert names(sql, company) == {"Acme": "archived"}
    staged.undo()
    assert names(sql, company) == {"Acme": "active", "Bolt": "active"}


def test_insisting_removes_a_customer_with_its_records_and_bringing_in_again_restores_them(file, company, sql):
    staged = file().bring_in(ACME)
    acme = customer_id(sql, company, "Acme")
    words = {"author_id": company.csm.id, "body": "Hi", "happened_on": "2026-01-01"}
    note = insert_row(sql, "notes", company_id=company.id, customer_id=acme, **words)
    staged.undo(insist=True)
    assert names(sql, company) == {}
    staged.undo()
    assert names(sql, company) == {"Acme": "active"}
    assert fetch_value(sql, "select body from public.notes where id = %s", note) == "Hi"


def test_a_customer_with_a_run_is_archived_even_if_one_insists(file, company, sql):
    staged = file().bring_in(ACME)
    publish_workflow(sql, company.id, "our-renewal")
    acme = str(customer_id(sql, company, "Acme"))
    run = call_rpc(company.manager, "start_workflow", p_workflow_id="our-renewal", p_customer_id=acme)
    (archived,) = staged.undo(insist=True)
    assert (archived["problem"], archived["result"]) == ("There is work on it: workflow executions.", "archived")
    assert fetch_value(sql, "select status from public.workflow_executions where id = %s", run["execution_id"])
    with assert_refused("PT409", "is no longer a customer"):
        publish_workflow(sql, company.id, "our-risk")
        call_rpc(company.manager, "start_workflow", p_workflow_id="our-risk", p_customer_id=acme)


def test_an_archived_customer_is_active_again_when_its_file_is_brought_in_again(file, company, sql):
    staged = file().bring_in(ACME)
    acme = customer_id(sql, company, "Acme")
    values = {"company_id": company.id, "customer_id": acme, "assigned_to": company.csm.id}
    insert_row(sql, "follow_ups", **values, created_by=company.csm.id, title="Call", due_on="2030-01-01")
    staged.undo()
    again = file().stage(ACME).check()
    assert again.rows()[0]["changes"] == {"status": ["archived", "active"]}
    again.decide().apply()
    assert names(sql, company) == {"Acme": "active"}


def test_ids_of_the_file_are_taken_back_with_it(file, company, sql):
    acme = insert_customer(sql, company.id, company.csm.id, name="Acme")
    staged = file().bring_in({"name": "Acme", "external_id": "a1"})
    assert fetch_value(sql, "select row_id from public.external_ids where company_id = %s", company.id) == acme
    staged.undo()
    assert fetch_value(sql, "select row_id from public.external_ids where company_id = %s", company.id) is None


def test_a_second_import_of_the_same_customer_keeps_it_from_being_removed_by_the_first(file, company, sql):
    first = file().bring_in(ACME)
    second = file().bring_in({**ACME, "segment": "smb"})
    (kept,) = first.undo()
    assert kept["result"] == "kept"
    assert second.undo() == []
    assert names(sql, company) == {"Acme": "active"}


def test_an_undo_is_decided_once_and_only_of_an_applied_import(file, company):
    staged = file().stage(ACME).check()
    with assert_refused("PT409", "This import cannot be changed: it is checked."):
        staged.plan_undo()
    staged.decide().apply()
    undo = staged.plan_undo()
    staged.decide_undo(undo)
    with assert_refused("PT409", "This undo was decided already."):
        staged.decide_undo(undo)
    with assert_refused("PT409", "This import is being taken back already."):
        staged.plan_undo()


@pytest.mark.parametrize("most", [1, 1000])
def test_undo_of_a_person_who_may_no_longer_stops(most, file, company, sql):
    staged = file().bring_in(ACME, BOLT)
    undo = staged.plan_undo()
    staged.decide_undo(undo)
    sql.execute("update public.profiles set role = 'csm' where id = %s", [company.manager.id])
    while fetch_value(sql, "select status = 'decided' from public.import_undos where id = %s", undo):
        call_rpc(staged.operator, "apply_next_undo_batch", p_most=most)
    assert fetch_value(sql, "select status from public.import_undos where id = %s", undo) == "stopped"
    assert set(names(sql, company)) == {"Acme", "Bolt"}


def test_customers_of_an_owner_who_has_left_go_to_whoever_undoes(file, company, sql):
    acme = insert_customer(sql, company.id, company.csm.id, name="Acme", domain="acme.test")
    staged = file().bring_in({"domain": "acme.test", "owner_email": company.manager.email})
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    undo = staged.plan_undo()
    notice = f"{company.csm.full_name} has left: {company.manager.full_name} gets this customer."
    assert fetch_value(sql, "select notice from public.import_undo_rows where undo_id = %s", undo) == notice
    staged.who = company.admin
    assert staged.undo() == []
    assert fetch_value(sql, "select owner_id from public.customers where id = %s", acme) == company.admin.id


def test_a_large_undo_is_planned_in_steps_and_not_decided_before(file, company, sql):
    staged = file().bring_in(ACME, BOLT)
    undo = staged.plan_undo()
    sql.execute("update public.import_undos set status = 'planning', listed_until = null where id = %s", [undo])
    sql.execute("delete from public.import_undo_rows where undo_id = %s", [undo])
    with assert_refused("PT409", "The plan of this undo is not complete yet."):
        staged.decide_undo(undo)
    steps = []
    while not (step := call_rpc(staged.who, "continue_import_undo_plan", p_undo_id=undo, p_most=1))["is_planned"]:
        steps.append(step["rows"])
    assert steps == sorted(steps)
    assert len(steps) > 2
    listed = "select count(*) from public.import_undo_rows where undo_id = %s and table_name = 'customers'"
    assert fetch_value(sql, listed, undo) == 2
    staged.decide_undo(undo)
