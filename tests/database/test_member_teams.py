"""Teams of people: given with an invitation, changed by leaders, spelled alike in a company."""

import psycopg
import pytest

from tests.database.factories import AccountFactory, fetch_rows, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company, sign_up, unused_email


@pytest.fixture
def company(new_company) -> Company:
    company = new_company()
    assert all((company.admin, company.manager, company.csm, company.other_csm))
    return company


def change_team(who, person, team, expected=None):
    values = {"p_person_id": str(person.id), "p_team": team, "p_expected_team": expected}
    return call_rpc(who, "change_member_team", **values)


def read_team(sql, person) -> str | None:
    return fetch_value(sql, "select team from public.profiles where id = %s", person.id)


def invite(who, *lines):
    values = [{"email": email, "role": "csm", "team": team} for email, team in lines]
    return call_rpc(who, "invite_people", p_invitations=values)


def read_invited_team(sql, company, email) -> str | None:
    select = "select team from public.company_invites where company_id = %s and email = %s"
    return fetch_value(sql, select, company.id, email)


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_a_leader_moves_a_person_to_a_team_and_out_of_it(company, sql, who):
    change_team(getattr(company, who), company.csm, "  Enterprise\n EMEA ")
    assert read_team(sql, company.csm) == "Enterprise EMEA"
    change_team(getattr(company, who), company.csm, " \u200b ", "Enterprise EMEA")
    assert read_team(sql, company.csm) is None


def test_only_leaders_change_teams(company, sql):
    for person in (company.csm, company.other_csm):
        with assert_refused("PT403", "Only managers and admins can change teams."):
            change_team(company.csm, person, "Enterprise")
    assert read_team(sql, company.csm) is None


def test_nobody_changes_or_reads_teams_of_another_company(company, strangers, uninvited, sql):
    assert strangers.admin
    change_team(company.admin, company.csm, "Enterprise")
    with assert_refused("PT404", "This person is not a member of your company."):
        change_team(strangers.admin, company.csm, "SMB", "Enterprise")
    with assert_refused("PT403"):
        change_team(uninvited, company.csm, "SMB", "Enterprise")
    assert "Enterprise" not in call_rpc(strangers.admin, "team_overview")["teams"]
    change_team(strangers.admin, strangers.admin, "ENTERPRISE")
    assert read_team(sql, strangers.admin) == "ENTERPRISE"


def test_who_has_left_is_in_no_team_any_more(company):
    change_team(company.admin, company.other_csm, "Enterprise")
    call_rpc(company.admin, "remove_member", p_person_id=str(company.other_csm.id))
    assert call_rpc(company.manager, "team_overview")["teams"] == []
    with assert_refused("PT404"):
        change_team(company.admin, company.other_csm, "SMB", "Enterprise")


@pytest.mark.parametrize("given", ["enterprise", "ENTERPRISE", " Enterprise ", "\uff25nterprise", "Enter\u200bprise"])
def test_a_team_is_spelled_as_the_company_spells_it(company, sql, given):
    change_team(company.admin, company.csm, "Enterprise")
    assert change_team(company.manager, company.other_csm, given) == "Enterprise"
    assert read_team(sql, company.other_csm) == "Enterprise"


def test_a_team_with_other_letters_than_those_of_ascii_is_one_in_either_case(company, sql):
    change_team(company.admin, company.csm, "Équipe Île")
    change_team(company.admin, company.other_csm, "ÉQUIPE ÎLE")
    assert read_team(sql, company.other_csm) == "Équipe Île"


def test_the_only_one_of_a_team_may_spell_it_anew(company, sql):
    change_team(company.admin, company.csm, "enterprise")
    change_team(company.admin, company.csm, "Enterprise", "enterprise")
    assert read_team(sql, company.csm) == "Enterprise"


def test_a_name_that_is_too_long_is_refused(company, sql):
    change_team(company.admin, company.csm, "x" * 60)
    with assert_refused("PT400", "The name of a team has at most 60 characters."):
        change_team(company.admin, company.csm, "x" * 61, "x" * 60)
    (result,) = invite(company.admin, (unused_email(), "x" * 61))
    assert result["error"] == "The name of a team has at most 60 characters."


@pytest.mark.parametrize("team", ["", " ", " Enterprise", "two\nlines", "x" * 61, "\u200b"])
def test_no_table_holds_a_team_that_is_blank_long_or_of_several_lines(company, sql, team):
    with pytest.raises(psycopg.errors.CheckViolation), sql.transaction():
        sql.execute("update public.profiles set team = %s where id = %s", [team, company.csm.id])
    with pytest.raises(psycopg.errors.CheckViolation), sql.transaction():
        insert_row(sql, "company_invites", company_id=company.id, email=unused_email(), role="csm", team=team)


def test_a_team_a_colleague_changed_meanwhile_is_a_conflict(company, sql):
    change_team(company.manager, company.csm, "Enterprise")
    with assert_refused("PT409", "A colleague has moved"):
        change_team(company.admin, company.csm, "SMB")
    change_team(company.admin, company.csm, "enterprise")  # what was asked for is already so
    change_team(company.manager, company.csm, None, "Enterprise")
    with assert_refused("PT409", "A colleague has taken"):
        change_team(company.admin, company.csm, "SMB", "Enterprise")
    assert read_team(sql, company.csm) is None


