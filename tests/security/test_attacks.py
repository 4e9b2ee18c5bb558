"""What somebody who speaks to the database directly, with their own token, might try."""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import supabase
from postgrest.exceptions import APIError

from lib.app_context import get_app_context
from tests.database.factories import fetch_value, insert_customer, insert_row, publish_next_version
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.security.fixtures import TenantFixtures
from tests.security.matrix import MATRIX
from tests.support.companies import Company, Member, sign_up, unused_email

STOCK = Path(__file__).resolve().parents[2] / "supabase" / "stock"


def change(who: Member, table: str, row_id: Any, **values: Any) -> list[Any]:
    return who.client.table(table).update(values).eq("id", str(row_id)).execute().data


def insert(who: Member, table: str, **values: Any) -> list[Any]:
    return (
        who.client.table(table)
        .insert({k: str(v) if isinstance(v, uuid.UUID) else v for k, v in values.items()})
        .execute()
        .data
    )


# Oneself and colleagues


def test_nobody_raises_their_own_role(world):
    assert change(world.owner, "profiles", world.owner.id, role="admin") == []
    assert change(world.company.manager, "profiles", world.company.manager.id, role="admin") == []


def test_nobody_comes_back_by_themselves(new_company, sql):
    company = new_company()
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    with assert_refused("42501"):
        change(company.csm, "profiles", company.csm.id, is_active=True)
    for table in ("companies", "profiles", "customers", "workflow_definitions", "saved_actions"):
        assert company.csm.client.table(table).select("id").execute().data == []


@pytest.mark.parametrize("column", ["company_id", "id", "email", "created_at", "is_active"])
def test_an_admin_changes_of_a_person_only_what_is_theirs_to_change(world, column):
    with assert_refused("42501"):
        change(world.company.admin, "profiles", world.owner.id, **{column: None})


def test_an_admin_of_another_company_changes_nobody_here(world):
    assert change(world.other.admin, "profiles", world.owner.id, role="admin") == []


def test_a_company_keeps_an_admin(new_company):
    company = new_company()
    admin = company.admin
    with assert_refused("PT409", "A company needs at least one admin."):
        change(admin, "profiles", admin.id, role="csm")
    with assert_refused("PT409"):
        call_rpc(admin, "leave_company")
    assert change(admin, "profiles", company.manager.id, role="admin")
    assert change(admin, "profiles", admin.id, role="csm")


def test_two_admins_who_step_down_at_once_leave_one(new_company):
    company = new_company()
    admins = [company.admin, company.join("Second Admin", company.admin.role)]
    outcomes = run_concurrently([lambda who=who: change(who, "profiles", who.id, role="csm") for who in admins])
    assert outcomes.count("PT409") == 1


# Joining


@pytest.fixture
def uninvited_person(stack):
    """Somebody who signed up with a password, and their address."""
    email = unused_email()
    session = sign_up(email, company="Northwind Analytics", role="admin")[1]
    return email, get_app_context().create_client(access_token=session.access_token)


def invitation(world: TenantFixtures, **changes: Any) -> dict[str, Any]:
    mine = {
        "company_id": world.company.id,
        "email": unused_email(),
        "role": "csm",
        "invited_by": world.company.admin.id,
    }
    return mine | changes


def test_nobody_invites_into_another_company_or_in_anothers_name(world):
    for forged in ({"company_id": world.other.id}, {"invited_by": world.company.manager.id}, {"invited_by": None}):
        with assert_refused("42501"):
            insert(world.company.admin, "company_invites", **invitation(world, **forged))


def test_an_invitation_cannot_be_accepted_readdressed_or_moved_by_hand(world):
    made = insert(world.company.admin, "company_invites", **invitation(world))[0]
    with assert_refused("42501"):
        insert(world.company.admin, "company_invites", **invitation(world, accepted_at="2026-01-01"))
    for forged in ({"accepted_at": None}, {"email": unused_email()}, {"company_id": str(world.other.id)}):
        with assert_refused("42501"):
            change(world.company.admin, "company_invites", made["id"], **forged)


def test_an_admin_makes_nobody_a_member(world, uninvited_person):
    """Not by inviting, nor by the functions behind joining: the person accepts, after a code mailed to them."""
    email, person = uninvited_person
    made = insert(world.company.admin, "company_invites", **invitation(world, email=email))[0]
    for who in (world.company.admin.client, person):
        with assert_refused("PT403"):
            call_rpc(who, "accept_invitation", p_invitation_id=made["id"])
        with assert_refused("PGRST202"):
            call_rpc(who, "join_company", person=str(uuid.uuid4()), invitation=made["id"], given_name="X")
    assert person.table("companies").select("id").execute().data == []


