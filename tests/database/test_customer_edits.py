"""Edits of a customer from its page: who may, what is compared, and undo within a day."""

import uuid

import pytest

from tests.database.factories import fetch_rows, fetch_value
from tests.database.rpc import assert_refused, call_rpc

CONTACT = {"name": "Ines Ortega", "title": "CFO", "role": "economic_buyer"}
TERM = {
    "starts_on": "2027-01-01", "ends_on": "2028-01-01", "term_months": 12, "notice_days": 60, "auto_renews": True,
    "seats": 10, "annual_price_per_seat": "99.50", "discount_percent": "10", "modules": ["Core"],
}  # fmt: skip


def read_row(sql, table, row_id):
    return fetch_rows(sql, f"select * from public.{table} where id = %s", row_id)[0]


def add_contact(who, account, **values):
    arguments = {"p_customer_id": str(account.id), "p_contact_id": None, "p_values": CONTACT | values}
    return call_rpc(who, "save_contact", **arguments)


def save_contact(who, account, contact, stamp=None, **values):
    arguments = {"p_customer_id": str(account.id), "p_contact_id": str(contact["id"]), "p_values": values}
    return call_rpc(who, "save_contact", **arguments, p_updated_at=stamp or contact["updated_at"].isoformat())


def save_term(who, account, contract=None, **values):
    stamp = None if contract is None else contract["updated_at"].isoformat()
    arguments = {"p_customer_id": str(account.id), "p_contract_id": contract and str(contract["id"])}
    return call_rpc(who, "save_contract", **arguments, p_values=values, p_updated_at=stamp)


def undo(who, change):
    return call_rpc(who, "undo_customer_change", p_change_id=change)


@pytest.fixture
def account(new_account):
    return new_account()


@pytest.fixture
def contact(account, sql):
    return read_row(sql, "contacts", account.insert_contact("champion", name="Ines Ortega"))


@pytest.fixture
def contract(account, sql):
    return read_row(sql, "contracts", account.insert_contract(began=100))


def test_an_edit_of_a_contact_changes_what_is_given_and_is_undone(books, account, contact, sql):
    change = save_contact(books.csm, account, contact, title="COO")
    after = read_row(sql, "contacts", contact["id"])
    assert (after["name"], after["title"], after["role"]) == ("Ines Ortega", "COO", "champion")
    undo(books.csm, change)
    assert read_row(sql, "contacts", contact["id"])["title"] is None


def test_an_edit_of_what_somebody_changed_meanwhile_is_a_conflict_and_saves_nothing(books, account, contact, sql):
    save_contact(books.manager, account, contact, title="COO")
    with assert_refused("PT409", "Somebody changed this contact since you opened it."):
        save_contact(books.csm, account, contact, title="CEO")
    assert read_row(sql, "contacts", contact["id"])["title"] == "COO"


def test_an_added_contact_is_taken_away_by_undo(books, account, sql):
    change = add_contact(books.csm, account)
    assert fetch_value(sql, "select name from public.contacts where customer_id = %s", account.id) == "Ines Ortega"
    undo(books.csm, change)
    assert fetch_value(sql, "select count(*) from public.contacts where customer_id = %s", account.id) == 0


def test_a_contact_leaves_with_a_new_successor_and_undo_takes_both_back(books, account, contact, sql):
    arguments = {"p_contact_id": str(contact["id"]), "p_left_on": "2026-11-01", "p_replaced_by": None}
    successor = {"name": "Bob New", "role": "champion"}
    stamp = contact["updated_at"].isoformat()
    change = call_rpc(books.csm, "leave_contact", **arguments, p_successor=successor, p_updated_at=stamp)
    after = read_row(sql, "contacts", contact["id"])
    assert (after["status"], str(after["left_on"])) == ("left", "2026-11-01")
    assert read_row(sql, "contacts", after["replaced_by"])["name"] == "Bob New"
    undo(books.csm, change)
    assert read_row(sql, "contacts", contact["id"])["status"] == "active"
    assert fetch_value(sql, "select count(*) from public.contacts where customer_id = %s", account.id) == 1


