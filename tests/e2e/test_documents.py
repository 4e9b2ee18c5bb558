"""Quote, email, invitation and brief, downloaded in a real browser from the demo book."""

import email
import io
import re
from collections.abc import Callable
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import icalendar
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import wait_until_idle
from tests.e2e.test_main_job import expect_heading, fill_question, pick_from_list


def open_renewal(page: Page) -> str:
    """Open a run of the standard renewal from Today; returns its id."""
    page.get_by_role("link", name="Resume").first.wait_for()
    links = page.get_by_role("link", name="Resume")
    runs = [parse_qs(urlsplit(link.get_attribute("href") or "").query)["execution"][0] for link in links.all()]
    for run in runs:
        page.goto(f"/run?execution={run}&slide=prepare-quote")
        expect(page.locator(".st-key-run_footer").or_(page.get_by_role("link", name="Go to Today"))).to_be_visible()
        wait_until_idle(page)
        if page.get_by_role("heading", name="Prepare the quote", level=2).is_visible():
            return run
    raise AssertionError("No open run has a quote.")


def go_to_slide(page: Page, run: str, slide: str, title: str) -> None:
    page.goto(f"/run?execution={run}&slide={slide}")
    expect_heading(page, title)


def download(page: Page, button: str) -> bytes:
    with page.expect_download() as found:
        page.get_by_role("button", name=button).click()
    return Path(found.value.path()).read_bytes()


def test_what_a_run_writes_can_be_sent(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    run = open_renewal(page)

    go_to_slide(page, run, "prepare-quote", "Prepare the quote")
    fill_question(page, "Remarks", "Payment within 30 days.")
    text = PdfReader(io.BytesIO(download(page, "Download the quote"))).pages[0].extract_text()
    assert "Payment within 30 days." in text
    assert "Alice Moreau" in text
    assert download(page, "Download spreadsheet").startswith(b"PK")

    go_to_slide(page, run, "draft-email", "Draft the email")
    fill_question(page, "To", "nobody")
    expect(page.get_by_text("Not an email address: nobody")).to_be_visible()
    expect(page.get_by_role("button", name="Download the email")).not_to_be_visible()
    fill_question(page, "To", "Zoë Müller <zoë@müller.example>; c@d.example")
    pick_from_list(page, "No")
    link = page.get_by_role("link", name="Open in email app").get_attribute("href")
    assert link is not None
    assert link.startswith("mailto:zo%C3%AB@xn--mller-kva.example,c@d.example?subject=")
    page.get_by_role("button", name="Copy the text").click()
    expect(page.get_by_role("dialog").or_(page.locator("[data-testid=stPopoverBody]")).first).to_contain_text(
        "Alice Moreau"
    )
    page.keyboard.press("Escape")
    pick_from_list(page, "Yes")
    message = email.message_from_bytes(download(page, "Download the email"), policy=default)
    assert message["To"] == "Zoë Müller <zoë@xn--mller-kva.example>, c@d.example"
    assert [part.get_content_type() for part in message.iter_attachments()] == ["application/pdf"]

    go_to_slide(page, run, "schedule-call", "Schedule the call")
    page.get_by_text("What happened in this run").click()
    for made in (r"made quote-\S+\.pdf on “Prepare the quote”", r"made \S+\.xlsx on", "on “Draft the email”"):
        expect(page.get_by_text(re.compile(made)).first).to_be_visible()
    fill_question(page, "Place or link", "https://meet.example.com/x")
    (event,) = icalendar.Calendar.from_ical(download(page, "Download the invitation")).walk("VEVENT")
    assert event["URL"] == "https://meet.example.com/x"
    assert event["ORGANIZER"].params["CN"] == "Alice Moreau"
    assert event["SEQUENCE"] >= 1
