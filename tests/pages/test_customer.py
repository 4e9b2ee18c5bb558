"""The page of a customer: whole, empty, foreign, and its links."""

import pytest

from tests.database.factories import insert_row
from tests.pages.assertions import assert_page_inert, button_labels, page_text, primary_labels
from tests.pages.factories import INERT, add_customer, add_usage
from tests.support.requests import record_requests

PAGE = "customers/customer.py"


@pytest.fixture
def show(open_page, company):
    """The page of a customer, as the company's CSM sees it unless said otherwise."""

    def open_customer(customer_id, member=None):
        return open_page(member or company.csm, PAGE, id=customer_id)

    return open_customer


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_without_a_customer_in_the_address_the_page_says_how_to_open_one(open_page, company):
    assert "No customer chosen" in page_text(open_page(company.csm, PAGE))


def test_a_customer_is_shown_whole(show, company, sql):
    customer = add_customer(sql, company, company.csm, "Obsidian Black", industry="Studio", country="Germany")
    add_usage(sql, company, customer)
    of = {"company_id": company.id, "customer_id": customer}
    insert_row(sql, "contacts", **of, name="Ines Ortega", title="CFO", role="economic_buyer")
    insert_row(sql, "notes", **of, author_id=company.csm.id, body="They want a discount.", happened_on="2026-01-02")
    seen = page_text(show(customer))
    for text in ("Obsidian Black", "Studio, Germany", "Ines Ortega, CFO", "Economic buyer", "They want a discount.",
                 "Current term", "105 seats × $450"):  # fmt: skip
        assert text in seen


def test_a_customer_costs_one_request_and_a_rerun_none(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    with record_requests() as sent:
        page = show(customer)
    assert sent.count("POST /rest/v1/rpc/customer_page") == 1
    with record_requests() as again:
        page.run()
    assert again == []


@pytest.mark.parametrize("name", [INERT, "Nőrdïc " * 14 + "グループ株式会社" * 12])
def test_a_name_of_any_kind_is_drawn_as_it_is(show, company, sql, name):
    customer = add_customer(sql, company, company.csm, name[:200])
    page = show(customer)
    assert name[:200].strip() in page_text(page)
    assert_page_inert(page)


def test_a_customer_without_anything_says_so(show, company, sql):
    customer = insert_row(
        sql, "customers", company_id=company.id, owner_id=company.csm.id, name="Bare Ltd", segment="smb",
        customer_since="2026-11-01",
    )  # fmt: skip
    seen = page_text(show(str(customer)))
    for sentence in ("No contract on record", "No contact on record", "No usage feed", "No run yet"):
        assert sentence in seen


@pytest.mark.parametrize("customer_id", ["00000000-0000-4000-8000-000000000000", "nonsense", "'; drop table customers"])
def test_an_unknown_customer_is_one_plain_sentence(show, customer_id):
    assert "doesn't exist" in page_text(show(customer_id)).replace("does not exist", "doesn't exist")


def test_a_customer_of_another_company_does_not_exist(show, company, new_company, sql):
    strangers = new_company()
    customer = add_customer(sql, strangers, strangers.csm, "Secret Ltd")
    seen = page_text(show(customer))
    assert "This customer does not exist, or you don't have access to it." in seen
    assert "Secret Ltd" not in seen


def test_who_may_not_write_it_is_not_offered_to_start_anything(show, company, sql):
    customer = add_customer(sql, company, company.other_csm)
    page = show(customer)
    assert primary_labels(page) == []
    assert not page.menu_button


def test_an_archived_customer_is_marked_and_starts_nothing(show, company, sql):
    customer = add_customer(sql, company, company.csm, status="archived")
    page = show(customer)
    assert "Archived" in page_text(page)
    assert not [label for label in button_labels(page) if label.startswith("Start")]


def test_the_customer_is_a_link_on_today(open_page, company, sql):
    customer = add_customer(sql, company, company.csm, "Obsidian Black", notice_in=10)
    page = open_page(company.csm)
    assert f'href="/customer?id={customer}"' in "".join(each.value for each in page.get("html"))