def test_invitations_of_other_companies_are_seen_by_nobody_but_the_person(world, sql):
    foreign = world.other.invite(world.owner.email)
    for who in (world.owner, world.company.admin):
        assert call_rpc(who, "open_invitations") == [], "the owner signed in without a code"
        read = who.client.table("company_invites").select("id").eq("id", str(foreign)).execute()
        assert read.data == []


def test_members_are_removed_by_an_admin_of_their_company_only(world):
    for who, error in ((world.owner, "PT403"), (world.company.manager, "PT403"), (world.other.admin, "PT404")):
        with assert_refused(error):
            call_rpc(who, "remove_member", p_person_id=str(world.company.other_csm.id))
    for who in (world.uninvited, world.anon):
        for function in ("leave_company", "remove_member"):
            arguments = {"p_person_id": str(world.owner.id)} if function == "remove_member" else {}
            with pytest.raises(APIError) as error:
                call_rpc(who, function, **arguments)
            assert error.value.code in ("42501", "PT403")


def test_sessions_are_ended_by_their_person_only(world):
    call_rpc(world.other.admin, "end_other_sessions")
    assert world.owner.client.table("profiles").select("id").execute().data
    with assert_refused("42501"):
        call_rpc(world.anon, "end_other_sessions")
    assert call_rpc(world.other.admin, "list_browser_sessions", session_id="x" * 43) == []


def test_nobody_makes_or_removes_a_profile(world):
    with assert_refused("42501"):
        insert(
            world.company.admin,
            "profiles",
            id=uuid.uuid4(),
            company_id=world.company.id,
            email="x@zen.test",
            full_name="X",
            role="admin",
        )
    with assert_refused("42501"):
        world.company.admin.client.table("profiles").delete().eq("id", str(world.owner.id)).execute()


# Customers


def test_a_customer_stays_in_its_company(world):
    for who in (world.owner, world.company.manager):
        with assert_refused("42501"):
            change(who, "customers", world.insert_customer(), company_id=str(world.other.id))


def test_a_csm_neither_gives_away_nor_takes_customers(world, sql):
    with assert_refused("42501"):
        change(world.owner, "customers", world.insert_customer(), owner_id=str(world.company.other_csm.id))
    assert (
        change(world.company.other_csm, "customers", world.insert_customer(), owner_id=str(world.company.other_csm.id))
        == []
    )


def test_a_customer_is_never_owned_by_somebody_of_another_company(world):
    with assert_refused("23503"):
        change(world.company.manager, "customers", world.insert_customer(), owner_id=str(world.other.csm.id))


@pytest.mark.parametrize("table", ["contacts", "contracts", "usage_weeks", "tickets", "survey_responses"])
def test_what_hangs_on_a_customer_moves_neither_to_another_company_nor_to_a_colleagues_customer(world, sql, table):
    mine = insert_row(sql, table, **MATRIX[table].row(world, world.owner.id))
    theirs = insert_customer(sql, world.company.id, world.company.other_csm.id)
    foreign = insert_customer(sql, world.other.id, world.other.csm.id)
    forgeries = [
        {"company_id": str(world.other.id)},
        {"customer_id": str(theirs)},
        {"customer_id": str(foreign)},
        {"customer_id": str(foreign), "company_id": str(world.other.id)},
    ]
    for forged in forgeries:
        with assert_refused("42501"):
            change(world.owner, table, mine, **forged)


def test_a_note_keeps_its_author_and_nobody_writes_in_anothers_name(world, sql):
    note = {
        "company_id": world.company.id,
        "customer_id": world.insert_customer(),
        "body": "Hm.",
        "happened_on": "2026-06-01",
    }
    made = insert(world.owner, "notes", **note, author_id=world.owner.id)[0]
    with assert_refused("42501"):
        change(world.owner, "notes", made["id"], author_id=str(world.company.manager.id))
    with assert_refused("42501"):
        insert(world.owner, "notes", **note, author_id=world.company.manager.id)


