"""Files to download from a slide: emails (RFC 5322), calendar entries (RFC 5545), HTML pages."""

import re
from datetime import UTC, date, datetime, time, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event, vCalAddress
from jinja2 import Environment, FileSystemLoader

from lib.text.truncate import single_line, strip_invisible

EMAIL_PATTERN = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[^@\s<>()\[\],;:\\\"]+\.[^@\s<>()\[\],;:\\\"]{2,63}")


def is_email_address(text: str) -> bool:
    return len(text) <= 254 and EMAIL_PATTERN.fullmatch(text) is not None


def build_filename(prefix: str, customer: str, extension: str) -> str:
    """ "quote-Łukasz-Sp-z-o-o.csv": letters and digits of any script only."""
    name = re.sub(r"[^\w]+", "-", single_line(customer, max_length=60)).strip("-_")
    return f"{prefix}-{name or 'customer'}.{extension}"


def build_email_file(*, to: str, cc: str, subject: str, body: str) -> bytes:
    """An unsent message, which mail programs open for editing. Invalid addresses are left out."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    for header, typed in (("To", to), ("Cc", cc)):
        addresses = [address for address in re.split(r"[\s,;]+", single_line(typed)) if is_email_address(address)]
        if addresses:
            message[header] = [Address(addr_spec=address) for address in addresses if address.isascii()]
    message["Subject"] = single_line(subject, max_length=300)
    message.set_content(strip_invisible(body), charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def build_calendar_file(
    *,
    uid: str,
    created_on: date,
    starts_at: datetime,
    minutes: int,
    subject: str,
    agenda: str,
    guests: tuple[tuple[str, str], ...],
) -> bytes:
    """A calendar entry. Times are in UTC, which every calendar shows in its own zone. `guests` are (name, address)."""
    start = starts_at.astimezone(UTC)
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", datetime.combine(created_on, time(), UTC))
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=minutes))
    event.add("summary", single_line(subject, max_length=300))
    event.add("description", strip_invisible(agenda))
    for name, address in guests:
        if is_email_address(address):
            attendee = vCalAddress(f"mailto:{address}")
            attendee.params["cn"] = single_line(name, max_length=120).replace('"', "'")
            event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Zen//Schedule a call//EN")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def render_html_page(template: str, **values: Any) -> bytes:
    """An HTML page from `lib/slides/templates`, every value escaped."""
    return _load_page_templates().get_template(template).render(**values).encode()


@cache
def _load_page_templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True)
