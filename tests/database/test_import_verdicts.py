"""What a row of each kind is taken for: found by ids and natural keys, compared, refused with a reason."""

import pytest

from lib.imports.company_name_similarity import SHARED_MAIL_DOMAINS
from tests.database.factories import AccountFactory, fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.rpc import call_rpc

CONTRACT = {
    "starts_on": "2026-01-01",
    "ends_on": "2027-01-01",
    "term_months": 12,
    "notice_days": 60,
    "auto_renews": True,
    "seats": 10,
    "annual_price_per_seat": "120.00",
}
TICKET = {"number": "T-1", "title": "Slow", "priority": "p2", "status": "open", "opened_on": "2026-06-01"}
USAGE = {"week_starts_on": "2026-06-01", "active_users": 5, "seats": 10, "logins": 7, "key_actions": 9}
RECORDS = {
    "contacts": {"name": "Ines Ortega", "email": "ines@acme.test", "role": "champion"},
    "contracts": CONTRACT,
    "usage_weeks": USAGE,
    "tickets": TICKET,
    "survey_responses": {"score": 9, "responded_on": "2026-06-01", "comment": "Good.", "external_id": "s-1"},
    "notes": {"body": "We spoke.", "happened_on": "2026-06-01", "kind": "call"},
}
CHANGES = {
    "contacts": {"title": "CFO"},
    "contracts": {"seats": 20},
    "usage_weeks": {"logins": 8},
    "tickets": {"priority": "p1"},
    "survey_responses": {"score": 3},
    "notes": {"kind": "meeting"},
}


@pytest.fixture
def acme(sql, company):
    return AccountFactory(sql, company.id, company.csm.id, name="Acme", domain="acme.test")


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_of_each_kind_is_new_then_unchanged_then_changed(kind, file, acme, sql):
    record = {"customer_name": "ACME", **RECORDS[kind]}
    assert file(kind=kind).bring_in(record).verdicts() == ["new"]
    (stored,) = fetch_rows(sql, f"select * from public.{kind} where customer_id = %s", acme.id)
    assert stored["company_id"] == acme.company_id
    assert file(kind=kind).stage(record).check().verdicts() == ["unchanged"]
    changed = file(kind=kind).stage({**record, **CHANGES[kind]}).check()
    assert (changed.verdicts(), list(changed.rows()[0]["changes"])) == (["changed"], list(CHANGES[kind]))
    changed.decide().apply()
    (after,) = fetch_rows(sql, f"select * from public.{kind} where customer_id = %s", acme.id)
    assert {name: after[name] for name in CHANGES[kind]} == CHANGES[kind]
    assert changed.undo() == []
    (restored,) = fetch_rows(sql, f"select * from public.{kind} where customer_id = %s", acme.id)
    assert restored | {"updated_at": None} == stored | {"updated_at": None}


def test_the_price_list_is_matched_by_name(file, sql, company):
    insert_row(sql, "modules", company_id=company.id, name="Core", annual_price_per_seat=100)
    staged = file(kind="modules").stage(
        {"name": "Core", "annual_price_per_seat": "110.00"}, {"name": "Plus", "annual_price_per_seat": "20"}
    )
    assert staged.check().verdicts() == ["changed", "new"]


def test_the_files_own_id_finds_a_customer_whose_name_and_domain_changed(file, company, sql):
    file().bring_in({"external_id": "a1", "name": "Acme", "segment": "mid", "customer_since": "2025-01-01"})
    renamed = file().stage({"external_id": "a1", "name": "Apex", "domain": "apex.test"}).check()
    assert (renamed.verdicts(), renamed.rows()[0]["changes"]["name"]) == (["changed"], ["Acme", "Apex"])


def test_ids_of_another_system_find_nothing(file):
    values = {"external_id": "a1", "name": "Acme", "segment": "mid", "customer_since": "2025-01-01"}
    file().bring_in(values)
    other = file(source="helpdesk").stage({**values, "name": "Bolt"}).check()
    assert other.verdicts() == ["new"]


