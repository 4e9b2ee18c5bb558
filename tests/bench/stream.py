"""What the chat adds to a model's stream: time to the first word, and bytes on the websocket.

`python -m tests.bench.stream` starts its own Supabase with the demo book, a model server that writes into its first
word when it was asked, the app, and a page with `st.write_stream`; about six minutes. Every first word is measured from
the moment the model's server was asked until it has arrived: raw over HTTP, and through each page over the websocket.
Figures go to docs/performance.md. `--rest postgrest` puts a real PostgREST behind the app.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from lib.demo.people import DEMO_PEOPLE
from tests.bench.__main__ import apps, sign_in
from tests.bench.chat_tab import Answered, TalkingTab
from tests.support.model_server import ModelServer, ScriptedReply
from tests.support.server import REPOSITORY, free_port

PLAIN_APP = REPOSITORY / "tests" / "bench" / "plain" / "app.py"
USERS = (1, 10)
PROCESSES = 2
"""Of the app, one per core: docs/deploy.md."""
SHORT, LONG, RATE = 60, 4000, 80
STAMP = re.compile(rb"t(\d{12,})t")

Ask = Callable[[str], Awaitable[Answered]]


@dataclass(frozen=True)
class Way:
    """A way from the model's server to whoever reads: `open` makes so many readers, `least` of them or more."""

    name: str
    open: Callable[[AsyncExitStack, int], Awaitable[list[Ask]]]
    least: int = 1


class Words(ScriptedReply):
    """A word in each chunk."""

    def split(self) -> list[str]:
        return re.findall(r"\S+\s*", self.text)


class StampingServer(ModelServer):
    """Answers with as many words as the question says; the first tells when it was asked."""

    def next_step(self) -> ScriptedReply:
        asked = re.findall(r"(\d+) words, please", str(self.requests[-1].body))
        words = int(asked[-1]) if asked else SHORT
        rest = " ".join(f"word{number % 97}" + ("\n\n" if number % 60 == 59 else "") for number in range(words - 1))
        return Words(f"t{time.monotonic_ns()}t {rest}", pieces=words, delay=1 / RATE, usage=(900, words))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rest", choices=("lite", "postgrest"), default="lite")
    parser.add_argument("--turns", type=int, default=12, help="short answers each user reads")
    parser.add_argument("--serve", type=int, help="be the model server, on this port")
    options = parser.parse_args()
    if options.serve:
        StampingServer(port=options.serve).serve()
        return
    with tempfile.TemporaryDirectory() as folder, model() as url:
        os.environ |= {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k", "OPENAI_MODEL": "small"}
        with plain_app() as plain, apps(Path(folder), options.rest, processes=PROCESSES) as zen:
            asyncio.run(compared([raw(url), written(plain), ours(zen[:1]), ours(zen)], options.turns))


async def compared(ways: Sequence[Way], turns: int) -> None:
    print(
        f"{'way':<18} {'users':>5} {'first word p50 ms':>18} {'p95 ms':>8} {'added p50 ms':>13} {'press to word':>14}"
    )
    for users in USERS:
        base = 0.0
        for way in (way for way in ways if way.least <= users):
            found = await answers(way, users, turns)
            first = sorted(each.first_word for each in found)
            p50 = statistics.median(first)
            base = base or p50
            pressed = statistics.median(each.pressed for each in found)
            p95 = first[int(len(first) * 0.95) - 1]
            print(
                f"{way.name:<18} {users:>5} {p50:>18.1f} {p95:>8.1f} {p50 - base:>13.1f} {pressed:>14.1f}", flush=True
            )
    print(f"\n{'way':<18} {'bytes of ' + str(LONG) + ' tokens':>22}")
    for way in (way for way in ways if way.least == 1):
        async with AsyncExitStack() as stack:
            (ask,) = await way.open(stack, 1)
            answered = await ask(f"{LONG} words, please")
            print(f"{way.name:<18} {answered.received / 1e6:>19.2f} MB", flush=True)


async def answers(way: Way, users: int, turns: int) -> list[Answered]:
    """Every user reads one answer after the other; the first of each only warms up."""

    async def read(ask: Ask) -> list[Answered]:
        return [await ask(f"{SHORT} words, please") for _ in range(turns + 1)][1:]

    async with AsyncExitStack() as stack:
        asks = await way.open(stack, users)
        return [each for series in await asyncio.gather(*(read(ask) for ask in asks)) for each in series]


def raw(url: str) -> Way:
    async def readers(stack: AsyncExitStack, users: int) -> list[Ask]:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=120))

        async def ask(words: str) -> Answered:
            begun, received, first = time.monotonic_ns(), 0, None
            body = {"model": "small", "stream": True, "messages": [{"role": "user", "content": words}]}
            async with client.stream("POST", f"{url}/chat/completions", json=body) as answer:
                async for piece in answer.aiter_raw():
                    received += len(piece)
                    found = first is None and STAMP.search(piece)
                    first = Answered.at(int(found[1]), begun) if found else first
            assert first is not None
            return first.with_bytes(received)

        return [ask] * users

    return Way("raw SSE", readers)


