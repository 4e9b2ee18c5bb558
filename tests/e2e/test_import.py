"""Five files of systems Zen has never seen, brought in by a manager in the browser. Prints seconds and clicks."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib import local
from lib.db.client import create_http_pool
from lib.db.privileged_client import create_privileged_client
from lib.imports.repository import ImportQueue
from tests.e2e.conftest import wait_until_idle
from tests.support.server import AppServer

CUSTOMERS = "Acct No;Firma;Homepage;Größe;Kunde seit\n" + "".join(
    f"K{number};Quellwerk {number} GmbH;quellwerk{number}.example;{size};{number:02d}.03.2024\n"
    for number, size in enumerate(("Mid-Market", "Enterprise", "SMB", "Mid-Market"), start=14)
)
CONTRACTS = (
    "Contract Ref,Client,Begin,Renews On,Notice Period (days),Auto Renewal,Licences,List Price/Seat\n"
    + "".join(
        f"R-{number},Quellwerk {number} GmbH,2026-01-{number},2027-01-{number},60,yes,{number * 10},480.50\n"
        for number in range(14, 18)
    )
)
CONTACTS = "Client\tFirst Name\tLast Name\tE-Mail\tBuying Role\n" + "".join(
    f"Quellwerk {number} GmbH\tIda\tBerg {number}\tida@quellwerk{number}.example\tChampion\n"
    for number in range(14, 18)
)
TICKETS = "Case #|Subject|Urgency|State|Opened|Closed|Client\n" + "".join(
    f"E2E-{number}|Export is slow|High|Open|2026-10-{number}||Quellwerk {number} GmbH\n" for number in range(14, 18)
)
NOTES = "Client;When;What;Text\n" + "".join(
    f"Quellwerk {number} GmbH;{number}.10.2026;Call;They plan a second site.\n" for number in range(14, 18)
)
FILES = {
    "kunden.csv": CUSTOMERS,
    "contracts.csv": CONTRACTS,
    "people.tsv": CONTACTS,
    "cases.txt": TICKETS,
    "notizen.csv": NOTES,
}

MAPPED_BY_HAND = {"notizen.csv": {"When": "Day *"}}


@dataclass
class CountedPage:
    """A page that counts what a person does on it."""

    page: Page
    apply_imports: Callable[[], None]
    actions: int = 0

    def press(self, label: str) -> None:
        self.actions += 1
        self.page.get_by_role("button", name=re.compile(label)).first.click()
        wait_until_idle(self.page)

    def choose_file(self, file: Path) -> None:
        self.actions += 1
        self.page.set_input_files("input[type=file]", file)
        expect(self.page.get_by_text("What it holds")).to_be_visible(timeout=60_000)
        wait_until_idle(self.page)

    def map_column(self, header: str, field: str) -> None:
        self.actions += 2
        self.page.get_by_role("combobox", name=f"What “{header}” becomes").click()
        self.page.get_by_role("option", name=field).first.click()
        wait_until_idle(self.page)

    def bring_in(self, file: Path, by_hand: Mapping[str, str]) -> None:
        """The shortest way: map by hand, leave out what was not recognised, check, bring in, wait for the worker."""
        self.choose_file(file)
        for header, field in by_hand.items():
            self.map_column(header, field)
        if self.page.get_by_role("button", name="Leave out the").count():
            self.press("Leave out the")
        self.press("^.*Check 4 rows")
        self.press("Bring in 4 rows")
        self.apply_imports()
        expect(self.page.get_by_role("button", name="Undo…")).to_be_visible(timeout=90_000)
        expect(self.page.get_by_text("4 new")).to_be_visible()
        self.press("All imports")


@pytest.fixture
def apply_imports(demo: AppServer, demo_folder: Path) -> Callable[[], None]:
    """What the worker does; tests run without one."""
    stack = local.find_running_stack(folder=demo_folder)
    assert stack is not None
    queue = ImportQueue(create_privileged_client(stack.url, stack.secret_key, create_http_pool()))

    def apply() -> None:
        while queue.apply_next_batch():
            pass

    return apply


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content.encode("cp1252" if name == "kunden.csv" else "utf-8"))
    return tmp_path


def test_five_unknown_files_come_in_within_ten_minutes(
    sign_in: Callable[..., Page], folder: Path, apply_imports: Callable[[], None]
) -> None:
    counted = CountedPage(sign_in("carol"), apply_imports)
    counted.page.get_by_role("link", name="Import").click()
    wait_until_idle(counted.page)
    start = time.monotonic()
    for name in FILES:
        began, before = time.monotonic(), counted.actions
        counted.bring_in(folder / name, MAPPED_BY_HAND.get(name, {}))
        print(f"{name}: {time.monotonic() - began:.0f} s, {counted.actions - before} clicks")
    seconds = time.monotonic() - start
    print(f"five files: {seconds:.0f} s, {counted.actions} clicks")
    assert seconds < 600
    for name in FILES:
        expect(counted.page.get_by_text(name)).to_be_visible()


def test_a_csm_has_no_import_in_the_menu(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    expect(page.get_by_role("link", name="People")).to_be_visible()
    expect(page.get_by_role("link", name="Import")).to_have_count(0)
