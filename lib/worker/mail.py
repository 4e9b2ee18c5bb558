"""A mail of the outbox, how it is written, and what may become of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from typing import Protocol

from lib.text.mail_headers import write_header_text


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A claimed mail. `attempt` is the number of the claim."""

    id: str
    attempt: int
    kind: str
    recipient: str
    subject: str
    body_text: str
    body_html: str | None = None
    unsubscribe_url: str | None = None


class MailOutcome(StrEnum):
    """What becomes of a claimed mail; `public.finish_mail` says when each is tried again."""

    SENT = "sent"
    RELEASED = "released"
    UNREACHABLE = "unreachable"
    DELAYED = "delayed"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The outcome of one mail. `error` is the server's reply, which may name the recipient: it is not for the log."""

    outcome: MailOutcome
    error: str | None = None


SendMail = Callable[[Mail], Delivery]


class MailTransport(Protocol):
    """A way mails leave. Opening it and sending raise OSError or smtplib.SMTPException when nothing answers."""

    def open(self) -> AbstractContextManager[SendMail]: ...


def build_email_message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it is sent. Raises ValueError for a header with a line break."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.recipient
    message["Subject"] = write_header_text(mail.subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    # A mail is sent again if a worker dies between sending and reporting: the same id lets mailboxes show it once.
    message["Message-ID"] = f"<{mail.id}@{message['From'].addresses[0].domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        if mail.unsubscribe_url.startswith("https://"):  # mail programs post to nothing else (RFC 8058)
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.body_text)
    if mail.body_html:
        message.add_alternative(mail.body_html, subtype="html")
    return message
