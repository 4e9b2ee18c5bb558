"""Joining a company: an invited address that is confirmed, whichever of the two came first."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.database.clients import anonymous_client
from tests.database.factories import Sql, fetch_rows, fetch_value
from tests.support.companies import PASSWORD, unused_email


def sign_up(email: str, full_name: str | None = None) -> None:
    extra = {"options": {"data": {"full_name": full_name}}} if full_name else {}
    assert anonymous_client().auth.sign_up({"email": email, "password": PASSWORD, **extra}).session


def profile(sql: Sql, email: str) -> dict[str, Any] | None:
    found = fetch_rows(
        sql, "select company_id, full_name, role, email from public.profiles where email = %s", email.lower()
    )
    return found[0] if found else None


def make_user(sql: Sql, email: str, *, confirmed: bool) -> uuid.UUID:
    """A user as the auth service would write one."""
    values = [uuid.uuid4(), email, confirmed]
    statement = """
        insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data, aud, role)
        values (%s, %s, case when %s then now() end, '{}', 'authenticated', 'authenticated') returning id"""
    return fetch_value(sql, statement, *values)


def test_the_invited_get_role_and_name_of_the_invitation(books, sql):
    email = unused_email()
    books.invite(email, books.manager.role, "Bea Quist")
    sign_up(email, "Somebody Else")
    assert profile(sql, email) == {"company_id": books.id, "full_name": "Bea Quist", "role": "manager", "email": email}


@pytest.mark.parametrize(("given", "name"), [("Bea Quist", "Bea Quist"), ("   ", None), (None, None)])
def test_without_a_name_in_the_invitation_the_given_one_or_the_address_is_taken(books, sql, given, name):
    email = unused_email()
    books.invite(email)
    sign_up(email, given)
    assert profile(sql, email)["full_name"] == name or email.split("@")[0]


def test_an_invitation_after_the_sign_up_joins_at_once(books, sql):
    email = unused_email()
    sign_up(email)
    assert profile(sql, email) is None
    invitation = {"company_id": str(books.id), "email": email, "role": "csm", "invited_by": str(books.admin.id)}
    books.admin.client.table("company_invites").insert(invitation).execute()
    assert profile(sql, email)["company_id"] == books.id
    assert fetch_value(sql, "select accepted_at is not null from public.company_invites where email = %s", email)


def test_the_address_may_be_written_in_any_case(books, sql):
    email = unused_email()
    books.invite(email)
    sign_up(email.upper())
    assert profile(sql, email)["email"] == email


def test_an_invitation_is_written_in_lower_case(books):
    invitation = {"company_id": str(books.id), "role": "csm", "invited_by": str(books.admin.id)}
    with pytest.raises(Exception, match="violates check constraint"):
        books.admin.client.table("company_invites").insert(invitation | {"email": "BEA@zen.test"}).execute()


def test_an_address_that_is_not_confirmed_does_not_join_until_it_is(books, sql):
    email = unused_email()
    books.invite(email)
    user = make_user(sql, email, confirmed=False)
    assert profile(sql, email) is None
    sql.execute("update auth.users set email_confirmed_at = now() where id = %s", [user])
    assert profile(sql, email)["company_id"] == books.id


def test_an_invitation_finds_no_unconfirmed_address(books, sql):
    email = unused_email()
    make_user(sql, email, confirmed=False)
    books.invite(email)
    assert profile(sql, email) is None


def test_the_first_of_two_companies_that_invited_is_joined(books, strangers, sql):
    email = unused_email()
    books.invite(email)
    strangers.invite(email, strangers.admin.role)
    sign_up(email)
    assert (profile(sql, email)["company_id"], profile(sql, email)["role"]) == (books.id, "csm")
    accepted = "select array_agg(company_id) from public.company_invites where email = %s and accepted_at is not null"
    assert fetch_value(sql, accepted, email) == [books.id]


def test_a_member_is_not_moved_by_another_companys_invitation(books, strangers, sql):
    strangers.invite(books.csm.email, strangers.admin.role)
    assert profile(sql, books.csm.email)["company_id"] == books.id


def test_nobody_joins_uninvited(sql):
    email = unused_email()
    sign_up(email)
    assert profile(sql, email) is None


def test_an_invitation_and_a_sign_up_at_the_same_moment_meet(books, sql, stack):
    email = unused_email()
    with psycopg.connect(stack.database_url) as first, ThreadPoolExecutor(1) as threads:
        make_user(first, email, confirmed=True)
        invited = threads.submit(books.invite, email)
        while not invited.done() and not waiting(first):
            pass
        first.commit()
        invited.result(10)
    assert profile(sql, email)["company_id"] == books.id


def waiting(connection: Sql) -> bool:
    return fetch_value(connection, "select exists (select 1 from pg_locks where locktype = 'advisory' and not granted)")
