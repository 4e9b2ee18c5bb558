"""People of the company: the list, inviting, roles."""

from datetime import date, timedelta

import pytest

from lib.companies.people_and_invitations import PeopleRepository
from lib.ui.people.colleague_select import label_colleagues
from tests.database.factories import AccountFactory, fetch_rows, fetch_value, insert_customer, publish_workflow
from tests.pages.assertions import button_labels, page_text
from tests.pages.dialogs import dialog_field, fill_dialog, start_run, submit_dialog, type_choice
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
    menu = next(each for each in page.menu_button if f"person.{person.id}" in (each.key or ""))
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


def test_a_row_has_role_book_arr_open_runs_and_for_an_admin_when_they_were_last_here(show, company, sql):
    publish_workflow(sql, company.id, "our-renewal")
    account = AccountFactory(sql, company.id, company.csm.id, day=date.today())
    account.insert_contract()
    start_run(company.csm, str(account.id), "our-renewal")
    assert f"{company.csm.full_name} · CSM {company.csm.email}" in page_text(show())
    assert "1 customer · $10,000 ARR · 1 open run · seen " in page_text(show())
    seen = page_text(show(company.manager))
    assert "1 customer · $10,000 ARR · 1 open run" in seen
    assert "seen" not in seen


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


def read_teams(sql, company) -> dict[str, str | None]:
    """The team of each address, of members and open invitations."""
    rows = fetch_rows(
        sql,
        "select email, team from public.profiles where company_id = %s union all "
        "select email, team from public.company_invites where company_id = %s and accepted_at is null",
        company.id,
        company.id,
    )
    return {row["email"]: row["team"] for row in rows}


def test_a_pasted_list_has_teams_and_the_dialog_the_team_of_lines_without(show, company, sql):
    first, second, third = unused_email(), unused_email(), unused_email()
    page = press(show(), "Invite people")
    page = type_choice(
        fill_dialog(page, people=f"{first}, csm, Enterprise\n{second}\n{third},,enterprise").run(), "team", "SMB"
    )
    page = submit_dialog(page)
    assert "Invited 3 people." in page_text(page)
    teams = read_teams(sql, company)
    assert [teams[each] for each in (first, second, third)] == ["Enterprise", "SMB", "Enterprise"]
    assert "· CSM · SMB" in page_text(page)


def test_the_dialog_to_invite_offers_the_teams_there_are(show, company, sql):
    sql.execute("update public.profiles set team = 'Enterprise' where id = %s", [company.csm.id])
    page = press(show(), "Invite people")
    field = dialog_field(page, ".team")
    assert (field.label, field.options) == ("Team if the line has none (optional)", ["Enterprise"])
    address = unused_email()
    submit_dialog(fill_dialog(page, people=address, team="Enterprise").run())
    assert read_teams(sql, company)[address] == "Enterprise"


def test_a_team_that_is_too_long_is_refused_at_its_line_and_at_its_field(show, company, sql):
    page = press(show(), "Invite people")
    page = fill_dialog(page, people=f"{unused_email()}, csm, {'x' * 61}").run()
    assert "The name of a team has at most 60 characters." in page_text(page)
    page = submit_dialog(type_choice(fill_dialog(page, people=unused_email()).run(), "team", "x" * 61))
    assert "Invited" not in page_text(page)
    assert set(read_teams(sql, company).values()) == {None}


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_a_leader_moves_a_person_to_a_team_and_out_of_it(show, company, sql, who):
    assert company.csm
    page = choose_for(show(getattr(company, who)), company.csm, "change_team")
    page = submit_dialog(type_choice(page, "team", "Enterprise"))
    assert f"{company.csm.full_name} is in the team Enterprise now." in page_text(page)
    assert f"{company.csm.full_name} · CSM · Enterprise {company.csm.email}" in page_text(page)
    page = choose_for(page, company.csm, "change_team")
    assert dialog_field(page, ".team").value == "Enterprise"
    page = submit_dialog(fill_dialog(page, team=None))
    assert f"{company.csm.full_name} is in no team now." in page_text(page)
    assert read_teams(sql, company)[company.csm.email] is None


def test_a_team_a_colleague_changed_meanwhile_is_not_overwritten(show, company, sql):
    assert company.csm
    page = type_choice(choose_for(show(), company.csm, "change_team"), "team", "SMB")
    sql.execute("update public.profiles set team = 'Enterprise' where id = %s", [company.csm.id])
    page = submit_dialog(page)
    assert f"A colleague has moved {company.csm.full_name} to the team Enterprise." in page_text(page)
    assert read_teams(sql, company)[company.csm.email] == "Enterprise"


def test_the_last_admin_is_told_why_the_role_stays(show, company):
    page = choose_for(show(), company.admin, "change_role")
    page = submit_dialog(fill_dialog(page, role="csm"))
    assert "A company needs at least one admin." in page_text(page)


def test_a_second_click_on_invite_invites_nobody_twice(show, company):
    page = invite(show(), unused_email())
    assert [each for each in page.button if (each.key or "").startswith("act.press.send.")] == []


def owners(sql, company):
    """Who owns each customer, by name."""
    rows = fetch_rows(sql, "select name, owner_id from public.customers where company_id = %s", company.id)
    return {row["name"]: row["owner_id"] for row in rows}


@pytest.fixture
def book(company, sql):
    """Three customers of the company's CSM, and a colleague who has one."""
    for name in ("Acme", "Borealis", "Cobalt"):
        insert_customer(sql, company.id, company.csm.id, name=name)
    insert_customer(sql, company.id, company.other_csm.id, name="Delta")
    return company


