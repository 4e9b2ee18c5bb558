"""The page of the team, as a manager and as a CSM meet it."""

import html
import re

import pytest

from lib.ui.session_keys import TEAM_FILTER
from tests.database.factories import AccountFactory, fetch_value, insert_row
from tests.database.rpc import call_rpc
from tests.pages.assertions import page_html, page_text
from tests.pages.dialogs import fill_dialog, submit_dialog, type_choice
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
    return account, begun["execution_id"]


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
    assert "Nothing is stuck" in page_text(show())


def escalate(sql, company, ask="May we?"):
    account, run = start_run(sql, company)
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, status = 'escalated' where id = %s", [run]
    )
    return insert_row(
        sql, "workflow_escalations", company_id=company.id, execution_id=run, customer_id=account.id,
        raised_by=company.csm.id, assigned_to=company.manager.id, severity="high", ask=ask,
        respond_by=fetch_value(sql, "select now() + interval '1 day'"),
    )  # fmt: skip


def test_open_escalations_are_listed_with_their_clocks(show, company, sql):
    escalate(sql, company)
    seen = page_text(show())
    assert "May we?" in seen
    assert re.search(r"High\. First answer", seen)


def list_figures_with_rows(page, member):
    """Which figures of a member lead to rows on this page."""
    found = html.unescape(" ".join(element.value for element in page_html(page)))
    return set(re.findall(rf"/team\?show=(\w+)&person={member.id}", found))


def test_every_figure_of_a_members_work_opens_its_rows(show, open_page, company, sql):
    account, _run = start_run(sql, company)
    _, asleep = start_run(sql, company)
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, status = 'snoozed' where id = %s", [asleep]
    )
    insert_row(
        sql, "workflow_snoozes", company_id=company.id, execution_id=asleep, snoozed_by=company.csm.id,
        reason="A fair.",
        customer_id=fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", asleep),
        until_at=fetch_value(sql, "select now() + interval '9 days'"),
    )  # fmt: skip
    account.insert_row(
        "follow_ups", assigned_to=company.csm.id, created_by=company.csm.id, title="Call them", due_on="2026-01-06"
    )
    escalate(sql, company)
    page = show()
    assert list_figures_with_rows(page, company.csm) == {"open", "overdue", "snoozed", "stuck", "late_follow_ups"}
    assert list_figures_with_rows(page, company.manager) == {"escalations"}
    expected = {
        "open": ("Open runs", "Was due"), "overdue": ("Overdue runs", "Was due"),
        "snoozed": ("Snoozed runs", "Snoozed until"), "stuck": ("Stuck", "Overdue by"),
        "late_follow_ups": ("Late follow-ups", "Call them"),
    }  # fmt: skip
    for name, (title, text) in expected.items():
        seen = page_text(open_page(company.manager, PAGE, show=name, person=str(company.csm.id)))
        assert f"## {title}" in seen
        assert text in seen, name
        other = page_text(open_page(company.manager, PAGE, show=name, person=str(company.other_csm.id)))
        assert text not in other, name
    seen = page_text(open_page(company.manager, PAGE, show="escalations"))
    assert "The whole team" in seen
    assert "May we?" in seen


def test_an_address_that_means_nothing_shows_the_members(open_page, company):
    assert company.csm.full_name in page_text(open_page(company.manager, PAGE, show="all", person="nobody"))


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


def set_team(sql, person, team):
    sql.execute("update public.profiles set team = %s where id = %s", [team, person.id])


def find_filter(page):
    return [each for each in page.selectbox if each.key == TEAM_FILTER]


def test_without_teams_there_is_no_choice_of_them(show, company):
    assert company.csm
    assert find_filter(show()) == []


def test_a_chosen_team_is_in_the_address_and_shows_its_people_and_runs_alone(show, company, sql):
    start_run(sql, company)
    set_team(sql, company.other_csm, "SMB")
    set_team(sql, company.csm, "Enterprise")
    page = show()
    (choice,) = find_filter(page)
    assert (choice.value, choice.options) == (None, ["All teams", "Enterprise", "SMB"])
    with record_requests() as sent:
        page = choice.set_value("SMB").run()
    assert sent.count("POST /rest/v1/rpc/team_overview") == 1
    assert page.query_params["team"] == "SMB"
    seen = page_text(page)
    assert f"{company.other_csm.full_name} CSM · SMB" in seen
    assert company.csm.full_name not in seen
    assert "1 member" in seen
    assert "Nothing is stuck" in seen
    page = find_filter(page)[0].set_value(None).run()
    assert "team" not in page.query_params
    assert "Overdue by" in page_text(page)


def test_an_address_names_a_team_in_any_case_and_one_that_is_gone(open_page, company, sql):
    set_team(sql, company.csm, "Enterprise")
    assert company.manager
    page = open_page(company.manager, PAGE, team="enterprise")
    assert find_filter(page)[0].value == "Enterprise"
    assert company.csm.full_name in page_text(page)
    page = open_page(company.manager, PAGE, team="SMB")
    assert find_filter(page)[0].value == "SMB"
    assert company.csm.full_name not in page_text(page)
    assert "No one is in this team." in page_text(page)


def test_a_person_is_moved_to_a_team_from_here(show, company):
    assert company.csm
    page = show()
    menu = next(each for each in page.menu_button if f"member.{company.csm.id}" in (each.key or ""))
    page = submit_dialog(type_choice(menu.click("change_team").run(), "team", "Enterprise"))
    assert "is in the team Enterprise now." in page_text(page)
    assert "Enterprise" in find_filter(page)[0].options
