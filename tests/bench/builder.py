"""The builder with a draft of sixty slides: a click, a text and a move over the websocket, and a drag in a browser.

`python -m tests.bench.builder` starts the app on its own Supabase with the demo book; about two minutes. Prints
milliseconds until the page is drawn, of the server's processor in each rerun, and from the release of a dragged slide
until the browser has painted it in its new place. `--no-browser` leaves the drag out, `--rest postgrest` asks a real
PostgREST.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Page, sync_playwright

from lib.demo.people import DEMO_PEOPLE
from tests.bench import vitals
from tests.bench.__main__ import app_servers, sign_in
from tests.bench.builder_tab import BuilderTab
from tests.bench.wire import Run
from tests.e2e.conftest import wait_until_idle
from tests.support.server import AppServer

AUTHOR = DEMO_PEOPLE[2]
KINDS = ("review-account", "contract-terms", "assess-risk", "draft-email", "custom", "stakeholder-map", "set-goals")
SLIDES = 60
TIMES = 40
DRAG = Path(__file__).with_name("drag.js")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rest", choices=("lite", "postgrest"), default="lite")
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, app_servers(Path(folder), options.rest, processes=1) as (server,):
        draft = insert_draft()
        print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {SLIDES} slides")
        asyncio.run(measure_reruns(server, draft))
        if not options.no_browser:
            measure_drags(server.url, draft)


def list_addresses() -> list[str]:
    """A greeting, the summary, and between them slides of seven kinds in turn."""
    between = [f"{KINDS[place % len(KINDS)]}:number-{place}" for place in range(SLIDES - 2)]
    return ["greeting", *between, "summary"]


def build_context(address: str, place: int) -> dict[str, Any]:
    """A title, a lead with placeholders and, on some slides, own questions and a condition."""
    context: dict[str, Any] = {
        "title": f"{place}. {{{{ customer.name }}}}",
        "lead": f"{{{{ customer.name }}}} renews on {{{{ contract.renewal_date }}}}. Look at {place}.",
        "checklist": [f"Point {number} of step {place}" for number in range(4)],
        "minutes": 5,
    }
    if address.startswith("custom"):
        context["questions"] = [
            {"key": f"own_{place}_{kind}", "label": f"Question {place}", "kind": kind} for kind in ("text", "money")
        ]
    if place % 5 == 4:
        context["shown_when"] = {"all": [{"fact": "segment", "comparison": "one_of", "value": ["mid", "enterprise"]}]}
    return context


def build_branches(place: int) -> list[dict[str, Any]]:
    """A fixed answer and a question to the model, the one after the other."""
    return [
        {
            "branch_key": "why", "label": "Why this step?", "branch_type": "fixed", "next_branch_key": "more",
            "response_text": f"{{{{ customer.name }}}} comes to step {place} because of {{{{ contract.arr|money }}}}.",
        },
        {"branch_key": "more", "label": "Tell me more", "branch_type": "llm", "prompt": f"What of step {place}?"},
    ]  # fmt: skip


def insert_draft() -> str:
    """The draft, of the demo company's manager; returns its id."""
    addresses = list_addresses()
    contexts = {address: build_context(address, place) for place, address in enumerate(addresses) if 0 < place < 59}
    branches = {address: build_branches(place) for place, address in enumerate(addresses)}
    statement = """
        insert into public.workflow_drafts (company_id, author_id, workflow_id, name, description, category,
          slide_sequence, slide_contexts, chat_branches)
        select p.company_id, p.id, 'sixty-slides', 'Sixty slides', '', 'renewal', %s, %s, %s
        from public.profiles p where p.email = %s returning id"""
    values = [addresses, json.dumps(contexts), json.dumps(branches), AUTHOR.email]
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(statement, values).fetchone()
    assert row
    return str(row[0])


async def measure_reruns(server: AppServer, draft: str) -> None:
    addresses = list_addresses()
    cookie = sign_in(server.url, AUTHOR.email)
    query = f"draft={draft}&slide={addresses[1]}"
    async with BuilderTab(server.url, page="builder", query=query, cookie=cookie) as tab:
        first = check(await tab.run())
        print(f"first load {first.milliseconds:.0f} ms, {first.received / 1000:.0f} kB")
        check(await tab.run())
        print(f"{'milliseconds':<22} {'clock':>9} {'p95':>9} {'processor':>9} {'p95':>9} {'elements':>9} {'kB':>6}")
        process = server.process.pid
        choose = lambda number: tab.command_outline("choose", address=addresses[1 + number * 7 % 50])  # noqa: E731
        again = lambda number: tab.command_outline("choose", address=addresses[1 + number % 3])  # noqa: E731
        write = lambda number: tab.type_lead(f"Text {number} for {{{{ customer.name }}}}.")  # noqa: E731
        move = lambda number: tab.command_outline("move", address=addresses[10], place=(10, 50)[number % 2])  # noqa: E731
        await measure("choose another slide", tab, process, choose)
        await measure("choose it again", tab, process, again)
        await measure("type a text", tab, process, write)
        await measure("move a slide", tab, process, move)


async def measure(what: str, tab: BuilderTab, process: int, act: Callable[[int], Awaitable[Run]]) -> None:
    times: list[float] = []
    spent: list[float] = []
    sizes: list[int] = []
    for number in range(1, TIMES + 1):
        used = count_milliseconds(process)
        run = check(await act(number))
        times.append(run.milliseconds)
        spent.append(count_milliseconds(process) - used)
        sizes.append(run.received)
    figures = (*find_percentiles(times), *find_percentiles(spent))
    columns = " ".join(f"{figure:>9.1f}" for figure in figures)
    print(f"{what:<22} {columns} {tab.elements:>9} {statistics.median(sizes) / 1000:>6.1f}", flush=True)


def find_percentiles(values: list[float]) -> tuple[float, float]:
    """The middle one, and the one that 95 of 100 stay under."""
    return statistics.median(values), sorted(values)[int(len(values) * 0.95) - 1]


def check(run: Run) -> Run:
    if run.failed:
        raise SystemExit(run.failed)
    return run


def count_milliseconds(process: int) -> float:
    """Milliseconds of processor a process has taken, its threads that have ended included."""
    return 1000 * time.clock_gettime((~process << 3) | 2)  # what clock_getcpuclockid(3) returns on Linux


def measure_drags(url: str, draft: str) -> None:
    """From the release of the button until the row is painted in its new place, and until the draft is saved."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("No Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = vitals.sign_in(browser, url, AUTHOR.email)
        page.goto(f"{url}/builder?draft={draft}")
        page.wait_for_selector(".zen-outline-slides li")
        wait_until_idle(page)
        page.evaluate(DRAG.read_text())
        drags = sorted((drag_slide(page, place) for place in range(1, 21)), key=lambda each: each["drawn"])
        print(f"load average {os.getloadavg()[0]:.1f}, {len(drags)} drags")
        for what in ("drawn", "answered"):
            times = sorted(each[what] for each in drags)
            print(f"drag until {what:<13} p50 {statistics.median(times):.0f} ms, p95 {times[-2]:.0f} ms")
        browser.close()


def drag_slide(page: Page, place: int) -> dict[str, float]:
    """Drag a slide three places down by its grip."""
    grips = page.locator(".zen-outline-grip")
    grips.nth(place).scroll_into_view_if_needed()
    start, end = grips.nth(place).bounding_box(), grips.nth(place + 3).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + end["height"], steps=6)
    page.mouse.up()
    times: dict[str, float] = page.evaluate("benchDrag()")
    wait_until_idle(page)
    return times


if __name__ == "__main__":
    main()