def test_a_successor_is_a_contact_of_the_same_customer(books, account, contact, new_account):
    foreign = new_account().insert_contact()
    arguments = {"p_contact_id": str(contact["id"]), "p_left_on": "2026-11-01", "p_replaced_by": str(foreign)}
    with assert_refused("PT400", "Choose a contact of this customer"):
        stamp = contact["updated_at"].isoformat()
        call_rpc(books.csm, "leave_contact", **arguments, p_successor=None, p_updated_at=stamp)


def test_a_contract_is_changed_by_leaders_and_arr_follows(books, account, contract, sql):
    with assert_refused("PT403", "Managers and admins change contracts"):
        save_term(books.csm, account, contract, seats=120)
    change = save_term(books.manager, account, contract, seats=120)
    assert read_row(sql, "contracts", contract["id"])["arr"] == 12000
    undo(books.manager, change)
    assert read_row(sql, "contracts", contract["id"])["arr"] == 10000


def test_the_next_term_is_added_and_a_term_that_ends_before_it_begins_is_not(books, account, sql):
    save_term(books.admin, account, **TERM)
    row = fetch_rows(sql, "select * from public.contracts where customer_id = %s", account.id)[0]
    assert (row["arr"], row["modules"], str(row["notice_deadline"])) == (896, ["Core"], "2027-11-02")
    with assert_refused("PT400", "The term must end after it begins."):
        save_term(books.admin, account, **TERM | {"ends_on": "2026-01-01"})


def test_details_are_compared_by_revision(books, account, sql):
    def save(revision, **values):
        arguments = {"p_customer_id": str(account.id), "p_values": values, "p_revision": revision}
        return call_rpc(books.csm, "save_customer", **arguments)

    change = save(1, industry="Studio")
    with assert_refused("PT409", "Somebody changed this customer"):
        save(1, industry="Retail")
    undo(books.csm, change)
    assert read_row(sql, "customers", account.id)["industry"] is None


@pytest.mark.parametrize("who", ["other_csm", "stranger"])
def test_nobody_else_changes_a_customer(books, strangers, account, contact, sql, who):
    person = strangers.admin if who == "stranger" else books.other_csm
    code = "PT404" if who == "stranger" else "PT403"
    before = fetch_rows(sql, "select * from public.row_changes where customer_id = %s", account.id)
    calls = [
        ("save_customer", {"p_customer_id": str(account.id), "p_values": {"name": "Mine"}, "p_revision": 1}),
        ("save_contact", {"p_customer_id": str(account.id), "p_contact_id": None, "p_values": CONTACT}),
        ("save_contract", {"p_customer_id": str(account.id), "p_contract_id": None, "p_values": TERM}),
        ("save_note", {"p_customer_id": str(account.id), "p_note_id": None, "p_values": {"body": "Hi"}}),
        ("leave_contact", {
            "p_contact_id": str(contact["id"]), "p_left_on": "2026-01-01", "p_replaced_by": None, "p_successor": None,
            "p_updated_at": contact["updated_at"].isoformat(),
        }),
    ]  # fmt: skip
    for function, arguments in calls:
        with assert_refused(code):
            call_rpc(person, function, **arguments)
    assert fetch_rows(sql, "select * from public.row_changes where customer_id = %s", account.id) == before


@pytest.mark.parametrize("field", ["owner_id", "company_id", "status", "revision", "id"])
def test_owner_tenant_and_status_are_not_changed_here(books, account, field):
    with assert_refused("PT400", "This cannot be changed here."):
        arguments = {"p_customer_id": str(account.id), "p_values": {field: str(uuid.uuid4())}, "p_revision": 1}
        call_rpc(books.csm, "save_customer", **arguments)


