"""A company from nothing: created by the operator, filled from two exports, joined by its people, and taken back.

Prints seconds and clicks.
"""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Browser, expect
from xlsxwriter import Workbook

from lib import local
from tests.database.factories import fetch_rows, fetch_value, insert_customer
from tests.e2e.conftest import find_row, wait_until_idle
from tests.e2e.test_import import CountedPage, apply_imports
from tests.e2e.test_people import demo_sql, find_mailed_link, join
from tests.e2e.test_typed_numbers import type_into_cell
from tests.support.companies import unused_email
from tests.support.server import REPOSITORY, AppServer

__all__ = ["apply_imports", "demo_sql"]  # fixtures

Connection = psycopg.Connection[Any]

COMPANY = "Nordwind Software"
HEADERS = (
    "Datensatz-ID;Unternehmensname;Unternehmensdomain;Branche;Segment;Kunde seit;Zuständig;Vertragsbeginn;Vertragsende;"
    "Kündigungsfrist (Tage);Automatische Verlängerung;Lizenzen;Listenpreis;Rabatt;Ansprechpartner;E-Mail;Rolle"
)
CUSTOMERS = ("Adler", "Birke", "Cedro", "Dorn", "Eiche", "Falke", "Ginster", "Hasel", "Ilex", "Jura")
BAD_DAY, GOOD_DAY = "31.02.2030", "28.02.2030"
TABLES = ("customers", "contacts", "contracts", "tickets", "external_ids", "pending_owners")


def write_crm_export(owners: list[str]) -> bytes:
    """German headers, semicolons, a byte order mark; the last day of one contract does not exist."""
    today, lines = date.today(), [HEADERS]
    for place, name in enumerate(CUSTOMERS):
        end = today + timedelta(days=45 + 20 * place)
        start = end - timedelta(days=365)
        cells = (
            *(f"{1000 + place}", f"{name} GmbH", f"www.{name.lower()}.example", "Logistik", "Mittelstand"),
            *(f"{start:%d.%m.%Y}", owners[place % len(owners)], f"{start:%d.%m.%Y}"),
            *(BAD_DAY if place == 3 else f"{end - timedelta(days=1):%d.%m.%Y}", "30", "Ja", "100", "120,50", "0 %"),
            *(f"Kim {name}", f"kim@{name.lower()}.example", "Champion"),
        )
        lines.append(";".join(cells))
    return "\r\n".join(lines).encode("utf-8-sig")


def write_helpdesk_export() -> bytes:
    """A workbook with moments as Excel has them; two tickets of each customer, one solved."""
    made, morning = io.BytesIO(), datetime.combine(date.today(), datetime.min.time()).replace(hour=9)
    with Workbook(made, {"in_memory": True}) as workbook:
        sheet, moment = workbook.add_worksheet("Export"), workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["Ticket ID", "Subject", "Priority", "Status", "Created at", "Solved at", "Organization"])
        for place in range(2 * len(CUSTOMERS)):
            is_solved, row = place % 2 == 0, place + 1
            status = "Closed" if is_solved else "Open"
            sheet.write_row(row, 0, [50_000 + place, "Export is slow", "High", status])
            sheet.write_datetime(row, 4, morning - timedelta(days=place + 4), moment)
            if is_solved:
                sheet.write_datetime(row, 5, morning - timedelta(days=place + 2), moment)
            sheet.write(row, 6, f"{CUSTOMERS[place // 2]} GmbH")
    return made.getvalue()


def create_company(folder: Path, admin: str, app_url: str) -> None:
    """As the operator does."""
    stack = local.find_running_stack(folder=folder)
    assert stack is not None
    command = [sys.executable, "-m", "lib.companies", "create", COMPANY, "--admin", admin, "--admin-name", "Ada Winter"]
    environment = os.environ | stack.environment
    subprocess.run([*command, "--app-url", app_url], cwd=REPOSITORY, env=environment, check=True, capture_output=True)


def read_book(sql: Connection, company: Any) -> dict[str, list[Any]]:
    """Rows of the company without what every write changes."""
    statement = (
        "select to_jsonb(t) - 'revision' - 'updated_at' as row from public.{} t where company_id = %s order by 1"
    )
    return {table: [row["row"] for row in fetch_rows(sql, statement.format(table), company)] for table in TABLES}


@contextmanager
def print_cost(name: str, counted: CountedPage) -> Iterator[None]:
    """Print how long a step took, and its clicks."""
    began, before = time.monotonic(), counted.actions
    yield
    print(f"{name}: {time.monotonic() - began:.0f} s, {counted.actions - before} clicks")


