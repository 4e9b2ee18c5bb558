"""Somebody else's digest: its preferences, its webhook, its rows, and the worker's functions."""

import uuid

import pytest

from tests.database.clients import anonymous_client, uninvited_client
from tests.database.factories import Sql, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

WEBHOOK = "https://hooks.slack.com/services/T0001/B0002/secretsecret9Qz"
WORKERS = {
    "list_due_digests": {"p_channels": ["email"], "p_most": 5},
    "read_digest": {"p_person_id": str(uuid.uuid4()), "p_channels": ["email"]},
    "queue_digest": {"p_person_id": str(uuid.uuid4()), "p_day": "2026-11-30", "p_items": [], "p_messages": []},
    "list_due_reminders": {"p_channels": ["email"], "p_most": 5},
    "read_escalation_reminder": {"p_person_id": str(uuid.uuid4()), "p_escalation_id": str(uuid.uuid4())},
    "queue_escalation_reminder": {
        "p_person_id": str(uuid.uuid4()), "p_escalation_id": str(uuid.uuid4()), "p_messages": [],
    },
    "claim_post": {},
    "delete_old_digests": {"p_most": 5},
}  # fmt: skip


@pytest.mark.parametrize("function", WORKERS)
def test_no_person_calls_what_is_the_workers(company: Company, function: str):
    for who in (company.admin, company.csm, anonymous_client(), uninvited_client()):
        with assert_refused("42501"):
            call_rpc(who, function, **WORKERS[function])


def test_a_webhook_is_never_shown_again_to_anybody(sql: Sql, company: Company):
    call_rpc(company.csm, "save_slack_webhook", p_url=WEBHOOK)
    stored = "select url from private.slack_webhooks where person_id = %s"
    assert fetch_value(sql, stored, company.csm.id) == WEBHOOK
    export = call_rpc(company.csm, "export_person", p_person_id=str(company.csm.id))
    (own,) = company.csm.client.table("digest_preferences").select("*").execute().data
    assert own["slack_hint"] == f"hooks.slack.com/…{WEBHOOK[-4:]}"
    for text in (str(export), str(own)):
        assert "secretsecret" not in text
    changes = "select string_agg(r::text, '') from public.row_changes r where r.company_id = %s"
    assert "secretsecret" not in (fetch_value(sql, changes, company.id) or "")
    for other in (company.other_csm, company.admin):
        assert other.client.table("digest_preferences").select("*").execute().data == []


@pytest.mark.parametrize(
    "url",
    ["http://", "https://hooks.slack.com", "https://u:p@hooks.slack.com/x", "https://hooks.slack.com/x?y=1",
     "https://hooks.slack.com/x#y", "ftp://hooks.slack.com/x", "https://[::1]/x", "https://HOOKS.slack.com/x",
     "https://hooks.slack.com/\n", "https://hooks.slack.com/" + "x" * 500, f"https://{'x' * 300}/x"],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook_is_refused(company: Company, url: str):
    with assert_refused("PT400"):
        call_rpc(company.csm, "save_slack_webhook", p_url=url)


def test_a_forged_or_foreign_token_mutes_nobody(sql: Sql, company: Company):
    digest = insert_row(
        sql, "digests", company_id=company.id, person_id=company.csm.id, occasion="morning", channel="email",
        day="2026-11-30", items=["customer:x"], fingerprints=["customer:x"],
    )  # fmt: skip
    token = f"token-{uuid.uuid4()}"
    keep = "insert into private.digest_mute_tokens (token_hash, digest_id) values (sha256(%s::bytea), %s)"
    sql.execute(keep, [token.encode(), digest])
    for forged in ("", token[:-1], token + "x", str(digest), str(company.csm.id)):
        with assert_refused("PT404"):
            call_rpc(anonymous_client(), "mute_digest", p_token=forged)
    off = "select person_id from public.digest_preferences where company_id = %s and not email_on"
    assert fetch_value(sql, off, company.id) is None
    # Used twice it does the same, for nobody but whoever got it.
    for _ in range(2):
        assert call_rpc(anonymous_client(), "mute_digest", p_token=token) == "email"
    assert [row[0] for row in sql.execute(off, [company.id]).fetchall()] == [company.csm.id]
