from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import ics
import pytest
import vobject

from lib.files.calendar_file import build_calendar_file, is_web_link
from lib.text.email_addresses import parse_email_address

NOW = datetime(2026, 11, 29, 14, 5, 9, tzinfo=UTC)


def invitation(**given: Any) -> bytes:
    values: dict[str, Any] = {
        "uid": "run-1-schedule-call@zen",
        "sequence": 0,
        "created_at": NOW,
        "starts_at": datetime(2027, 1, 12, 10, tzinfo=ZoneInfo("America/New_York")),
        "minutes": 30,
        "subject": "Call",
        "agenda": "1. One\n2. Two",
        "organizer": parse_email_address("Zoë Okafor <zoe@northwind.example>"),
        "guests": (
            parse_email_address('"Tanaka, Aiko" <aiko@obsidian.example>'),
            parse_email_address("zoë@müller.example"),
        ),
    }
    return build_calendar_file(**(values | given))


def test_icalendar_reads_the_invitation() -> None:
    calendar = icalendar.Calendar.from_ical(invitation(sequence=4, place="https://meet.example.com/a?b=1"))
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == "run-1-schedule-call@zen"
    assert event["SEQUENCE"] == 4
    assert event.decoded("DTSTAMP") == NOW
    assert event.decoded("DTSTART") == datetime(2027, 1, 12, 15, tzinfo=UTC)
    assert event.decoded("DTEND") == datetime(2027, 1, 12, 15, 30, tzinfo=UTC)
    assert event["ORGANIZER"] == "mailto:zoe@northwind.example"
    assert event["ORGANIZER"].params["CN"] == "Zoë Okafor"
    assert event["LOCATION"] == event["URL"] == "https://meet.example.com/a?b=1"
    assert [(str(each), each.params["CN"], each.params["RSVP"]) for each in event["ATTENDEE"]] == [
        ("mailto:aiko@obsidian.example", "Tanaka, Aiko", "TRUE"),
        ("mailto:zo%C3%AB@xn--mller-kva.example", "zoë@xn--mller-kva.example", "TRUE"),
    ]


def test_vobject_reads_the_invitation() -> None:
    calendar = vobject.readOne(invitation(sequence=2, place="Room 4, Berlin").decode())
    event = calendar.vevent
    assert calendar.method.value == "REQUEST"
    assert event.uid.value == "run-1-schedule-call@zen"
    assert event.sequence.value == "2"
    assert event.dtstamp.value == NOW
    assert event.location.value == "Room 4, Berlin"
    assert event.description.value == "1. One\n2. Two"
    assert event.organizer.value == "mailto:zoe@northwind.example"
    assert [each.params["CN"] for each in event.attendee_list] == [["Tanaka, Aiko"], ["zoë@xn--mller-kva.example"]]


def test_ics_reads_the_invitation() -> None:
    calendar = ics.Calendar(invitation(place="Room 4").decode())
    (event,) = calendar.events
    assert calendar.method == "REQUEST"
    assert event.uid == "run-1-schedule-call@zen"
    assert event.organizer is not None
    assert event.organizer.email == "zoe@northwind.example"
    assert {each.common_name for each in event.attendees} == {"Tanaka, Aiko", "zoë@xn--mller-kva.example"}
    assert event.begin.datetime == datetime(2027, 1, 12, 15, tzinfo=UTC)
    assert event.location == "Room 4"


def test_a_call_without_guests_is_an_entry_and_no_invitation() -> None:
    calendar = icalendar.Calendar.from_ical(invitation(guests=()))
    assert calendar["METHOD"] == "PUBLISH"


def test_an_invitation_is_in_utc_with_folded_lines() -> None:
    raw = invitation(subject="株" * 100, agenda="a;b,c\\d\ne")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    unfolded = raw.replace(b"\r\n ", b"").decode()
    assert "DTSTART:20270112T150000Z\r\nDTEND:20270112T153000Z" in unfolded
    assert "SUMMARY:" + "株" * 100 in unfolded
    assert "DESCRIPTION:a\\;b\\,c\\\\d\\ne\r\n" in unfolded


def test_no_line_can_be_injected_into_an_invitation() -> None:
    raw = invitation(
        subject="x\r\nATTENDEE:mailto:evil@evil.example",
        agenda="y\r\nEND:VEVENT",
        place="https://a.example/\r\nATTENDEE:mailto:evil@evil.example",
        guests=(parse_email_address('A"\r\nB <a@b.example>'),),
    )
    lines = raw.replace(b"\r\n ", b"").decode().split("\r\n")
    assert [line for line in lines if line.startswith(("ATTENDEE", "X:"))] == [
        'ATTENDEE;CN="A\' B";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:a@b.example'
    ]
    assert lines.count("END:VEVENT") == 1
    assert not any(line.startswith("URL") for line in lines)


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("https://meet.example.com/a", True),
        ("http://10.0.0.1:8080/", True),
        ("Room 4", False),
        ("javascript:alert(1)", False),
        ("javascript://a.example/%0aalert(1)", False),
        ("ftp://a.example/a", False),
        ("https://", False),
        ("https://a.example b", False),
        ("https://a.example\nX:1", False),
        ("https://[", False),
    ],
)
def test_web_links_are_recognized(text: str, is_link: bool) -> None:
    assert is_web_link(text) is is_link