def test_a_manager_hands_a_book_to_one_colleague_and_undoes_it(show, book, sql):
    page = choose_for(show(book.manager), book.csm, "hand_over")
    page = fill_dialog(page, taker=book.other_csm.id).run()
    assert "3 customers" in page_text(page)
    page = submit_dialog(page)
    assert f"3 customers of {book.csm.full_name} handed over." in page_text(page)
    assert set(owners(sql, book).values()) == {book.other_csm.id}
    page = press(page, "Undo")
    assert "is undone." in page_text(page)
    assert owners(sql, book)["Acme"] == book.csm.id


def test_a_hand_over_of_the_last_day_is_undone_from_the_list(show, book, sql):
    page = choose_for(show(), book.csm, "hand_over")
    submit_dialog(fill_dialog(page, taker=book.other_csm.id).run())
    page = show()
    assert "Handed over within a day" in page_text(page)
    page = press(page, "Undo")
    assert "Handed over within a day" not in page_text(page)
    assert owners(sql, book)["Cobalt"] == book.csm.id


def test_a_book_is_divided_by_load(show, book, sql):
    assert book.manager
    page = choose_for(show(), book.csm, "hand_over")
    page = fill_dialog(page, way="load").run()
    page = fill_dialog(page, takers=[book.other_csm.id, book.manager.id]).run()
    assert "2 customers" in page_text(page)
    submit_dialog(page)
    assert sorted(list(owners(sql, book).values()).count(each.id) for each in (book.other_csm, book.manager)) == [2, 2]


def test_what_nobody_takes_over_stays_and_is_named(show, book, sql):
    insert_customer(sql, book.id, book.csm.id, name="Ember", segment="smb")
    page = choose_for(show(), book.csm, "hand_over")
    page = fill_dialog(page, way="segment").run()
    page = fill_dialog(page, **{"segment.smb": book.other_csm.id}).run()
    assert f"Stays with {book.csm.full_name}: Acme, Borealis and Cobalt." in page_text(page)
    submit_dialog(page)
    assert owners(sql, book)["Ember"] == book.other_csm.id
    assert owners(sql, book)["Acme"] == book.csm.id


def test_without_a_colleague_chosen_nothing_is_handed_over(show, book):
    page = submit_dialog(choose_for(show(), book.csm, "hand_over"))
    assert "Choose who takes over." in page_text(page)


def test_deactivating_asks_first_who_takes_over(show, book, sql):
    page = choose_for(show(), book.csm, "deactivate")
    assert "Choose who takes over everything that is open." in page_text(submit_dialog(page))
    page = submit_dialog(fill_dialog(page, taker=book.other_csm.id).run())
    assert f"{book.csm.full_name} is deactivated. 3 customers handed over." in page_text(page)
    assert not fetch_value(sql, "select is_active from public.profiles where id = %s", book.csm.id)


def test_a_person_without_a_book_is_deactivated_at_once(show, company, sql):
    assert company.csm
    page = choose_for(show(), company.csm, "deactivate")
    assert "has no customers and no open work." in page_text(page)
    page = submit_dialog(page)
    assert f"{company.csm.full_name} is deactivated." in page_text(page)


def test_a_deactivated_person_who_is_signed_in_sees_nothing_more(show, open_page, company):
    theirs = open_page(company.csm, PAGE)
    submit_dialog(choose_for(show(), company.csm, "deactivate"))
    page = press(theirs, "Refresh")
    assert company.admin.full_name not in page_text(page)


def test_the_last_admin_is_not_deactivated(show, company):
    assert company.csm
    page = submit_dialog(choose_for(show(), company.admin, "deactivate"))
    assert "A company needs at least one admin." in page_text(page)


def test_a_csm_is_offered_nothing_about_colleagues(show, book):
    (menu,) = show(book.csm).menu_button
    assert (f"person.{book.csm.id}" in menu.key, len(menu.options)) == (True, 1)


def test_a_person_enters_an_absence_and_the_deputy_sees_the_book_marked(show, open_page, book, sql):
    publish_workflow(sql, book.id, "our-renewal")
    acme = fetch_value(sql, "select id::text from public.customers where name = 'Acme' and company_id = %s", book.id)
    start_run(book.csm, acme, "our-renewal")
    page = choose_for(show(book.csm), book.csm, "absence")
    last = date.today() + timedelta(days=9)
    page = submit_dialog(fill_dialog(page, deputy=str(book.other_csm.id), last=last))
    assert f"{book.other_csm.full_name} stands in for {book.csm.full_name} until" in page_text(page)
    assert f"deputy {book.other_csm.full_name}" in page_text(page)
    deputy = page_text(open_page(book.other_csm))
    assert f"for {book.csm.full_name}, away until" in deputy
    page = press(page, "End absence")
    assert f"{book.csm.full_name} is back." in page_text(page)
    assert "deputy" not in page_text(page)


def test_an_absence_without_a_deputy_says_what_is_missing(show, book):
    page = submit_dialog(choose_for(show(book.csm), book.csm, "absence"))
    assert "Needs an answer." in page_text(page)


def test_colleagues_of_the_same_name_are_told_apart_by_their_addresses(company, sql):
    ids = [company.csm.id, company.other_csm.id]
    assert company.admin
    sql.execute("update public.profiles set full_name = 'Ann Berg' where id = any (%s)", [ids])
    labels = label_colleagues(PeopleRepository(company.admin.client).fetch_team().people)
    assert labels[company.csm.id] == f"Ann Berg ({company.csm.email}), CSM, 0 customers"
    assert labels[company.admin.id] == "Zoë Okafor, admin, 0 customers"