def test_of_two_who_move_a_person_at_once_one_is_refused(company, sql):
    def move(who, team):
        try:
            change_team(who, company.csm, team)
        except Exception as error:
            return str(error)
        return team

    pairs = [(company.admin, "SMB"), (company.manager, "Enterprise")]
    answers = run_concurrently([lambda who=who, team=team: move(who, team) for who, team in pairs])
    assert sum(answer == read_team(sql, company.csm) for answer in answers) == 1
    assert sum("A colleague has moved" in answer for answer in answers) == 1


def test_two_spellings_written_at_once_become_one(company, sql):
    address = unused_email()
    run_concurrently(
        [
            lambda: change_team(company.admin, company.csm, "Enterprise"),
            lambda: change_team(company.manager, company.other_csm, "enterprise"),
            lambda: invite(company.admin, (address, "ENTERPRISE")),
        ]
    )
    spellings = {
        read_team(sql, company.csm), read_team(sql, company.other_csm), read_invited_team(sql, company, address)
    }  # fmt: skip
    assert len(spellings) == 1


def test_an_invitation_carries_its_team_to_whoever_joins(company, sql):
    first, second = unused_email(), unused_email()
    invite(company.admin, (first, "Enterprise"), (second, "enterprise"))
    assert {each["team"] for each in call_rpc(company.csm, "company_people")["invitations"]} == {"Enterprise"}
    person, _session = sign_up(first)
    invitation = fetch_value(sql, "select id from public.company_invites where email = %s", first)
    sql.execute("select private.join_company(%s, %s, null)", [person, invitation])
    assert fetch_value(sql, "select team from public.profiles where id = %s", person) == "Enterprise"
    read = call_rpc(company.manager, "team_overview", p_team="ENTERPRISE")
    assert [each["id"] for each in read["members"]] == [str(person)]


def test_sending_an_invitation_again_keeps_its_team(company, sql):
    address = unused_email()
    (result,) = invite(company.admin, (address, "Enterprise"))
    sql.execute(
        "alter table public.company_invites disable trigger touch;"
        f"update public.company_invites set updated_at = now() - interval '6 minutes' where id = '{result['id']}';"
        "alter table public.company_invites enable trigger touch"
    )
    call_rpc(company.admin, "resend_invitation", p_invitation_id=result["id"])
    assert read_invited_team(sql, company, address) == "Enterprise"


def test_who_comes_back_gets_the_team_of_the_new_invitation(company, sql):
    change_team(company.admin, company.csm, "Enterprise")
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    (result,) = invite(company.admin, (company.csm.email, "SMB"))
    sql.execute("select private.join_company(%s, %s, null)", [company.csm.id, result["id"]])
    assert read_team(sql, company.csm) == "SMB"


@pytest.mark.parametrize("who", ["admin", "csm"])
def test_no_row_is_written_with_a_team_past_the_functions(company, who):
    member = getattr(company, who)
    with assert_refused("42501"):
        member.client.table("profiles").update({"team": "SMB"}).eq("id", str(company.csm.id)).execute()
    row = {"company_id": str(company.id), "email": unused_email(), "role": "csm", "invited_by": str(member.id)}
    with assert_refused("42501"):
        member.client.table("company_invites").insert(row | {"team": "SMB"}).execute()


def test_a_change_of_team_is_in_the_history(company, sql):
    change_team(company.manager, company.csm, "Enterprise")
    (change,) = call_rpc(company.admin, "read_row_changes", p_table="profiles")["changes"]
    assert (change["before"], change["after"]) == ({"team": None}, {"team": "Enterprise"})
    assert (change["label"], change["person_name"]) == (company.csm.full_name, company.manager.full_name)
    assert fetch_rows(sql, "select * from private.find_history_gaps(%s)", company.id) == []


def test_the_team_of_a_person_is_exported(company):
    change_team(company.manager, company.csm, "Enterprise")
    (profile,) = call_rpc(company.csm, "export_person", p_person_id=str(company.csm.id))["profiles"]
    assert profile["team"] == "Enterprise"


def test_the_overview_of_a_team_has_its_members_and_their_stuck_runs(company, sql):
    run_of = {}
    for member in (company.csm, company.other_csm):
        account = AccountFactory(sql, company.id, member.id)
        account.insert_contract()
        begun = call_rpc(member, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=account.id)
        run_of[member] = begun["execution_id"]
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, due_on = '2026-01-05' where company_id = %s",
        [company.id],
    )
    change_team(company.manager, company.csm, "Enterprise")
    read = call_rpc(company.manager, "team_overview", p_team="enterprise")
    assert [(each["id"], each["team"]) for each in read["members"]] == [(str(company.csm.id), "Enterprise")]
    assert [each["execution_id"] for each in read["stuck_runs"]] == [run_of[company.csm]]
    assert (read["stuck_run_count"], read["members"][0]["stuck_runs"], read["teams"]) == (1, 1, ["Enterprise"])
    assert call_rpc(company.manager, "team_overview")["stuck_run_count"] == 2
    assert call_rpc(company.manager, "team_overview", p_team="Nobody's")["members"] == []
