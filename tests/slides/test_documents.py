import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from pypdf import PdfReader

from lib.content.model import Callout, Facts
from lib.customers.working_days import WorkingDays
from lib.errors import Unavailable
from lib.slides import call_times, slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import Document, SlideId, SlideInput, StepRevision
from tests.slides.slide_inputs import default_answers, make_slide_input
from tests.support.sample_accounts import drop_cjk, full_account, nasty_account


def read_brief(slide_input: SlideInput, answers: dict[str, Any]) -> str:
    """The text of the only page, in one line."""
    (document,) = slide_builder.build_slide_documents(LIBRARY[SlideId.EXECUTIVE_BRIEF], slide_input, answers)
    assert isinstance(document, Document)
    (page,) = PdfReader(io.BytesIO(document.build())).pages
    return " ".join(page.extract_text().replace("\u200b", "").split())


def test_a_brief_is_a_page_that_fetches_nothing_and_runs_nothing() -> None:
    slide = LIBRARY[SlideId.EXECUTIVE_BRIEF]
    slide_input = make_slide_input(slide, drop_cjk(nasty_account()))
    answers = default_answers(slide, slide_input)
    page = read_brief(slide_input, answers)
    (document,) = slide_builder.build_slide_documents(slide, slide_input, answers)
    assert isinstance(document, Document)
    for active in (b"/JavaScript", b"/URI", b"/Launch", b"/EmbeddedFile", b"/AA"):
        assert active not in document.build()
    assert "Zoë" in page
    assert "Health" not in page


def test_brief_leaves_out_empty_parts_and_the_slide_names_them() -> None:
    slide = LIBRARY[SlideId.EXECUTIVE_BRIEF]
    slide_input = make_slide_input(slide, full_account())
    answers = {"headline": "Where we stand", "situation": "Three teams use it.", "asks": " ", "decision": None}
    page = read_brief(slide_input, answers)
    assert "Three teams use it." in page
    for absent in ("not written", "Our ask", "Decision", "ARR", "deadline", "Figures"):
        assert absent not in page
    said = [
        section.text
        for section in slide_builder.build_slide_results(slide, slide_input, answers)
        if isinstance(section, Callout)
    ]
    assert said == ["Not written yet, so not in the brief: Our ask and Decision needed."]


def test_our_figures_are_on_a_brief_only_when_asked_for() -> None:
    slide = LIBRARY[SlideId.EXECUTIVE_BRIEF]
    slide_input = make_slide_input(slide, full_account())
    answers = default_answers(slide, slide_input)
    assert "ARR" not in read_brief(slide_input, answers)
    assert "ARR" in read_brief(slide_input, answers | {"with_figures": True})


@pytest.mark.parametrize("asks", ["One more licence.", "\n".join(f"Ask number {number}" for number in range(120))])
def test_a_brief_stays_on_one_page_and_the_slide_names_what_it_cut(asks: str) -> None:
    slide = LIBRARY[SlideId.EXECUTIVE_BRIEF]
    slide_input = make_slide_input(slide, full_account())
    situation = " ".join(f"word{number}" for number in range(4000))
    answers = {"headline": "Where we stand", "situation": situation, "asks": asks, "decision": "Sign by Friday."}
    page = read_brief(slide_input, answers)
    assert "word10 " in page
    assert "word3999" not in page
    assert "Sign by Friday." in page
    said = [
        section.text
        for section in slide_builder.build_slide_results(slide, slide_input, answers)
        if isinstance(section, Callout)
    ]
    found = re.search(r"Left out of “Situation”: ([\d,]+) words, from “(word\d+) ", said[0])
    assert found is not None
    first_cut = 4000 - int(found[1].replace(",", ""))
    assert found[2] == f"word{first_cut}"
    assert f"word{first_cut - 1} …" in page
    assert len(said) == (1 if "licence" in asks else 2)


def test_one_endless_word_stays_on_one_page() -> None:
    slide_input = make_slide_input(LIBRARY[SlideId.EXECUTIVE_BRIEF], full_account())
    answers = {"headline": "Where we stand", "situation": "x" * 50_000, "asks": "y" * 50_000}
    assert "yyy" in read_brief(slide_input, answers)


def test_a_character_no_font_has_is_named_and_there_is_no_brief() -> None:
    slide = LIBRARY[SlideId.EXECUTIVE_BRIEF]
    slide_input = make_slide_input(slide, full_account())
    answers = {"headline": "Where we stand \u0378", "situation": "x", "asks": "y", "decision": "z"}
    (_, callout) = slide_builder.build_slide_results(slide, slide_input, answers)
    assert isinstance(callout, Callout)
    assert "U+0378" in callout.text
    assert slide_builder.build_slide_documents(slide, slide_input, answers) == ()


def test_the_proposal_is_shown_in_both_time_zones() -> None:
    slide = LIBRARY[SlideId.SCHEDULE_CALL]
    answers = {
        "date": "2027-01-12",
        "time": "16:00",
        "time_zone": "Europe/Berlin",
        "minutes": 45,
        "people": ["k-2", "gone"],
        "place": "Room 4",
    }
    (facts,) = slide_builder.build_slide_results(slide, make_slide_input(slide, full_account()), answers)
    assert isinstance(facts, Facts)
    assert [(fact.label, fact.value) for fact in facts.items] == [
        ("Berlin time", "Tuesday 12 Jan 2027, 16:00 to 16:45"),
        ("At the customer, New York time", "Tuesday 12 Jan 2027, 10:00 to 10:45"),
        ("Guests", "Aiko Tanaka"),
        ("Place or link", "Room 4"),
    ]


