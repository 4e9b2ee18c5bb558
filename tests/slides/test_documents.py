import csv
import email
import io
from datetime import UTC, date, datetime
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from lib.content.model import Callout, Facts
from lib.slides import call_times, slide_builder
from lib.slides.documents import build_calendar_file, build_email_file, build_filename, is_email_address
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from tests.slides.slide_inputs import default_answers, make_slide_input
from tests.support.sample_accounts import NASTY, full_account, nasty_account


def invitation(**given: object) -> bytes:
    values = {
        "uid": "x@zen",
        "created_on": date(2026, 11, 23),
        "starts_at": datetime(2027, 1, 12, 10, tzinfo=ZoneInfo("America/New_York")),
        "minutes": 30,
        "subject": "Call",
        "agenda": "1. One",
        "guests": (),
    }
    return build_calendar_file(**(values | given))  # type: ignore[arg-type]


def test_an_email_is_an_unsent_draft_that_reads_as_typed() -> None:
    body = "Grüße, 株式会社\n\n" + "x" * 2000 + "\n.\nFrom here"
    message = email.message_from_bytes(
        build_email_file(to="a@b.example, nobody; c@d.example", cc="", subject="Zoë: nächste Schritte", body=body),
        policy=default,
    )
    assert message["X-Unsent"] == "1"
    assert message["To"] == "a@b.example, c@d.example"
    assert message["Subject"] == "Zoë: nächste Schritte"
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == body


def test_no_header_can_be_injected_into_an_email() -> None:
    raw = build_email_file(to="a@b.example\nBcc: x@y.example", cc=NASTY, subject="Hi\r\nBcc: x@y.example", body="x")
    message = email.message_from_bytes(raw, policy=default)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hi Bcc: x@y.example"


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
        guests=(('A"\r\nB', "a@b.example"), ("C", "c@d.example\r\nX:1")),
    )
    lines = raw.replace(b"\r\n ", b"").decode().split("\r\n")
    assert [line for line in lines if line.startswith(("ATTENDEE", "X:"))] == ['ATTENDEE;CN="A\' B":mailto:a@b.example']
    assert lines.count("END:VEVENT") == 1


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("zoe@example.com", True),
        ("zoë@exämple.com", True),
        ("a@b", False),
        ("a b@c.example", False),
        ("a@b.example,c@d.example", False),
        ("@b.example", False),
        ("x" * 300 + "@b.example", False),
    ],
)
def test_email_addresses_are_recognized(text: str, good: bool) -> None:
    assert is_email_address(text) is good


def test_a_file_name_keeps_letters_of_every_script_and_nothing_else() -> None:
    assert build_filename("quote", "Łukasz & 株式会社/../x", "csv") == "quote-Łukasz-株式会社-x.csv"
    assert build_filename("quote", "../..", "csv") == "quote-customer.csv"


def test_spreadsheet_cells_are_never_formulas() -> None:
    slide = LIBRARY[SlideId.PREPARE_QUOTE]
    answers = {"lines": [{"item": "=cmd()", "seats": 1, "price": 2.0}], "valid_until": "+1"}
    (document,) = slide_builder.build_slide_documents(slide, make_slide_input(slide, nasty_account()), answers)
    rows = list(csv.reader(io.StringIO(document.content.decode("utf-8-sig"))))
    assert rows[1] == ["Valid until", "'+1"]
    assert rows[4][:2] == ["'=cmd()", "1"]


def test_a_brief_is_a_page_that_fetches_nothing_and_runs_nothing() -> None:
    slide = LIBRARY[SlideId.EXECUTIVE_BRIEF]
    slide_input = make_slide_input(slide, nasty_account())
    (document,) = slide_builder.build_slide_documents(slide, slide_input, default_answers(slide, slide_input))
    page = document.content.decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "src=" not in page.replace("src=x", "")
    assert "Zoë" in page
    assert "Health" not in page


def test_brief_leaves_out_empty_parts_and_the_slide_names_them() -> None:
    slide = LIBRARY[SlideId.EXECUTIVE_BRIEF]
    slide_input = make_slide_input(slide, full_account())
    answers = {"headline": "Where we stand", "situation": "Three teams use it.", "asks": " ", "decision": None}
    (document,) = slide_builder.build_slide_documents(slide, slide_input, answers)
    page = document.content.decode()
    assert "Three teams use it." in page
    for absent in ("not written", "What we ask", "Decision", "ARR", "deadline", "Figures"):
        assert absent not in page
    said = [
        section.text
        for section in slide_builder.build_slide_results(slide, slide_input, answers)
        if isinstance(section, Callout)
    ]
    assert said == ["Not written yet, so not in the brief: What we ask and Decision needed."]


def test_our_figures_are_on_a_brief_only_when_asked_for() -> None:
    slide = LIBRARY[SlideId.EXECUTIVE_BRIEF]
    slide_input = make_slide_input(slide, full_account())
    answers = default_answers(slide, slide_input)
    assert "ARR" not in slide_builder.build_slide_documents(slide, slide_input, answers)[0].content.decode()
    assert (
        "ARR"
        in slide_builder.build_slide_documents(slide, slide_input, answers | {"with_figures": True})[0].content.decode()
    )


def test_the_proposal_is_shown_in_both_time_zones() -> None:
    slide = LIBRARY[SlideId.SCHEDULE_CALL]
    answers = {
        "date": "2027-01-12",
        "time": "16:00",
        "time_zone": "Europe/Berlin",
        "minutes": 45,
        "people": ["k-2", "gone"],
    }
    (facts,) = slide_builder.build_slide_results(slide, make_slide_input(slide, full_account()), answers)
    assert isinstance(facts, Facts)
    assert [(fact.label, fact.value) for fact in facts.items] == [
        ("In Europe/Berlin", "Tuesday 12 Jan 2027, 16:00 to 16:45"),
        ("At the customer, in America/New York", "Tuesday 12 Jan 2027, 10:00 to 10:45"),
        ("Guests", "Aiko Tanaka"),
    ]


@pytest.mark.parametrize(
    ("moment", "doubt"),
    [
        ({"date": "2026-11-20", "time": "10:00"}, "in the past"),
        ({"date": "2027-01-16", "time": "10:00"}, "It is Saturday"),
        ({"date": "2027-01-12", "time": "03:00"}, "outside office hours"),
        ({"date": "2027-03-14", "time": "02:30"}, "does not exist"),
    ],
)
def test_unsuitable_call_time_is_flagged(moment: dict[str, str], doubt: str) -> None:
    here = call_times.parse_call_start(moment | {"time_zone": "America/New_York"})
    assert here
    assert doubt in " ".join(call_times.find_call_time_problems(date(2026, 11, 23), here, here))


def test_an_unknown_time_zone_is_read_as_utc() -> None:
    assert call_times.find_customer_time_zone(nasty_account()) == "UTC"
    assert call_times.parse_call_start({"date": "2027-01-12", "time": "10:00", "time_zone": "../../etc/passwd"}) is None
    moment = call_times.parse_call_start({"date": "2027-01-12", "time": "10:00", "time_zone": "UTC"})
    assert moment == datetime(2027, 1, 12, 10, tzinfo=UTC)
