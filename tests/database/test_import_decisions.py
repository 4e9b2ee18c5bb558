"""Deciding about what one has seen, discarding, imports at which the worker fails, and what staging refuses."""

from contextlib import contextmanager
from typing import Any

import pytest

from tests.database.factories import fetch_value, insert_customer
from tests.database.import_calls import empty_mapping
from tests.database.rpc import assert_refused, call_rpc

ACME = {"external_id": "a1", "name": "Acme", "segment": "mid", "customer_since": "2025-01-01"}
BOLT = {"external_id": "b1", "name": "Bolt", "segment": "smb", "customer_since": "2025-01-01"}
CHANGED = "This import has changed since you looked at it."


def staged_again(staged, company):
    staged.stage(ACME, {**BOLT, "name": "Bolt Ltd"}).check()


def dropped(staged, company):
    call_rpc(staged.who, "drop_import_rows", p_import_id=staged.id, p_row_ids=[str(staged.rows()[0]["id"])])


def mapped_anew(staged, company):
    call_rpc(staged.who, "change_import_mapping", p_import_id=staged.id, p_mapping=empty_mapping())
    staged.stage(ACME).check()


def checked_again(staged, company):
    staged.check(again=True)


def chosen(staged, company):
    customer = str(insert_customer(staged.sql, company.id, company.csm.id, name="Apex"))
    call_rpc(staged.who, "choose_import_match", p_row_id=str(staged.rows()[0]["id"]), p_customer_id=customer)
    staged.check()


@pytest.mark.parametrize("change", [staged_again, dropped, mapped_anew, checked_again, chosen])
def test_an_import_that_changed_since_it_was_seen_is_not_decided(change, file, company):
    staged = file().stage(ACME, BOLT).check()
    seen = staged.revision()
    change(staged, company)
    with assert_refused("PT409", CHANGED):
        call_rpc(company.admin, "decide_import", p_import_id=staged.id, p_revision=seen)
    assert staged.status() == "checked"
    assert staged.decide().apply().status() == "applied"


@pytest.mark.parametrize("revision", [0, 99, None])
def test_a_revision_nobody_saw_decides_nothing(revision, file, company):
    staged = file().stage(ACME).check()
    with assert_refused("PT409", CHANGED):
        call_rpc(company.admin, "decide_import", p_import_id=staged.id, p_revision=revision)
    undo = file().bring_in(BOLT).plan_undo()
    with assert_refused("PT409", CHANGED):
        call_rpc(company.admin, "decide_import_undo", p_undo_id=undo, p_revision=revision)


def test_an_import_is_discarded_until_it_is_decided(file, company):
    staged = file().stage(ACME).check()
    call_rpc(company.admin, "discard_import", p_import_id=staged.id)
    assert staged.rows() == []
    with assert_refused("PT404"):
        call_rpc(company.admin, "discard_import", p_import_id=staged.id)
    with assert_refused("PT409"):
        call_rpc(company.admin, "discard_import", p_import_id=file().stage(ACME).check().decide().id)


ROW: dict[str, Any] = {"kind": "customers", "line": 2, "cells": [], "field_values": {}}
CUSTOMER = {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "name": "Acme", "score": 90}


@pytest.mark.parametrize(
    "row",
    [
        *({"candidates": [{**CUSTOMER, **wrong}]} for wrong in (
            {"id": "1"}, {"name": 5}, {"name": "x" * 501}, {"score": "90"}, {"score": 101}, {"owner": "me"},
        )),
        {"candidates": [CUSTOMER] * 21}, {"candidates": {}}, {"candidates": "Acme"},
        {"blank_fields": ["name", 5]}, {"blank_fields": "name"}, {"verdict": "new"}, {"line": 0},
        {"line": 2_000_000_000},
        {"field_values": []}, {"cells": [["a"]]}, {"problems": ["no"]}, {"problems": [{}] * 501},
    ],
)  # fmt: skip
def test_staging_takes_rows_of_one_shape(row, file, company):
    staged = file().stage(ACME)
    with assert_refused("PT400", "These are not rows of this import."):
        call_rpc(company.manager, "stage_import_rows", p_import_id=staged.id, p_rows=[{**ROW, **row}])


def test_a_line_is_staged_once_in_a_call(file, company):
    staged = file().stage(ACME)
    with assert_refused("PT400", "Line 2 is there twice."):
        call_rpc(company.manager, "stage_import_rows", p_import_id=staged.id, p_rows=[ROW, ROW])


