"""The people of a company: who reads what of them, inviting many, roles."""

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company, sign_up, unused_email


@pytest.fixture
def team(new_company) -> Company:
    company = new_company()
    assert all((company.admin, company.manager, company.csm))
    return company


@pytest.fixture(autouse=True)
def _no_app_address(sql):
    sql.execute("delete from private.app_address")


def find_person(read, person):
    return next(each for each in read["people"] if each["id"] == str(person.id))


JOIN = "http://localhost:8501/auth/join"


def invite(who, *lines, join_url=JOIN):
    values = [{"email": email, "role": role} for email, role in lines]
    return call_rpc(who, "invite_people", p_invitations=values, p_join_url=join_url)


def list_mails(sql, address):
    return fetch_rows(sql, "select * from private.outbox where recipient = %s order by created_at", address)


def resend(who, invitation):
    return call_rpc(who, "resend_invitation", p_invitation_id=invitation, p_join_url=JOIN)


def make_older(sql, invitation, *, mails):
    """As if an invitation had been mailed so many times, the last time six minutes ago."""
    sql.execute(
        "alter table public.company_invites disable trigger touch;"
        f"update public.company_invites set updated_at = now() - interval '6 minutes', mails = {mails}"
        f" where id = '{invitation}';"
        "alter table public.company_invites enable trigger touch"
    )


def change_role(who, person, role, expected):
    values = {"p_person_id": str(person.id), "p_role": role, "p_expected_role": expected}
    return call_rpc(who, "change_member_role", **values)


def read_role(sql, person):
    return fetch_value(sql, "select role from public.profiles where id = %s", person.id)


def test_a_person_is_listed_with_the_customers_of_their_book(team, sql):
    insert_customer(sql, team.id, team.csm.id)
    seen = find_person(call_rpc(team.manager, "company_people"), team.csm)
    assert (seen["customers"], seen["open_runs"], seen["role"]) == (1, 0, "csm")


@pytest.mark.parametrize(("who", "is_known"), [("admin", True), ("manager", False), ("csm", False)])
def test_only_an_admin_reads_when_a_colleague_was_last_here(team, who, is_known):
    seen = find_person(call_rpc(getattr(team, who), "company_people"), team.csm)
    assert (seen["last_seen_at"] is not None) == is_known


def test_nobody_reads_the_people_of_another_company(team, strangers, uninvited):
    assert strangers.admin
    ids = {each["id"] for each in call_rpc(strangers.admin, "company_people")["people"]}
    assert not ids & {str(team.admin.id), str(team.csm.id)}
    assert call_rpc(uninvited, "company_people") == {"people": [], "invitations": [], "handovers": []}


def test_each_line_of_a_list_is_invited_or_says_why_not(team, sql):
    first, second = unused_email(), unused_email()
    invite(team.admin, (second, "csm"))
    results = invite(
        team.admin, (first, "manager"), (team.csm.email, "csm"), (second, "csm"), ("bob", "csm"), (unused_email(), "x")
    )
    assert [each["error"] for each in results] == [
        None,
        "Belongs to your company already.",
        "Is invited already. You can send the invitation again.",
        "This is not an email address.",
        "Choose one of the roles csm, manager and admin.",
    ]
    role = "select role from public.company_invites where company_id = %s and email = %s"
    assert fetch_value(sql, role, team.id, first) == "manager"


def test_who_is_invited_gets_a_mail_with_the_way_in_and_who_is_refused_none(team, sql):
    address = unused_email()
    invite(team.admin, (address, "manager"), (team.csm.email, "csm"))
    (mail,) = list_mails(sql, address)
    assert mail["subject"] == f"{team.admin.full_name} invites you to {team.name} in Zen"
    assert f"{JOIN}?email={address}\n" in mail["body_text"]
    assert list_mails(sql, team.csm.email) == []
    assert call_rpc(team.csm, "company_people")["invitations"][0]["mail_state"] == "waiting"


@pytest.mark.parametrize(
    "url", ["https://evil.test/", "javascript:/auth/join", "https://zen.test/x/auth/join", "https://a@b.test/auth/join"]
)
def test_a_mail_leads_to_nothing_but_the_page_on_which_one_joins(team, sql, url):
    address = unused_email()
    with assert_refused("PT400", "This is not the address of the page"):
        invite(team.admin, (address, "csm"), join_url=url)
    assert list_mails(sql, address) == []


def test_a_mail_leads_where_the_operator_said_and_never_where_an_admin_says(team, sql):
    first, second = unused_email(), unused_email()
    invite(team.admin, (first, "csm"), join_url="https://evil.test/auth/join")
    assert "evil.test" not in list_mails(sql, first)[0]["body_text"]
    assert "Open Zen, choose “Invited? Join”" in list_mails(sql, first)[0]["body_text"]
    sql.execute("insert into private.app_address (join_url) values ('https://zen.test/auth/join')")
    invite(team.admin, (second, "csm"), join_url="https://evil.test/auth/join")
    assert f"https://zen.test/auth/join?email={second}\n" in list_mails(sql, second)[0]["body_text"]