@pytest.mark.parametrize("who", ["owner", "colleague", "admin", "other company"])
def test_a_note_of_the_manager_is_neither_reworded_nor_backdated_nor_removed_by_others(world, sql, who):
    customer = {"company_id": world.company.id, "customer_id": world.insert_customer()}
    note = insert_row(
        sql, "notes", **customer, author_id=world.company.manager.id, body="No discount.", happened_on="2026-06-01"
    )
    table = world.client(who).table("notes")
    for forged in ({"body": "Discount agreed."}, {"happened_on": "2020-01-01"}, {"kind": "call"}):
        assert table.update(forged).eq("id", str(note)).execute().data == []
    assert table.delete().eq("id", str(note)).execute().data == []
    for forged in ({"created_at": "2020-01-01"}, {"updated_at": "2020-01-01"}, {"customer_id": str(uuid.uuid4())}):
        with assert_refused("42501"):
            table.update(forged).eq("id", str(note)).execute()
    assert change(world.company.manager, "notes", note, body="A discount of 5%.", happened_on="2026-06-02")


@pytest.mark.parametrize("column", ["id", "created_at", "updated_at"])
def test_when_a_note_was_written_is_not_its_writers_to_say(world, column):
    note = {"company_id": world.company.id, "customer_id": world.insert_customer(), "author_id": world.owner.id}
    forged = {column: str(uuid.uuid4()) if column == "id" else "2020-01-01"}
    with assert_refused("42501"):
        insert(world.owner, "notes", **note, body="Hm.", happened_on="2026-06-01", **forged)


# Definitions and versions


def definition(world: TenantFixtures, **changes: Any) -> dict[str, Any]:
    words = {
        "name": "Ours",
        "category": "renewal",
        "slide_sequence": ["greeting", "summary"],
        "workflow_id": f"w-{uuid.uuid4()}",
    }
    return {**words, "company_id": world.company.id, "created_by": world.owner.id} | changes


def draft(world: TenantFixtures, who: Member, **changes: Any) -> dict[str, Any]:
    words = {
        "name": "Ours",
        "category": "renewal",
        "slide_sequence": ["greeting", "summary"],
        "workflow_id": f"w-{uuid.uuid4()}",
    }
    return {**words, "company_id": world.company.id, "author_id": who.id} | changes


def test_nobody_writes_a_definition_by_hand(world):
    for who in (world.owner, world.company.admin):
        for company_id in (None, world.company.id, world.other.id):
            with assert_refused("42501"):
                insert(who, "workflow_definitions", **definition(world, company_id=company_id, created_by=who.id))
        for values in ({"name": "X"}, {"slide_sequence": ["summary"]}, {"suggested_when": None}, {"workflow_id": "x"}):
            with assert_refused("42501"):
                change(who, "workflow_definitions", world.definition, **values)


def test_a_draft_is_begun_in_ones_own_name_and_company_only(world):
    for who in (world.owner, world.company.admin):
        for forged in ({"company_id": world.other.id}, {"author_id": world.company.other_csm.id}):
            with assert_refused("42501"):
                insert(who, "workflow_drafts", **draft(world, who) | forged)


def test_nobody_takes_over_or_changes_anothers_draft_and_only_leaders_discard_it(world):
    made = insert(world.owner, "workflow_drafts", **draft(world, world.owner))[0]["id"]
    for who in (world.company.other_csm, world.company.manager, world.company.admin, world.other.admin):
        assert change(who, "workflow_drafts", made, name="Mine") == []
    for who in (world.company.other_csm, world.other.admin):
        assert who.client.table("workflow_drafts").delete().eq("id", made).execute().data == []
    for forged in ({"author_id": str(world.company.manager.id)}, {"company_id": None}, {"revision": 9}):
        with assert_refused("42501"):
            change(world.owner, "workflow_drafts", made, **forged)
    assert len(world.company.manager.client.table("workflow_drafts").delete().eq("id", made).execute().data) == 1


def test_a_comment_is_written_in_ones_own_name_on_a_draft_of_ones_own_company(world):
    of = str(insert(world.owner, "workflow_drafts", **draft(world, world.owner))[0]["id"])
    mine = {"company_id": str(world.company.id), "draft_id": of, "slide_id": "greeting", "body": "Shorter?"}
    with assert_refused("42501"):  # in a colleague's name
        insert(world.owner, "workflow_comments", **mine | {"author_id": str(world.company.other_csm.id)})
    with assert_refused("42501"):
        insert(world.owner, "workflow_comments", **mine | {"resolved_by": str(world.company.manager.id)})
    with assert_refused("PT404"):  # as for a draft that never was
        insert(world.other.admin, "workflow_comments", **mine | {"company_id": str(world.other.id)})
    with assert_refused("PT404"):
        call_rpc(world.other.admin, "add_workflow_comment", p_draft_id=of, p_slide_id="greeting", p_body="Hello")
    made = insert(world.owner, "workflow_comments", **mine)[0]["id"]
    for forged in ({"body": "Yes"}, {"author_id": str(world.owner.id)}, {"draft_id": of}, {"imported_author": "Dan"}):
        with assert_refused("42501"):
            change(world.company.manager, "workflow_comments", made, **forged)
    assert change(world.other.admin, "workflow_comments", made, resolved_at="now") == []
    assert world.other.admin.client.table("workflow_comments").select("id").eq("draft_id", of).execute().data == []


