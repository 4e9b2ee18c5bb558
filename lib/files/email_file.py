"""Emails to finish in a mail program: a file with attachments (RFC 5322), and a mailto link (RFC 6068)."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from lib.text.email_addresses import EmailAddress
from lib.text.mail_headers import write_header_text
from lib.text.truncate import single_line, strip_invisible

# Local parts beyond ASCII need headers in UTF-8 (RFC 6532); for all others encoded words reach every mail program.
INTERNATIONAL_SMTP = SMTP.clone(utf8=True)
MAX_SUBJECT_LENGTH = 300
MAX_LINK_LENGTH = 1900
"""Windows hands at most 2,048 characters to a mail program."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of an email; `media_type` such as "application/pdf"."""

    filename: str
    media_type: str
    content: bytes


def build_email_file(
    *,
    sender: EmailAddress | None = None,
    to: tuple[EmailAddress, ...],
    cc: tuple[EmailAddress, ...] = (),
    subject: str,
    body: str,
    attachments: tuple[Attachment, ...] = (),
) -> bytes:
    """An unsent message, which mail programs open for editing."""
    senders = (sender,) if sender else ()
    is_international = any(address.needs_international_mail for address in (*senders, *to, *cc))
    message = EmailMessage(policy=INTERNATIONAL_SMTP if is_international else SMTP)
    message["X-Unsent"] = "1"
    for header, addresses in (("From", senders), ("To", to), ("Cc", cc)):
        if addresses:
            message[header] = [address.to_header() for address in addresses]
    message["Subject"] = write_header_text(single_line(subject, max_length=MAX_SUBJECT_LENGTH))
    message.set_content(strip_invisible(body), charset="utf-8", cte="quoted-printable")
    for attachment in attachments:
        main_type, _, sub_type = attachment.media_type.partition("/")
        filename = write_header_text(attachment.filename)
        message.add_attachment(attachment.content, maintype=main_type, subtype=sub_type, filename=filename)
    return message.as_bytes()


def build_mailto_link(
    *, to: tuple[EmailAddress, ...], cc: tuple[EmailAddress, ...] = (), subject: str, body: str
) -> str | None:
    """The email as a link that opens a mail program; None if it is too long for one."""
    fields = {
        "cc": ",".join(str(address) for address in cc),
        "subject": single_line(subject, max_length=MAX_SUBJECT_LENGTH),
        "body": strip_invisible(body).replace("\n", "\r\n"),
    }
    query = "&".join(f"{name}={quote(value, safe='@,')}" for name, value in fields.items() if value)
    link = f"mailto:{','.join(quote(str(address), safe='@') for address in to)}?{query}"
    return link if len(link) <= MAX_LINK_LENGTH else None