def test_a_name_writes_no_lines_and_no_links_of_a_mail(team, sql):
    address = unused_email()
    name = "there,\n\nYour password expires: https://evil.test/renew\u202e"
    values = [{"email": address, "role": "csm", "full_name": name}]
    call_rpc(team.admin, "invite_people", p_invitations=values, p_join_url=JOIN)
    (mail,) = list_mails(sql, address)
    assert mail["body_text"].startswith("Hi there, Your password expires https evil.test renew,\n")


def test_withdrawing_an_invitation_gives_no_further_mails(team, sql):
    address = unused_email()
    for _ in range(10):
        invite(team.admin, (address, "csm"))
        sql.execute("delete from public.company_invites where company_id = %s and email = %s", [team.id, address])
    with assert_refused("PT409", "was sent ten invitations within a day."):
        invite(team.admin, (address, "csm"))
    assert len(list_mails(sql, address)) == 10


def test_an_invitation_is_sent_again_after_five_minutes_and_not_more_than_ten_times(team, sql):
    address = unused_email()
    invitation = invite(team.admin, (address, "csm"))[0]["id"]
    with assert_refused("PT409", "This invitation was sent a moment ago."):
        resend(team.admin, invitation)
    make_older(sql, invitation, mails=1)
    resend(team.admin, invitation)
    assert len(list_mails(sql, address)) == 2
    make_older(sql, invitation, mails=10)
    with assert_refused("PT409", "This invitation was sent ten times."):
        resend(team.admin, invitation)


@pytest.mark.parametrize("who", ["csm", "manager"])
def test_only_an_admin_sends_an_invitation_again(team, who):
    with assert_refused("PT403", "Only an admin can invite people."):
        resend(getattr(team, who), str(team.invite(unused_email())))


def test_an_invitation_of_another_company_is_not_found(team, strangers):
    with assert_refused("PT404"):
        resend(strangers.admin, str(team.invite(unused_email())))


def test_an_address_twice_in_a_list_is_invited_once(team):
    address = unused_email()
    results = invite(team.admin, (address, "csm"), (address, "admin"))
    assert [each["error"] is None for each in results] == [True, False]


def test_who_accepted_and_is_gone_from_supabase_can_be_invited_again(team, sql):
    address = unused_email()
    invitation = team.invite(address)
    sql.execute("update public.company_invites set accepted_at = now() where id = %s", [invitation])
    assert invite(team.admin, (address, "csm"))[0]["error"] is None


@pytest.mark.parametrize("who", ["csm", "manager"])
def test_only_an_admin_invites(team, who):
    with assert_refused("PT403", "Only an admin can invite people."):
        invite(getattr(team, who), (unused_email(), "csm"))


def test_two_admins_inviting_the_same_person_at_once_invite_them_once(team, sql):
    change_role(team.admin, team.manager, "admin", "manager")
    address = unused_email()
    answers = run_concurrently([lambda who=who: invite(who, (address, "csm")) for who in (team.admin, team.manager)])
    assert sorted(answer[0]["error"] is None for answer in answers) == [False, True]


@pytest.mark.parametrize("lines", [[], [("a@b.test", "csm")] * 201])
def test_a_list_has_between_one_and_two_hundred_lines(team, lines):
    with assert_refused("PT400", "Invite between 1 and 200 people at once."):
        invite(team.admin, *lines)


def test_a_company_invites_five_hundred_people_a_day(team, sql):
    sql.execute(
        "insert into public.company_invites (company_id, email, role) "
        "select %s, 'p' || n || '@zen.test', 'csm' from generate_series(1, 500) n",
        [team.id],
    )
    with assert_refused("PT409", "Your company has invited 500 people within a day."):
        invite(team.admin, (unused_email(), "csm"))


def test_an_admin_changes_a_role(team, sql):
    change_role(team.admin, team.csm, "manager", "csm")
    assert read_role(sql, team.csm) == "manager"


def test_roles_and_ends_of_memberships_are_in_the_history(team, sql):
    change_role(team.admin, team.csm, "manager", "csm")
    call_rpc(team.admin, "remove_member", p_person_id=str(team.other_csm.id))
    call_rpc(team.csm, "save_locale", p_locale="de_DE")
    ended, raised = call_rpc(team.manager, "read_row_changes", p_table="profiles")["changes"]
    assert (raised["before"], raised["after"], raised["label"]) == (
        {"role": "csm"}, {"role": "manager"}, team.csm.full_name,
    )  # fmt: skip
    assert (ended["row_id"], ended["after"]) == (str(team.other_csm.id), {"is_active": False})
    assert {change["person_name"] for change in (ended, raised)} == {team.admin.full_name}
    assert fetch_rows(sql, "select * from private.find_history_gaps(%s)", team.id) == []