def test_who_lost_the_customer_meanwhile_can_neither_save_nor_undo(books, account, contact, sql):
    change = save_contact(books.csm, account, contact, title="COO")
    now = read_row(sql, "contacts", contact["id"])
    sql.execute("update public.customers set owner_id = %s where id = %s", [books.other_csm.id, account.id])
    with assert_refused("PT403", "Only the owner of this customer"):
        save_contact(books.csm, account, now, title="CEO")
    with assert_refused("PT403"):
        undo(books.csm, change)
    assert read_row(sql, "contacts", contact["id"])["title"] == "COO"


def test_undo_is_for_whoever_made_the_change_within_a_day_and_while_it_stands(books, account, contact, sql):
    change = save_contact(books.csm, account, contact, title="COO")
    with assert_refused("PT404", "is not yours"):
        undo(books.manager, change)
    save_contact(books.manager, account, read_row(sql, "contacts", contact["id"]), title="CEO")
    with assert_refused("PT409", "Somebody changed this since."):
        undo(books.csm, change)
    late = save_contact(books.csm, account, read_row(sql, "contacts", contact["id"]), title="CTO")
    sql.execute(
        "update public.row_changes set changed_at = changed_at - interval '25 hours' where source_id = %s", [late]
    )
    with assert_refused("PT409", "more than a day old"):
        undo(books.csm, late)


def test_a_note_tells_those_it_names_once(books, account, sql):
    def save(note, stamp, body):
        arguments = {"p_customer_id": str(account.id), "p_note_id": note, "p_values": {"body": body}}
        return call_rpc(books.csm, "save_note", **arguments, p_updated_at=stamp)["notified"]

    first = books.manager.full_name.split()[0]
    assert save(None, None, f"Ask @{first} and @{books.csm.full_name}, not mail@{first}x or @Nobody.") == 1
    row = fetch_rows(sql, "select * from public.notes where customer_id = %s", account.id)[0]
    assert (row["author_id"], row["kind"]) == (books.csm.id, "note")
    more = f"{row['body']} Also @{books.admin.full_name}."
    assert save(str(row["id"]), row["updated_at"].isoformat(), more) == 1
    told = fetch_rows(sql, "select person_id, from_id from public.notices where customer_id = %s", account.id)
    assert {each["person_id"] for each in told} == {books.manager.id, books.admin.id}
    assert {each["from_id"] for each in told} == {books.csm.id}


def test_a_note_is_changed_by_its_author_alone(books, account, sql):
    call_rpc(books.csm, "save_note", p_customer_id=str(account.id), p_note_id=None, p_values={"body": "They left."})
    row = fetch_rows(sql, "select * from public.notes where customer_id = %s", account.id)[0]
    with assert_refused("PT403", "Only its author can change a note."):
        arguments = {"p_customer_id": str(account.id), "p_note_id": str(row["id"]), "p_values": {"body": "No."}}
        call_rpc(books.manager, "save_note", **arguments, p_updated_at=row["updated_at"].isoformat())


@pytest.mark.parametrize("values", [None, [], "x", {"last_contact_on": "soon"}, {"influence": 9}, {"role": "king"}])
def test_values_that_mean_nothing_are_refused_in_words(books, account, contact, values):
    arguments = {"p_customer_id": str(account.id), "p_contact_id": str(contact["id"]), "p_values": values}
    with pytest.raises(Exception) as caught:
        call_rpc(books.csm, "save_contact", **arguments, p_updated_at=contact["updated_at"].isoformat())
    assert caught.value.code in ("PT400", "23514")


def test_a_note_tells_nobody_of_another_company(books, strangers, account, sql):
    body = f"@{strangers.admin.full_name} @{strangers.manager.full_name} @{strangers.csm.full_name}"
    call_rpc(books.manager, "save_note", p_customer_id=str(account.id), p_note_id=None, p_values={"body": body})
    told = fetch_rows(sql, "select company_id from public.notices where customer_id = %s", account.id)
    assert {each["company_id"] for each in told} <= {books.id}
    theirs = "select count(*) from public.notices where company_id = %s and customer_id = %s"
    assert fetch_value(sql, theirs, strangers.id, account.id) == 0
