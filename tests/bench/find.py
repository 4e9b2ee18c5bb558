"""Find in a company with 2,000 customers, 10,000 contacts and 16,000 notes: the database's time, and a key to its list.

`python -m tests.bench.find` starts its own Supabase with the demo book, fills it up, and starts the app; about three
minutes. `--rest postgrest` puts a real PostgREST behind the app. The second part types in Chromium.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Page, sync_playwright

from lib.demo.people import DEMO_PEOPLE
from tests.bench.__main__ import app
from tests.bench.database import processor_time, took

CUSTOMERS, CONTACTS_EACH, NOTES_EACH, TIMES = 2000, 5, 8, 20
QUERIES = {
    "nothing": "",
    "a letter": "c",
    "a word": "copper",
    "two words": "stud copper",
    "a contact": "lindqvist",
    "a word of every note": "renewal",
    "a slip": "copperfeild",
    "a slip in a contact": "lindqivst",
    "a command": "start standard copperfield",
    "nothing like it": "zzzzzzzzzz qqqqqqqq",
}
FILL = """
create temp table crowd on commit drop as
select gen_random_uuid() as customer_id, p.company_id, p.id as owner_id, x.k,
  (%(firsts)s::text[])[1 + x.k %% 10] || (%(seconds)s::text[])[1 + x.k / 10 %% 10] as word
from generate_series(1, %(customers)s) x (k)
join (select q.*, row_number() over (order by q.email) as n from public.profiles q where q.email = any (%(owners)s)) p
  on p.n = 1 + x.k %% 2;
insert into public.customers (id, company_id, owner_id, name, segment, customer_since)
select customer_id, company_id, owner_id,
  word || ' ' || (array['Studios', 'Gaming', 'Systems'])[1 + k %% 3] || ' ' || k, 'mid', current_date - 30 - k
from crowd;
insert into public.contacts (company_id, customer_id, name, role)
select company_id, customer_id, (%(given)s::text[])[1 + (k * 7 + n * 3) %% 10] || ' '
  || (%(family)s::text[])[1 + (k * 3 + n * 7) / 4 %% 10], 'user'
from crowd, generate_series(1, %(contacts)s) n;
insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
select company_id, customer_id, owner_id, 'call',
  'Spoke about the renewal. ' || repeat(word || ' said so ' || k || '. ', 12), current_date - (k + n * 17) %% 300
from crowd, generate_series(1, %(notes)s) n;
insert into public.workflow_executions (company_id, customer_id, owner_id, workflow_id, definition_version_id,
  current_slide, due_on)
select c.company_id, c.customer_id, c.owner_id, v.workflow_id, v.id, v.slide_sequence[1], current_date + c.k %% 90
from crowd c cross join lateral (
  select * from public.workflow_definition_versions x where x.workflow_id = 'standard-renewal' limit 1
) v where c.k %% 3 = 0
"""
NAMES = {
    "firsts": ["Copper", "Nord", "Blue", "Silver", "Harbor", "Müller", "Évian", "Pioneer", "Summit", "Atlas"],
    "seconds": ["field", "wind", "bay", "stone", "crest", "line", "works", "bridge", "ford", "gate"],
    "given": ["Anna", "Bridget", "Élodie", "Fatima", "George", "Jörg", "Liam", "Søren", "Tomás", "Wei"],
    "family": ["Salter", "Moreau", "Lindqvist", "Adeyemi", "García", "Björk", "Evans", "O'Brien", "Park", "Quinn"],
}
# Milliseconds from the key to the list that belongs to it, as the browser sees them.
KEY_TO_LIST = """key => new Promise(answer => {
  const input = document.querySelector('.zen-find input'), list = document.getElementById('zen-find-list')
  const began = performance.now()
  new MutationObserver((_, observer) => {
    observer.disconnect()
    requestAnimationFrame(() => answer(performance.now() - began))
  }).observe(list, {childList: true})
  input.value = key
  input.dispatchEvent(new Event('input', {bubbles: true}))
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rest", choices=("lite", "postgrest"), default="lite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, app(Path(folder), options.rest) as url:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            fill(connection)
            measure_function(connection)
        measure_keys(url)


def fill(connection: psycopg.Connection[Any]) -> None:
    sizes = {"customers": CUSTOMERS, "contacts": CONTACTS_EACH, "notes": NOTES_EACH}
    values = {**sizes, **NAMES, "owners": [person.email for person in DEMO_PEOPLE[:2]]}
    with connection.transaction():
        for statement in FILL.split(";\n"):
            connection.execute(statement.encode(), values)
    connection.execute("vacuum analyze")


def measure_function(connection: psycopg.Connection[Any]) -> None:
    """Milliseconds of `find` as a CSM, under row-level security."""
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'asked for':<22} {'processor ms':>12} {'p50 ms':>7} {'p95 ms':>7}")
    found = connection.execute("select id from public.profiles where email = %s", [DEMO_PEOPLE[0].email]).fetchone()
    assert found
    with connection.transaction(force_rollback=True):
        connection.execute("set local role authenticated")
        connection.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": str(found[0])})])
        processor_time(connection)
        for what, query in QUERIES.items():
            used, clock = zip(*(took(connection, f"select public.find('{query}')") for _ in range(TIMES)), strict=True)
            print(
                f"{what:<22} {statistics.median(used):>12.1f} {statistics.median(clock):>7.1f}"
                f" {sorted(clock)[int(TIMES * 0.95) - 1]:>7.1f}",
                flush=True,
            )


def measure_keys(url: str) -> None:
    """Milliseconds from a key to its list, the pause of 40 ms included, over the websocket."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=url)
        sign_in(page)
        page.keyboard.press("Control+k")
        page.wait_for_selector(".zen-find-note:not([hidden])")
        for what, word in (("a word", "copperbay"), ("a slip", "coprbay")):
            keys = [word[: 3 + number % (len(word) - 2)] for number in range(TIMES)]
            times = sorted(float(page.evaluate(KEY_TO_LIST, key)) for key in keys)
            p50, p95 = statistics.median(times), times[int(TIMES * 0.95) - 1]
            print(f"key to list, {what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms; load {os.getloadavg()[0]:.1f}", flush=True)
        browser.close()


def sign_in(page: Page) -> None:
    page.goto("/auth/sign-in")
    page.fill("input[name=email]", DEMO_PEOPLE[0].email)
    page.fill("input[name=password]", DEMO_PEOPLE[0].password)
    page.click("button[type=submit]")
    page.wait_for_selector(".zen-find-field")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


if __name__ == "__main__":
    main()