def test_a_role_a_colleague_changed_meanwhile_is_a_conflict(team, sql):
    change_role(team.admin, team.csm, "manager", "csm")
    with assert_refused("PT409", "A colleague has made"):
        change_role(team.admin, team.csm, "admin", "csm")
    change_role(team.admin, team.csm, "manager", "csm")  # what was asked for is already so
    assert read_role(sql, team.csm) == "manager"


def test_the_last_admin_keeps_the_role(team, sql):
    with assert_refused("PT409", "A company needs at least one admin."):
        change_role(team.admin, team.admin, "csm", "admin")
    assert read_role(sql, team.admin) == "admin"


def test_of_two_admins_who_demote_each_other_at_once_one_stays(team, sql):
    change_role(team.admin, team.manager, "admin", "manager")
    pairs = [(team.admin, team.manager), (team.manager, team.admin)]
    run_concurrently([lambda who=who, of=of: change_role(who, of, "csm", "admin") for who, of in pairs])
    admins = "select count(*) from public.profiles where company_id = %s and role = 'admin' and is_active"
    assert fetch_value(sql, admins, team.id) == 1


@pytest.mark.parametrize("who", ["csm", "manager"])
def test_only_an_admin_changes_roles(team, who):
    with assert_refused("PT403", "Only an admin can change roles."):
        change_role(getattr(team, who), getattr(team, who), "admin", who)


def test_an_admin_of_another_company_finds_nobody(team, strangers):
    with assert_refused("PT404", "This person is not a member of your company."):
        change_role(strangers.admin, team.csm, "manager", "csm")


def list_invitation_changes(member) -> list[tuple[str, str | None, dict | None, dict | None]]:
    """Operation, label and changed values of the audit's invitations, the earliest first."""
    found = call_rpc(member, "read_row_changes", p_table="company_invites")["changes"]
    return [(each["operation"], each["label"], each["before"], each["after"]) for each in reversed(found)]


def test_the_audit_has_invitations_made_sent_again_withdrawn_and_accepted(team, sql):
    first, second = unused_email(), unused_email()
    invite(team.admin, (first, "csm"), (second, "manager"))
    rows = fetch_rows(sql, "select id, email from public.company_invites where company_id = %s", team.id)
    ids = {row["email"]: str(row["id"]) for row in rows}
    make_older(sql, ids[first], mails=1)
    resend(team.admin, ids[first])
    team.admin.client.table("company_invites").delete().eq("id", ids[second]).execute()
    person, _session = sign_up(first)
    with sql.transaction():
        sql.execute("select private.begin_change('person', null, %s)", [person])
        sql.execute("select private.join_company(%s, %s, null)", [person, ids[first]])
    changes = list_invitation_changes(team.manager)
    assert [(each[0], each[3]["role"]) for each in changes[:2]] == [("insert", "csm"), ("insert", "manager")]
    assert changes[2] == ("update", first, {"mails": 1}, {"mails": 2})
    gone = {"mails": 1, "role": "manager", "team": None, "accepted_at": None}
    assert changes[3] == ("delete", changes[3][1], gone, None)
    operation, label, before, after = changes[4]
    assert (operation, label, before) == ("update", first, {"accepted_at": None})
    assert after["accepted_at"] is not None
    assert second not in str(changes)


def test_joining_alone_holds_nobodys_profile(team, sql):
    address = unused_email()
    invite(team.admin, (address, "csm"))
    person, _session = sign_up(address)
    invitation = fetch_value(sql, "select id from public.company_invites where email = %s", address)
    with sql.transaction():
        sql.execute("select private.begin_change('person', null, %s)", [person])
        sql.execute("select private.join_company(%s, %s, null)", [person, invitation])
    sql.execute("update public.profiles set is_active = false where id = %s", [person])
    sql.execute("select private.delete_unused_profile(%s)", [person])
    assert fetch_value(sql, "select count(*) from public.profiles where id = %s", person) == 0


def test_an_invitation_says_how_many_customers_wait_for_its_person(team, sql):
    address = unused_email()
    invite(team.admin, (address, "csm"))
    for _ in range(2):
        insert_row(
            sql, "pending_owners", company_id=team.id, email=address, owner_id=team.csm.id,
            customer_id=insert_customer(sql, team.id, team.csm.id),
        )  # fmt: skip
    for member in (team.csm, team.admin):
        (seen,) = call_rpc(member, "company_people")["invitations"]
        assert seen["waiting_customers"] == 2
