"""What is taken away: file names, e-mails (RFC 5322) and invitations (RFC 5545)."""

import re
from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from lib.slides.words import plain, visible

ADDRESS = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[^@\s<>()\[\],;:\\\"]+\.[^@\s<>()\[\],;:\\\"]{2,63}")


def is_address(text: str) -> bool:
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


def filename(what: str, customer: str, ending: str) -> str:
    """ "quote-Łukasz-Sp-z-o-o.csv": letters and digits of any script, nothing a file system minds."""
    name = re.sub(r"[^\w]+", "-", plain(customer, most=60)).strip("-_")
    return f"{what}-{name or 'customer'}.{ending}"


def email_file(*, to: str, cc: str, subject: str, body: str) -> bytes:
    """An unsent message that mail programs open for editing. Addresses that are none are left out."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    for header, listed in (("To", to), ("Cc", cc)):
        addresses = [address for address in re.split(r"[\s,;]+", plain(listed)) if is_address(address)]
        if addresses:
            message[header] = [Address(addr_spec=address) for address in addresses if address.isascii()]
    message["Subject"] = plain(subject, most=300)
    message.set_content(visible(body), charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def invitation_file(
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
        f"UID:{_text(uid)}", f"DTSTAMP:{written_on:%Y%m%dT000000Z}", f"DTSTART:{_stamp(start)}", f"DTEND:{_stamp(end)}",
        f"SUMMARY:{_text(plain(subject, most=300))}", f"DESCRIPTION:{_text(visible(agenda))}",
        *(f'ATTENDEE;CN="{_quoted(name)}":mailto:{address}' for name, address in guests if is_address(address)),
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return b"".join(_folded(line) for line in lines)


def _stamp(when: datetime) -> str:
    return f"{when:%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _quoted(name: str) -> str:
    return plain(name, most=120).replace('"', "'")


def _folded(line: str) -> bytes:
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
