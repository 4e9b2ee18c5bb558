"""What is taken away: file names, e-mails (RFC 5322) and invitations (RFC 5545)."""

import re
from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from lib.text.truncate import single_line, strip_invisible

EMAIL_PATTERN = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[^@\s<>()\[\],;:\\\"]+\.[^@\s<>()\[\],;:\\\"]{2,63}")


def is_email_address(text: str) -> bool:
    return len(text) <= 254 and EMAIL_PATTERN.fullmatch(text) is not None


def build_filename(prefix: str, customer: str, extension: str) -> str:
    """ "quote-Łukasz-Sp-z-o-o.csv": letters and digits of any script, nothing a file system minds."""
    name = re.sub(r"[^\w]+", "-", single_line(customer, max_length=60)).strip("-_")
    return f"{prefix}-{name or 'customer'}.{extension}"


def build_email_file(*, to: str, cc: str, subject: str, body: str) -> bytes:
    """An unsent message that mail programs open for editing. Addresses that are none are left out."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    for header, listed in (("To", to), ("Cc", cc)):
        addresses = [address for address in re.split(r"[\s,;]+", single_line(listed)) if is_email_address(address)]
        if addresses:
            message[header] = [Address(addr_spec=address) for address in addresses if address.isascii()]
    message["Subject"] = single_line(subject, max_length=300)
    message.set_content(strip_invisible(body), charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def build_calendar_file(
    *,
    uid: str,
    written_on: date,
    begins: datetime,
    minutes: int,
    subject: str,
    agenda: str,
    guests: tuple[tuple[str, str], ...],
) -> bytes:
    """A calendar entry; times in UTC, so every calendar shows them in its own zone. `guests` are (name, address)."""
    start, end = begins.astimezone(UTC), begins.astimezone(UTC) + timedelta(minutes=minutes)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zen//Schedule a call//EN", "BEGIN:VEVENT",
        f"UID:{_escape_ics_text(uid)}", f"DTSTAMP:{written_on:%Y%m%dT000000Z}", f"DTSTART:{_format_utc(start)}", f"DTEND:{_format_utc(end)}",
        f"SUMMARY:{_escape_ics_text(single_line(subject, max_length=300))}", f"DESCRIPTION:{_escape_ics_text(strip_invisible(agenda))}",
        *(f'ATTENDEE;CN="{_quote_ics_name(name)}":mailto:{address}' for name, address in guests if is_email_address(address)),
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return b"".join(_fold_ics_line(line) for line in lines)


def _format_utc(when: datetime) -> str:
    return f"{when:%Y%m%dT%H%M%SZ}"


def _escape_ics_text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _quote_ics_name(name: str) -> str:
    return single_line(name, max_length=120).replace('"', "'")


def _fold_ics_line(line: str) -> bytes:
    """At most 75 octets a line, never inside a character."""
    parts: list[bytes] = []
    current = b""
    for character in line:
        encoded = character.encode()
        if len(current) + len(encoded) > (75 if not parts else 74):
            parts.append(current)
            current = b""
        current += encoded
    return b"\r\n ".join([*parts, current]) + b"\r\n"
