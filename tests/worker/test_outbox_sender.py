"""Mails of the outbox over a real SMTP server: each once, whatever fails."""

import threading
from pathlib import Path
from typing import Any

import pytest

from lib.db.client import Client
from lib.errors import Unavailable
from lib.worker import outbox_sender
from lib.worker.mail import MailTransport
from lib.worker.mail_settings import SmtpSecurity, SmtpServer
from lib.worker.mailbox_file import MailboxFile
from lib.worker.model import JobContext
from lib.worker.outbox_sender import send_waiting_mails
from lib.worker.repository import OutboxRepository
from lib.worker.smtp_transport import SmtpTransport
from tests.support.mail_server import MailServer, run_mail_server
from tests.support.server import free_port
from tests.worker.conftest import Queue, Sql, let_everything_be_due, read_mail


def smtp(port: int) -> SmtpTransport:
    server = SmtpServer(host="127.0.0.1", port=port, security=SmtpSecurity.NONE)
    return SmtpTransport(server, "Zen <zen@zen.test>")


@pytest.fixture
def context(operator: Client, mail_server: MailServer) -> JobContext:
    return JobContext(client=operator, mail=smtp(mail_server.port))


def send_all(context: JobContext) -> None:
    while send_waiting_mails(context):
        pass


def test_a_mail_is_sent_once_as_it_was_written(context: JobContext, mail_server: MailServer, queue: Queue, sql: Sql):
    body = "Grüße\n.\n.dot first\n" + "x" * 2000 + "\n"
    queued = queue("ann@zen.test", "Trete bei: Łódź", body)
    send_all(context)
    send_all(context)
    ((recipient, message),) = mail_server.mails
    assert (recipient, message["To"], message["Subject"]) == ("ann@zen.test", "ann@zen.test", "Trete bei: Łódź")
    assert (message["From"], message["Message-ID"]) == ("Zen <zen@zen.test>", f"<{queued}@zen.test>")
    assert message.get_content().replace("\r\n", "\n") == body
    assert (message["Auto-Submitted"], message["Bcc"]) == ("auto-generated", None)
    stored = read_mail(sql, queued)
    assert (stored["sent_at"] is not None, stored["last_error"], stored["attempts"]) == (True, None, 1)


def test_a_line_break_in_a_name_adds_no_header(context: JobContext, mail_server: MailServer, queue: Queue):
    queue(subject="Join Evil\r\nBcc: all@zen.test\r\n\r\nClick here")
    send_all(context)
    ((_, message),) = mail_server.mails
    assert message["Subject"] == "Join Evil Bcc: all@zen.test Click here"
    assert (message["Bcc"], message.get_content().strip()) == (None, "Hello.")


def test_an_encoded_word_in_a_name_adds_no_header(context: JobContext, mail_server: MailServer, queue: Queue):
    queue(subject="Join =?utf-8?b?DQpCY2M6IHhAeS56DQoNCkNsaWNr?=")
    send_all(context)
    ((_, message),) = mail_server.mails
    assert message["Subject"] == "Join =\u2060?utf-8?b?DQpCY2M6IHhAeS56DQoNCkNsaWNr?="
    assert (message["Bcc"], message.get_content().strip()) == (None, "Hello.")


def test_many_mails_are_sent_in_batches_in_the_order_they_were_queued(
    context: JobContext, mail_server: MailServer, queue: Queue, sql: Sql
):
    addresses = [f"p{number}@zen.test" for number in range(45)]
    for address in addresses:
        queue(address)
    send_all(context)
    assert [recipient for recipient, _ in mail_server.mails] == addresses
    assert mail_server.commands.count("connect") == 3