def bring_in(counted: CountedPage, file: Path, *, rows: int, records: int, refused: int = 0) -> None:
    counted.choose_file(file)
    counted.press(f"Check {rows} rows")
    if refused:
        expect(counted.page.get_by_text(f"Refused {refused}", exact=True)).to_be_visible()
        wait_until_idle(counted.page)
        counted.actions += 1
        type_into_cell(counted.page, 2, GOOD_DAY)  # after the line and the reason
        counted.press("Check 1 corrected row")
        expect(counted.page.get_by_text("1 row corrected")).to_be_visible()
        wait_until_idle(counted.page)
    counted.press(f"Bring in {records} rows")
    counted.apply_imports()
    expect(counted.page.get_by_role("button", name="Undo…")).to_be_visible()
    counted.press("All imports")


def take_back(counted: CountedPage, file: Path) -> None:
    counted.actions += 1
    find_row(counted.page, file.name).get_by_role("button", name="Open").click()
    wait_until_idle(counted.page)
    counted.press("Undo…")
    counted.press("Undo the import")
    counted.apply_imports()
    expect(counted.page.get_by_role("button", name="Bring in again…")).to_be_visible()


def test_a_company_begins_is_filled_joined_and_taken_back(
    demo: AppServer,
    demo_folder: Path,
    demo_sql: Connection,
    browser: Browser,
    apply_imports: Callable[[], None],
    tmp_path: Path,
) -> None:
    admin_email, colleagues = unused_email(), [unused_email() for _ in range(5)]
    crm, helpdesk = tmp_path / "hubspot-firmen.csv", tmp_path / "zendesk.xlsx"
    crm.write_bytes(write_crm_export(colleagues))
    helpdesk.write_bytes(write_helpdesk_export())
    create_company(demo_folder, admin_email, demo.url)
    began = time.monotonic()
    counted = CountedPage(
        join(browser, demo_folder, f"{demo.url}/auth/join?email={admin_email}", admin_email, company=COMPANY),
        apply_imports,
    )
    page = counted.page
    print(f"the admin joins: {time.monotonic() - began:.0f} s")
    admin = fetch_rows(demo_sql, "select id, company_id from public.profiles where email = %s", admin_email)[0]
    company = admin["company_id"]
    insert_customer(demo_sql, company, admin["id"], name="Adler GmbH", domain="adler.example", industry="Spedition")
    before = read_book(demo_sql, company)

    with print_cost("two exports", counted):
        counted.actions += 1
        page.get_by_role("link", name="Import your customers").click()
        wait_until_idle(page)
        bring_in(counted, crm, rows=10, records=30, refused=3)
        bring_in(counted, helpdesk, rows=20, records=20)
    with print_cost("five invitations", counted):
        counted.actions += 1
        page.get_by_role("link", name="People").click()
        counted.press("Invite people")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Email addresses, one per line").fill(
            "\n".join(f"Bea Quist <{email}>" for email in colleagues)
        )
        counted.actions += 1
        dialog.get_by_role("button", name="Invite", exact=True).click()
        expect(dialog).to_have_count(0)
        wait_until_idle(page)
    with print_cost("the first CSM joins", counted):
        link = find_mailed_link(demo_folder, colleagues[0])
        colleague = join(browser, demo_folder, link, colleagues[0], company=COMPANY)
        expect(colleague.get_by_text("2 renewals worth $24,100 come in the next 12 months").first).to_be_visible()
        expect(colleague.get_by_text("Adler GmbH").first).to_be_visible()
    seconds = time.monotonic() - began
    print(f"from exports to Today: {seconds:.0f} s, {counted.actions} clicks")
    assert seconds < 600
    owned = "select count(*) from public.customers c join public.profiles p on p.id = c.owner_id where p.email = %s"
    assert fetch_value(demo_sql, owned, colleagues[0]) == 2
    assert fetch_value(demo_sql, owned, admin_email) == 8
    assert fetch_value(demo_sql, "select count(*) from public.tickets where company_id = %s", company) == 20

    with print_cost("both taken back", counted):
        counted.actions += 1
        page.get_by_role("link", name="Import").click()
        wait_until_idle(page)
        take_back(counted, helpdesk)
        counted.press("All imports")
        take_back(counted, crm)
    assert read_book(demo_sql, company) == before
    colleague.close()
    page.close()
