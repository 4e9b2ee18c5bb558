"""How long a rerun of each page takes, over the websocket, beside an empty page on the same machine.

`python -m tests.bench` starts its own Supabase with the demo book, and the app; about four minutes. Figures go to
docs/performance.md with the command. `--pages book team` measures these, `--users 1` one person alone;
`--rest postgrest` puts a real PostgREST behind the app.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import psycopg

from lib import local
from lib.demo.people import DEMO_PEOPLE
from lib.server.page_urls import PagePath
from tests.bench.wire import BrowserTab, Run
from tests.support.server import REPOSITORY, AppServer, free_port

EMPTY_APP = REPOSITORY / "tests" / "bench" / "empty" / "app.py"
USERS = (1, 10)


@dataclass(frozen=True)
class Subject:
    """A page to measure; `email` is who looks at it, nobody for an empty one."""

    name: str
    url: str
    page: str = ""
    query: str = ""
    email: str = ""


@dataclass(frozen=True)
class Figures:
    """Milliseconds over all users' runs, runs a second of all together, and kilobytes of one rerun."""

    p50: float
    p95: float
    per_second: float
    kilobytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rest", choices=("lite", "postgrest"), default="lite")
    parser.add_argument("--reruns", type=int, default=40)
    parser.add_argument("--users", type=int, nargs="+", default=USERS)
    parser.add_argument("--pages", nargs="*", default=[], help="names as printed; all without any")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, app(Path(folder), options.rest) as url, empty_app() as empty:
        subjects = [each for each in list_subjects(url, empty) if not options.pages or each.name in options.pages]
        print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        print(f"{'page':<13} {'users':>5} {'first ms':>9} {'p50 ms':>8} {'p95 ms':>8} {'runs/s':>8} {'kB':>7}")
        for users in options.users:
            for subject in subjects:
                first, figures = asyncio.run(measure(subject, users=users, reruns=options.reruns))
                print(
                    f"{subject.name:<13} {users:>5} {first:>9.0f} {figures.p50:>8.1f} {figures.p95:>8.1f}"
                    f" {figures.per_second:>8.1f} {figures.kilobytes:>7.1f}",
                    flush=True,
                )


def list_subjects(url: str, empty: str) -> list[Subject]:
    """Every page, as the person who works with it: a CSM, and the admin for those of the company."""
    csm, admin = DEMO_PEOPLE[0].email, DEMO_PEOPLE[3].email
    queries = {PagePath.RUN: a_slide(url), PagePath.CUSTOMER: a_customer()}
    names = {PagePath.TODAY: "today", PagePath.WORKFLOWS: "catalogue", PagePath.RUN: "slide"}
    company = {
        PagePath.TEAM, PagePath.FORECAST, PagePath.PEOPLE, PagePath.IMPORT, PagePath.SETTINGS,
        PagePath.AUDIT, PagePath.PRIVACY,
    }  # fmt: skip
    pages = [
        Subject(
            names.get(address, address), url, page=address, query=queries.get(address, ""),
            email=admin if address in company else csm,
        )
        for address in PagePath
    ]  # fmt: skip
    return [Subject("empty page", empty), *pages]


async def measure(subject: Subject, *, users: int, reruns: int) -> tuple[float, Figures]:
    """Median first load, and the reruns of `users` tabs that go on back to back."""
    cookies = [sign_in_once(subject.url, subject.email, user) if subject.email else None for user in range(users)]
    tabs = [BrowserTab(subject.url, page=subject.page, query=subject.query, cookie=cookie) for cookie in cookies]
    firsts: list[Run] = []
    for tab in tabs:
        await tab.__aenter__()
        firsts.append(await tab.run())
        await tab.run()
    began = asyncio.get_running_loop().time()
    series = await asyncio.gather(*(rerun(tab, reruns) for tab in tabs))
    took = asyncio.get_running_loop().time() - began
    for tab in tabs:
        await tab.__aexit__(None, None, None)
    runs = [run for one in series for run in one]
    broken = [run for run in [*firsts, *runs] if run.failed]
    if broken:
        raise SystemExit(f"{subject.name}: {len(broken)} runs drew an exception: {broken[0].failed}")
    times = sorted(run.milliseconds for run in runs)
    figures = Figures(
        p50=statistics.median(times),
        p95=times[int(len(times) * 0.95) - 1],
        per_second=len(runs) / took,
        kilobytes=statistics.median(run.received for run in runs) / 1000,
    )
    return statistics.median(run.milliseconds for run in firsts), figures