def test_workers_at_once_send_each_mail_once(context: JobContext, mail_server: MailServer, queue: Queue):
    queued = [queue(f"p{number}@zen.test") for number in range(60)]
    threads = [threading.Thread(target=send_all, args=[context]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail_server.message_ids) == sorted(f"<{each}@zen.test>" for each in queued)


def test_without_a_mail_server_nothing_is_lost_and_nothing_is_sent_twice(operator: Client, queue: Queue, sql: Sql):
    port = free_port()
    context = JobContext(client=operator, mail=smtp(port))
    queued = [queue(f"p{number}@zen.test") for number in range(25)]
    for _ in range(3):
        let_everything_be_due(sql)
        with pytest.raises(Unavailable, match="The mail server does not answer"):
            send_waiting_mails(context)
    failed = read_mail(sql, queued[0])
    assert (failed["sent_at"], failed["given_up_at"], "refused" in failed["last_error"]) == (None, None, True)
    assert 50 < failed["pause"].total_seconds() <= 60
    let_everything_be_due(sql)
    with run_mail_server(port=port) as server:
        send_all(context)
    assert sorted(server.message_ids) == sorted(f"<{each}@zen.test>" for each in queued)


@pytest.mark.parametrize(
    ("command", "reply"),
    [("connect", "421 too busy"), ("connect", "554 no service"), ("connect", ""), ("RCPT", "421 shutting down"),
     ("MAIL", "421 shutting down"), ("DATA end", "421 shutting down"), ("DATA end", "")],
)  # fmt: skip
def test_a_server_that_goes_away_refuses_no_mail(
    context: JobContext, mail_server: MailServer, queue: Queue, sql: Sql, command: str, reply: str
):
    queued = [queue(f"p{number}@zen.test") for number in range(3)]
    mail_server.reply = lambda given: reply if given.startswith(command) else None
    with pytest.raises(Unavailable):
        send_waiting_mails(context)
    rows = [read_mail(sql, each) for each in queued]
    assert [(row["sent_at"], row["given_up_at"]) for row in rows] == [(None, None)] * 3
    mail_server.reply = lambda _command: None
    let_everything_be_due(sql)
    send_all(context)
    assert sorted(mail_server.message_ids) == sorted(f"<{each}@zen.test>" for each in queued)


def test_a_server_that_hangs_up_in_the_middle_gets_the_rest_later(
    context: JobContext, mail_server: MailServer, queue: Queue, sql: Sql
):
    queued = [queue(f"p{number}@zen.test") for number in range(3)]
    mail_server.reply = lambda command: "" if command.startswith("RCPT TO:<p1@") else None
    with pytest.raises(Unavailable):
        send_waiting_mails(context)
    first, second, third = (read_mail(sql, each) for each in queued)
    assert (first["sent_at"] is not None, second["sent_at"], third["sent_at"]) == (True, None, None)
    assert (second["pause"].total_seconds() > 50, third["pause"].total_seconds() <= 0) == (True, True)
    mail_server.reply = lambda _command: None
    let_everything_be_due(sql)
    send_all(context)
    assert mail_server.message_ids == [f"<{each}@zen.test>" for each in queued]


@pytest.mark.parametrize(
    ("command", "reply", "expected"),
    [
        ("RCPT", "550 no such person", {"given_up": True, "error": "550 no such person"}),
        ("RCPT", "450 mailbox busy", {"given_up": False, "error": "450 mailbox busy"}),
        ("MAIL", "553 not from you", {"given_up": False, "error": "not from you"}),
        ("DATA end", "554 looks like spam", {"given_up": True, "error": "554 looks like spam"}),
        ("DATA end", "451 try later", {"given_up": False, "error": "451 try later"}),
    ],
)
def test_a_refusal_counts_for_its_own_mail_only(
    context: JobContext, mail_server: MailServer, queue: Queue, sql: Sql, command: str, reply: str,
    expected: dict[str, Any],
):  # fmt: skip
    refused, other = queue("ann@zen.test"), queue("bob@zen.test")
    answers = iter([reply])
    mail_server.reply = lambda given: next(answers, None) if given.startswith(command) else None
    send_all(context)
    stored = read_mail(sql, refused)
    assert (stored["given_up_at"] is not None, stored["sent_at"]) == (expected["given_up"], None)
    assert expected["error"] in stored["last_error"]
    assert read_mail(sql, other)["sent_at"] is not None


def test_a_report_that_does_not_arrive_is_made_again(
    context: JobContext, mail_server: MailServer, queue: Queue, sql: Sql, monkeypatch: pytest.MonkeyPatch
):
    queued, finish, failures = queue(), OutboxRepository.finish_mail, iter(range(3))

    def finish_later(*arguments: Any) -> None:
        if next(failures, None) is not None:
            raise Unavailable("The database is restarting.")
        finish(*arguments)

    monkeypatch.setattr(OutboxRepository, "finish_mail", finish_later)
    monkeypatch.setattr(outbox_sender, "REPORT_PAUSES", (0.01,) * 5)
    send_all(context)
    assert (read_mail(sql, queued)["sent_at"] is not None, len(mail_server.mails)) == (True, 1)


def test_a_worker_that_is_stopping_gives_the_rest_back(
    context: JobContext, mail_server: MailServer, queue: Queue, sql: Sql
):
    queued = [queue(f"p{number}@zen.test") for number in range(5)]

    def stop_at_the_second(command: str) -> None:
        if command.startswith("RCPT TO:<p1@"):
            context.stopping.set()

    mail_server.reply = stop_at_the_second
    send_waiting_mails(context)
    stored = [read_mail(sql, each) for each in queued]
    assert [row["sent_at"] is not None for row in stored] == [True, True, False, False, False]
    assert all(row["pause"].total_seconds() <= 0 for row in stored[2:])


def test_without_a_way_out_mails_wait(operator: Client, queue: Queue, sql: Sql):
    queued = queue()
    assert not send_waiting_mails(JobContext(client=operator))
    assert read_mail(sql, queued)["attempts"] == 0


@pytest.mark.parametrize("transport", [MailboxFile])
def test_the_mailbox_shows_a_mail_with_its_text(
    operator: Client, queue: Queue, tmp_path: Path, transport: type[MailboxFile]
):
    mailbox: MailTransport = transport(tmp_path / "mail.log")
    queue("ann@zen.test", "Join us", "Open Zen.\n2030-01-01 mail to bob@zen.test: code 123456\n")
    send_all(JobContext(client=operator, mail=mailbox))
    written = (tmp_path / "mail.log").read_text().splitlines()
    assert written[0].endswith(" mail to ann@zen.test: Join us")
    assert written[1:] == ["  Open Zen.", "  2030-01-01 mail to bob@zen.test: code 123456"]
    assert (tmp_path / "mail.log").stat().st_mode & 0o777 == 0o600
