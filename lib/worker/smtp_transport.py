import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lib.worker.mail import Delivery, Mail, MailOutcome, SendMail, build_email_message
from lib.worker.mail_settings import SmtpSecurity, SmtpServer

# For each answer of the server. A mail takes about ten answers and must be over before its claim ends, which is
# four minutes after the last moment it may begin (`lib.worker.outbox_sender`).
ANSWER_SECONDS = 20.0
GOES_AWAY = 421


@dataclass(frozen=True)
class SmtpTransport:
    """Mails are sent over SMTP, a connection for each batch. `sender` is the From header."""

    server: SmtpServer
    sender: str

    @contextmanager
    def open(self) -> Iterator[SendMail]:
        connection = self._connect_to_server()
        try:
            yield lambda mail: self._send_mail(connection, mail)
        finally:
            _quit_connection(connection)

    def _connect_to_server(self) -> smtplib.SMTP:
        host, port, tls = self.server.host, self.server.port, ssl.create_default_context()
        if self.server.security is SmtpSecurity.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=ANSWER_SECONDS, context=tls)
        else:
            connection = smtplib.SMTP(host, port, timeout=ANSWER_SECONDS)
        try:
            if self.server.security is SmtpSecurity.STARTTLS:
                connection.starttls(context=tls)
            if self.server.username:
                connection.login(self.server.username, self.server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _send_mail(self, connection: smtplib.SMTP, mail: Mail) -> Delivery:
        try:
            message = build_email_message(mail, self.sender)
        except ValueError as error:
            return Delivery(outcome=MailOutcome.REFUSED, error=str(error))
        try:
            connection.send_message(message, to_addrs=[mail.recipient])
        except smtplib.SMTPRecipientsRefused as refused:
            code, reply = next(iter(refused.recipients.values()))
            return _classify_smtp_reply(code, reply)
        except smtplib.SMTPSenderRefused as refused:
            # Also with 5xx for later: it is the settings of this or that server, not the mail.
            return _classify_smtp_reply(min(refused.smtp_code, 499), refused.smtp_error)
        except smtplib.SMTPDataError as refused:
            return _classify_smtp_reply(refused.smtp_code, refused.smtp_error)
        return Delivery(outcome=MailOutcome.SENT)


def _classify_smtp_reply(code: int, reply: bytes | str) -> Delivery:
    """5xx is for good, 4xx for later. Raises SMTPServerDisconnected for 421, with which the server goes away."""
    text = f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
    if code == GOES_AWAY:
        raise smtplib.SMTPServerDisconnected(text)
    return Delivery(outcome=MailOutcome.REFUSED if code >= 500 else MailOutcome.DELAYED, error=text)


def _quit_connection(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()
