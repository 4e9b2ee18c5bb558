"""The import page: a file is read, mapped, checked, corrected, brought in and taken back."""

from typing import Any

import pytest

from tests.database.factories import fetch_rows
from tests.database.import_calls import operator_client
from tests.pages.assertions import page_text
from tests.support.requests import record_requests

PAGE = "company/import.py"
CUSTOMERS = (
    "Account Name;Website;Segment;Customer Since;Fax\n"
    "Acme GmbH;acme.test;Mid-Market;31.03.2024;1\n"
    "Bolt AG;bolt.test;SMB;01.02.2025;2\n"
    "Cora Ltd;cora.test;Huge;05.01.2025;3\n"
)


@pytest.fixture
def show(open_page, company):
    def open_import_page(member=None, **query):
        return open_page(member or company.manager, PAGE, **query)

    return open_import_page


def choose_file(page, content: str, name: str = "accounts.csv"):
    page.file_uploader[0].set_value((name, content.encode(), "text/csv")).run()
    return page


def press(page, label: str):
    """The first button whose label begins so."""
    button = next(each for each in page.button if each.label.startswith(label))
    return button.click().run()


def apply_imports(stack) -> None:
    operator = operator_client(stack)
    for function in ("apply_next_import_batch", "apply_next_undo_batch"):
        while operator.rpc(function, {"p_most": 1000}).execute().data is not None:
            pass


def read_customers(sql, company) -> dict[str, dict[str, Any]]:
    rows = fetch_rows(sql, "select * from public.customers where company_id = %s", company.id)
    return {row["name"]: row for row in rows}


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_a_csm_reads_who_can_import(show, company):
    page = show(company.csm)
    assert "Managers and admins bring data in" in page_text(page)
    assert not page.file_uploader


def test_an_empty_list_says_how_to_begin(show):
    with record_requests() as sent:
        page = show()
    assert "No imports yet" in page_text(page)
    assert sent.count("POST /rest/v1/rpc/read_imports") == 1


def test_a_file_is_told_in_words(show):
    page = choose_file(show(), CUSTOMERS)
    assert "CSV, separator semicolon, UTF-8. 3 rows, 5 columns. Customers." in page_text(page).replace("\\", "")
    kind = next(each for each in page.selectbox if each.label == "Each row is")
    assert kind.value == "customers"


def test_a_file_that_is_no_table_says_why(show):
    page = choose_file(show(), "%PDF-1.7 and so on")
    assert "The file is a PDF, no table." in page_text(page)


def test_a_file_comes_in_and_goes_again(show, company, sql, stack):
    page = choose_file(show(), CUSTOMERS)
    if any(each.label.startswith("Leave out the") for each in page.button):
        press(page, "Leave out the")
    page = press(page, "Check 3 rows")
    text = page_text(page)
    assert "2 new, 1 refused" in text
    assert read_customers(sql, company) == {}
    page = press(page, "Bring in 2 rows")
    assert "You can close this page" in " ".join(each.proto.text for each in page.get("progress"))
    apply_imports(stack)
    import_id = page.query_params["import"]
    page = show(**{"import": import_id[0] if isinstance(import_id, list) else import_id})
    assert set(read_customers(sql, company)) == {"Acme GmbH", "Bolt AG"}
    assert read_customers(sql, company)["Acme GmbH"]["segment"] == "mid"
    page = press(page, "Undo…")
    assert "2 rows removed." in page_text(page)
    press(page, "Undo the import")
    apply_imports(stack)
    assert read_customers(sql, company) == {}
