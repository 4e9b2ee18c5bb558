"""Customers that look alike, on the import page."""

import pytest

from tests.database.factories import insert_customer
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
    assert "They are two again." in page_text(page)
    assert set(read_customers(sql, company)) == {"Acme GmbH", "ACME", "Somebody Else"}
