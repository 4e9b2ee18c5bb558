"""Customers that look alike, on the import page."""

import pytest

from tests.database.factories import fetch_rows, insert_customer, insert_row
from tests.database.test_merges import start_run
from tests.pages.assertions import page_text
from tests.pages.test_import import PAGE, press, read_customers


@pytest.fixture
def show(open_page, company):
    return lambda: open_page(company.manager, PAGE)


def test_customers_that_look_alike_are_compared_merged_and_two_again(show, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme GmbH", industry="Wind")
    insert_customer(sql, company.id, company.other_csm.id, name="ACME", domain="acme.test")
    insert_customer(sql, company.id, company.csm.id, name="Somebody Else")
    page = press(press(show(), "Look for duplicates"), "Compare")
    shown = {each.label: list(each.options) for each in page.radio}
    assert shown["Which one stays"] == ["Acme GmbH", "ACME"]
    assert {"Name", "Owner", "Domain", "Industry"} <= shown.keys()
    page = press(page, "Merge")
    assert "ACME is merged into Acme GmbH." in page_text(page)
    merged = read_customers(sql, company)
    assert set(merged) == {"Acme GmbH", "Somebody Else"}
    assert merged["Acme GmbH"]["domain"] == "acme.test"
    page = press(page, "Undo")
    assert "The merge is undone." in page_text(page)
    assert set(read_customers(sql, company)) == {"Acme GmbH", "ACME", "Somebody Else"}


def test_contacts_of_a_customer_that_look_alike_are_merged(show, company, sql):
    acme = insert_customer(sql, company.id, company.csm.id, name="Acme")
    of = {"company_id": company.id, "customer_id": acme, "role": "user"}
    insert_row(sql, "contacts", **of, name="Ann Lee", title="CFO")
    insert_row(sql, "contacts", **of, name="Lee, Ann", email="ann@acme.test")
    page = press(show(), "Look for duplicates")
    assert "contacts of Acme · like names" in page_text(page)
    page = press(press(page, "Compare"), "Merge")
    assert "Lee, Ann is merged into Ann Lee." in page_text(page)
    rows = "select name, title, email from public.contacts where customer_id = %s"
    assert fetch_rows(sql, rows, acme) == [{"name": "Ann Lee", "title": "CFO", "email": "ann@acme.test"}]


def test_the_reason_why_two_cannot_be_merged_is_shown(show, company, sql):
    pair = [insert_customer(sql, company.id, company.csm.id, name=name) for name in ("Acme", "Acme GmbH")]
    for customer in pair:
        start_run(sql, company, customer, "our-renewal")
    page = press(press(press(show(), "Look for duplicates"), "Compare"), "Merge")
    assert "Both have an open run of" in page_text(page)
    assert len(read_customers(sql, company)) == 2