def test_a_view_is_saved_in_ones_own_name_and_company_only(world):
    mine = {"name": str(uuid.uuid4()), "filter": {}, "shown_columns": [], "company_id": str(world.company.id)}
    for forged in (
        {"owner_id": str(world.company.other_csm.id)},
        {"owner_id": str(world.owner.id), "company_id": str(world.other.id)},
        {"owner_id": str(world.owner.id), "revision": 7},
    ):
        with assert_refused("42501"):
            insert(world.owner, "book_views", **mine | forged)
    made = insert(world.owner, "book_views", **mine | {"owner_id": str(world.owner.id), "is_shared": True})[0]["id"]
    for who in (world.company.other_csm, world.other.admin):
        assert change(who, "book_views", made, name="Theirs") == []
    with assert_refused("42501"):
        change(world.company.manager, "book_views", made, owner_id=str(world.company.manager.id))
    with assert_refused("42501"):  # what one may not read afterwards one may not take from the company
        change(world.company.manager, "book_views", made, is_shared=False)


def test_a_case_is_kept_in_ones_own_name_of_a_completed_run_of_ones_company(world):
    ended = {"status": "completed", "outcome_code": "renewed", "outcome_amount": 1, "ended_at": datetime.now(UTC)}
    mine = {"company_id": str(world.company.id), "execution_id": str(world.insert_run(**ended)), "name": "A usual one"}
    with assert_refused("42501"):
        insert(world.owner, "workflow_cases", **mine | {"kept_by": str(world.company.other_csm.id)})
    elsewhere = {"company_id": str(world.other.id)}
    for who, forged in (
        (world.owner, {"execution_id": str(world.insert_run())}),
        (world.owner, elsewhere),  # another company's run is none, and says no more than an open one
        (world.other.admin, elsewhere),
    ):
        with assert_refused("PT409", "Only a completed run"):
            insert(who, "workflow_cases", **mine | forged)
    with assert_refused("42501"):
        insert(world.other.admin, "workflow_cases", **mine)
    made = insert(world.owner, "workflow_cases", **mine)[0]["id"]
    for who in (world.company.other_csm, world.other.admin):
        assert who.client.table("workflow_cases").delete().eq("id", made).execute().data == []
    with assert_refused("42501"):
        change(world.owner, "workflow_cases", made, name="Another")
    assert len(world.company.manager.client.table("workflow_cases").delete().eq("id", made).execute().data) == 1


def test_a_draft_occupies_no_id(world, sql):
    taken = f"w-{uuid.uuid4()}"
    for who in (world.company.other_csm, world.owner):
        assert insert(who, "workflow_drafts", **draft(world, who, workflow_id=taken))
    made = insert(world.company.manager, "workflow_drafts", **draft(world, world.company.manager, workflow_id=taken))[0]
    call_rpc(world.company.manager, "publish_workflow", p_draft_id=made["id"], p_revision=1)
    owned = "select count(*) from public.workflow_definitions where workflow_id = %s and company_id = %s"
    assert fetch_value(sql, owned, taken, world.company.id) == 1


def test_drafts_of_a_person_are_bounded(world, new_company, sql):
    company = new_company()
    for _ in range(50):
        insert_row(sql, "workflow_drafts", **draft(world, company.csm, company_id=company.id))
    with assert_refused("PT409", "You can have up to 50 drafts."):
        insert(company.csm, "workflow_drafts", **draft(world, company.csm, company_id=company.id))
    assert insert(company.other_csm, "workflow_drafts", **draft(world, company.other_csm, company_id=company.id))


def test_a_csm_publishes_neither_by_hand_nor_by_function(world):
    made = insert(world.owner, "workflow_drafts", **draft(world, world.owner))[0]["id"]
    assert change(world.owner, "workflow_definitions", world.definition, status="archived") == []
    with assert_refused("PT403", "Only a manager can publish a workflow."):
        call_rpc(world.owner, "publish_workflow", p_draft_id=made, p_revision=1)


