"""The page of the team, as a manager and as a CSM meet it."""

import pytest

from tests.database.factories import AccountFactory
from tests.database.rpc import call_rpc
from tests.pages.assertions import page_html, page_text
from tests.pages.dialogs import fill_dialog, submit_dialog
from tests.support.requests import record_requests

PAGE = "team/team.py"


@pytest.fixture
def show(open_page, company):
    def open_team(member=None):
        return open_page(member or company.manager, PAGE)

    return open_team


def start_run(sql, company):
    account = AccountFactory(sql, company.id, company.csm.id)
    account.insert_contract()
    begun = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=account.id)
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, due_on = '2026-01-05' where id = %s",
        [begun["execution_id"]],
    )


def test_someone_signed_out_sees_nothing(open_page):
    assert "You are not signed in." in [header.value for header in open_page(None, PAGE).header]


def test_a_csm_reads_who_sees_it(show, company):
    assert "Only managers and admins see the team." in page_text(show(company.csm))


def test_a_figure_of_a_member_leads_to_its_customers(show, company, sql):
    AccountFactory(sql, company.id, company.csm.id).insert_contract()
    page = show()
    assert company.csm.full_name in page_text(page)
    assert any(f"/book?owner={company.csm.id}" in element.value for element in page_html(page))


def test_a_run_that_does_not_move_says_why(show, company, sql):
    start_run(sql, company)
    seen = page_text(show())
    assert "since 5 Jan 2026." in seen
    assert "Overdue by" in seen


def test_without_such_runs_it_says_so(show):
    assert "Every run moves" in page_text(show())


def test_the_page_costs_one_request_and_a_rerun_none(show):
    with record_requests() as sent:
        page = show()
    assert sent.count("POST /rest/v1/rpc/team_overview") == 1
    with record_requests() as sent:
        page.run()
    assert not sent


def test_a_book_is_handed_over_from_here(show, company, sql):
    account = AccountFactory(sql, company.id, company.csm.id)
    assert company.other_csm
    page = show()
    menu = next(each for each in page.menu_button if f"member.{company.csm.id}" in (each.key or ""))
    page = fill_dialog(menu.click("hand_over").run(), taker=company.other_csm.id).run()
    submit_dialog(page)
    owner = sql.execute("select owner_id from public.customers where id = %s", [account.id]).fetchone()
    assert owner == (company.other_csm.id,)