@pytest.mark.parametrize(
    "mapping",
    [
        {}, [], {"kind": "contacts", "columns": []}, {"kind": "customers", "columns": {}},
        {"kind": "customers", "columns": [], "more": 1}, {"kind": "customers", "columns": [5]},
        {"kind": "customers", "columns": [{"use": "field", "header": "A"}]},
        {"kind": "customers", "columns": [{"use": "left_out", "header": "A", "field": "name"}]},
        {"kind": "customers", "columns": [{"use": "guess", "header": "A"}]},
        {"kind": "customers", "columns": [{"use": "left_out", "header": "A"}] * 501},
        {"kind": "customers", "columns": [], "currency": "dollars"},
    ],
)  # fmt: skip
def test_a_mapping_has_the_shape_of_a_mapping(mapping, company):
    named = {"p_kind": "customers", "p_file_name": "a.csv", "p_source": "crm", "p_headers": ["A"]}
    with assert_refused("PT400"):
        call_rpc(company.manager, "begin_import", **named, p_mapping=mapping)
    with assert_refused("PT400"):
        saved = {"p_name": "crm", "p_kind": "customers", "p_header_key": "k"}
        call_rpc(company.manager, "save_import_mapping", **saved, p_mapping=mapping)


def test_a_name_that_nobody_can_see_is_refused_by_the_check(file):
    staged = file().stage({**ACME, "name": "\u200b"}).check()
    assert (staged.verdicts(), staged.reasons()) == (
        ["refused"],
        ["Nothing is written here.", "A new record needs name."],
    )


def test_values_for_blank_cells_are_for_new_records_only(file, company, sql):
    file().bring_in(ACME)
    staged = file()
    staged.stage()
    rows = [
        {**ROW, "line": line, "field_values": {**values, "segment": "enterprise"}, "blank_fields": ["segment"]}
        for line, values in enumerate((ACME, BOLT), start=2)
    ]
    call_rpc(company.manager, "stage_import_rows", p_import_id=staged.id, p_rows=rows)
    assert staged.check().verdicts() == ["unchanged", "new"]
    staged.decide().apply()
    segments = "select string_agg(segment, ' ' order by name) from public.customers where company_id = %s"
    assert fetch_value(sql, segments, company.id) == "mid enterprise"


@contextmanager
def broken_customers(sql, company, event: str):
    """Meanwhile the database fails at each customer of the company that is inserted or deleted."""
    name, row = f"fail_{company.id.hex}", "new" if event == "insert" else "old"
    sql.execute(
        f"create function private.{name}() returns trigger language plpgsql as "
        "$$ begin raise exception 'broken'; end $$; "
        f"create trigger {name} before {event} on public.customers for each row "
        f"when ({row}.company_id = '{company.id}') execute function private.{name}()".encode()
    )
    try:
        yield
    finally:
        sql.execute(f"drop function private.{name} cascade".encode())


def test_an_import_at_which_the_worker_fails_keeps_no_other_waiting(file, company, new_company, sql):
    failing, other = file().stage(ACME).check().decide(), file(who=new_company().manager).stage(BOLT).check().decide()
    with broken_customers(sql, company, "insert"):
        for attempt in range(1, 6):
            while fetch_value(sql, "select failed_attempts from public.imports where id = %s", failing.id) < attempt:
                call_rpc(failing.operator, "apply_next_import_batch", p_most=1000)
            sql.execute("update public.imports set retry_at = now() where id = %s", [failing.id])
            other.apply()
    assert (failing.status(), other.status()) == ("stopped", "applied")
    assert fetch_value(sql, "select error from public.imports where id = %s", failing.id).startswith(
        "Bringing it in failed five times."
    )


def test_an_undo_at_which_the_worker_fails_is_tried_again_and_stopped(file, company, sql):
    staged = file().bring_in(ACME)
    undo = staged.plan_undo()
    staged.decide_undo(undo)
    failures = "select failed_attempts from public.import_undos where id = %s"
    with broken_customers(sql, company, "delete"):
        for attempt in range(1, 6):
            while fetch_value(sql, failures, undo) < attempt:
                call_rpc(staged.operator, "apply_next_undo_batch", p_most=1000)
            is_later = "select retry_at > now() from public.import_undos where id = %s"
            assert fetch_value(sql, is_later, undo)
            sql.execute("update public.import_undos set retry_at = now() where id = %s", [undo])
    error = fetch_value(sql, "select error from public.import_undos where id = %s and status = 'stopped'", undo)
    assert error.startswith("Taking it back failed five times.")
    assert fetch_value(sql, "select count(*) from public.customers where company_id = %s", company.id) == 1