def test_published_means_that_a_version_exists(world, sql):
    bare = insert_row(sql, "workflow_definitions", **definition(world, status="archived"))
    with assert_refused("PT409", "has not been published yet"):
        change(world.company.manager, "workflow_definitions", bare, status="published")
    for status in ("draft", "open"):
        with assert_refused("23514"):
            change(world.company.manager, "workflow_definitions", bare, status=status)


def test_a_draft_begins_only_with_what_one_may_see(world, sql):
    foreign = insert_row(sql, "workflow_definitions", **definition(world, company_id=world.other.id, created_by=None))
    hidden = publish_next_version(sql, foreign)
    for version in (hidden, uuid.uuid4()):
        with assert_refused("PT404", "The workflow to copy does not exist"):
            insert(world.owner, "workflow_drafts", **draft(world, world.owner, base_version_id=version))
        made = insert(world.owner, "workflow_drafts", **draft(world, world.owner))[0]["id"]
        with assert_refused("PT404", "The workflow to copy does not exist"):
            change(world.owner, "workflow_drafts", made, base_version_id=str(version))


def test_nobody_forges_a_version(world):
    version = {
        "company_id": world.company.id,
        "definition_id": world.definition,
        "workflow_id": "our-renewal",
        "version": 9,
    }
    words = {"name": "X", "description": "", "category": "risk", "slide_sequence": ["greeting"], "slide_contexts": {}}
    with assert_refused("42501"):
        insert(world.company.admin, "workflow_definition_versions", **version, **words)
    with assert_refused("42501"):
        change(world.company.admin, "workflow_definition_versions", world.version, slide_sequence=["summary"])


@pytest.mark.parametrize("changed", ["name = 'X'", """chat_branches = '{"greeting": []}'""", "note = 'X'"])
def test_even_the_operator_cannot_change_a_version(sql, world, changed):
    with pytest.raises(Exception, match="A published version never changes"):
        sql.execute(f"update public.workflow_definition_versions set {changed} where id = %s", [world.version])


def test_nobody_makes_or_rewords_the_branch_of_a_version_by_hand(world):
    leader = world.company.manager
    words = {"slide_id": "greeting", "branch_type": "fixed", "label": "Why?", "response_text": "So."}
    content = {
        "chat_branches": {"greeting": [{"branch_key": "why"} | {k: v for k, v in words.items() if k != "slide_id"}]}
    }
    made = insert(leader, "workflow_drafts", **draft(world, leader, workflow_id=f"w-{uuid.uuid4()}") | content)[0]
    version = call_rpc(leader, "publish_workflow", p_draft_id=made["id"], p_revision=1)
    whose = {"definition_id": version["definition_id"], "company_id": world.company.id, "created_by": leader.id}
    with assert_refused("42501"):
        insert(leader, "workflow_chat_branches", **whose, **words, branch_key="how", since_version=1)
    own = insert(leader, "workflow_chat_branches", **whose, **words, branch_key="how")[0]["id"]
    with assert_refused("42501"):
        change(leader, "workflow_chat_branches", own, since_version=1)
    table = leader.client.table("workflow_chat_branches")
    of_version = table.select("id").eq("definition_id", version["definition_id"]).eq("branch_key", "why").execute().data
    for forged in ({"response_text": "Because I say so."}, {"status": "archived"}):
        assert change(leader, "workflow_chat_branches", of_version[0]["id"], **forged) == []


# Runs


def run_values(world: TenantFixtures, **changes: Any) -> dict[str, Any]:
    pinned = {"workflow_id": "our-renewal", "definition_version_id": world.version, "current_slide": "greeting"}
    mine = {"company_id": world.company.id, "customer_id": world.insert_customer(), "owner_id": world.owner.id}
    return mine | pinned | changes


def test_a_run_is_begun_by_its_function_alone(world, sql):
    theirs = insert_customer(sql, world.company.id, world.company.other_csm.id)
    own: dict[str, Any] = {}
    for forged in (
        own, {"owner_id": world.company.other_csm.id}, {"owner_id": world.other.csm.id}, {"customer_id": theirs},
        {"assigned_to": world.company.other_csm.id}, {"due_on": "2031-01-01"},
    ):  # fmt: skip
        with assert_refused("42501"):
            insert(world.owner, "workflow_executions", **run_values(world, **forged))


