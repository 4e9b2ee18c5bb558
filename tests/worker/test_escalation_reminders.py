"""An escalation whose first answer is due is told at once, once, to whoever has to answer."""

from types import SimpleNamespace
from typing import Any

import pytest

from lib.errors import Unavailable
from lib.worker.digest_sender import queue_digests
from lib.worker.model import JobContext
from lib.worker.outbox_sender import send_waiting_mails
from tests.database.factories import fetch_value, insert_row
from tests.database.test_dashboard import run_on
from tests.support.mail_server import MailServer
from tests.worker.conftest import Sql
from tests.worker.digest_people import DigestPerson
from tests.worker.test_digests import context, fill_outbox, send_digests

__all__ = ["context"]


class Escalations:
    """Ben escalates to Ann."""

    def __init__(self, sql: Sql, *, hour: int) -> None:
        self.sql = sql
        self.ann = DigestPerson.create(sql, hour=hour, role="manager")
        self.ben = DigestPerson.create(sql, company_id=self.ann.company_id, name="Ben", hour=3)

    def raise_one(self, *, due_in: str = "10 minutes", ago: str = "0") -> Any:
        customer = self.ben.add_customer("Copperfield", notice_in=300)
        run = run_on(customer, SimpleNamespace(id=self.ann.company_id), "running", status="escalated")
        moment = "select now() + %s::interval"
        return insert_row(
            self.sql, "workflow_escalations", company_id=self.ann.company_id, execution_id=run,
            customer_id=customer.id, raised_by=self.ben.id, assigned_to=self.ann.id, severity="critical", ask="May we?",
            respond_by=fetch_value(self.sql, moment, due_in), created_at=fetch_value(self.sql, moment, f"-{ago}"),
        )  # fmt: skip


@pytest.fixture
def afternoon(sql: Sql, context: JobContext) -> Escalations:
    return Escalations(sql, hour=15)


def test_one_that_is_due_today_is_told_at_once_and_once(
    context: JobContext, mail_server: MailServer, afternoon: Escalations
):
    escalation = afternoon.raise_one()
    send_digests(context)
    send_digests(context)
    ((recipient, message),) = mail_server.mails
    assert (recipient, message["Subject"]) == (afternoon.ann.email, "Answer due: Copperfield, Our renewal")
    text = message.get_body(["plain"]).get_content()
    assert "May we?" in text
    assert "First answer due" in text
    assert "/run?execution=" in text
    (digest,) = afternoon.ann.list_digests()
    assert (digest["occasion"], digest["escalation_ids"]) == ("escalation", [escalation])


def test_a_digest_that_cannot_be_made_holds_up_no_reminder(
    context: JobContext, mail_server: MailServer, afternoon: Escalations
):
    other = DigestPerson.create(afternoon.sql)
    other.add_follow_up("Call Ines")
    fill_outbox(other)
    afternoon.raise_one()
    with pytest.raises(Unavailable, match="1 of 2 digests"):
        queue_digests(context)
    while send_waiting_mails(context):
        pass
    assert [recipient for recipient, _ in mail_server.mails] == [afternoon.ann.email]


def test_one_that_is_due_in_days_or_acknowledged_is_not_told(
    context: JobContext, mail_server: MailServer, afternoon: Escalations, sql: Sql
):
    afternoon.raise_one(due_in="2 days")
    sql.execute("update public.workflow_escalations set acknowledged_at = now() where id = %s", [afternoon.raise_one()])
    send_digests(context)
    assert mail_server.mails == []


def test_one_that_is_overdue_is_told(context: JobContext, mail_server: MailServer, afternoon: Escalations):
    afternoon.raise_one(due_in="-3 days", ago="5 days")
    send_digests(context)
    assert len(mail_server.mails) == 1


def test_one_that_the_digest_of_the_morning_told_is_not_told_again(
    context: JobContext, mail_server: MailServer, sql: Sql
):
    at_ten = Escalations(sql, hour=10)
    at_ten.raise_one()
    send_digests(context)
    ((_, message),) = mail_server.mails
    assert message["Subject"].startswith("Today: Copperfield")


def test_at_night_only_one_that_was_raised_that_day_is_told(context: JobContext, mail_server: MailServer, sql: Sql):
    at_night = Escalations(sql, hour=5)
    at_night.raise_one(due_in="-1 hour", ago="2 days")
    send_digests(context)
    assert mail_server.mails == []
    at_night.raise_one(due_in="1 hour")
    send_digests(context)
    assert len(mail_server.mails) == 1


def test_an_answer_before_the_mail_is_sent_withdraws_it(
    context: JobContext, mail_server: MailServer, afternoon: Escalations, sql: Sql
):
    escalation = afternoon.raise_one()
    queue_digests(context)
    sql.execute("update public.workflow_escalations set acknowledged_at = now() where id = %s", [escalation])
    send_waiting_mails(context)
    assert mail_server.mails == []
    assert afternoon.ann.list_digests()[0]["given_up_at"] is not None
