"""Background work: `python -m lib.worker`. It sends mails and does what is due, until SIGTERM.

It needs the secret key of the Supabase named in its environment, or the running local one. The app never has that key.
"""

import argparse
import logging
import os
import signal
import sys
import threading
import uuid
from pathlib import Path

from lib.errors import ZenError
from lib.json_log import configure_json_log
from lib.operator_client import create_operator_client
from lib.settings import WebhookSettings, parse_settings
from lib.worker.jobs import JOBS
from lib.worker.mail import MailTransport
from lib.worker.mail_settings import load_mail_settings
from lib.worker.mailbox_file import MailboxFile
from lib.worker.model import JobContext
from lib.worker.smtp_transport import SmtpTransport
from lib.worker.worker import Worker

log = logging.getLogger("lib.worker")

ANSWER_SECONDS = 60.0


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when it was asked to end, 1 when a setting is missing or wrong."""
    options = _build_argument_parser().parse_args(arguments)
    configure_json_log()
    try:
        mail = choose_mail_transport(options.mailbox)
        context = JobContext(
            client=create_operator_client(seconds=ANSWER_SECONDS),
            mail=mail,
            app_url=load_mail_settings().app_url,
            webhook_origins=parse_settings(WebhookSettings).origins,
        )
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1
    _set_event_on_signal(context.stopping)
    # One process at a time has this pid file: the next one goes on with what a killed one had claimed.
    worker_id = uuid.uuid5(uuid.NAMESPACE_URL, options.pid_file.resolve().as_uri()) if options.pid_file else None
    worker = Worker(context, JOBS, worker_id=worker_id)
    log.info("the worker starts%s", "" if mail else "; no mail is sent: ZEN_SMTP_URL is not set")
    if options.once:
        worker.run_all_due_jobs()
    else:
        worker.run_until_stopped(is_abandoned=lambda: _is_worker_replaced(options.pid_file))
    log.info("the worker stops")
    return 0


def _build_argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.worker", description="Background work of a Supabase.")
    parser.add_argument("--once", action="store_true", help="do what is due and end, for cron")
    parser.add_argument("--mailbox", type=Path, metavar="FILE", help="append mails to it where ZEN_SMTP_URL is not set")
    parser.add_argument("--pid-file", type=Path, metavar="FILE", help="end when it no longer holds this process's id")
    return parser


def choose_mail_transport(mailbox: Path | None) -> MailTransport | None:
    """SMTP if it is set, else the mailbox, else None: mails wait. Raises InvalidInput for wrong settings."""
    settings = load_mail_settings()
    if settings.smtp:
        return SmtpTransport(settings.smtp, settings.sender)
    return MailboxFile(mailbox) if mailbox else None


def _set_event_on_signal(stopping: threading.Event) -> None:
    """Set the event on SIGTERM or SIGINT."""
    # In a thread: a handler that interrupts Event.wait while it holds its lock would wait for that lock forever.
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def wait_for_signal() -> None:
        signal.sigwait(signals)
        stopping.set()

    threading.Thread(target=wait_for_signal, name="signals", daemon=True).start()


def _is_worker_replaced(pid_file: Path | None) -> bool:
    if pid_file is None:
        return False
    try:
        return pid_file.read_text().split("\n", 1)[0] != str(os.getpid())
    except OSError:
        return True


if __name__ == "__main__":
    sys.exit(main())