def test_a_run_is_pinned_to_a_version_of_its_workflow_that_its_company_may_see(world, sql):
    foreign = insert_row(sql, "workflow_definitions", **definition(world, company_id=world.other.id, created_by=None))
    words = {"name": "X", "description": "", "category": "risk", "slide_sequence": ["greeting"], "slide_contexts": {}}
    version = {"definition_id": foreign, "company_id": world.other.id, "workflow_id": "our-renewal", "version": 1}
    hidden = insert_row(sql, "workflow_definition_versions", **version, **words)
    for forged in ({"definition_version_id": hidden}, {"workflow_id": "other"}, {"current_slide": "set-goals"}):
        with pytest.raises(Exception, match="does not fit its workflow"):
            insert_row(sql, "workflow_executions", **run_values(world, **forged))


@pytest.mark.parametrize(
    "forged",
    [
        {"status": "completed"},
        {"revision": 7},
        {"started_at": "2020-01-01"},
        {"ended_at": "2020-01-01"},
        {"outcome_code": "renewed"},
    ],
)
def test_a_run_begins_at_its_beginning(world, forged):
    with assert_refused("42501"):
        insert(world.owner, "workflow_executions", **run_values(world, **forged))


@pytest.mark.parametrize(
    "column", ["company_id", "customer_id", "workflow_id", "definition_version_id", "started_at", "ended_at", "due_on"]
)
def test_what_a_run_is_about_never_changes(world, column):
    with assert_refused("42501"):
        change(world.company.manager, "workflow_executions", world.insert_run(), revision=2, **{column: None})


@pytest.mark.parametrize("who", ["owner", "manager", "admin"])
@pytest.mark.parametrize(
    "forged",
    [
        {"status": "completed", "outcome_code": "renewed", "outcome_amount": 1},
        {"status": "snoozed"},
        {"owner_id": str(uuid.uuid4())},
        {"assigned_to": str(uuid.uuid4())},
        {"outcome_notes": "Other."},
        {"skip_reason": "duplicate"},
        {"declined_version": 9},
    ],
)
def test_what_becomes_of_a_run_is_not_written_by_hand(world, who, forged):
    with assert_refused("42501"):
        change(world.member(who), "workflow_executions", world.insert_run(), revision=2, **forged)


def test_an_ended_run_and_its_slides_stay_as_they_ended(world):
    run = world.insert_run()
    end = {"p_revision": 1, "p_outcome_code": "renewed", "p_amount": 1}
    call_rpc(world.owner, "complete_workflow", p_execution_id=str(run), **end)
    for who in (world.owner, world.company.admin):
        with assert_refused("PT409", "This run ended on"):
            change(who, "workflow_executions", run, revision=3, current_slide="summary")
        with assert_refused("PT409", "its slides no longer change"):
            insert(
                who,
                "workflow_step_executions",
                company_id=world.company.id,
                execution_id=run,
                slide_id="greeting",
                saved_by=who.id,
            )


def test_a_write_past_the_revision_is_refused(world):
    for revision in (1, 3):
        with assert_refused("PT409", "changed after you opened it"):
            change(world.owner, "workflow_executions", world.insert_run(), current_slide="summary", revision=revision)


def step(world: TenantFixtures, who: Member, run: uuid.UUID, **changes: Any) -> dict[str, Any]:
    mine = {"company_id": world.company.id, "execution_id": run, "slide_id": "greeting", "saved_by": who.id}
    return mine | changes


def test_nobody_writes_steps_of_anothers_run_or_in_anothers_name(world):
    run = world.insert_run()
    with assert_refused("PT404"):
        insert(world.company.other_csm, "workflow_step_executions", **step(world, world.company.other_csm, run))
    with assert_refused("42501"):
        insert(world.owner, "workflow_step_executions", **step(world, world.company.manager, run))
    with assert_refused("PT400", "not part of the run"):
        insert(world.owner, "workflow_step_executions", **step(world, world.owner, run, slide_id="set-goals"))


def test_events_come_from_triggers_only(world):
    run = world.insert_run()
    with assert_refused("42501"):
        insert(
            world.company.admin,
            "workflow_execution_events",
            company_id=world.company.id,
            execution_id=run,
            kind="completed",
        )
    with assert_refused("42501"):
        world.company.admin.client.table("workflow_execution_events").delete().eq("execution_id", str(run)).execute()


# Chat


def test_a_message_is_neither_changed_backdated_nor_put_into_anothers_mouth(world):
    message = {"company_id": world.company.id, "role": "user", "content": {"text": "Hello"}}
    mine = world.insert_thread(shared=True)
    made = insert(world.owner, "workflow_chat_messages", **message, thread_id=mine)[0]["id"]
    with assert_refused("42501"):
        change(world.owner, "workflow_chat_messages", made, content={"text": "Goodbye"})
    with assert_refused("42501"):
        insert(world.owner, "workflow_chat_messages", **message, thread_id=mine, created_at="2020-01-01")
    with assert_refused("42501"):
        insert(world.company.other_csm, "workflow_chat_messages", **message, thread_id=mine)


