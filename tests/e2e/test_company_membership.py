"""Joining a company and leaving it again, as a new colleague meets it."""

from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from lib import local
from lib.demo.people import DEMO_PEOPLE
from tests.e2e.browsers import PHONE, WIDE
from tests.support.companies import PASSWORD, unused_email
from tests.support.mailed_codes import wait_for_code
from tests.support.server import AppServer


@pytest.fixture
def invited(demo: AppServer, demo_folder: Path) -> str:
    """An address that two companies of the demo book have invited."""
    stack, email = local.find_running_stack(folder=demo_folder), unused_email()
    assert stack is not None
    with psycopg.connect(stack.database_url, autocommit=True) as sql:
        sql.execute(
            "insert into public.company_invites (company_id, email, role, full_name) "
            "select id, %s, 'csm', 'Bea Quist' from public.companies where name = any (%s)",
            [email, sorted({person.company for person in DEMO_PEOPLE})],
        )
    return email


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_new_colleague_joins_the_company_they_choose_and_leaves_it(
    demo: AppServer, demo_folder: Path, browser: Browser, invited: str, size: dict[str, int]
) -> None:
    page = browser.new_page(base_url=demo.url, viewport=size, timezone_id="America/Chicago")
    page.goto("/auth/sign-in")
    page.get_by_role("link", name="Invited? Join").click()
    page.get_by_label("Email").fill(invited)
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_text("The code is on its way.")).to_be_visible()
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(wait_for_code(demo_folder, invited))
    page.get_by_label("New password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your name")).to_have_value("Bea Quist")
    expect(page.get_by_role("button", name="Join ")).to_have_count(2)
    page.get_by_role("button", name="Join Larkfield Software").click()
    expect(page.get_by_text("Good").first).to_be_visible()
    page.goto("/auth/profile")
    expect(page.get_by_text("Bea Quist, CSM at Larkfield Software")).to_be_visible()
    page.get_by_label("Yes, leave Larkfield Software").check()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("button", name="Join ")).to_have_count(1)
    page.close()
