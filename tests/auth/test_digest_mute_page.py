"""The link to mute in a digest, and the switch on the profile, over HTTP."""

import uuid
from collections.abc import Callable

import httpx
import pytest

from lib.auth.digest_preferences import fetch_recent_digests
from tests.auth.test_routes import read_message, submit_sign_in
from tests.conftest import Connection
from tests.database.factories import fetch_value, insert_customer, insert_row
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


def test_a_person_reads_what_they_were_sent_and_nobody_else_does(sql: Connection, company: Company) -> None:
    customer = insert_customer(sql, company.id, company.csm.id, name="Copperfield")
    gone = f"customer:{uuid.uuid4()}"
    insert_row(
        sql, "digests", company_id=company.id, person_id=company.csm.id, occasion="morning", channel="email",
        day="2026-11-30", items=[f"customer:{customer}", gone], fingerprints=["x"], sent_at="2026-11-30T08:00:00Z",
    )  # fmt: skip
    (digest,) = fetch_recent_digests(company.csm.client)
    assert digest.customers == ("Copperfield", "a customer you no longer see")
    assert digest.state == "sent by email"
    for other in (company.manager, company.admin):
        assert fetch_recent_digests(other.client) == ()


def test_the_profile_stores_a_webhook_and_shows_only_its_end(
    app: AppServer, sql: Connection, company: Company, browser: Callable[[], httpx.Client]
) -> None:
    client, url = browser(), "https://hooks.slack.com/services/T01/B02/secret9Qz1"
    submit_sign_in(client, company.csm.email)
    refused = client.post("/auth/slack", data={"webhook": "https://evil.test/services/x"})
    assert (refused.status_code, "Zen does not post to this address." in refused.text) == (422, True)
    assert client.post("/auth/slack", data={"webhook": url}).status_code == 303
    page = client.get("/auth/profile").text
    assert ("hooks.slack.com/…9Qz1" in page, "secret9" in page) == (True, False)
    assert client.post("/auth/slack", data={"remove": "yes"}).status_code == 303
    assert fetch_value(sql, "select url from private.slack_webhooks where person_id = %s", company.csm.id) is None


@pytest.fixture
def browser(app: AppServer) -> Callable[[], httpx.Client]:
    headers = {"Origin": app.url, "Accept": "text/html"}
    return lambda: httpx.Client(base_url=app.url, headers=headers, timeout=30)