def test_what_a_model_was_given_and_what_a_tool_came_to_stay(world):
    thread = {"company_id": world.company.id, "thread_id": world.insert_thread(shared=False)}
    context = insert(world.owner, "workflow_llm_context", **thread, system_prompt="Be brief.", model="rules")[0]["id"]
    with assert_refused("42501"):
        change(world.owner, "workflow_llm_context", context, system_prompt="Be long.")
    called = insert(world.owner, "workflow_llm_tool_calls", **thread, tool="read_account")[0]["id"]
    with assert_refused("42501"):
        change(world.owner, "workflow_llm_tool_calls", called, input={"forged": True})
    assert change(world.owner, "workflow_llm_tool_calls", called, status="failed", error="It took too long.")
    with assert_refused("PT409", "its record no longer changes"):
        change(world.owner, "workflow_llm_tool_calls", called, status="succeeded", error=None)


def test_a_conversation_moves_to_no_other_run_or_person(world):
    thread = world.insert_thread(shared=False)
    for forged in ({"execution_id": str(world.insert_run())}, {"owner_id": str(world.company.manager.id)}):
        with assert_refused("42501"):
            change(world.owner, "workflow_chat_threads", thread, **forged)


def test_a_branch_runs_no_action_of_another_company(world, sql):
    foreign = insert_row(sql, "saved_actions", company_id=world.other.id, kind="custom", name="Theirs")
    branch = {"company_id": world.company.id, "definition_id": world.definition, "slide_id": "greeting", "label": "Go"}
    mine = {"branch_key": str(uuid.uuid4()), "branch_type": "saved_action", "created_by": world.company.manager.id}
    mine |= {"status": "draft"}
    with assert_refused("42501"):
        insert(world.company.manager, "workflow_chat_branches", **branch, **mine, saved_action_id=foreign)
    made = insert(world.company.manager, "workflow_chat_branches", **branch, **mine)[0]["id"]
    with assert_refused("42501"):
        change(world.company.manager, "workflow_chat_branches", made, saved_action_id=str(foreign))


def test_nobody_writes_a_global_action(world):
    with assert_refused("42501"):
        insert(
            world.company.admin, "saved_actions", kind="custom", name="Everywhere", created_by=world.company.admin.id
        )


# What is not there at all


@pytest.mark.parametrize(
    "function", ["join_company", "my_role", "publish_workflow", "hash_session_id", "health_points"]
)
def test_the_private_schema_is_not_served(world, function):
    for client in (world.owner.client, world.anon):
        with pytest.raises(APIError):
            client.schema("private").rpc(function, {}).execute()
        with pytest.raises(APIError):
            client.rpc(function, {"person": str(world.owner.id), "address": "x@zen.test", "given_name": "X"}).execute()


def test_stored_browser_sessions_and_users_are_not_served(world):
    for schema, table in (
        ("private", "browser_sessions"),
        ("auth", "users"),
        ("public", "browser_sessions"),
        ("public", "users"),
    ):
        for client in (world.company.admin.client, world.anon):
            with pytest.raises(APIError):
                client.schema(schema).table(table).select("*").execute()


def test_only_the_operator_seeds_and_cleans_up_stock(world):
    for who in (world.company.admin.client, world.anon):
        for function, arguments in (("seed_stock_workflow", {"p_workflow": {}}), ("cleanup_stock_workflows", {})):
            with assert_refused("42501"):
                call_rpc(who, function, **arguments)


def test_somebody_without_a_company_reads_nothing(world, sql):
    for table in {name.split(" ")[0] for name in MATRIX}:
        assert world.uninvited.table(table).select("*").limit(1).execute().data == []
    catalogue = call_rpc(world.uninvited, "workflow_catalogue")
    assert (catalogue["workflows"], catalogue["customers"]) == ([], [])
    with assert_refused("PT403"):
        call_rpc(world.uninvited, "zen_dashboard")


