"""Bringing rows in while the book is edited, two files at once, in batches, and for people who have not joined yet."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from lib.auth.model import Role
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.import_calls import StagedFile
from tests.database.rpc import call_rpc, run_concurrently
from tests.support.companies import sign_up, unused_email

ACME = {"name": "Acme", "domain": "acme.test", "segment": "mid", "customer_since": "2025-01-01"}
MANY = [
    {"name": f"Customer {n}", "domain": f"c{n}.test", "segment": "mid", "customer_since": "2025-01-01"}
    for n in range(30)
]


def names(sql, company):
    rows = fetch_rows(sql, "select name from public.customers where company_id = %s order by name", company.id)
    return [row["name"] for row in rows]


def test_a_row_edited_after_the_check_is_left_alone_and_named(file, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", segment="smb")
    staged = file().stage(ACME, MANY[0]).check().decide()
    sql.execute("update public.customers set segment = 'enterprise' where company_id = %s", [company.id])
    staged.apply()
    assert (staged.status(), staged.verdicts()) == ("applied", ["refused", "new"])
    assert staged.reasons() == ["The record in Zen has changed since the file was checked."]
    segment = "select segment from public.customers where name = 'Acme' and company_id = %s"
    assert fetch_value(sql, segment, company.id) == "enterprise"


def test_an_edit_that_touches_nothing_of_the_file_does_not_stop_it(file, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", segment="smb")
    staged = file().stage(ACME).check().decide()
    sql.execute("update public.customers set summary = 'Edited.' where company_id = %s", [company.id])
    assert staged.apply().verdicts() == ["changed"]
    row = fetch_rows(sql, "select segment, summary from public.customers where company_id = %s", company.id)
    assert row == [{"segment": "mid", "summary": "Edited."}]


def test_two_files_with_the_same_new_customers_add_them_once(file, company, sql):
    first, second = file().stage(*MANY).check(), file().stage(*MANY).check()
    first.decide()
    second.decide()
    asked = [lambda: call_rpc(first.operator, "apply_next_import_batch", p_most=10)] * 4
    while "decided" in (first.status(), second.status()):
        run_concurrently(asked)
    assert names(sql, company) == sorted(record["name"] for record in MANY)
    assert (first.status(), second.status()) == ("applied", "applied")


def test_batches_are_whole_and_the_next_worker_goes_on(file, company, sql):
    staged = file().stage(*MANY).check().decide()
    while staged.counts()["applied"] == 0:
        call_rpc(staged.operator, "apply_next_import_batch", p_most=10)
    assert staged.counts()["applied"] % 10 == 0
    assert len(names(sql, company)) == staged.counts()["applied"]
    staged.apply(most=7)
    assert (len(names(sql, company)), staged.status()) == (30, "applied")


def test_a_worker_that_dies_in_a_batch_leaves_nothing_of_it(file, company, sql, stack):
    staged = file().stage(*MANY).check().decide()
    with psycopg.connect(stack.database_url) as worker:
        worker.execute("select set_config('request.jwt.claims', '{\"role\": \"service_role\"}', true)")
        target = worker.execute("select i from public.imports i where i.id = %s for no key update", [staged.id])
        assert target.fetchone()
        worker.execute("select private.apply_import_batch(i, 10) from public.imports i where i.id = %s", [staged.id])
        worker.rollback()  # as the server does for a connection that is gone
    assert (names(sql, company), staged.counts()["applied"], staged.status()) == ([], 0, "decided")
    staged.apply()
    assert len(names(sql, company)) == 30


def test_one_row_the_database_refuses_keeps_no_other_out(file, company, sql):
    """A trigger of the table refuses what the check does not know of."""
    sql.execute(
        "create or replace function public.refuse_thirteen() returns trigger language plpgsql as "
        "$$ begin if new.name = 'Customer 13' then raise check_violation using message = 'unlucky'; end if; "
        "return new; end $$"
    )
    sql.execute(
        "create trigger refuse_thirteen before insert on public.customers "
        "for each row execute function public.refuse_thirteen()"
    )
    try:
        staged = file().bring_in(*MANY)
    finally:
        sql.execute("drop trigger refuse_thirteen on public.customers")
        sql.execute("drop function public.refuse_thirteen()")
    assert (len(names(sql, company)), staged.counts()["refused"]) == (29, 1)
    assert staged.reasons() == ["The database refuses this record: unlucky"]


def test_an_owner_who_is_a_member_gets_the_customer_at_once(file, company, sql):
    file().bring_in({**ACME, "owner_email": company.csm.email.upper()})
    assert fetch_value(sql, "select owner_id from public.customers where company_id = %s", company.id) == company.csm.id


def join(company, email):
    invitation = company.invite(email, Role.CSM, "Lena Thoms")
    person, _session = sign_up(email)
    company.sql.execute("select private.join_company(%s, %s, null)", [person, invitation])
    return person


def test_an_owner_who_has_not_joined_gets_the_customers_on_joining(file, company, sql):
    email = unused_email()
    staged = file().bring_in({**ACME, "owner_email": email}, {**MANY[0], "owner_email": email})
    assert file().stage({**ACME, "owner_email": email}).check().verdicts() == ["unchanged"]
    kept = "update public.customers set owner_id = %s where company_id = %s and name = 'Customer 0'"
    sql.execute(kept, [company.csm.id, company.id])
    person = join(company, email)
    owners = fetch_rows(sql, "select name, owner_id from public.customers where company_id = %s", company.id)
    assert {row["name"]: row["owner_id"] for row in owners} == {"Acme": person, "Customer 0": company.csm.id}
    assert fetch_value(sql, "select count(*) from public.pending_owners where company_id = %s", company.id) == 0
    assert file().stage({**ACME, "owner_email": email}).check().verdicts() == ["unchanged"]
    (kept,) = staged.undo()
    assert (kept["label"], kept["result"]) == ("Customer 0", "kept")
    assert names(sql, company) == ["Customer 0"]


def test_customers_held_for_somebody_go_to_them_though_the_holder_has_left(file, company, sql):
    email = unused_email()
    file().bring_in({**ACME, "owner_email": email})
    call_rpc(company.manager, "leave_company", p_successor_id=str(company.admin.id))
    person = join(company, email)
    assert fetch_value(sql, "select owner_id from public.customers where company_id = %s", company.id) == person


def test_new_customers_go_to_whoever_decided_when_whoever_staged_has_left(file, company, sql):
    staged = file().stage(ACME).check()
    assert company.admin
    call_rpc(company.manager, "leave_company", p_successor_id=str(company.admin.id))
    call_rpc(company.admin, "decide_import", p_import_id=staged.id, p_revision=staged.revision())
    staged.apply()
    owner = "select owner_id from public.customers where company_id = %s"
    assert fetch_value(sql, owner, company.id) == company.admin.id


def test_joining_another_company_assigns_nothing(file, company, new_company, sql):
    email = unused_email()
    file().bring_in({**ACME, "owner_email": email})
    join(new_company(), email)
    assert fetch_value(sql, "select email from public.pending_owners where company_id = %s", company.id) == email


def test_today_shows_imported_customers_and_not_archived_ones(file, company, sql):
    staged = file().bring_in({**ACME, "owner_email": company.csm.email})
    health = company.csm.client.rpc("customer_health", {}).execute().data
    acme = fetch_value(sql, "select id from public.customers where company_id = %s", company.id)
    assert [row["customer_id"] for row in health] == [str(acme)]
    values = {"company_id": company.id, "customer_id": acme, "assigned_to": company.csm.id}
    insert_row(sql, "follow_ups", **values, created_by=company.csm.id, title="Call", due_on="2030-01-01")
    staged.undo()
    assert company.csm.client.rpc("customer_health", {}).execute().data == []


def test_contract_numbers_find_a_contract_whose_start_was_corrected(file, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme")
    terms = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 10, "annual_price_per_seat": "100"}
    contract = {"customer_name": "Acme", "number": "C-1", "starts_on": "2026-01-01", "ends_on": "2027-01-01", **terms}
    contracts: StagedFile = file(kind="contracts").bring_in(contract)
    assert contracts.verdicts() == ["new"]
    moved = file(kind="contracts").stage({**contract, "starts_on": "2026-02-01"}).check()
    assert moved.rows()[0]["changes"] == {"starts_on": ["2026-01-01", "2026-02-01"]}


def test_a_term_that_a_closing_adds_meanwhile_is_not_added_twice(file, company, stack, sql):
    customer = insert_customer(sql, company.id, company.csm.id, name="Acme")
    terms = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 10, "annual_price_per_seat": "100"}
    term = {"starts_on": "2026-01-01", "ends_on": "2027-01-01", **terms}
    staged: StagedFile = file(kind="contracts").stage({"customer_name": "Acme", **term}).check().decide()
    with psycopg.connect(stack.database_url) as closing, ThreadPoolExecutor(1) as threads:
        closing.execute("select private.lock_contracts(%s)", [customer])
        applying = threads.submit(staged.apply)
        wait_for_blocked_by(sql, closing)
        insert_row(closing, "contracts", company_id=company.id, customer_id=customer, **term | {"seats": 12})
        closing.commit()
        applying.result(timeout=60)
    assert staged.reasons() == ["The record in Zen has changed since the file was checked."]
    assert fetch_value(sql, "select count(*) from public.contracts where customer_id = %s", customer) == 1


def wait_for_blocked_by(sql, connection):
    """Wait until another transaction waits for the one of this connection."""
    blocked = "select count(*) from pg_stat_activity a where %s = any(pg_blocking_pids(a.pid))"
    end = time.monotonic() + 30
    while not fetch_value(sql, blocked, connection.info.backend_pid):
        assert time.monotonic() < end
        time.sleep(0.02)
