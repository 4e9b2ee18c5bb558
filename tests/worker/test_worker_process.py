"""`python -m lib.worker` as a process: SIGTERM, kill -9, its log and what others see of it."""

import json
import signal
import subprocess
import threading
from pathlib import Path

import psutil
import pytest

from lib.local import LocalStack
from lib.local.processes import wait_until
from tests.support.mail_server import MailServer
from tests.worker.conftest import Queue, Sql, StartWorker, let_everything_be_due, read_mail


@pytest.fixture
def smtp_settings(mail_server: MailServer) -> dict[str, str]:
    return {
        "ZEN_SMTP_URL": f"smtp+plain://zen:hunter2@127.0.0.1:{mail_server.port}",
        "ZEN_MAIL_FROM": "Zen <zen@zen.test>",
    }


def read_log(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def test_once_does_what_is_due_and_ends(
    start_worker: StartWorker, smtp_settings: dict[str, str], mail_server: MailServer, queue: Queue, sql: Sql,
    own_stack: LocalStack, tmp_path: Path,
) -> None:  # fmt: skip
    queued = [queue(f"p{number}@zen.test") for number in range(25)]
    assert start_worker("--once", **smtp_settings).wait(60) == 0
    assert mail_server.message_ids == [f"<{each}@zen.test>" for each in queued]
    # Other jobs do what other tests have left for them.
    lines = [line for line in read_log(tmp_path) if line.get("job") in (None, "send_mails")]
    assert [line["message"] for line in lines] == [
        "the worker starts", "mails: 20 sent", "mails: 5 sent", "the worker stops",
    ]  # fmt: skip
    assert {line.get("job") for line in lines[1:3]} == {"send_mails"}
    text = (tmp_path / "log").read_text()
    assert [secret for secret in (own_stack.secret_key, "hunter2", "@zen.test") if secret in text] == []


def test_a_password_the_server_refuses_is_in_no_log_and_no_row(
    start_worker: StartWorker, smtp_settings: dict[str, str], mail_server: MailServer, queue: Queue, sql: Sql,
    tmp_path: Path,
) -> None:  # fmt: skip
    queued = queue()
    mail_server.reply = lambda command: "535 bad credentials" if "hunter2" in command else None
    assert start_worker("--once", **smtp_settings).wait(60) == 0
    stored = read_mail(sql, queued)
    assert (stored["sent_at"], stored["given_up_at"]) == (None, None)
    assert "bad credentials" in stored["last_error"]
    job = sql.execute("select last_error from private.worker_jobs where name = 'send_mails'").fetchone()
    assert job == ("The mail server does not answer: SMTPAuthenticationError.",)
    assert "hunter2" not in (tmp_path / "log").read_text() + str(stored)


def test_nobody_else_sees_the_key(start_worker: StartWorker, own_stack: LocalStack, tmp_path: Path) -> None:
    process = psutil.Process(start_worker().pid)
    assert wait_until(lambda: (tmp_path / "log").read_text() != "", timeout=30)
    assert own_stack.secret_key not in " ".join(process.cmdline())
    # As root of this machine we may read it; others may not.
    assert Path(f"/proc/{process.pid}/environ").stat().st_mode & 0o077 == 0


def test_sigterm_ends_it_after_the_mail_at_hand(
    start_worker: StartWorker, smtp_settings: dict[str, str], mail_server: MailServer, queue: Queue, sql: Sql
) -> None:
    queued = [queue(f"p{number}@zen.test") for number in range(3)]
    asked, go_on = threading.Event(), threading.Event()

    def wait_at_the_first(command: str) -> None:
        if command == "DATA end" and not asked.is_set():
            asked.set()
            go_on.wait(30)

    mail_server.reply = wait_at_the_first
    worker = start_worker(**smtp_settings)
    assert asked.wait(30)
    worker.send_signal(signal.SIGTERM)
    go_on.set()
    assert worker.wait(30) == 0
    sent = [read_mail(sql, each)["sent_at"] is not None for each in queued]
    assert sent[0]
    assert sent.count(True) == len(mail_server.mails)
    let_everything_be_due(sql)
    assert start_worker("--once", **smtp_settings).wait(60) == 0
    assert mail_server.message_ids == [f"<{each}@zen.test>" for each in queued]


@pytest.mark.parametrize("moment", ["RCPT TO:<p1@zen.test>", "DATA"])
def test_kill_9_before_the_server_took_it_loses_no_mail_and_sends_none_twice(
    start_worker: StartWorker, smtp_settings: dict[str, str], mail_server: MailServer, queue: Queue, sql: Sql,
    moment: str,
) -> None:  # fmt: skip
    queued = [queue(f"p{number}@zen.test") for number in range(4)]
    asked = threading.Event()

    def hang(command: str) -> str | None:
        if command != moment:
            return None
        asked.set()
        mail_server.killed.wait(30)
        return ""

    mail_server.reply = hang
    worker = start_worker(**smtp_settings)
    assert asked.wait(30)
    kill(worker)
    mail_server.reply = lambda _command: None
    mail_server.killed.set()
    assert start_worker("--once", **smtp_settings).wait(60) == 0
    assert len(mail_server.mails) <= 1  # the claims of the dead worker still hold
    let_everything_be_due(sql)
    assert start_worker("--once", **smtp_settings).wait(60) == 0
    assert sorted(mail_server.message_ids) == sorted(f"<{each}@zen.test>" for each in queued)


def test_kill_9_between_the_servers_yes_and_the_report_sends_the_same_message_id_again(
    start_worker: StartWorker, smtp_settings: dict[str, str], mail_server: MailServer, queue: Queue, sql: Sql
) -> None:
    """SMTP has no way around this; mailboxes show a message with the same id once."""
    queued, workers = queue(), []
    mail_server.took = lambda: kill(workers[0]) if len(mail_server.mails) == 1 else None
    workers.append(start_worker(**smtp_settings))
    workers[0].wait(60)
    let_everything_be_due(sql)
    assert start_worker("--once", **smtp_settings).wait(60) == 0
    assert mail_server.message_ids == [f"<{queued}@zen.test>"] * 2
    assert read_mail(sql, queued)["attempts"] == 2


def kill(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait(10)


def test_a_worker_whose_pid_file_is_gone_ends(start_worker: StartWorker, tmp_path: Path, sql: Sql) -> None:
    pid_file = tmp_path / "pid"
    worker = start_worker("--pid-file", str(pid_file))
    pid_file.write_text(f"{worker.pid}\nmore")
    assert wait_until(lambda: sql.execute("select from private.worker_jobs").fetchone() is not None, timeout=30)
    assert worker.poll() is None
    pid_file.unlink()
    assert worker.wait(30) == 0


def test_without_a_mail_server_it_says_that_mails_wait(start_worker: StartWorker, tmp_path: Path, queue: Queue) -> None:
    queue()
    assert start_worker("--once", ZEN_SMTP_URL="").wait(60) == 0
    assert read_log(tmp_path)[0]["message"] == "the worker starts; no mail is sent: ZEN_SMTP_URL is not set"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"SUPABASE_SECRET_KEY": ""},
            "SUPABASE_SECRET_KEY is not set. This tool needs both; it is not part of the app.",
        ),
        ({"ZEN_SMTP_URL": "mail.zen.test"}, "ZEN_SMTP_URL does not begin with smtp://, smtps:// or smtp+plain://."),
    ],
)  # fmt: skip
def test_a_wrong_setting_ends_it_with_the_sentence_why(
    start_worker: StartWorker, tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    assert start_worker(**settings).wait(60) == 1
    assert (tmp_path / "log").read_text() == f"{sentence}\n"
