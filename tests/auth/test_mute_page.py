"""The link to mute in a digest, and the switch on the profile, over HTTP."""

import uuid
from collections.abc import Callable

import httpx
import pytest

from tests.auth.test_routes import read_message, submit_sign_in
from tests.conftest import Connection
from tests.database.factories import fetch_value, insert_row
from tests.support.companies import Company
from tests.support.server import AppServer

OFF = "select person_id from public.digest_preferences where person_id = %s and not email_on"


@pytest.fixture
def mail_token(sql: Connection, company: Company) -> str:
    """The token in a mail that the CSM got."""
    digest = insert_row(
        sql, "digests", company_id=company.id, person_id=company.csm.id, occasion="morning", channel="email",
        day="2026-11-30", items=["customer:x"], fingerprints=["customer:x"],
    )  # fmt: skip
    token = f"token-{uuid.uuid4()}"
    keep = "insert into private.digest_mute_tokens (token_hash, digest_id) values (sha256(%s::bytea), %s)"
    sql.execute(keep, [token.encode(), digest])
    return token


def test_a_mail_program_mutes_with_one_click_and_opening_the_link_does_not(
    app: AppServer, sql: Connection, company: Company, mail_token: str
) -> None:
    link = f"{app.url}/auth/mute?token={mail_token}"
    opened = httpx.get(link, headers={"Accept": "text/html"})
    assert (opened.status_code, 'action="/auth/mute?token=' in opened.text) == (200, True)
    assert fetch_value(sql, OFF, company.csm.id) is None
    # As RFC 8058 says: from another site, without a cookie.
    clicked = httpx.post(link, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.test"})
    assert (clicked.status_code, read_message(clicked)) == (200, "Muted. Zen sends you no more digests by email.")
    assert clicked.headers.get_list("set-cookie") == []
    assert fetch_value(sql, OFF, company.csm.id) == company.csm.id
    forged = httpx.post(f"{app.url}/auth/mute?token=x%22%3Cb")
    assert (forged.status_code, "This link is no longer valid." in read_message(forged)) == (404, True)


def test_the_switch_on_the_profile_turns_the_digest_off_and_on(
    app: AppServer, sql: Connection, company: Company, browser: Callable[[], httpx.Client]
) -> None:
    client = browser()
    submit_sign_in(client, company.csm.email)
    assert 'name="email" value="yes" checked' in client.get("/auth/profile").text
    assert client.post("/auth/digest", data={}).status_code == 303
    assert 'name="email" value="yes">' in client.get("/auth/profile").text
    assert fetch_value(sql, OFF, company.csm.id) == company.csm.id
    client.post("/auth/digest", data={"email": "yes"})
    assert fetch_value(sql, OFF, company.csm.id) is None


@pytest.fixture
def browser(app: AppServer) -> Callable[[], httpx.Client]:
    headers = {"Origin": app.url, "Accept": "text/html"}
    return lambda: httpx.Client(base_url=app.url, headers=headers, timeout=30)
