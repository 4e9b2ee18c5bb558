"""Mails that wait to be sent: queued by functions, claimed and finished by the worker with the operator's key."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from lib.db.client import Client
from tests.database.factories import Sql, fetch_rows, fetch_value
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company

Queue = Callable[..., uuid.UUID]


@pytest.fixture
def queue(sql: Sql, company: Company) -> Iterator[Queue]:
    """Each call queues another mail of the company, due before those of other tests."""

    def queue_mail(**values: Any) -> uuid.UUID:
        mail = {"recipient": "ann@zen.test", "subject": "Join us", "body": "Hello.", "key": str(uuid.uuid4())} | values
        call = "select private.queue_mail(%s, 'invitation', %s, %s, %s, %s)"
        queued = fetch_value(sql, call, company.id, mail["recipient"], mail["subject"], mail["body"], mail["key"])
        sql.execute("update private.outbox set due_at = now() - interval '1 day' where id = %s", [queued])
        return queued

    yield queue_mail
    sql.execute("delete from private.outbox where company_id = %s", [company.id])


@pytest.fixture
def claim(sql: Sql, company: Company, operator: Client) -> Callable[..., list[dict[str, Any]]]:
    """Claims mails as the worker does; what other tests have queued meanwhile is left out."""

    def claim_mails(most: int = 20) -> list[dict[str, Any]]:
        claimed = call_rpc(operator, "claim_mails", p_most=most)
        own = {
            str(row["id"])
            for row in fetch_rows(sql, f"select id from private.outbox where company_id = '{company.id}'")
        }
        return [each for each in claimed if each["id"] in own]

    return claim_mails


def mail(sql: Sql, mail_id: uuid.UUID) -> dict[str, Any]:
    (row,) = fetch_rows(sql, f"select *, due_at - now() as pause from private.outbox where id = '{mail_id}'")
    return row


def let_claims_end(sql: Sql, company: Company) -> None:
    sql.execute("update private.outbox set due_at = now() - interval '1 day' where company_id = %s", [company.id])


def finish(operator: Client, claim: dict[str, Any], outcome: str, error: str | None = None) -> bool:
    arguments = {"p_id": claim["id"], "p_attempt": claim["attempt"], "p_outcome": outcome, "p_error": error}
    return bool(call_rpc(operator, "finish_mail", **arguments))


def test_a_key_queues_one_mail_of_a_company(sql, queue, new_company):
    first = queue(key="invitation:1")
    assert queue(key="invitation:1", subject="Again") == first
    other = "select private.queue_mail(%s, 'invitation', 'ann@zen.test', 'Ours', 'Hello.', 'invitation:1')"
    foreign = fetch_value(sql, other, new_company().id)
    assert (foreign == first, mail(sql, first)["subject"]) == (False, "Join us")
    sql.execute("delete from private.outbox where id = %s", [foreign])


def test_a_mail_is_gone_with_the_transaction_that_queued_it(sql, company, queue):
    with sql.transaction(force_rollback=True):
        queue(key="undone")
    assert fetch_value(sql, "select private.mail_state(%s, 'undone')", company.id) is None


def test_a_subject_never_holds_a_second_header(sql, queue):
    sent = queue(subject=" Join Evil\r\nBcc: all@zen.test\u2028\x85Corp\t" + "x" * 300)
    subject = mail(sql, sent)["subject"]
    assert subject.startswith("Join Evil Bcc: all@zen.test")
    assert (len(subject), [each for each in subject if ord(each) < 32 or each in "\x85\u2028"]) == (200, [])


@pytest.mark.parametrize(
    "values",
    [
        {"recipient": "ann@zen.test\r\nBcc: bob@zen.test"}, {"recipient": "ann@zen.test, bob@zen.test"},
        {"recipient": "Ann <ann@zen.test>"}, {"recipient": "nobody"}, {"recipient": None},
        {"subject": "\r\n "}, {"body": " "}, {"body": "x" * 10_000_000},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_mail_is_refused(queue, values):
    with pytest.raises(psycopg.Error) as caught:
        queue(**values)
    assert caught.value.sqlstate == "PT400"


def test_a_company_has_at_most_ten_thousand_mails_waiting(sql, company, queue):
    sql.execute(
        "insert into private.outbox (company_id, kind, recipient, subject, body_text, dedupe_key) "
        "select %s, 'invitation', 'ann@zen.test', 'Many', 'Hello.', n::text from generate_series(1, 10001) n",
        [company.id],
    )
    with pytest.raises(psycopg.Error) as caught:
        queue()
    assert caught.value.sqlstate == "PT429"


def test_workers_at_once_claim_each_mail_once(queue, claim):
    queued = {str(queue()) for _ in range(30)}
    claims = run_concurrently([lambda: claim(7)] * 6)
    claimed = [each["id"] for mails in claims for each in mails]
    claimed += [each["id"] for each in claim(100)]
    assert (sorted(claimed), len(claimed)) == (sorted(queued), 30)
    assert claim(100) == []


def test_a_claim_that_was_never_finished_ends_by_itself(sql, company, queue, claim, operator):
    queued = str(queue())
    (first,) = claim()
    let_claims_end(sql, company)
    (second,) = claim()
    assert (first["id"], first["attempt"], second["id"], second["attempt"]) == (queued, 1, queued, 2)
    assert not finish(operator, first, "refused", "too late")
    assert finish(operator, first, "sent")  # the mail is out, whoever says so
    assert not finish(operator, second, "sent")
    let_claims_end(sql, company)
    assert claim() == []


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [("unreachable", (50, 61)), ("delayed", (110, 121)), ("refused", (0, 121)), ("released", (-20, 1))],
)
def test_a_failure_says_when_the_mail_is_tried_again(sql, company, queue, claim, operator, outcome, seconds):
    queued = queue(key="k")
    (claimed,) = claim()
    assert finish(operator, claimed, outcome, "451 later " * 100)
    stored = mail(sql, queued)
    assert seconds[0] <= stored["pause"].total_seconds() <= seconds[1]
    assert len(stored["last_error"]) == 500
    state = fetch_value(sql, "select private.mail_state(%s, 'k')", company.id)
    assert state == ("failed" if outcome == "refused" else "waiting")


def test_a_mail_that_failed_for_five_days_is_given_up(sql, queue, claim, operator):
    queued = queue()
    (claimed,) = claim()
    sql.execute("update private.outbox set created_at = now() - interval '121 hours' where id = %s", [queued])
    assert finish(operator, claimed, "delayed", "451 later")
    assert mail(sql, queued)["given_up_at"]


def test_an_unknown_outcome_is_refused(queue, claim, operator):
    queue()
    (claimed,) = claim()
    for outcome in ("lost", None):
        with assert_refused("PT400"):
            finish(operator, claimed, outcome)


def test_mails_that_ended_a_month_ago_are_deleted(sql, queue, operator):
    old, failed, young, waiting = (queue() for _ in range(4))
    ended = "update private.outbox set {} = now() - %s::interval where id = %s"
    sql.execute(ended.format("sent_at"), ["31 days", old])
    sql.execute(ended.format("given_up_at"), ["31 days", failed])
    sql.execute(ended.format("sent_at"), ["29 days", young])
    while call_rpc(operator, "delete_old_mails", p_most=1):
        pass
    left = fetch_rows(sql, f"select id from private.outbox where id in ('{old}', '{failed}', '{young}', '{waiting}')")
    assert {row["id"] for row in left} == {young, waiting}


def test_a_batch_of_the_longest_mails_comes_whole(queue, claim):
    body = "🦉" * 100_000
    for _ in range(5):
        queue(body=body)
    assert [each["body_text"] == body for each in claim(5)] == [True] * 5


def test_a_claim_is_quick_among_a_hundred_thousand_mails(sql, company, queue):
    with sql.transaction(force_rollback=True):
        sql.execute(
            "insert into private.outbox (company_id, kind, recipient, subject, body_text, dedupe_key, sent_at) "
            "select %s, 'invitation', 'ann@zen.test', 'Many', 'Hello.', n::text, "
            "case when mod(n, 3) = 0 then now() end from generate_series(1, 100000) n",
            [company.id],
        )
        sql.execute("analyze private.outbox")
        plan = "\n".join(
            str(line[0])
            for line in sql.execute(
                "explain select o.id from private.outbox o where o.sent_at is null and o.given_up_at is null "
                "and o.due_at <= now() order by o.due_at limit 20 for update skip locked"
            ).fetchall()
        )
        assert "outbox_waiting" in plan, plan
        assert "Sort" not in plan, plan


WORKERS_FUNCTIONS = {
    "claim_mails": {"p_most": 5},
    "finish_mail": {"p_id": str(uuid.uuid4()), "p_attempt": 1, "p_outcome": "sent"},
    "delete_old_mails": {"p_most": 5},
}


@pytest.mark.parametrize("function", WORKERS_FUNCTIONS)
def test_no_person_calls_what_is_the_workers(company, anyone, uninvited, queue, function):
    queue()
    for who in (company.admin, company.csm, anyone, uninvited):
        with assert_refused("42501"):
            call_rpc(who, function, **WORKERS_FUNCTIONS[function])
