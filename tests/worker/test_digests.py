"""The digest: the three of Today on a working morning, once, and only if something is new."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from lib.auth.digest_preferences import mute_digest
from lib.db.client import Client, create_http_pool, create_supabase_client
from lib.errors import NotFound, Unavailable
from lib.local import LocalStack
from lib.settings import Settings
from lib.worker import digest_sender
from lib.worker.digest_sender import queue_digests
from lib.worker.jobs import delete_old_digests
from lib.worker.mail_settings import SmtpSecurity, SmtpServer
from lib.worker.model import JobContext
from lib.worker.outbox_sender import send_waiting_mails
from lib.worker.smtp_transport import SmtpTransport
from tests.database.factories import fetch_value
from tests.database.test_dashboard import run_on
from tests.support.mail_server import MailServer
from tests.worker.conftest import Sql, let_everything_be_due
from tests.worker.digest_people import APP_URL, DigestPerson, silence_earlier_people

HTTP = create_http_pool()


@pytest.fixture
def context(operator: Client, mail_server: MailServer, sql: Sql) -> JobContext:
    silence_earlier_people(sql)
    server = SmtpServer(host="127.0.0.1", port=mail_server.port, security=SmtpSecurity.NONE)
    return JobContext(client=operator, mail=SmtpTransport(server, "Zen <zen@zen.test>"), app_url=APP_URL)


@pytest.fixture
def ann(sql: Sql, context: JobContext) -> DigestPerson:
    return DigestPerson.create(sql)


def send_digests(context: JobContext) -> None:
    while queue_digests(context):
        pass
    while send_waiting_mails(context):
        pass


def test_a_digest_has_the_three_of_today_and_nothing_else(
    context: JobContext, mail_server: MailServer, ann: DigestPerson
):
    ann.add_follow_up("Call Ines", name="Copperfield <b>")
    for name in ("Delta", "Echo", "Foxtrot"):
        ann.add_customer(name)
    send_digests(context)
    ((recipient, message),) = mail_server.mails
    assert recipient == ann.email
    assert message["Subject"].startswith("Today: Copperfield <b>; ")
    text, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert "Call Ines" in text
    assert "Due today." in text
    assert sum(name in text for name in ("Delta", "Echo", "Foxtrot")) == 2
    assert "Copperfield &lt;b&gt;" in html
    assert "<img" not in html
    assert text.count(f"{APP_URL}/customer?id=") == 3
    (digest,) = ann.list_digests()
    assert (len(digest["items"]), digest["channel"], digest["occasion"]) == (3, "email", "morning")
    assert digest["sent_at"] is not None


def test_a_managers_digest_is_of_the_team_and_has_no_csms_next_step(
    context: JobContext, mail_server: MailServer, ann: DigestPerson, sql: Sql
):
    manager = DigestPerson.create(sql, company_id=ann.company_id, role="manager", name="Mara")
    ann.add_customer("Delta")
    run_on(ann.add_customer("Echo"), SimpleNamespace(id=ann.company_id), due_on=ann.today - timedelta(days=3))
    send_digests(context)
    (message,) = [message for recipient, message in mail_server.mails if recipient == manager.email]
    text = message.get_body(["plain"]).get_content()
    assert "Stuck with Ann: Overdue by 3 days" in text
    assert f"{APP_URL}/run?execution=" in text
    assert "Delta" not in text


def test_a_digest_fixes_the_list_of_the_day_and_changes_nothing_else(context: JobContext, ann: DigestPerson, sql: Sql):
    for name in ("Delta", "Echo", "Foxtrot", "Golf"):
        ann.add_customer(name)
    send_digests(context)
    listed = fetch_value(sql, "select items from public.today_lists where person_id = %s", ann.id)
    assert ann.list_digests()[0]["items"] == listed


def test_a_digest_is_sent_once_a_day(context: JobContext, mail_server: MailServer, ann: DigestPerson):
    ann.add_customer("Delta")
    send_digests(context)
    ann.add_follow_up("Call")
    send_digests(context)
    assert len(mail_server.mails) == 1


def test_a_day_without_news_sends_nothing(context: JobContext, mail_server: MailServer, ann: DigestPerson):
    ann.add_customer("Delta")
    send_digests(context)
    ann.let_a_day_pass()
    send_digests(context)
    assert len(mail_server.mails) == 1
    ann.let_a_day_pass()
    ann.add_follow_up("Call")
    send_digests(context)
    assert len(mail_server.mails) == 2


def test_what_was_sent_over_ninety_days_ago_is_deleted_but_what_the_next_is_compared_with(
    context: JobContext, ann: DigestPerson, sql: Sql
):
    age = "update public.digests set day = day - %s, created_at = created_at - make_interval(days => %s) where id = %s"
    for days in (120, 100, 95):
        ann.add_follow_up(f"Call {days}")
        send_digests(context)
        newest = ann.list_digests()[-1]["id"]
        sql.execute(age, [days, days, newest])
        sql.execute("delete from private.digest_days where person_id = %s", [ann.id])
        sql.execute("delete from public.today_lists where person_id = %s", [ann.id])
    assert delete_old_digests(context) is False
    assert [digest["id"] for digest in ann.list_digests()] == [newest]


def test_workers_at_once_send_each_digest_once(
    context: JobContext, mail_server: MailServer, sql: Sql, ann: DigestPerson
):
    people = [ann, *(DigestPerson.create(sql, company_id=ann.company_id) for _ in range(5))]
    for person in people:
        person.add_customer("Delta")
    threads = [threading.Thread(target=send_digests, args=[context]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recipient for recipient, _ in mail_server.mails) == sorted(person.email for person in people)


def fill_outbox(person: DigestPerson) -> None:
    """No message of their company can be queued any more."""
    person.sql.execute(
        "insert into private.outbox (company_id, kind, recipient, subject, body_text, dedupe_key, due_at)"
        " select %s, 'invitation', 'x@zen.test', 'Join us', 'Hello.', n::text, now() + interval '1 day'"
        " from generate_series(0, 10000) n", [person.company_id],
    )  # fmt: skip


def test_a_digest_that_cannot_be_made_holds_up_no_other(
    context: JobContext, mail_server: MailServer, ann: DigestPerson, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(digest_sender, "BATCH", 1)
    first, second = sorted((ann, DigestPerson.create(ann.sql)), key=lambda person: person.id)
    for person in (first, second):
        person.add_follow_up("Call Ines")
    fill_outbox(first)
    for _ in range(60):
        with suppress(Unavailable):
            queue_digests(context)
    while send_waiting_mails(context):
        pass
    assert [recipient for recipient, _ in mail_server.mails] == [second.email]


@pytest.mark.parametrize("hour", [8, 12])
def test_before_nine_and_from_noon_on_no_digest_is_made(
    context: JobContext, mail_server: MailServer, ann: DigestPerson, hour: int
):
    ann.add_customer("Delta")
    ann.move_to(hour)
    send_digests(context)
    assert mail_server.mails == []


def test_a_holiday_a_mute_and_leaving_send_nothing(
    context: JobContext, mail_server: MailServer, ann: DigestPerson, sql: Sql
):
    ann.add_customer("Delta")
    for change in (
        "insert into public.company_holidays (company_id, day, name) values ('{company}', '{today}', 'Holiday')",
        "insert into public.digest_preferences (person_id, company_id, email_on) values ('{me}', '{company}', false)",
        "update public.profiles set is_active = false where id = '{me}'",
    ):
        sql.execute(change.format(company=ann.company_id, today=ann.today, me=ann.id))
        send_digests(context)
        sql.execute("delete from public.company_holidays where company_id = %s", [ann.company_id])
        sql.execute("delete from public.digest_preferences where person_id = %s", [ann.id])
    assert mail_server.mails == []


def test_while_somebody_is_away_their_deputy_gets_what_is_theirs(
    context: JobContext, mail_server: MailServer, ann: DigestPerson, sql: Sql
):
    deputy = DigestPerson.create(sql, company_id=ann.company_id, name="Ben")
    ann.add_customer("Delta")
    sql.execute(
        "insert into public.absences (company_id, person_id, deputy_id, starts_on, ends_on, created_by)"
        " values (%s, %s, %s, %s, %s, %s)", [ann.company_id, ann.id, deputy.id, ann.today, ann.today, ann.id]
    )  # fmt: skip
    send_digests(context)
    ((recipient, message),) = mail_server.mails
    assert recipient == deputy.email
    assert "For Ann, away until" in message.get_body(["plain"]).get_content()


def test_what_could_not_be_sent_is_no_news_the_day_after(
    context: JobContext, mail_server: MailServer, ann: DigestPerson, sql: Sql
):
    ann.add_customer("Delta")
    mail_server.reply = lambda command: "421 down" if command == "connect" else None
    with pytest.raises(Unavailable):
        send_digests(context)
    ann.let_a_day_pass()
    mail_server.reply = lambda _command: None
    let_everything_be_due(sql)
    send_digests(context)
    assert len(mail_server.mails) == 1
    yesterday, today = ann.list_digests()
    assert (yesterday["sent_at"], yesterday["given_up_at"] is not None, today["sent_at"] is not None) == (
        None, True, True
    )  # fmt: skip


def test_a_weekday_the_company_does_not_work_sends_nothing(context: JobContext, ann: DigestPerson, sql: Sql):
    ann.add_customer("Delta")
    sql.execute(
        "update public.company_settings set working_weekdays = array[extract(isodow from %s::date)::int %% 7 + 1]"
        " where company_id = %s", [ann.today, ann.company_id]
    )  # fmt: skip
    send_digests(context)
    assert ann.list_digests() == []


def test_without_the_address_of_the_app_nothing_is_due(context: JobContext, ann: DigestPerson):
    ann.add_customer("Delta")
    assert not queue_digests(replace(context, app_url=None))
    assert ann.list_digests() == []


def test_a_mail_says_how_to_mute_it_and_the_link_mutes_only_whoever_got_it(
    context: JobContext, mail_server: MailServer, ann: DigestPerson, sql: Sql, own_stack: LocalStack
):
    ben = DigestPerson.create(sql, company_id=ann.company_id)
    for person in (ann, ben):
        person.add_customer("Delta")
    send_digests(context)
    message = next(message for recipient, message in mail_server.mails if recipient == ann.email)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{APP_URL}/auth/mute?token=")
    assert link in message.get_body(["plain"]).get_content()
    anyone = create_supabase_client(Settings(url=own_stack.url, publishable_key=own_stack.publishable_key), HTTP)
    assert mute_digest(anyone, link.partition("=")[2]) == "email"
    with pytest.raises(NotFound):
        mute_digest(anyone, "forged")
    off = "select array_agg(person_id) from public.digest_preferences where not email_on"
    assert fetch_value(sql, off) == [ann.id]
    assert ann.list_digests()[0]["muted_at"] is not None
    for person in (ann, ben):
        person.let_a_day_pass()
        person.add_follow_up("Call")
    mail_server.mails.clear()
    send_digests(context)
    assert [recipient for recipient, _ in mail_server.mails] == [ben.email]
