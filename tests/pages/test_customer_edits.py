"""Edits begun on a customer's page: contacts that come and go, terms, and the search of its records."""

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.pages.assertions import page_text
from tests.pages.dialogs import fill_dialog, submit_dialog
from tests.pages.factories import add_customer
from tests.pages.test_customer import PAGE, add_contact, open_entry, press


@pytest.fixture
def customer(company, sql):
    return add_customer(sql, company, company.csm)


@pytest.fixture
def show(open_page, company, customer):
    return lambda member=None: open_page(member or company.csm, PAGE, id=customer)


def test_a_contact_is_added_and_the_addition_undone(show, customer, sql):
    page = next(each for each in show().button if (each.key or "").startswith("customer.press.add_contact"))
    page = submit_dialog(fill_dialog(page.click().run(), name="Ines Ortega", role="champion"))
    assert "Ines Ortega is a contact now." in page_text(page)
    stored = "select name, role from public.contacts where customer_id = %s"
    assert fetch_rows(sql, stored, customer) == [{"name": "Ines Ortega", "role": "champion"}]
    press(page, "Undo")
    assert fetch_rows(sql, stored, customer) == []


def test_a_contact_who_left_is_marked_so(show, company, customer, sql):
    contact = add_contact(sql, company, customer)
    submit_dialog(open_entry(show(), f"contact.{contact}", "contact_left"))
    stored = "select status, left_on is not null as is_dated from public.contacts where id = %s"
    assert fetch_rows(sql, stored, contact) == [{"status": "left", "is_dated": True}]


def test_a_manager_corrects_a_term(show, company, customer, sql):
    contract = fetch_value(sql, "select id from public.contracts where customer_id = %s", customer)
    page = open_entry(show(company.manager), f"contract.{contract}", "edit_contract")
    submit_dialog(fill_dialog(page, seats="131"))
    assert fetch_value(sql, "select seats from public.contracts where id = %s", contract) == 131


def test_notes_and_tickets_are_found_by_a_word(show, company, customer, sql):
    of = {"company_id": company.id, "customer_id": customer}
    for body in ("They want a discount.", "Lunch on Tuesday."):
        insert_row(sql, "notes", **of, author_id=company.csm.id, body=body, happened_on="2026-01-02")
    page = show()
    next(each for each in page.text_input if each.label == "Search notes and tickets").set_value("discount").run()
    seen = page_text(page)
    assert "They want a discount." in seen
    assert "Lunch on Tuesday." not in seen
