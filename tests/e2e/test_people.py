"""A company's first admin invites a colleague, who joins by the mailed link and code, gets a book and sees Today."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from lib import local
from tests.database.factories import AccountFactory, fetch_value, insert_row
from tests.e2e.browsers import WIDE
from tests.e2e.conftest import wait_until_idle
from tests.support.companies import PASSWORD, unused_email
from tests.support.mailed_codes import read_codes, wait_for_code
from tests.support.server import REPOSITORY, AppServer

Connection = psycopg.Connection[Any]


@pytest.fixture
def demo_sql(demo: AppServer, demo_folder: Path) -> Iterator[Connection]:
    stack = local.find_running_stack(folder=demo_folder)
    assert stack is not None
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def admin_email(demo_sql: Connection) -> str:
    """The address of the first admin of a new company, invited by the operator."""
    company, email = insert_row(demo_sql, "companies", name="Harbour Metrics"), unused_email()
    insert_row(demo_sql, "company_invites", company_id=company, email=email, role="admin", full_name="Ann Berg")
    return email


def send_mails(folder: Path) -> None:
    """What the worker of an embedded Supabase does all the time; the tests' own has none."""
    stack = local.find_running_stack(folder=folder)
    assert stack is not None
    command = [sys.executable, "-m", "lib.worker", "--once", "--mailbox", str(folder / "mail.log")]
    subprocess.run(command, cwd=REPOSITORY, env=os.environ | stack.environment, check=True, capture_output=True)


def find_mailed_link(folder: Path, email: str) -> str:
    """The link in the mail that invites an address."""
    send_mails(folder)
    link = re.search(rf"\S+/auth/join\?email={re.escape(email)}", (folder / "mail.log").read_text())
    assert link is not None
    return link[0]


def join(browser: Browser, folder: Path, address: str, email: str, *, company: str = "Harbour Metrics") -> Page:
    """A browser in which somebody joins by a link, with the code that is mailed to them."""
    page = browser.new_page(viewport=WIDE, timezone_id="America/Chicago")
    before = len(read_codes(folder, email))
    page.goto(address)
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(wait_for_code(folder, email, after=before))
    page.get_by_label("New password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"Join {company}").click()
    page.wait_for_selector("[data-testid=stMainBlockContainer]")
    wait_until_idle(page)
    return page


def insert_book(sql: Connection, owner_email: str) -> None:
    """Two customers, one of whom renews in three months."""
    company = fetch_value(sql, "select company_id from public.profiles where email = %s", owner_email)
    owner = fetch_value(sql, "select id from public.profiles where email = %s", owner_email)
    for name, days in (("Osprey Foods", 30), ("Quarry Lane", 600)):
        account = AccountFactory(sql, company, owner, name=name, day=date.today())
        account.insert_contract(notice_in=days, seats=3000)


def test_an_invited_colleague_joins_gets_a_book_and_sees_it_on_today(
    demo: AppServer, demo_folder: Path, demo_sql: Connection, browser: Browser, admin_email: str
) -> None:
    admin = join(browser, demo_folder, f"{demo.url}/auth/join?email={admin_email}", admin_email)
    insert_book(demo_sql, admin_email)
    email = unused_email()
    admin.get_by_role("link", name="People").click()
    expect(admin.get_by_text("You are the only one here.")).to_be_visible()
    admin.get_by_role("button", name="Invite people").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Email addresses, one per line").fill(f"Bea Quist <{email}>")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(admin.get_by_text(f"Invited {email}.")).to_be_visible()

    colleague = join(browser, demo_folder, find_mailed_link(demo_folder, email), email)
    expect(colleague.get_by_text("1 renewal worth")).to_have_count(0)

    admin.get_by_role("button", name="Refresh").click()
    expect(admin.get_by_text("Bea Quist")).to_be_visible()
    own_row = admin.locator("[class*='list_row-person']").filter(has_text="Ann Berg")
    own_row.get_by_role("button").first.click()
    admin.get_by_text("Hand over the book").click()
    dialog.get_by_label("Who takes over").click()
    admin.get_by_role("option", name="Bea Quist").click()
    expect(dialog.get_by_text("2 customers").first).to_be_visible()
    dialog.get_by_role("button", name="Hand over", exact=True).click()
    expect(admin.get_by_text("2 customers of Ann Berg handed over.")).to_be_visible()
    owners = "select count(*) from public.customers c join public.profiles p on p.id = c.owner_id where p.email = %s"
    assert fetch_value(demo_sql, owners, email) == 2

    colleague.goto(demo.url)
    expect(colleague.get_by_text("1 renewal worth $300,000 comes in the next 12 months").first).to_be_visible()
    colleague.get_by_role("link", name="Inbox").click()
    expect(colleague.get_by_text("Yours now, from Ann Berg: Osprey Foods, Quarry Lane.")).to_be_visible()
    admin.close()
    colleague.close()
