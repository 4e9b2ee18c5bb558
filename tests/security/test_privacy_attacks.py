"""What somebody might try on the audit, on exports and on erasures with their own token."""

import uuid

import pytest

from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc

WHY = "Asked for by letter."


@pytest.fixture
def contact(world, sql):
    customer = world.insert_customer()
    person = {"company_id": world.company.id, "customer_id": customer, "name": "Ines Ortega", "role": "user"}
    return insert_row(sql, "contacts", **person)


def erase(who, subject: str, subject_id, mode: str = "remove"):
    target = {"p_subject": subject, "p_subject_id": str(subject_id), "p_mode": mode}
    return call_rpc(who, "erase_subject", **target, p_reason=WHY)


def test_no_filter_shows_changes_of_another_company(world, contact):
    for wanted in ({"p_row_id": str(contact)}, {"p_person_id": str(world.owner.id)}, {}):
        changes = call_rpc(world.other.admin, "read_row_changes", **wanted)["changes"]
        assert str(contact) not in {change["row_id"] for change in changes}


def test_a_csm_reads_no_change_of_a_colleague(world, contact):
    wanted = {"p_row_id": str(contact)}
    assert call_rpc(world.company.other_csm, "read_row_changes", **wanted)["changes"] == []
    assert len(call_rpc(world.company.manager, "read_row_changes", **wanted)["changes"]) == 1


def test_gaps_of_the_history_are_told_to_leaders_alone(world, contact, sql):
    sql.execute("delete from public.row_changes where row_id = %s", [contact])
    assert call_rpc(world.company.manager, "history_gaps")["count"] >= 1
    for who in (world.owner, world.company.other_csm):
        assert call_rpc(who, "history_gaps") == {"count": 0, "missing": 0, "numbers": []}


@pytest.mark.parametrize("subject", ["customer", "contact"])
def test_nobody_erases_for_another_company_or_as_a_csm(world, contact, sql, subject):
    customer = fetch_value(sql, "select customer_id from public.contacts where id = %s", contact)
    target = customer if subject == "customer" else contact
    with assert_refused("PT404"):
        erase(world.other.admin, subject, target)
    with assert_refused("PT403"):
        erase(world.owner, subject, target)
    assert fetch_value(sql, "select name from public.contacts where id = %s", contact) == "Ines Ortega"


def test_an_erasure_of_one_kind_does_not_take_the_id_of_another(world, contact):
    with assert_refused("PT404"):
        erase(world.company.admin, "customer", contact)
    with assert_refused("PT400"):
        erase(world.company.admin, "person", world.owner.id)
    with assert_refused("PT404"):
        erase(world.company.admin, "contact", uuid.uuid4())


def test_nobody_writes_or_removes_a_proof(world, contact):
    proof = erase(world.company.admin, "contact", contact)["id"]
    admin = world.company.admin.client
    with assert_refused("42501"):
        admin.table("erasures").update({"reason": "Never."}).eq("id", proof).execute()
    with assert_refused("42501"):
        admin.table("erasures").delete().eq("id", proof).execute()
    assert world.other.admin.client.table("erasures").select("id").eq("id", proof).execute().data == []


def test_a_name_full_of_signs_is_no_pattern(world, sql, contact):
    sql.execute("update public.contacts set name = '(.*)+[a' where id = %s", [contact])
    customer = fetch_value(sql, "select customer_id from public.contacts where id = %s", contact)
    words = {"author_id": world.owner.id, "kind": "call", "body": "Something else.", "happened_on": "2026-01-01"}
    note = insert_row(sql, "notes", company_id=world.company.id, customer_id=customer, **words)
    erase(world.company.admin, "contact", contact)
    assert fetch_value(sql, "select body from public.notes where id = %s", note) == "Something else."


def test_the_register_and_the_begin_of_a_change_are_out_of_reach(world):
    for function in (
        "personal_data_register",
        "erasure_statement",
        "unlink_messages",
        "current_change_source",
        "redact_text",
    ):
        with assert_refused("PGRST202"):
            world.company.admin.client.rpc(function, {}).execute()


def stage_row(sql, company, cells: list[str]):
    words = {"kind": "contacts", "file_name": "a.csv", "source": "crm", "headers": ["Name"], "mapping": {}}
    made = insert_row(sql, "imports", company_id=company.id, default_owner_id=company.csm.id, **words)
    place = {"kind": "contacts", "place": 1, "line": 2, "cells": cells}
    return insert_row(sql, "import_rows", company_id=company.id, import_id=made, **place)


def test_an_erasure_leaves_files_of_another_company_alone(world, sql, contact):
    own, foreign = (stage_row(sql, company, ["Ines Ortega", "CFO"]) for company in (world.company, world.other))
    erase(world.company.admin, "contact", contact)
    cells = "select cells from public.import_rows where id = %s"
    assert (fetch_value(sql, cells, own), fetch_value(sql, cells, foreign)) == ([], ["Ines Ortega", "CFO"])


def test_a_name_that_is_a_word_is_found_with_its_capital_only(world, sql, contact):
    sql.execute("update public.contacts set name = 'Will' where id = %s", [contact])
    found = "select %s ~ private.name_pattern(private.names_of_contact(%s))"
    assert fetch_value(sql, found, "Will called.", contact)
    assert not fetch_value(sql, found, "They will call; Willow too.", contact)


def test_other_names_full_of_signs_are_no_pattern_and_no_flood(world, sql, contact):
    admin = world.company.admin
    about = {"p_subject": "contact", "p_subject_id": str(contact), "p_mode": "remove"}
    # Tests of odd arguments write comments in this company that are such signs.
    sql.execute("delete from public.workflow_comments where company_id = %s", [world.company.id])
    plan = call_rpc(admin, "preview_erasure", **about, p_names=["(a+)+$", "[[:<:]]", "\\m", ".*", "%_"])
    assert {step["table_name"] for step in plan} <= {"contacts", "row_changes"}
    for names in (["x"] * 11, ["y" * 201], [""], [None]):
        with assert_refused("PT400"):
            call_rpc(admin, "preview_erasure", **about, p_names=names)


def test_nobody_marks_a_message_as_redacted(world):
    for table in ("workflow_chat_messages", "workflow_llm_tool_calls"):
        with assert_refused("42501"):
            world.owner.client.table(table).update({"redacted_at": "2026-01-01T00:00:00Z"}).eq(
                "company_id", str(world.company.id)
            ).execute()
