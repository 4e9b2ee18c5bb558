"""After signing out, the tokens that were given out open nothing: no table, no function, nothing of Auth."""

from collections.abc import Iterator

import httpx
import pytest
from postgrest.exceptions import APIError

from lib import local
from lib.app_context import get_app_context
from lib.auth.browser_sessions import create_browser_session, end_all_browser_sessions
from lib.auth.model import Session
from lib.auth.service import sign_in
from tests.conftest import connect_as_superuser
from tests.database.factories import Sql
from tests.support.companies import PASSWORD, Company

TABLES = """
select table_name, min(column_name) from information_schema.columns
where table_schema = 'public' and is_generated = 'NEVER' group by 1 order by 1"""
FUNCTIONS = """
select proname, coalesce(proargnames[1:pronargs], '{}') from pg_proc
where pronamespace = 'public'::regnamespace and prokind = 'f'
  and has_function_privilege('authenticated', oid, 'execute')
order by 1"""


@pytest.fixture(scope="module")
def ended(stack: local.LocalStack, sql: Sql) -> Session:
    """The session of a person who has signed out."""
    issued = sign_in(get_app_context(), email=Company.create(sql, "Gone").csm.email, password=PASSWORD)
    end_all_browser_sessions(get_app_context(), create_browser_session(get_app_context(), issued))
    return issued


@pytest.fixture(scope="module")
def browser(stack: local.LocalStack, ended: Session) -> Iterator[httpx.Client]:
    headers = {"apikey": stack.publishable_key, "Authorization": f"Bearer {ended.access_token}"}
    with httpx.Client(base_url=stack.url, headers=headers, timeout=30) as client:
        yield client


def test_no_table_is_read_or_written(browser: httpx.Client, sql: Sql) -> None:
    tables = sql.execute(TABLES).fetchall()
    assert len(tables) > 20
    for table, column in tables:
        path, body = f"/rest/v1/{table}", {str(column): None}
        assert browser.get(path).status_code == 401, table
        none = f"{path}?{column}=is.null"
        for answer in (browser.post(path, json=body), browser.patch(none, json=body), browser.delete(none)):
            # Without the right to do it at all, that may be said first.
            assert (answer.status_code, answer.json()["code"]) in ((401, "PT401"), (403, "42501")), table


def test_no_function_is_called(browser: httpx.Client, sql: Sql) -> None:
    functions = sql.execute(FUNCTIONS).fetchall()
    assert len(functions) > 30
    for name, arguments in functions:
        values = dict.fromkeys(arguments)  # type: ignore[call-overload]
        answer = browser.post(f"/rest/v1/rpc/{name}", json=values)
        assert (answer.status_code, answer.json()["message"]) == (401, "Your session has ended."), name


def test_auth_neither_shows_nor_changes_the_person(browser: httpx.Client) -> None:
    assert browser.get("/auth/v1/user").status_code in (401, 403)
    assert browser.put("/auth/v1/user", json={"password": "another long password"}).status_code in (401, 403)
    assert browser.put("/auth/v1/user", json={"data": {"full_name": "Nobody"}}).status_code in (401, 403)


def test_the_refresh_token_gives_no_new_one(browser: httpx.Client, ended: Session) -> None:
    values = {"refresh_token": ended.refresh_token}
    assert browser.post("/auth/v1/token?grant_type=refresh_token", json=values).status_code in (400, 401)


def test_others_are_not_signed_out(stack: local.LocalStack, sql: Sql) -> None:
    person = Company.create(sql, "Here").csm
    first, second = (sign_in(get_app_context(), email=person.email, password=PASSWORD) for _ in range(2))
    del first
    assert get_app_context().create_client(access_token=second.access_token).table("profiles").select("id").execute()


@pytest.mark.parametrize(("scope", "is_own_ended"), [("local", True), ("global", True), ("others", False)])
def test_signing_out_with_supabase_auth_itself_ends_tokens_at_once(
    scope: str, is_own_ended: bool, stack: local.LocalStack, sql: Sql
) -> None:
    person = Company.create(sql, "Elsewhere").csm
    own, other = (sign_in(get_app_context(), email=person.email, password=PASSWORD) for _ in range(2))
    headers = {"apikey": stack.publishable_key}
    with httpx.Client(base_url=stack.url, headers=headers, timeout=30) as client:

        def read(session: Session) -> int:
            answer = client.get(
                "/rest/v1/profiles?select=id", headers={"Authorization": f"Bearer {session.access_token}"}
            )
            return answer.status_code

        assert (read(own), read(other)) == (200, 200)
        signed_out = client.post(
            f"/auth/v1/logout?scope={scope}", headers={"Authorization": f"Bearer {own.access_token}"}
        )
        assert signed_out.status_code == 204
        assert read(own) == (401 if is_own_ended else 200)
        assert read(other) == (200 if scope == "local" else 401)


def test_a_session_past_its_last_moment_has_ended(sql: Sql) -> None:
    person = Company.create(sql, "Timed").csm
    client = get_app_context().create_client(
        access_token=sign_in(get_app_context(), email=person.email, password=PASSWORD).access_token
    )
    assert client.table("profiles").select("id").execute().data
    sql.execute("update auth.sessions set not_after = now() - interval '1 second' where user_id = %s", [person.id])
    with pytest.raises(APIError, match=r"Your session has ended\."):
        client.table("profiles").select("id").execute()


@pytest.mark.parametrize(
    "hide",
    [
        "alter table auth.sessions rename to sessions_elsewhere",
        "alter table auth.sessions enable row level security; alter role postgres nobypassrls",
    ],
)
def test_sessions_that_cannot_be_read_sign_nobody_out(hide: str, stack: local.LocalStack) -> None:
    """Where Supabase Auth hides its sessions from the owner of the schema, only what Zen ended has ended."""
    is_ended = b"select private.is_session_signed_out('5b1f2a9e-0000-4000-8000-000000000000')"
    with connect_as_superuser(stack) as superuser, superuser.transaction(force_rollback=True):
        assert superuser.execute(is_ended).fetchone() == (True,)
        superuser.execute(hide.encode())
        assert superuser.execute(is_ended).fetchone() == (False,)
        superuser.execute(b"insert into private.ended_sessions values ('5b1f2a9e-0000-4000-8000-000000000000')")
        assert superuser.execute(is_ended).fetchone() == (True,)