def written(url: str) -> Way:
    return tabs("st.write_stream", lambda number: TalkingTab(url))


def ours(urls: Sequence[str]) -> Way:
    """Each reader in a conversation of their own, as whoever's run it is; the processes in turn, each tab at one."""
    threads = conversations(max(USERS))

    def open_tab(number: int) -> TalkingTab:
        url = urls[number % len(urls)]
        email, execution, slide = threads[number]
        return TalkingTab(url, page="run", query=f"execution={execution}&slide={slide}", cookie=sign_in(url, email))

    return tabs("Zen" if len(urls) == 1 else f"Zen, {len(urls)} processes", open_tab, least=len(urls))


def tabs(name: str, open_tab: Callable[[int], TalkingTab], *, least: int = 1) -> Way:
    async def readers(stack: AsyncExitStack, users: int) -> list[Ask]:
        opened = [open_tab(number) for number in range(users)]
        for tab in opened:
            await stack.enter_async_context(tab)
            await tab.run()
        return [tab.ask for tab in opened]

    return Way(name, readers, least)


def conversations(most: int) -> list[tuple[str, str, str]]:
    """E-mail address of the owner, run and slide: of as many runs as there are, then of their next slides."""
    query = """
        select p.email, e.id::text, v.slide_sequence[n]
        from public.workflow_executions e join public.profiles p on p.id = e.owner_id
        join public.workflow_definition_versions v on v.id = e.definition_version_id cross join generate_series(1, 3) n
        where p.email = any (%s) and e.status = 'active' order by n, e.id limit %s"""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        rows = connection.execute(query, [[person.email for person in DEMO_PEOPLE], most]).fetchall()
    assert len(rows) == most, rows
    return rows


@contextmanager
def model() -> Iterator[str]:
    port = free_port()
    with process("-m", "tests.bench.stream", "--serve", str(port)):
        wait_for(port)
        yield f"http://127.0.0.1:{port}/v1"


@contextmanager
def plain_app() -> Iterator[str]:
    port = free_port()
    run = ("-m", "streamlit", "run", str(PLAIN_APP), f"--server.port={port}", "--server.address=127.0.0.1")
    with process(*run):
        wait_for(port)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def process(*arguments: str, python: str = sys.executable) -> Iterator[None]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = subprocess.Popen([python, *arguments], cwd=REPOSITORY, **quiet)  # type: ignore[call-overload]
    try:
        yield
    finally:
        started.terminate()
        started.wait(20)


def wait_for(port: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            httpx.get(f"http://127.0.0.1:{port}/")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit(f"Nothing listens on port {port}.")


if __name__ == "__main__":
    main()
