"""A manager looks up what was changed, downloads what is held on a contact, erases it, and finds the proof."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from lib import local
from tests.database.factories import AccountFactory, fetch_rows, fetch_value
from tests.e2e.conftest import wait_until_idle
from tests.support.server import AppServer

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
Connection = psycopg.Connection[Any]


@pytest.fixture
def demo_sql(demo: AppServer, demo_folder: Path) -> Iterator[Connection]:
    stack = local.find_running_stack(folder=demo_folder)
    assert stack is not None
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def customer(demo_sql: Connection, request: pytest.FixtureRequest) -> AccountFactory:
    """A customer of Frank's company with one contact, whom a note names by the full and by the first name."""
    (frank,) = fetch_rows(demo_sql, "select id, company_id from public.profiles where email = 'frank@brindle.example'")
    name = f"Osprey Foods {request.node.callspec.id}"
    account = AccountFactory(demo_sql, frank["company_id"], frank["id"], name=name, day=date.today())
    account.insert_contact(name=f"Ines Ortega {request.node.callspec.id.title()}", email="ines@osprey.example")
    account.insert_note("call", ago=1)
    words = f"Ines Ortega {request.node.callspec.id.title()} called. Ines wants a discount."
    demo_sql.execute("update public.notes set body = %s where customer_id = %s", [words, account.id])
    return account


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    wait_until_idle(page)


def open_page(page: Page, name: str) -> None:
    """By the address, which is the same with the menu open and closed."""
    page.goto(f"/{name}")
    expect(page.get_by_role("heading", name=name.title(), exact=True)).to_be_visible()
    wait_until_idle(page)


def enter(page: Page, label: str, text: str) -> None:
    page.get_by_role("textbox", name=label).fill(text)
    page.keyboard.press("Enter")
    wait_until_idle(page)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_contact_is_looked_up_downloaded_and_erased_with_a_proof(
    sign_in: Callable[..., Page],
    demo_sql: Connection,
    customer: AccountFactory,
    picture: Callable[..., None],
    size: Any,
    request: pytest.FixtureRequest,
) -> None:
    width = request.node.callspec.id
    name = f"Ines Ortega {width.title()}"
    page = sign_in("frank")
    page.set_viewport_size(size)
    open_page(page, "audit")
    choose(page, "What", "Contact")
    expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("wants a discount")).to_have_count(0)
    picture(page, f"audit-{width}")

    open_page(page, "privacy")
    page.get_by_role("radio", name="Contact").click()
    wait_until_idle(page)
    enter(page, "Find by name", name)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(downloading.value.path()).read_bytes()))
    exported = json.loads(archive.read("export.json"))
    assert [row["name"] for row in exported["contacts"]] == [name]
    assert "notes.csv" in archive.namelist()

    enter(page, "Other names in texts (optional)", "Ines")
    page.get_by_text("What names them").click()
    expect(page.get_by_text("called. Ines wants a discount.").first).to_be_visible()
    enter(page, "Reason, without their name", "Asked for by letter.")
    enter(page, f"To confirm, enter the name: {name}", name)
    picture(page, f"erasure-{width}", tall=1900)
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Erased. The proof has the number")).to_be_visible()
    expect(page.get_by_text("A contact pseudonymised").first).to_be_visible()
    picture(page, f"erased-{width}")

    note = "select body from public.notes where customer_id = %s"
    assert fetch_value(demo_sql, note, customer.id) == "[…] called. […] wants a discount."
    open_page(page, "audit")
    choose(page, "What", "Contact")
    expect(page.get_by_text(name)).to_have_count(0)
    expect(page.get_by_text("by an erasure").first).to_be_visible()