def test_customers_of_one_name_and_two_domains_are_two(file, acme):
    values = {"name": "Acme", "segment": "mid", "customer_since": "2025-01-01"}
    assert file().stage({**values, "domain": "acme.example"}).check().verdicts() == ["new"]
    assert file().stage({**values, "domain": "acme.test"}).check().verdicts() == ["changed"]


def test_two_customers_of_one_domain_in_the_book_are_told_apart_by_name_or_refused(file, company, sql):
    for name in ("Acme", "Acme France"):
        insert_customer(sql, company.id, company.csm.id, name=name, domain="acme.test")
    staged = file(kind="contacts").stage(
        {"customer_domain": "acme.test", "customer_name": "Acme France", "name": "Ines", "role": "user"},
        {"customer_domain": "acme.test", "name": "Ben", "role": "user"},
    )
    assert staged.check().verdicts() == ["new", "refused"]
    assert staged.reasons() == ["Several customers fit."]


def test_a_person_chooses_the_customer_the_file_does_not_name(file, acme, company, sql):
    staged = file(kind="contacts").stage({"customer_name": "Acme Incorporated", "name": "Ines", "role": "user"}).check()
    assert (staged.verdicts(), staged.reasons()) == (["refused"], ["No such customer."])
    row = str(staged.rows()[0]["id"])
    call_rpc(company.manager, "choose_import_match", p_row_id=row, p_customer_id=str(acme.id))
    assert staged.check(again=True).verdicts() == ["new"]


def test_a_contact_is_of_the_customer_of_its_emails_domain(file, acme):
    staged = file(kind="contacts").stage({"name": "Ines", "email": "ines@acme.test", "role": "user"}).check()
    assert staged.rows()[0]["record"]["customer_id"] == str(acme.id)


def test_repeated_rows_are_brought_in_once_and_contradictions_are_refused(file):
    values = {"name": "Acme", "domain": "acme.test", "segment": "mid", "customer_since": "2025-01-01"}
    staged = file().stage(values, values, {**values, "segment": "smb"}).check()
    assert staged.verdicts() == ["new", "unchanged", "refused"]
    assert staged.reasons() == ["Line 2 is the same record with other values."]
    staged.decide().apply()
    assert staged.counts()["applied"] == 2


def test_a_flat_file_brings_in_customer_contract_and_contacts_of_each_row(file, company, sql):
    customer = {"name": "Acme", "domain": "acme.test", "segment": "mid", "customer_since": "2025-01-01"}
    refers = {"customer_name": "Acme", "customer_domain": "acme.test"}
    lines = [
        {
            "customers": customer,
            "contracts": {**refers, **CONTRACT},
            "contacts": {**refers, "name": name, "role": "user", "email": f"{name}@acme.test"},
        }
        for name in ("ines", "ben")
    ]
    staged = file(kind="flat").stage(*lines).check()
    assert staged.verdicts() == ["new", "unchanged", "new", "new", "new", "unchanged"]
    staged.decide().apply(most=2)
    (found,) = fetch_rows(
        sql,
        "select (select count(*) from contacts k where k.customer_id = c.id) as contacts, "
        "(select count(*) from contracts k where k.customer_id = c.id) as contracts "
        "from public.customers c where company_id = %s",
        company.id,
    )
    assert found == {"contacts": 2, "contracts": 1}
    assert staged.undo(most=2) == []
    assert fetch_rows(sql, "select 1 from public.customers where company_id = %s", company.id) == []