def test_a_list_of_today_is_made_and_read_only_by_the_person_whose_day_it_is(world, sql):
    # Companies of its own: no list is stored while an import is brought in, and other tests leave such imports.
    company, other = Company.create(sql, "Northwind Analytics"), Company.create(sql, "Someone Else")
    for who in (company.csm, company.other_csm, company.manager, other.admin):
        insert_customer(sql, other.id if who is other.admin else company.id, who.id)  # else there is nothing to list
        call_rpc(who, "zen_dashboard")
        found = who.client.table("today_lists").select("person_id").execute().data
        assert {row["person_id"] for row in found} == {str(who.id)}
    lists = "select count(*) from public.today_lists where person_id = %s and day >= current_date - 1"
    assert fetch_value(sql, lists, company.csm.id) == 1
    for function in (
        "open_today_list",
        "read_today_list",
        "waiting_items",
        "list_customers_worked_for",
        "rank_customers_for",
    ):
        with pytest.raises(APIError):
            call_rpc(world.owner, function)
    for function in ("zen_dashboard", "today_more", "today_open_runs"):
        with assert_refused("PT403"):
            call_rpc(world.uninvited, function)


def test_what_waits_for_a_colleague_is_in_nobody_elses_list(world, sql):
    customer = world.insert_customer()
    given = {"company_id": world.company.id, "customer_id": customer, "assigned_to": world.owner.id}
    words = {"title": "Only Alice’s", "created_by": world.owner.id, "due_on": "2026-01-01"}
    insert_row(sql, "follow_ups", **given, **words)
    for who in (world.company.other_csm, world.company.manager, world.other.admin):
        shown = [call_rpc(who, "zen_dashboard")["items"], call_rpc(who, "today_more", p_most=1000)["items"]]
        assert "Only Alice’s" not in str(shown)


def test_a_follow_up_is_added_only_for_oneself_and_a_customer_one_may_write(world, sql):
    customer = str(world.insert_customer())
    for who in (world.company.other_csm, world.other.admin):
        with assert_refused("42501"):
            call_rpc(who, "add_follow_up", p_customer_id=customer, p_title="Mine")
    with assert_refused("PT403"):
        call_rpc(world.uninvited, "add_follow_up", p_customer_id=customer, p_title="Mine")
    added = call_rpc(world.owner, "add_follow_up", p_customer_id=customer, p_title="Mine")["id"]
    with assert_refused("42501"):
        call_rpc(world.other.admin, "add_follow_up", p_customer_id=customer, p_title="Theirs now", p_id=added)
    stored = sql.execute(
        "select title, assigned_to, created_by from public.follow_ups where id = %s", [added]
    ).fetchone()
    assert stored == ("Mine", world.owner.id, world.owner.id)


def test_what_exists_elsewhere_cannot_be_told_from_what_does_not(world, sql):
    foreign, nowhere = insert_customer(sql, world.other.id, world.other.csm.id), uuid.uuid4()
    for customer in (foreign, nowhere):
        with assert_refused("PT404", "This customer does not exist, or you don't have access to it."):
            call_rpc(world.company.admin, "customer_account", p_customer_id=str(customer))
    contact = {"company_id": world.company.id, "name": "X", "role": "user"}
    for customer in (foreign, nowhere):
        with assert_refused("42501"):
            insert(world.company.admin, "contacts", **contact, customer_id=customer)
    assert fetch_value(sql, "select count(*) from public.contacts where customer_id = %s", foreign) == 0


def test_the_operators_key_reads_every_table_and_seeds_stock(stack, world):
    options = supabase.ClientOptions(auto_refresh_token=False, httpx_client=get_app_context().pool)
    operator = supabase.create_client(stack.url, stack.secret_key, options)
    customer = world.insert_customer()
    assert operator.table("customers").update({"summary": "Checked."}).eq("id", str(customer)).execute().data
    for table in {name.split(" ")[0] for name in MATRIX}:
        assert isinstance(operator.table(table).select("*").limit(1).execute().data, list)
    stock = json.loads((STOCK / "standard-renewal.v1.json").read_text(encoding="utf-8"))
    assert call_rpc(operator, "seed_stock_workflow", p_workflow=stock)["action"] == "unchanged"


def test_work_for_one_customer_shows_the_figures_of_no_other(world, sql):
    """Neither a colleague without work there, nor another company, nor a follow-up one gives oneself."""
    customer = world.insert_customer()
    peer, stranger = world.company.other_csm, world.other.manager
    for who in (peer, stranger):
        with pytest.raises(APIError):
            who.client.table("follow_ups").insert(
                {"company_id": str(world.company.id), "customer_id": str(customer), "assigned_to": str(who.id),
                 "created_by": str(who.id), "title": "Let me see", "due_on": "2026-01-01"}
            ).execute()  # fmt: skip
        shown = [call_rpc(who, "zen_dashboard")["items"], call_rpc(who, "today_more", p_most=1000)["items"]]
        assert str(customer) not in {item["customer_id"] for items in shown for item in items}
