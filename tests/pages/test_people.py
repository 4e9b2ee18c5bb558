"""People of the company: the list, inviting, roles."""

import pytest

from tests.database.factories import fetch_value, insert_customer
from tests.pages.assertions import button_labels, page_text
from tests.pages.dialogs import dialog_field, fill_dialog, submit_dialog
from tests.support.companies import unused_email
from tests.support.requests import record_requests

PAGE = "company/people.py"


@pytest.fixture
def show(open_page, company):
    assert company.admin

    def open_people(member=None):
        return open_page(member or company.admin, PAGE)

    return open_people


def press(page, label: str):
    return next(each for each in page.button if each.label == label).click().run()


def invite(page, text: str, **given):
    fill_dialog(press(page, "Invite people"), people=text).run()
    return submit_dialog(fill_dialog(page, **given))


def choose_for(page, person, what: str):
    """Choose an entry of the menu in the row of a person."""
    menu = next(each for each in page.menu_button if (each.key or "").endswith(f"person.{person.id}"))
    return menu.click(what).run()


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_alone_an_admin_reads_how_to_begin(show):
    assert "You are the only one here. Invite your colleagues" in page_text(show())


def test_everybody_is_listed_with_their_book(show, company, sql):
    insert_customer(sql, company.id, company.csm.id)
    seen = page_text(show(company.manager))
    assert company.csm.full_name in seen
    assert "1 customer" in seen


def test_the_list_costs_one_request_and_a_rerun_none(show):
    with record_requests() as sent:
        page = show()
    assert sent.count("POST /rest/v1/rpc/company_people") == 1
    with record_requests() as again:
        page.run()
    assert again == []


@pytest.mark.parametrize("who", ["csm", "manager"])
def test_only_an_admin_is_offered_to_invite(show, company, who):
    company.invite(unused_email())
    labels = button_labels(show(getattr(company, who)))
    assert not {"Invite people", "Withdraw"} & set(labels)


def test_an_admin_invites_a_list_of_people(show, company):
    first, second = unused_email(), unused_email()
    page = invite(show(), f"{first}\nCarol Adeyemi <{second}>, manager")
    seen = page_text(page)
    assert "Invited 2 people." in seen
    assert "Carol Adeyemi" in seen
    assert f"/auth/join?email={first.replace('@', '%40')}" in "".join(each.value for each in page.code)


def test_a_line_that_cannot_be_read_is_named_and_nobody_is_invited(show, company, sql):
    seen = page_text(invite(show(), f"{unused_email()}\nbob"))
    assert "line 2, bob: No email address." in seen
    assert fetch_value(sql, "select count(*) from public.company_invites where company_id = %s", company.id) == 1


def test_a_member_is_not_invited_and_the_others_are(show, company, sql):
    seen = page_text(invite(show(), f"{company.csm.email}\n{unused_email()}\n{unused_email()}"))
    assert "Invited 2 people." in seen
    assert "Belongs to your company already." in seen


def test_an_invitation_is_withdrawn(show, company, sql):
    company.invite(unused_email(), full_name="Carol Adeyemi")
    page = press(show(), "Withdraw")
    assert "is withdrawn." in page_text(page)
    assert "Carol Adeyemi" not in page_text(page)


def test_an_admin_changes_a_role(show, company, sql):
    assert company.csm
    page = choose_for(show(), company.csm, "change_role")
    assert dialog_field(page, ".role").value == "csm"
    page = submit_dialog(fill_dialog(page, role="manager"))
    assert f"{company.csm.full_name} is manager now." in page_text(page)
    assert fetch_value(sql, "select role from public.profiles where id = %s", company.csm.id) == "manager"


def test_the_last_admin_is_told_why_the_role_stays(show, company):
    page = choose_for(show(), company.admin, "change_role")
    page = submit_dialog(fill_dialog(page, role="csm"))
    assert "A company needs at least one admin." in page_text(page)


def test_a_second_click_on_invite_invites_nobody_twice(show, company):
    page = invite(show(), unused_email())
    assert [each for each in page.button if (each.key or "").startswith("act.press.send.")] == []