REFUSED = [
    ("contracts", {**CONTRACT, "ends_on": "2025-01-01"}, "The contract ends before it begins."),
    ("contracts", {**CONTRACT, "seats": 0}, "It is not between 1 and 2147483647."),
    ("contracts", {**CONTRACT, "discount_percent": "100.01"}, "It is not between 0 and 100."),
    ("contracts", {**CONTRACT, "starts_on": "2026-02-30"}, "This is not a day between 1900 and 2999."),
    ("contracts", {**CONTRACT, "annual_price_per_seat": "NaN"}, "This is not a number."),
    ("contracts", {**CONTRACT, "modules": "Core"}, "This is not a value of this field."),
    ("tickets", {**TICKET, "status": "solved"}, "A solved ticket needs the day it was solved."),
    ("tickets", {**TICKET, "priority": "urgent"}, "This is not one of p1, p2, p3, p4."),
    ("contacts", {"name": "Ines", "role": "user", "left_on": "2026-01-01"}, "The contact has not left, but has a day"),
    ("contacts", {"name": "Ines"}, "A new record needs role."),
    ("contacts", {"name": "x" * 201, "role": "user"}, "It is longer than 200 characters."),
    ("notes", {"body": "Hi", "happened_on": "2026-01-01", "author_id": "x"}, "Zen has no such field."),
    ("usage_weeks", {**USAGE, "logins": {"a": 1}}, "This is not a value of this field."),
]


@pytest.mark.parametrize(("kind", "values", "reason"), REFUSED)
def test_a_value_the_database_would_refuse_is_refused_with_its_reason(kind, values, reason, file, acme):
    staged = file(kind=kind).stage({"customer_name": "Acme", **values}).check()
    assert staged.verdicts() == ["refused"]
    assert any(found.startswith(reason) for found in staged.reasons()), staged.reasons()


def test_a_full_discount_is_a_value(file, acme):
    staged = file(kind="contracts").stage({"customer_name": "Acme", **CONTRACT, "discount_percent": "100"}).check()
    assert staged.verdicts() == ["new"]


def test_a_time_zone_has_to_exist(file):
    values = {"name": "Acme", "segment": "mid", "customer_since": "2025-01-01"}
    staged = file().stage({**values, "time_zone": "Mars/Olympus"}, {**values, "name": "B", "time_zone": "Asia/Tokyo"})
    assert staged.check().verdicts() == ["refused", "new"]


def test_what_is_unknown_clears_a_column_and_what_is_absent_keeps_it(file, acme, sql):
    sql.execute("update public.customers set industry = 'Wind', country = 'France' where id = %s", [acme.id])
    staged = file().stage({"name": "Acme", "industry": None, "segment": None}).check()
    assert staged.rows()[0]["changes"] == {"industry": ["Wind", None]}


def test_an_address_everybody_can_have_tells_no_customer(file, sql, company):
    for name in ("Acme", "Bolt"):
        insert_customer(sql, company.id, company.csm.id, name=name, domain="gmail.com")
    contact = {"name": "Ines", "email": "ines@gmail.com", "role": "user"}
    assert file(kind="contacts").stage(contact).check().reasons() == ["No such customer."]
    two = [
        {"name": name, "domain": "gmail.com", "segment": "mid", "customer_since": "2025-01-01"}
        for name in ("Corvo", "Delta")
    ]
    assert file().stage(*two).check().verdicts() == ["new", "new"]


def test_the_database_knows_the_same_shared_mail_domains(sql):
    for domain in (*SHARED_MAIL_DOMAINS, "acme.test"):
        assert (fetch_value(sql, "select private.company_domain(%s)", domain) is None) is (domain != "acme.test")


def test_customers_of_one_name_are_told_apart_to_choose_from(file, sql, company):
    first = insert_customer(sql, company.id, company.csm.id, name="Acme", domain="acme.test")
    insert_customer(sql, company.id, company.other_csm.id, name="Acme", domain="acme.example")
    contact = {"customer_name": "Acme", "name": "Ines", "email": "ines@elsewhere.test", "role": "user"}
    staged = file(kind="contacts").stage(contact).check()
    assert staged.reasons() == ["Several customers fit."]
    (row,) = staged.rows()
    assert [each["name"] for each in row["candidates"]] == [
        f"Acme · acme.example · {company.other_csm.full_name}",
        f"Acme · acme.test · {company.csm.full_name}",
    ]
    call_rpc(company.manager, "choose_import_match", p_row_id=str(row["id"]), p_customer_id=str(first))
    assert staged.check().verdicts() == ["new"]