async def rerun(tab: BrowserTab, times: int) -> list[Run]:
    return [await tab.run() for _ in range(times)]


@cache
def sign_in_once(url: str, email: str, user: int) -> str:
    """The cookie header of one of several browsers of a demo person: a password takes longer than a page."""
    return sign_in(url, email)


def sign_in(url: str, email: str = DEMO_PEOPLE[0].email) -> str:
    """A cookie header of a new browser session of a demo person."""
    person = next(person for person in DEMO_PEOPLE if person.email == email)
    answer = httpx.post(
        f"{url}/auth/sign-in", data={"email": person.email, "password": person.password}, headers={"Origin": url}
    )
    if answer.status_code != 303:
        raise SystemExit(f"Sign-in answered {answer.status_code}.")
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


def a_slide(url: str) -> str:
    """The address of the second slide, with its chart and tables, of a run of the demo person."""
    query = """
        select e.id from public.workflow_executions e join public.profiles p on p.id = e.owner_id
        where p.email = %s and e.ended_at is null and e.workflow_id = 'standard-renewal' order by e.id limit 1"""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(query, [DEMO_PEOPLE[0].email]).fetchone()
    if row is None:
        raise SystemExit("The demo book has no open renewal.")
    return f"execution={row[0]}&slide=review-account"


def a_customer() -> str:
    """The address of the customer of the demo person that has most notes."""
    query = """
        select c.id from public.customers c join public.profiles p on p.id = c.owner_id where p.email = %s
        order by (select count(*) from public.notes n where n.customer_id = c.id) desc, c.id limit 1"""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(query, [DEMO_PEOPLE[0].email]).fetchone()
    assert row
    return f"id={row[0]}"


@contextmanager
def app(folder: Path, rest: str) -> Iterator[str]:
    """The app on a Supabase of its own with the demo book."""
    with apps(folder, rest, processes=1) as (url,):
        yield url


@contextmanager
def apps(folder: Path, rest: str, *, processes: int) -> Iterator[list[str]]:
    """So many processes of the app on one Supabase of their own with the demo book."""
    with app_servers(folder, rest, processes=processes) as servers:
        yield [server.url for server in servers]


@contextmanager
def app_servers(folder: Path, rest: str, *, processes: int) -> Iterator[list[AppServer]]:
    """As `apps`, for those who look at the processes."""
    stack = local.start_stack(
        folder=folder / "supabase", rest=rest, report=lambda line: print(f"  {line}", file=sys.stderr)
    )
    os.environ["DATABASE_URL"] = stack.database_url
    environment = {
        "SUPABASE_URL": stack.url,
        "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
        "ZEN_SESSION_SECRET": stack.session_secret,
    }
    try:
        with ExitStack() as running:
            servers = [AppServer.running(environment, log=folder / "log") for _ in range(processes)]
            yield [running.enter_context(server) for server in servers]
    except SystemExit:
        print((folder / "log").read_text()[-8000:], file=sys.stderr)
        raise
    finally:
        local.release_stack(stack)


@contextmanager
def empty_app() -> Iterator[str]:
    """The same server with a page that has nothing on it."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(EMPTY_APP), f"--server.port={port}"]
    process = subprocess.Popen(
        [*command, "--server.address=127.0.0.1"],
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        transport = httpx.HTTPTransport(retries=10)
        with httpx.Client(transport=transport) as client:
            client.get(f"{url}/_stcore/health")
        yield url
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
