"""Pages of the customers while Supabase cannot be reached: an error with a retry, then the page as it was."""

import pytest

from lib.ui import session_keys
from tests.pages.assertions import find_button, page_text
from tests.pages.factories import add_customer
from tests.support.requests import break_supabase


@pytest.mark.parametrize(
    ("address", "key", "title"),
    [
        ("customers/book.py", session_keys.BOOK, "Acme"),
        ("team/forecast.py", session_keys.FORECAST, "Forecast"),
        ("team/team.py", session_keys.TEAM, "Alice Moreau"),
    ],
)
def test_a_page_says_that_the_database_cannot_be_reached_and_offers_to_try_again(
    open_page, company, sql, address, key, title
):
    add_customer(sql, company, company.csm, "Acme")
    page = open_page(company.manager, address)
    assert_recovers(page, key, title)


def test_the_page_of_a_customer_says_so_too(open_page, company, sql):
    customer = add_customer(sql, company, company.csm, "Acme")
    page = open_page(company.csm, "customers/customer.py", id=customer)
    assert_recovers(page, session_keys.customer_page_key(customer), "Acme")


def assert_recovers(page, key, title):
    assert title in page_text(page)
    del page.session_state[key]
    with break_supabase():
        page.run()
        assert "cannot reach its database" in page_text(page)
    find_button(page, "Try again").click().run()
    assert title in page_text(page)
    assert "cannot reach its database" not in page_text(page)
