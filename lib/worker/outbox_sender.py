import logging
import smtplib
import time
from collections import Counter, deque
from threading import Event

from lib.errors import Unavailable
from lib.worker.mail import Delivery, Mail, MailOutcome
from lib.worker.model import JobContext
from lib.worker.repository import OutboxRepository

log = logging.getLogger(__name__)

BATCH = 20
BEGIN_SECONDS = 60.0  # after the claim, which lasts five minutes
REPORT_PAUSES = (0.5, 1, 2, 5, 10, 20, 20)


def send_waiting_mails(context: JobContext) -> bool:
    """Send a batch of the outbox. True if more may wait. Raises Unavailable without mail server or database."""
    if context.mail is None:
        return False
    outbox, begin_until = OutboxRepository(context.client), time.monotonic() + BEGIN_SECONDS
    mails, outcomes = deque(outbox.claim_mails(BATCH)), Counter[str]()
    is_full, is_open = len(mails) == BATCH, False
    if not mails:
        return False

    def report(delivery: Delivery) -> None:
        outcomes[delivery.outcome] += 1
        report_delivery(outbox, mails.popleft(), delivery, context.stopping)

    try:
        with context.mail.open() as send:
            is_open = True
            while mails and not context.stopping.is_set() and time.monotonic() < begin_until:
                report(send(mails[0]))
    except (OSError, smtplib.SMTPException) as error:
        report(Delivery(outcome=MailOutcome.UNREACHABLE, error=f"{type(error).__name__}: {error}"))
        raise Unavailable(f"The mail server does not answer: {type(error).__name__}.") from error
    finally:
        while mails:
            report(Delivery(outcome=MailOutcome.RELEASED if is_open else MailOutcome.UNREACHABLE))
        log.info("mails: %s", ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
    return is_full


def report_delivery(outbox: OutboxRepository, mail: Mail, delivery: Delivery, stopping: Event) -> None:
    """Store the outcome, with patience: a mail that is sent and not reported would be sent again."""
    for pause in REPORT_PAUSES:
        try:
            return outbox.finish_mail(mail, delivery)
        except Unavailable:
            stopping.wait(pause)
    return outbox.finish_mail(mail, delivery)