def test_an_invitation_without_place_or_link_says_so() -> None:
    slide = LIBRARY[SlideId.SCHEDULE_CALL]
    answers = {"date": "2027-01-12", "time": "16:00", "time_zone": "Europe/Berlin", "minutes": 45, "people": ["k-2"]}
    slide_input = replace(make_slide_input(slide, full_account()), run_id="run-1")
    results = slide_builder.build_slide_results(slide, slide_input, answers)
    assert [each.text for each in results if isinstance(each, Callout)] == ["The invitation names no place or link."]
    assert len(slide_builder.build_slide_documents(slide, slide_input, answers)) == 1
    results = slide_builder.build_slide_results(slide, slide_input, answers | {"place": "Room 4"})
    assert not any(isinstance(each, Callout) for each in results)


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


def test_a_call_on_a_holiday_or_a_weekday_off_is_flagged_on_the_slide() -> None:
    slide = LIBRARY[SlideId.SCHEDULE_CALL]
    days = WorkingDays(weekdays=(1, 2, 3, 4), holidays=(date(2027, 1, 12),))
    account = full_account()
    slide_input = make_slide_input(slide, replace(account, rules=replace(account.rules, working_days=days)))
    answers = {"time": "16:00", "time_zone": "UTC", "minutes": 45, "people": ["k-2"], "place": "Room 4"}

    def list_warnings(day: str) -> str:
        results = slide_builder.build_slide_results(slide, slide_input, answers | {"date": day})
        return " ".join(each.text for each in results if isinstance(each, Callout))

    assert "12 Jan 2027 is a holiday of your company." in list_warnings("2027-01-12")
    assert "It is Friday" in list_warnings("2027-01-15")
    assert "holiday" not in list_warnings("2027-01-13")


def test_an_unknown_time_zone_is_read_as_utc() -> None:
    assert call_times.find_customer_time_zone(nasty_account()) == "UTC"
    assert call_times.parse_call_start({"date": "2027-01-12", "time": "10:00", "time_zone": "../../etc/passwd"}) is None
    moment = call_times.parse_call_start({"date": "2027-01-12", "time": "10:00", "time_zone": "UTC"})
    assert moment == datetime(2027, 1, 12, 10, tzinfo=UTC)


def read_invitation(slide_input: SlideInput, answers: dict[str, object]) -> icalendar.Event:
    slide = LIBRARY[SlideId.SCHEDULE_CALL]
    given = default_answers(slide, slide_input) | answers
    (document,) = slide_builder.build_slide_documents(slide, slide_input, given)
    assert isinstance(document, Document)
    (event,) = icalendar.Calendar.from_ical(document.build()).walk("VEVENT")
    return event


def test_a_moved_call_is_the_same_call_with_a_higher_sequence() -> None:
    before = replace(make_slide_input(LIBRARY[SlideId.SCHEDULE_CALL], full_account()), run_id="run-1")
    after = replace(before, revisions={SlideId.SCHEDULE_CALL: StepRevision(number=5)})
    first, second = read_invitation(before, {}), read_invitation(after, {"time": "16:00"})
    assert first["UID"] == second["UID"] == "run-1-schedule-call@zen"
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 5)
    assert first.decoded("DTSTART") != second.decoded("DTSTART")
    assert datetime.now(UTC) - second.decoded("DTSTAMP") < timedelta(minutes=1)


def test_before_the_run_there_is_no_invitation() -> None:
    slide = LIBRARY[SlideId.SCHEDULE_CALL]
    peek = replace(make_slide_input(slide, full_account()), run_id="")
    answers = default_answers(slide, peek)
    assert slide_builder.build_slide_documents(slide, peek, answers) == ()
    results = slide_builder.build_slide_results(slide, peek, answers)
    assert "Start the run to download the invitation." in [each.text for each in results if isinstance(each, Callout)]


def test_the_person_invites_the_guests_by_name_to_a_place() -> None:
    slide_input = replace(
        make_slide_input(LIBRARY[SlideId.SCHEDULE_CALL], full_account()), person_email="zoe@northwind.example"
    )
    event = read_invitation(slide_input, {"people": ["k-2"], "place": "https://meet.example.com/x"})
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == ("mailto:zoe@northwind.example", "Zoë")
    assert event["ATTENDEE"].params["CN"] == "Aiko Tanaka"
    assert event["URL"] == "https://meet.example.com/x"


def test_a_guest_whom_no_invitation_reaches_is_named() -> None:
    slide, account = LIBRARY[SlideId.SCHEDULE_CALL], full_account()
    for address, text, count in (
        (None, "No email address on record: Aiko Tanaka. Invite them yourself.", 1),
        ("aiko", "Not an email address: Aiko Tanaka (aiko). Remove the guest to download the invitation.", 0),
    ):
        contacts = tuple(replace(each, email=address) if each.id == "k-2" else each for each in account.contacts)
        slide_input = make_slide_input(slide, replace(account, contacts=contacts))
        answers = default_answers(slide, slide_input) | {"people": ["k-2"]}
        results = slide_builder.build_slide_results(slide, slide_input, answers)
        assert text in [section.text for section in results if isinstance(section, Callout)]
        assert len(slide_builder.build_slide_documents(slide, slide_input, answers)) == count


def test_a_file_that_cannot_be_made_is_logged_and_said(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> bytes:
        raise ValueError("a detail for the log")

    document = Document(filename="quote.pdf", media_type="application/pdf", label="Download", build=fail)
    with pytest.raises(Unavailable, match="This file could not be made") as refused:
        slide_builder.build_document_content(document)
    assert "a detail" not in str(refused.value)
    assert "a detail for the log" in caplog.text
