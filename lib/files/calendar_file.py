"""Invitations to a call as a calendar entry (RFC 5545, RFC 5546)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from icalendar import Calendar, Event, vCalAddress

from lib.text.email_addresses import EmailAddress
from lib.text.truncate import single_line, strip_invisible


def build_calendar_file(
    *,
    uid: str,
    sequence: int,
    created_at: datetime,
    starts_at: datetime,
    minutes: int,
    subject: str,
    agenda: str,
    place: str = "",
    organizer: EmailAddress | None,
    guests: tuple[EmailAddress, ...],
) -> bytes:
    """A calendar entry; with an organizer and guests it is an invitation.

    The same `uid` is the same call: a file with a higher `sequence` replaces the entry of an earlier one. Times are
    written in UTC, which every calendar shows in its own zone.
    """
    start = starts_at.astimezone(UTC)
    event = _build_call_event(place, organizer, guests)
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", created_at.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=minutes))
    event.add("summary", single_line(subject, max_length=300))
    event.add("description", strip_invisible(agenda))
    event.add("status", "CONFIRMED")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Zen//Schedule a call//EN")
    calendar.add("method", "REQUEST" if organizer and guests else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _build_call_event(place: str, organizer: EmailAddress | None, guests: tuple[EmailAddress, ...]) -> Event:
    """An event with its place and people, without time and text."""
    event = Event()
    if place:
        event.add("location", single_line(place, max_length=500))
    if is_web_link(place):
        event.add("url", place)
    if organizer is not None:
        event.add("organizer", _build_calendar_address(organizer))
    for guest in guests:
        attendee = _build_calendar_address(guest)
        attendee.params.update({"role": "REQ-PARTICIPANT", "partstat": "NEEDS-ACTION", "rsvp": "TRUE"})
        event.add("attendee", attendee)
    return event


def is_web_link(text: str) -> bool:
    """True for one absolute http or https address."""
    if " " in text or text != single_line(text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _build_calendar_address(address: EmailAddress) -> vCalAddress:
    found = vCalAddress(f"mailto:{quote(str(address), safe='@')}")
    # RFC 5545 has no way to write a double quote in a parameter.
    found.params["cn"] = (address.name or str(address)).replace('"', "'")
    return found
