"""The audit page: who sees which changes, filters, gaps, and what they cost."""

from datetime import date, timedelta

import pytest

from lib.audit.change_text import build_changes_table
from lib.audit.model import ChangeFilter
from lib.audit.repository import AuditRepository
from tests.database.factories import fetch_value, insert_customer
from tests.database.rpc import call_rpc
from tests.pages.assertions import page_text
from tests.support.requests import record_requests

PAGE = "company/audit.py"


@pytest.fixture
def company(new_company):
    return new_company()


@pytest.fixture
def show(open_page, company):
    return lambda member: open_page(member, PAGE)


@pytest.fixture
def customer(company, sql):
    """A customer the operator added, whose industry the CSM changed."""
    made = insert_customer(sql, company.id, company.csm.id, name="Harbour Foods", industry="Wind")
    company.csm.client.table("customers").update({"industry": "Solar"}).eq("id", str(made)).execute()
    return made


def choose(page, label: str, value: object):
    next(each for each in page.selectbox if each.label == label).set_value(value)
    return page.run()


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_a_change_is_shown_with_who_and_its_value_before_and_after(show, company, customer):
    seen = page_text(show(company.manager))
    assert "Customer changed Harbour Foods" in seen
    assert company.csm.full_name in seen
    assert "Industry: Wind → Solar" in seen
    assert "The history is whole: no change is missing." in seen


def test_a_change_of_a_role_names_the_colleague(show, company):
    role = {"p_person_id": str(company.csm.id), "p_role": "manager", "p_expected_role": "csm"}
    call_rpc(company.admin, "change_member_role", **role)
    seen = page_text(show(company.manager))
    assert f"Membership changed {company.csm.full_name}" in seen
    assert "Role: CSM → Manager" in seen


def test_a_csm_reads_what_they_changed_themselves_alone(show, company, customer, sql):
    company.manager.client.table("customers").update({"country": "Norway"}).eq("id", str(customer)).execute()
    seen = page_text(show(company.csm))
    assert "Industry: Wind → Solar" in seen
    assert "Norway" not in seen
    assert "What you changed." in seen
    assert "The history is whole" not in seen


def test_who_changed_nothing_reads_what_will_be_here(show, company):
    assert "No changes found" in page_text(show(company.csm))


def test_a_filter_leaves_the_changes_of_one_person(show, company, customer):
    page = show(company.manager)
    company.manager.client.table("customers").update({"country": "Norway"}).eq("id", str(customer)).execute()
    seen = page_text(choose(page, "Who", str(company.manager.id)))
    assert "Norway" in seen
    assert "Solar" not in seen


@pytest.mark.parametrize(
    ("filtered", "is_found"),
    [
        ({"table_name": "customers", "source": "person"}, True),
        ({"table_name": "contacts"}, False),
        ({"source": "import"}, False),
        ({"since": -2, "until": 2}, True),
        ({"since": 2}, False),
        ({"until": -2}, False),
    ],
)
def test_a_filter_by_kind_way_and_days_is_that_of_the_download(company, customer, filtered, is_found):
    days = {name: date.today() + timedelta(days=n) for name, n in filtered.items() if isinstance(n, int)}
    audit = AuditRepository(company.manager.client)
    table = build_changes_table(audit.iterate_changes(ChangeFilter(**filtered | days), most=10), "UTC")
    found = [row for row in table.rows if row["column"] == "Industry" and row["operation"] == "changed"]
    assert [(row["before"], row["after"]) for row in found] == [("Wind", "Solar")] * is_found
    assert all((row["name"], row["who"]) == ("Harbour Foods", company.csm.full_name) for row in found)


def test_a_download_reads_on_after_a_thousand_changes(company, sql):
    sql.execute(
        "insert into public.customers (company_id, owner_id, name, segment, customer_since) "
        "select %s, %s, 'Customer ' || n, 'smb', '2024-01-01' from generate_series(1, 1005) n",
        [company.id, company.csm.id],
    )
    audit = AuditRepository(company.manager.client)
    numbers = [each.number for each in audit.iterate_changes(ChangeFilter(), most=1003)]
    assert (len(set(numbers)), numbers) == (1003, sorted(numbers, reverse=True))


def test_a_change_that_was_taken_away_is_reported(show, company, customer, sql):
    sql.execute("delete from public.row_changes where row_id = %s and operation = 'update'", [customer])
    (error,) = [each.value for each in show(company.admin).error]
    assert "The history is not whole." in error
    assert "1 transaction of it lost changes" in error


def test_more_changes_are_one_click_away(show, company, sql):
    sql.execute(
        "insert into public.customers (company_id, owner_id, name, segment, customer_since) "
        "select %s, %s, 'Customer ' || n, 'smb', '2024-01-01' from generate_series(100, 160) n",
        [company.id, company.csm.id],
    )
    page = show(company.manager)
    assert page_text(page).count("Customer added") == 50
    more = next(each for each in page.button if each.label == "Show more").click().run()
    assert page_text(more).count("Customer added") == 61
    assert (
        fetch_value(
            sql,
            "select count(*) from public.row_changes where table_name = 'customers' and company_id = %s",
            company.id,
        )
        == 61
    )


def test_the_page_costs_one_request_and_leaders_two_more(show, company):
    asked = ["read_row_changes", "history_gaps"]
    with record_requests() as sent:
        show(company.csm)
    assert [name for name in asked if sent.count(f"POST /rest/v1/rpc/{name}")] == asked[:1]
    with record_requests() as sent:
        page = show(company.manager)
    assert all(sent.count(f"POST /rest/v1/rpc/{name}") == 1 for name in asked)
    with record_requests() as again:
        page.run()
    assert again == []
